"""``enrichd usage``: what is left of the accounts whose providers tell it for free."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.gateway.transport import Transport
from worker.providers.usage import usage_questions
from worker.slices import gateway_options
from worker.usage_watch import ask


async def usage(settings: Settings) -> int:
    """One line per kind of credit; 1 when an account could not be asked."""
    questions = usage_questions(settings)
    if not questions:
        print("No provider with a key tells its usage (Apollo and Hunter do).")
        return 0
    shown = Table("provider", "credit", "left", "of", "until", box=None, padding=(0, 1), header_style="bold dim")
    failed = []
    transport = Transport(gateway_options(settings))
    try:
        for question in questions:
            told = await ask(question, transport.send)
            if isinstance(told, str):
                failed.append(f"{question.provider}: {told}")
                continue
            for item in told:
                limit = "" if item.limit is None else f"{item.limit:g}"
                left = f"[red]{item.left:g}[/red]" if item.low else f"{item.left:g}"
                shown.add_row(item.provider, item.credit, left, limit, escape(item.resets))
    finally:
        await transport.close()
    console = Console(highlight=False)
    if shown.row_count:
        console.print(shown)
    for line in failed:
        console.print(escape(line))
    return 1 if failed else 0
