"""Ledger entries as statement parameters, and rows as answers: pure shaping.

Rows are made by position: by name it takes three times as long.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
import orjson

from worker.domain.call import Reply
from worker.domain.clean import clean_text, structs_text
from worker.domain.finding import Outcome
from worker.domain.ledger import AnswerKey, Charge, Ending, Intent, Lookup, Reuse, StoredAnswer

_id = attrgetter("id")
_LONGEST_REASON = 300
#: What makes two answers the same, as PostgreSQL will see it.
_Place = tuple[str, str, str, bytes]
#: What one batch of the ledger is made of.
Entry = Intent | Lookup | Ending | Reuse


class _Row(msgspec.Struct, gc=False, omit_defaults=True):
    """A new row; what is None is left out."""

    id: int
    workspace_id: str
    provider: str
    operation: str
    identity: str
    job_key: int | None = None
    job_id: str | None = None
    run: int | None = None
    account: str | None = None
    bucket: str | None = None
    llm: bool | None = None
    intent_at: datetime | None = None
    give_up_at: datetime | None = None
    max_micros: int | None = None
    charged_micros: int | None = None
    charge: Charge | None = None
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    http_status: int | None = None
    reason: str | None = None
    reused_from: int | None = None
    unless_known: bool | None = None
    observed_after: datetime | None = None


class _EndRow(msgspec.Struct, gc=False, omit_defaults=True):
    """How an earlier row's call ended."""

    id: int
    finished_at: datetime
    outcome: Outcome
    charged_micros: int
    charge: Charge
    sent_at: datetime | None = None
    http_status: int | None = None
    reason: str | None = None


class _AnswerRow(msgspec.Struct, gc=False):
    """An answer; its body is ``body_bytes`` from ``body_at`` (counted from 1) of all bodies."""

    workspace_id: str
    provider: str
    operation: str
    identity: str
    subject: str
    outcome: Outcome
    http_status: int
    headers: dict[str, str]
    body_at: int
    body_bytes: int
    reason: str
    observed_at: datetime
    expires_at: datetime
    call_id: int


def parameters(batch: Sequence[Entry], ids: Sequence[int]) -> tuple[str, str, str, bytes]:
    """``ledger_write.sql``'s parameters for a batch; ``ids`` are the entries' rows.

    Sorted by key, and one answer per key (the latest), so that two writers can never wait for each other.
    """
    new: list[_Row] = []
    endings: list[_EndRow] = []
    answers: dict[_Place, tuple[StoredAnswer, int]] = {}
    for entry, row_id in zip(batch, ids, strict=True):
        if isinstance(entry, Ending):
            if entry.call_id:
                endings.append(_end(row_id, entry))
            else:
                new.append(_whole(row_id, entry))
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
    endings.sort(key=_id)
    rows, bodies, at = [], [], 1
    for place in sorted(answers):
        answer, row_id = answers[place]
        rows.append(_answer(place, answer, row_id, at))
        bodies.append(answer.reply.body)
        at += len(answer.reply.body)
    return structs_text(new), structs_text(endings), structs_text(rows), b"".join(bodies)


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
    return clean_text(key.workspace), key.provider, key.operation, key.digest


def _head(row_id: int, intent: Intent) -> _Row:
    """A row as it is before the call: everything of an intent."""
    key = intent.key
    return _Row(
        row_id,
        key.workspace,
        key.provider,
        key.operation,
        key.digest.hex(),
        intent.job_key,
        intent.job_id,
        intent.run,
        intent.account,
        intent.bucket,
        intent.llm,
        intent.intent_at,
        intent.give_up_at,
        intent.max_micros,
        0,
        Charge.RESERVED,
    )


def _end(row_id: int, ending: Ending) -> _EndRow:
    return _EndRow(
        row_id,
        ending.finished_at,
        ending.outcome,
        ending.charged_micros,
        ending.charge,
        ending.sent_at,
        ending.http_status or None,
        ending.reason[:_LONGEST_REASON] or None,
    )


def _whole(row_id: int, ending: Ending) -> _Row:
    """A call and its end in one row."""
    row = _head(row_id, ending.intent)
    row.sent_at = ending.sent_at
    row.finished_at = ending.finished_at
    row.outcome = ending.outcome
    row.http_status = ending.http_status or None
    row.reason = ending.reason[:_LONGEST_REASON] or None
    row.charged_micros = ending.charged_micros
    row.charge = ending.charge
    return row


def _asked(row_id: int, lookup: Lookup) -> _Row:
    """A row that is written where no answer is known, or (with an id below zero) only stands for the question."""
    key = lookup.key
    if lookup.intent is not None:
        row = _head(row_id, lookup.intent)
    else:
        row = _Row(row_id, key.workspace, key.provider, key.operation, key.digest.hex())
    row.unless_known, row.observed_after = True, lookup.observed_after
    return row


def _reused(row_id: int, reuse: Reuse) -> _Row:
    row = _head(row_id, reuse.intent)
    row.finished_at = reuse.intent.intent_at
    row.outcome = reuse.outcome
    row.charge = Charge.FREE
    row.reused_from = reuse.reused_from
    return row


def _answer(place: _Place, answer: StoredAnswer, row_id: int, body_at: int) -> _AnswerRow:
    workspace, provider, operation, digest = place
    reply = answer.reply
    return _AnswerRow(
        workspace,
        provider,
        operation,
        digest.hex(),
        answer.subject,
        answer.outcome,
        reply.status,
        dict(reply.headers),
        body_at,
        len(reply.body),
        answer.reason[:_LONGEST_REASON],
        answer.observed_at,
        answer.expires_at,
        row_id,
    )
