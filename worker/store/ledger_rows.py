"""Ledger entries as statement parameters, and rows as answers: pure shaping."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from worker.domain.call import Reply
from worker.domain.clean import clean_text, json_text
from worker.domain.finding import Outcome
from worker.domain.ledger import AnswerKey, Charge, Ending, Intent, Lookup, Reuse, StoredAnswer

_LONGEST_REASON = 300
_Place = tuple[str, str, str, str]
_Row = dict[str, Any]
#: What one batch of the ledger is made of.
Entry = Intent | Lookup | Ending | Reuse


def parameters(batch: Sequence[Entry], ids: Sequence[int]) -> tuple[str, str, str, bytes]:
    """``ledger_write.sql``'s parameters for a batch; ``ids`` are the entries' rows.

    Sorted by key, and one answer per key (the latest), so that two writers can never wait for each other.
    """
    new: list[_Row] = []
    endings: list[_Row] = []
    answers: dict[_Place, tuple[StoredAnswer, int]] = {}
    for entry, row_id in zip(batch, ids, strict=True):
        if isinstance(entry, Ending):
            if entry.call_id:
                endings.append({"id": row_id, **_end(entry)})
            else:
                new.append(_head(row_id, entry.intent) | _end(entry))
            if entry.answer is not None:
                place = _place(entry.intent.key)
                known = answers.get(place)
                if known is None or known[0].observed_at <= entry.answer.observed_at:
                    answers[place] = (entry.answer, row_id)
        elif isinstance(entry, Lookup):
            new.append(_asked(row_id, entry))
        elif isinstance(entry, Reuse):
            new.append(_reused(row_id, entry))
        else:
            new.append(_head(row_id, entry))
    endings.sort(key=lambda row: int(row["id"]))
    rows, bodies, at = [], [], 1
    for place in sorted(answers):
        answer, row_id = answers[place]
        rows.append(_answer(place, answer, row_id, at))
        bodies.append(answer.reply.body)
        at += len(answer.reply.body)
    return json_text(new), json_text(endings), json_text(rows), b"".join(bodies)


def answer_from(row: Mapping[str, Any]) -> StoredAnswer:
    """A row that ``ledger_write.sql`` gives back, as an answer."""
    return StoredAnswer(
        outcome=Outcome(row["outcome"]),
        reply=Reply(row["http_status"], orjson.loads(row["headers"]), row["body"]),
        reason=row["reason"],
        observed_at=row["observed_at"],
        expires_at=row["expires_at"],
        call_id=row["call_id"],
        subject=row["subject"],
    )


def _place(key: AnswerKey) -> _Place:
    return clean_text(key.workspace), key.provider, key.operation, key.digest.hex()


def _head(row_id: int, intent: Intent) -> _Row:
    """A row as it is before the call: everything of an intent."""
    key = intent.key
    return {
        "id": row_id,
        "workspace_id": key.workspace,
        "job_key": intent.job_key,
        "job_id": intent.job_id,
        "run": intent.run,
        "provider": key.provider,
        "operation": key.operation,
        "account": intent.account,
        "bucket": intent.bucket,
        "identity": key.digest.hex(),
        "llm": intent.llm,
        "intent_at": intent.intent_at,
        "give_up_at": intent.give_up_at,
        "max_micros": intent.max_micros,
        "charged_micros": 0,
        "charge": Charge.RESERVED.value,
    }


def _end(ending: Ending) -> _Row:
    return {
        "sent_at": ending.sent_at,
        "finished_at": ending.finished_at,
        "outcome": ending.outcome.value,
        "http_status": ending.http_status or None,
        "reason": ending.reason[:_LONGEST_REASON] or None,
        "charged_micros": ending.charged_micros,
        "charge": ending.charge.value,
    }


def _asked(row_id: int, lookup: Lookup) -> _Row:
    """A row that is written where no answer is known, or (with an id below zero) only stands for the question."""
    if lookup.intent is not None:
        row = _head(row_id, lookup.intent)
    else:
        workspace, provider, operation, identity = _place(lookup.key)
        row = {
            "id": row_id, "workspace_id": workspace, "provider": provider, "operation": operation, "identity": identity
        }  # fmt: skip
    row["unless_known"], row["observed_after"] = True, lookup.observed_after
    return row


def _reused(row_id: int, reuse: Reuse) -> _Row:
    return _head(row_id, reuse.intent) | {
        "finished_at": reuse.intent.intent_at,
        "outcome": reuse.outcome.value,
        "charge": Charge.FREE.value,
        "reused_from": reuse.reused_from,
    }


def _answer(place: _Place, answer: StoredAnswer, row_id: int, body_at: int) -> _Row:
    workspace, provider, operation, identity = place
    return {
        "workspace_id": workspace,
        "provider": provider,
        "operation": operation,
        "identity": identity,
        "subject": answer.subject,
        "outcome": answer.outcome.value,
        "http_status": answer.reply.status,
        "headers": json_text(dict(answer.reply.headers)),
        "body_at": body_at,
        "body_bytes": len(answer.reply.body),
        "reason": answer.reason[:_LONGEST_REASON],
        "observed_at": answer.observed_at,
        "expires_at": answer.expires_at,
        "call_id": row_id,
    }
