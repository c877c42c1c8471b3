"""The command line: verbs that parse, call and print. Everything heavy is imported by the verb that needs it."""

import sys
from typing import Annotated

import typer

from worker.commands import operating
from worker.commands.operating import Workspace, end, settings
from worker.domain.errors import EnrichdError

cli = typer.Typer(
    name="enrichd",
    help="Takes jobs from Redis, fills in what is missing about companies and people, stores it in PostgreSQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@cli.command()
def run(
    processes: Annotated[int | None, typer.Option(min=1, max=256, help="Worker processes on this host.")] = None,
    health_port: Annotated[int | None, typer.Option(min=0, max=65535, help="Instead of HEALTH_CHECK_PORT.")] = None,
) -> None:
    """Run a worker until SIGTERM or Ctrl-C."""
    from config.settings import load
    from worker.commands.run import run as run_worker

    loaded = load()
    if health_port is not None:
        loaded = loaded.model_copy(update={"health_check_port": health_port})
    raise typer.Exit(run_worker(loaded, processes))


@cli.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards, until Ctrl-C.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=500, help="About how many jobs to add.")] = 36,
) -> None:
    """See the main job end to end, on servers and a simulated outside world that this command starts and stops."""
    from worker.demo import demo as run_demo

    raise typer.Exit(run_demo(keep=keep, jobs=jobs))


@cli.command()
def enqueue(
    url: Annotated[str, typer.Argument(help="What the job is about: a website or a LinkedIn address.")] = "",
    kind: Annotated[str, typer.Option("--type", "-t", help="The kind of job.")] = "company_website",
    fields: Annotated[str, typer.Option("--fields", "-f", help="Required fields, a comma list.")] = "",
    lane: Annotated[str, typer.Option(help="priority, high, jobs, low, batch, or 1 to 5.")] = "jobs",
    job_id: Annotated[str, typer.Option("--id", help="Your own id; the same id is the same job.")] = "",
    workspace: Workspace = "default",
    option: Annotated[list[str] | None, typer.Option("--field", help="Any other entry field, name=value.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the result and print it.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait at most.")] = 120.0,
) -> None:
    """Add a job with one XADD."""
    from worker.commands import enqueue as verb
    from worker.commands.status import status as show

    given = {"url": url, "type": kind, "requiredFields": fields, "id": job_id, **verb.pairs(option or ())}
    if workspace != "default":
        given["workspaceId"] = workspace
    entry = {name: value for name, value in given.items() if value}
    loaded = settings()

    async def added() -> int:
        added_id = await verb.enqueue(loaded, entry, verb.lane_named(lane), wait_s=timeout if wait else None)
        return await show(loaded, workspace, added_id, as_json=False) if wait else 0

    end(added())


@cli.command()
def status(
    job: Annotated[str, typer.Argument(help="The job's id: yours, or <stream>/<entry id>.")],
    workspace: Workspace = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print all there is, as JSON.")] = False,
) -> None:
    """Show one job: what was found, how sure it is, who said it, what it cost, what is missing and why."""
    from worker.commands.status import status as verb

    end(verb(settings(), workspace, job, as_json=as_json))


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    from worker.commands.migrate import migrate as verb

    end(verb(settings()))


@cli.command()
def doctor() -> None:
    """Check settings, Redis, PostgreSQL, providers and clocks, and say how to repair what is wrong."""
    from worker.commands.doctor import doctor as verb

    end(verb(settings()))


@cli.command()
def usage() -> None:
    """Show what is left of the providers' accounts, where they tell it for free."""
    from worker.commands.usage import usage as verb

    end(verb(settings()))


@cli.command()
def url(server: Annotated[str, typer.Argument(help="redis or postgres")]) -> None:
    """Print a server's address with its password: redis-cli -u "$(enrichd url redis)"."""
    from worker.commands.url import url as verb

    if server not in ("redis", "postgres"):
        raise typer.BadParameter("expected redis or postgres")
    typer.echo(verb(settings(), server))


cli.add_typer(operating.queue_cli, name="queue")
cli.add_typer(operating.dead_cli, name="dead")
cli.add_typer(operating.cron_cli, name="cron")
cli.add_typer(operating.keys_cli, name="keys")
cli.add_typer(operating.budget_cli, name="budget")
cli.add_typer(operating.record_cli, name="record")
for verb in (
    operating.retry,
    operating.cancel,
    operating.move,
    operating.pause,
    operating.resume,
    operating.evaluate,
    operating.plan,
    operating.erase,
):
    cli.command()(verb)


def main() -> None:
    """The entry point: what we raise on purpose is one line on stderr, not a stack."""
    try:
        cli()
    except EnrichdError as error:
        typer.echo(f"enrichd: {error}", err=True)
        sys.exit(2)
    except TimeoutError:
        typer.echo("enrichd: no answer within the time given", err=True)
        sys.exit(3)
