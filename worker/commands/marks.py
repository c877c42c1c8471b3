"""``enrichd cancel | move | pause | resume``: marks that every worker obeys; no entry is deleted."""

from config.settings import Settings
from worker.commands.desk import open_desk
from worker.domain.errors import EnrichdError
from worker.domain.lane import Lane
from worker.queue.keys import job_name


class NotPausable(EnrichdError):
    """Only the queue, kinds, workspaces and providers can be paused."""


def target(text: str) -> str:
    """What to pause, as its mark is named. Raises NotPausable.

    >>> target("kind:company_website"), target("queue")
    ('kind:company_website', 'queue')
    """
    scope, colon, name = text.partition(":")
    if text == "queue" or (colon and name and scope in ("kind", "workspace", "provider")):
        return text
    raise NotPausable(f"{text!r} cannot be paused; expected queue, kind:NAME, workspace:ID or provider:NAME")


async def cancel(settings: Settings, workspace: str, jobs: list[str]) -> int:
    """Cancel jobs in whatever state they are, also those that have not come yet."""
    keys = [(workspace, job_id) for job_id in jobs]
    async with open_desk(settings) as desk:
        names = [desk.control.keys.job(*key).removeprefix(desk.control.keys.job_prefix) for key in keys]
        await desk.control.mark_cancelled(names, settings.mark_ttl_ms)
        ended = await desk.upkeep.cancel(keys)
    print(f"{len(jobs)} marked; {len(ended)} of them were waiting and are cancelled now.")
    return 0


async def move(settings: Settings, workspace: str, jobs: list[str], lane: Lane) -> int:
    """Give waiting jobs another lane; exit code 1 when one of them does not wait in another lane."""
    left = 0
    async with open_desk(settings) as desk:
        for job_id in jobs:
            moved = await desk.control.move(job_name(workspace, job_id), lane)
            left += not moved
            where = f"moved to {lane.suffix}" if moved else f"not waiting in another lane than {lane.suffix}"
            print(f"{job_id}: {where}")
    return 1 if left else 0


async def pause(settings: Settings, what: str) -> int:
    """Take no more of it until it is resumed."""
    async with open_desk(settings) as desk:
        await desk.control.pause(target(what))
    print(f"Paused: {what}. Running jobs end; `enrichd resume {what}` goes on.")
    return 0


async def resume(settings: Settings, what: str) -> int:
    """Go on; exit code 1 when it was not paused."""
    async with open_desk(settings) as desk:
        was_paused = await desk.control.resume(target(what))
        left = await desk.control.paused()
    print(f"Resumed: {what}." if was_paused else f"{what} was not paused.")
    if left:
        print(f"Still paused: {', '.join(left)}.")
    return 0 if was_paused else 1
