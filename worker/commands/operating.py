"""The command line's verbs for operators: queue, dead letters, marks, records, plans. Parsing only."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from config.settings import Settings

queue_cli = typer.Typer(help="Show the queue, live; clear it.", invoke_without_command=True)
dead_cli = typer.Typer(help="Dead letters: list, show, replay, purge.", no_args_is_help=True)
record_cli = typer.Typer(help="What is known about a company or person, and corrections by hand.", no_args_is_help=True)

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace.")]
AnyWorkspace = Annotated[str | None, typer.Option("--workspace", "-w", help="Only this workspace.")]
Jobs = Annotated[list[str], typer.Argument(help="Ids of jobs.")]
Reference = Annotated[str, typer.Argument(help="A domain, a web or LinkedIn address, an email address, or a key.")]

cron_cli = typer.Typer(help="Recurring jobs: add, list, pause, resume, remove.", no_args_is_help=True)

keys_cli = typer.Typer(help="Provider keys of workspaces, encrypted at rest.", no_args_is_help=True)
budget_cli = typer.Typer(help="What may be spent in a day or month.", no_args_is_help=True)


def settings() -> "Settings":
    """The settings, with warnings for misspelt names; logs below a warning are not for this terminal."""
    from config.logging import configure
    from config.redaction import Redactor
    from config.settings import load

    loaded = load()
    configure("warning", "console", Redactor(loaded.secrets()))
    for line in loaded.warnings:
        typer.echo(f"enrichd: {line}", err=True)
    return loaded


def end(command: Coroutine[Any, Any, int | None]) -> None:
    """Run a verb; its return value is the exit code."""
    raise typer.Exit(asyncio.run(command) or 0)


@queue_cli.callback()
def queue(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Print it once.")] = False,
    recipes: Annotated[bool, typer.Option("--recipes", help="Print it once, with redis-cli lines.")] = False,
) -> None:
    """Show lanes, what is due, what is dead and who works on what, every second."""
    if context.invoked_subcommand is None:
        from worker.commands.queue import show

        end(show(settings(), once=once, recipes=recipes))


@queue_cli.command()
def clear(yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Cancel everything that waits in the lanes now. Entries are marked, never deleted."""
    from worker.commands.queue import clear as verb

    if not yes:
        typer.confirm("Cancel every job that waits in the lanes?", abort=True)
    end(verb(settings()))


@dead_cli.command("list")
def dead_list(
    workspace: AnyWorkspace = None, most: Annotated[int, typer.Option("--most", "-n", min=1, max=10_000)] = 50
) -> None:
    """List dead letters, newest first."""
    from worker.commands.dead import listed

    end(listed(settings(), workspace, most))


@dead_cli.command("show")
def dead_show(job: str, workspace: Workspace = "default") -> None:
    """Show one dead letter: why, who had it, and its original fields."""
    from worker.commands.dead import shown

    end(shown(settings(), workspace, job))


@dead_cli.command("replay")
def dead_replay(
    jobs: Annotated[list[str] | None, typer.Argument(help="Ids of jobs.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    workspace: AnyWorkspace = None,
) -> None:
    """Run dead letters again: the same ids, attempts anew."""
    from worker.commands.dead import again
    from worker.domain.job import JobStatus

    end(again(settings(), workspace, _chosen(jobs, every, "--all"), [JobStatus.DEAD_LETTER]))


@dead_cli.command("purge")
def dead_purge(
    jobs: Annotated[list[str] | None, typer.Argument(help="Ids of jobs.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    older_than_days: Annotated[float | None, typer.Option(min=0, help="Only those older than this.")] = None,
    workspace: AnyWorkspace = None,
) -> None:
    """Delete dead letters from PostgreSQL."""
    from worker.commands.dead import purged

    chosen = _chosen(jobs, every or older_than_days is not None, "--all or --older-than-days")
    end(purged(settings(), workspace, chosen, older_than_days))


def retry(
    jobs: Annotated[list[str] | None, typer.Argument(help="Ids of jobs.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All jobs that failed.")] = False,
    workspace: AnyWorkspace = None,
) -> None:
    """Run jobs again that failed or died: the same ids, attempts anew."""
    from worker.commands.dead import again
    from worker.domain.job import JobStatus

    named = _chosen(jobs, failed, "--failed")
    statuses = [JobStatus.FAILED, JobStatus.DEAD_LETTER, JobStatus.CANCELLED] if named else [JobStatus.FAILED]
    end(again(settings(), workspace, named, statuses))


def cancel(jobs: Jobs, workspace: Workspace = "default") -> None:
    """Cancel jobs in any state, also those that have not come yet."""
    from worker.commands.marks import cancel as verb

    end(verb(settings(), workspace, jobs))


def move(
    jobs: Jobs,
    to: Annotated[str, typer.Option(help="priority, high, jobs, low, batch, or 1 to 5.")],
    workspace: Workspace = "default",
) -> None:
    """Give jobs that wait another lane."""
    from worker.commands.enqueue import lane_named
    from worker.commands.marks import move as verb

    end(verb(settings(), workspace, jobs, lane_named(to)))


Target = Annotated[str, typer.Argument(help="queue, kind:NAME, workspace:ID or provider:NAME.")]


def pause(what: Target = "queue") -> None:
    """Take no more of the queue, a kind, a workspace or a provider until it is resumed."""
    from worker.commands.marks import pause as verb

    end(verb(settings(), what))


def resume(what: Target = "queue") -> None:
    """Go on with what was paused."""
    from worker.commands.marks import resume as verb

    end(verb(settings(), what))


@cron_cli.command("add")
def cron_add(
    name: Annotated[str, typer.Argument(help="The schedule's name; one of the same name is replaced.")],
    field: Annotated[list[str], typer.Argument(help="The entry to add at each turn: url=... type=... ...")],
    cron: Annotated[str | None, typer.Option(help="Five fields: minute hour day month weekday.")] = None,
    every: Annotated[str | None, typer.Option(help="An interval instead: 90s, 15m, 6h, 1d.")] = None,
    timezone: Annotated[str, typer.Option(help="Where the cron fields are told: Europe/Berlin.")] = "UTC",
    lane: Annotated[str, typer.Option(help="priority, high, jobs, low, batch, or 1 to 5.")] = "jobs",
    catch_up: Annotated[str, typer.Option(help="Turns missed while no worker ran: once or skip.")] = "once",
    workspace: Workspace = "default",
) -> None:
    """Add a job that recurs; it fires once per turn, however many workers run."""
    from worker.commands.cron import add

    end(add(settings(), workspace, name, field, cron=cron, every=every, zone=timezone, lane=lane, catch_up=catch_up))


@cron_cli.command("list")
def cron_list(workspace: AnyWorkspace = None) -> None:
    """List recurring jobs, in the order of their next turns."""
    from worker.commands.cron import listed

    end(listed(settings(), workspace))


@cron_cli.command("pause")
def cron_pause(name: str, workspace: Workspace = "default") -> None:
    """Let turns pass until it is resumed."""
    from worker.commands.cron import paused

    end(paused(settings(), workspace, name, yes=True))


@cron_cli.command("resume")
def cron_resume(name: str, workspace: Workspace = "default") -> None:
    """Go on with the next turn."""
    from worker.commands.cron import paused

    end(paused(settings(), workspace, name, yes=False))


@cron_cli.command("remove")
def cron_remove(name: str, workspace: Workspace = "default") -> None:
    """Remove a recurring job; what it has added stays."""
    from worker.commands.cron import removed

    end(removed(settings(), workspace, name))


@keys_cli.command("new")
def keys_new(
    key_id: Annotated[str, typer.Argument(help="A short name for the key, such as 2026-11.")],
) -> None:
    """Make a key for the ring: put it first into ENCRYPTION_KEYS, before the older ones."""
    from worker.store.keyring import new_ring_key

    typer.echo(new_ring_key(key_id))


@keys_cli.command("set")
def keys_set(
    name: Annotated[str, typer.Argument(help="The setting it stands in for, such as APOLLO_API_KEY.")],
    workspace: Workspace = "default",
) -> None:
    """Store a workspace's own key, read from stdin."""
    import sys

    from worker.commands.keys import put

    secret = typer.prompt(name, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    end(put(settings(), workspace, name, secret))


@keys_cli.command("list")
def keys_list(workspace: AnyWorkspace = None) -> None:
    """List whose keys are stored, by name and fingerprint."""
    from worker.commands.keys import listed

    end(listed(settings(), workspace))


@keys_cli.command("remove")
def keys_remove(name: str, workspace: Workspace = "default") -> None:
    """Forget a workspace's key."""
    from worker.commands.keys import removed

    end(removed(settings(), workspace, name))


@keys_cli.command("rotate")
def keys_rotate() -> None:
    """Seal all keys anew with the ring's first key."""
    from worker.commands.keys import rotated

    end(rotated(settings()))


@budget_cli.command("set")
def budget_set(
    scope: Annotated[str, typer.Argument(help="workspace:ID, provider:NAME or account:NAME:FINGERPRINT.")],
    period: Annotated[str, typer.Argument(help="day or month (UTC).")],
    amount: Annotated[str, typer.Argument(metavar="CENTS", help="Most to spend, or none.")],
) -> None:
    """Set a budget; money is reserved against it before each call."""
    from worker.commands.budget import put

    end(put(settings(), scope, period, amount))


@budget_cli.command("list")
def budget_list() -> None:
    """List budgets and what is committed of them."""
    from worker.commands.budget import listed

    end(listed(settings()))


def plan(
    jobs: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Entries as JSON objects, one a line.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures, as JSON.")] = False,
) -> None:
    """Price a batch of jobs before the first paid call: what it would cost, from and to."""
    from worker.commands.pricing import price

    end(price(settings(), jobs, as_json=as_json))


def erase(
    reference: Reference,
    workspace: Workspace = "default",
    also: Annotated[list[str] | None, typer.Option("--also", help="More texts to look for, such as a name.")] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for queued entries to pass.")] = 60.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase a person or company everywhere, and keep them from coming back."""
    from worker.commands.erase import erase as verb

    if not yes:
        typer.confirm(f"Erase all that is known about {reference} in workspace {workspace}?", abort=True)
    end(verb(settings(), workspace, reference, also or [], wait))


@record_cli.command("show")
def record_show(
    reference: Reference,
    workspace: Workspace = "default",
    as_json: Annotated[bool, typer.Option("--json", help="Print all there is, as JSON.")] = False,
) -> None:
    """Show a record: each value, how sure it is, who says so and where it stands."""
    from worker.commands.record import show

    end(show(settings(), workspace, reference, as_json=as_json))


@record_cli.command("set")
def record_set(reference: Reference, field: str, value: str, workspace: Workspace = "default") -> None:
    """Type a value by hand; it outranks every machine until it is reverted."""
    from worker.commands.record import set_value

    end(set_value(settings(), workspace, reference, field, value))


@record_cli.command("revert")
def record_revert(reference: Reference, field: str, workspace: Workspace = "default") -> None:
    """Take back the last value typed by hand."""
    from worker.commands.record import revert

    end(revert(settings(), workspace, reference, field))


@record_cli.command("diff")
def record_diff(
    reference: Reference,
    days: Annotated[float, typer.Option(min=0, help="Compared with this many days ago.")] = 7,
    workspace: Workspace = "default",
) -> None:
    """Show what changed in a record."""
    from worker.commands.record import diff

    end(diff(settings(), workspace, reference, timedelta(days=days)))


def evaluate(
    labelled: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Labelled pages, JSONL.")],
    fit: Annotated[Path | None, typer.Option(help="Write a fitted calibration here.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the accuracy page of the documentation.")] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the providers in use over the network; this costs money.")
    ] = False,
) -> None:
    """Measure accuracy on labelled pages: precision, recall, calibration, cost per right value."""
    from config.logging import configure
    from config.redaction import Redactor
    from worker.commands.evaluate import evaluate as verb
    from worker.slices import calibration

    loaded = settings()
    # Each site's gaps are in the report; a line about each would drown it.
    configure("error", "console", Redactor(loaded.secrets()))
    using = calibration(loaded)
    end(verb(labelled, loaded, calibration=using, fit_to=fit, markdown=markdown, live=loaded if live else None))


def _chosen(jobs: list[str] | None, every: bool, how: str) -> list[str]:
    """The jobs named; all of them is only meant when it is said."""
    if not jobs and not every:
        raise typer.BadParameter(f"name jobs, or say {how}")
    return jobs or []
