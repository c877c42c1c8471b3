"""What a finished run writes: its row, its Redis side, its claims. Pure."""

from datetime import UTC, datetime
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from worker.domain.claim import Claim
from worker.domain.clean import clean_text, json_bytes
from worker.domain.ending import Ending
from worker.domain.job import TERMINAL, JobStatus
from worker.domain.subject import Subject
from worker.domain.verdict import LogLine, Report
from worker.queue.codec import again, milliseconds, packed
from worker.queue.entry_fields import PARKED_LANE
from worker.queue.keys import job_name
from worker.queue.letters import letter_fields, letter_payload
from worker.queue.queue import Letter, Settlement
from worker.services.run import Run
from worker.store.jobs import JobRow

MAX_TEXT_CHARS = 8_000


class Settled(Struct, frozen=True):
    """Everything one run leaves behind, ready to be written in a batch.

    ``row`` None means that PostgreSQL has nothing to hear. ``letter`` takes the place of ``item`` for a dead letter.
    """

    run: Run
    row: JobRow | None
    item: Settlement
    letter: Letter | None = None
    status: JobStatus | None = None
    claims: tuple[str, Subject, tuple[Claim, ...]] | None = None
    error: str = ""


def home_stream(run: Run) -> str:
    """The lane a job goes back to: where it was added, even when it was read by way of a parking place."""
    return run.job.fields.get(PARKED_LANE) or run.delivery.stream


def acknowledged(run: Run, status: JobStatus | None = None, result: str | None = None) -> Settled:
    """Only Redis has to hear: the entry is a duplicate (no status), or the job had ended before (with its status)."""
    if status is None:
        return Settled(run, None, Settlement(run.delivery, "ack"))
    item = Settlement(run.delivery, "done", run.name, status.value, (result or "").encode())
    return Settled(run, None, item)


def rescheduled(run: Run, due: datetime, generation: int, attempts: int) -> Settled:
    """PostgreSQL knows that the job runs later; Redis has not heard yet."""
    job = run.job
    fields = again(job, generation=generation, attempts=attempts, first_pickup_at=job.first_pickup_at or run.picked_at)
    entry = packed(home_stream(run), fields)
    status = JobStatus.SCHEDULED.value
    return Settled(
        run, None, Settlement(run.delivery, "later", run.name, status, due_ms=milliseconds(due), entry=entry)
    )


def _log(lines: tuple[LogLine, ...], last: str, level: str, at_ms: int) -> Any:
    """The log as a row keeps it: a list of (Unix milliseconds, level, message)."""
    closing = (at_ms, level, last)
    if not lines:
        return (closing,)
    packed_lines: list[Any] = [(milliseconds(line.at), line.level, line.message[:2000]) for line in lines[:200]]
    packed_lines.append(closing)
    return orjson.Fragment(json_bytes(packed_lines))


def _last_line(ending: Ending, report: Report, worker: str) -> tuple[str, str]:
    """(message, level) of the line that closes a run's log."""
    took_ms = (report.finished_at - report.started_at).total_seconds() * 1000
    where = f"in {took_ms:.0f} ms on {worker}"
    status = ending.status
    match status:
        case JobStatus.COMPLETED:
            return f"Job completed ({ending.result.status if ending.result else ''}) {where}", "info"
        case JobStatus.SCHEDULED:
            due = ending.due.isoformat(timespec="seconds") if ending.due else "later"
            return clean_text(f"Job will run again at {due}: {ending.error_message} ({where})"), "warning"
        case JobStatus.FAILED:
            return f"Job failed: nothing found {where}", "warning"
        case JobStatus.DEAD_LETTER:
            return clean_text(f"Job is a dead letter: {ending.error_message} ({where})"), "error"
        case _:
            return f"Job {status} {where}", "info"


def settled(run: Run, report: Report, ending: Ending, worker: str) -> Settled:
    """The rows and verbs of a run that has ended as ``ending``."""
    job = run.job
    if report.scrub:
        # somebody asked not to be processed: the row keeps that there was a job, and nothing of what it said
        job = replace(job, url="", fields={}, tags=())
    now = report.finished_at
    status = ending.status
    status_text = str(status)
    result = json_bytes(ending.result.as_json()) if ending.result is not None else None
    message, level = _last_line(ending, report, worker)
    first_pickup_at = job.first_pickup_at or run.picked_at
    row: JobRow = {
        "workspace_id": job.workspace,
        "id": job.id,
        "job_type": job.kind,
        "status": status_text,
        "priority": int(job.lane),
        "generation": job.generation,
        "run": run.number,
        "attempts": ending.attempts,
        "max_attempts": job.max_attempts,
        "payload": job.fields,  # decoding has seen to it that PostgreSQL takes this text
        "cost_micros": report.provider_micros + report.llm_micros,
        "entry": run.entry_ref,
        "log": _log(report.logs, message, level, milliseconds(now)),
        "first_pickup_at": first_pickup_at,
        "started_at": report.started_at,
        "created_at": run.created_at,
    }
    if job.url:
        row["url"] = job.url
    if job.tags:
        row["tags"] = job.tags
    if ending.result is not None and result is not None:
        row["result"] = orjson.Fragment(result)
        row["result_status"] = str(ending.result.status)
    if ending.error_class is not None:
        row["error_class"] = ending.error_class
    if ending.error_message:
        row["error_message"] = clean_text(ending.error_message[:MAX_TEXT_CHARS])
    if ending.error_stack:
        row["error_stack"] = clean_text(ending.error_stack[:MAX_TEXT_CHARS])
    if status in TERMINAL:
        row["completed_at"] = now
    if ending.due is not None:
        row["next_run_at"] = ending.due
    claims = None
    if report.claims and report.subject is not None:
        claims = (job.workspace, report.subject, report.claims)
    if status is JobStatus.DEAD_LETTER:
        letter = Letter(
            run.delivery,
            letter_fields(
                run.flat,
                run.delivery,
                workspace=job.workspace,
                job_id=job.id,
                error_class=ending.error_class or "",
                reason=ending.error_message or "",
                attempts=ending.attempts,
                worker=worker,
                at=now,
            ),
            run.name,
            result or orjson.dumps({"status": "failed", "error": ending.error_message}),
        )
        item = Settlement(run.delivery, "ack")
        return Settled(run, row, item, letter, ending.status, claims, ending.error_message or "")
    if ending.due is not None:
        fields = again(job, generation=job.generation + 1, attempts=ending.attempts, first_pickup_at=first_pickup_at)
        item = Settlement(
            run.delivery,
            "later",
            run.name,
            status_text,
            due_ms=milliseconds(ending.due),
            entry=packed(home_stream(run), fields),
        )
    else:
        item = Settlement(run.delivery, "done", run.name, status_text, result or b"")
    return Settled(run, row, item, None, ending.status, claims, ending.error_message or "")


def buried(run: Run, workspace: str, error_class: str, reason: str, worker: str, now: datetime) -> Settled:
    """An entry that never became a job. Its row goes by the entry's own id: the id it gives may be another job's."""
    name = run.entry_ref
    row: JobRow = {
        "workspace_id": clean_text(workspace),
        "id": name,
        "job_type": "(malformed)",
        "status": JobStatus.DEAD_LETTER.value,
        "priority": int(run.delivery.lane),
        "generation": 0,
        "run": run.number,
        "attempts": 0,
        "payload": orjson.Fragment(letter_payload(run.flat)),
        "error_class": error_class,
        "error_message": clean_text(reason[:MAX_TEXT_CHARS]),
        "entry": name,
        "log": _log((), f"Entry is a dead letter: {clean_text(reason[:500])}", "error", milliseconds(now)),
        "first_pickup_at": run.picked_at,
        "started_at": run.picked_at,
        "completed_at": now,
        "created_at": run.created_at,
    }
    letter = Letter(
        run.delivery,
        letter_fields(
            run.flat,
            run.delivery,
            workspace=workspace,
            job_id=name,
            error_class=error_class,
            reason=reason,
            attempts=0,
            worker=worker,
            at=now,
        ),
        job_name(clean_text(workspace), name),
        orjson.dumps({"status": "failed", "error": clean_text(reason[:MAX_TEXT_CHARS])}),
    )
    return Settled(run, row, Settlement(run.delivery, "ack"), letter, JobStatus.DEAD_LETTER, None, reason)


def refused_row(item: Settled, reason: str, worker: str) -> Settled:
    """The dead letter of a run whose row PostgreSQL refused: nothing of the offending content is written again."""
    row, run = item.row, item.run
    if row is None:
        return item
    now = datetime.now(UTC)
    workspace = clean_text(row["workspace_id"]) if run.parsed else "default"
    bare: JobRow = {
        "workspace_id": workspace,
        "id": clean_text(row["id"]),
        "job_type": clean_text(row["job_type"]),
        "status": JobStatus.DEAD_LETTER.value,
        "priority": int(run.delivery.lane),
        "generation": row["generation"],
        "run": row["run"],
        "attempts": row["attempts"],
        "cost_micros": min(max(row.get("cost_micros", 0), 0), 1 << 60),
        "error_class": "StoreRefused",
        "error_message": reason,
        "entry": run.entry_ref,
        "started_at": now,
        "completed_at": now,
        "created_at": run.created_at,
    }
    letter = item.letter or Letter(
        run.delivery,
        letter_fields(
            run.flat,
            run.delivery,
            workspace=workspace,
            job_id=bare["id"],
            error_class="StoreRefused",
            reason=reason,
            attempts=bare["attempts"],
            worker=worker,
            at=now,
        ),
        run.name,
        orjson.dumps({"status": "failed", "error": reason}),
    )
    return Settled(run, bare, Settlement(run.delivery, "ack"), letter, JobStatus.DEAD_LETTER, None, reason)
