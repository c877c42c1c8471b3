"""Stale while revalidate, on request: an old answer now, a fresh one for the next who asks."""

from collections.abc import Mapping
from hashlib import blake2b

from worker.domain.job import Job
from worker.pipeline.run import Run

_YES = frozenset({"true", "1", "yes", "on"})


def wants_stale(job: Job) -> bool:
    """Whether the producer said ``allowStale`` (and did not say ``skipCache``)."""
    said = job.fields.get("allowStale") or job.fields.get("allow_stale") or ""
    return said.strip().lower() in _YES and not job.skip_cache


def served_stale(run: Run) -> bool:
    """Whether all that is open is merely old: every open field has a value."""
    standing = run.standing()
    return bool(standing.open) and all(name in standing.record for name in standing.open)


def refresh_entry(run: Run) -> Mapping[str, str]:
    """The entry that asks for the old fields again. Its id is the same for a day: many readers are one refresh."""
    job, fields = run.job, ",".join(sorted(run.standing().open))
    told = f"{run.subject.key}|{fields}|{run.started_at:%Y-%m-%d}"
    entry = {
        "id": f"refresh-{blake2b(told.encode('utf-8', 'replace'), digest_size=12).hexdigest()}",
        "workspaceId": job.workspace,
        "type": job.kind,
        "url": job.url,
        "requiredFields": fields,
        "tags": "refresh",
    }
    for name in ("email",):
        if name in job.fields:
            entry[name] = job.fields[name]
    if job.refresh_older_than_s is not None:
        entry["refreshOlderThan"] = f"{job.refresh_older_than_s:.0f}s"
    return {name: value for name, value in entry.items() if value}
