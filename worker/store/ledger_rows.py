"""Ledger entries as statement parameters, and rows as answers: pure shaping."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import Charge, Ending, Intent, Reuse, StoredAnswer

_LONGEST_REASON = 300
_Place = tuple[str, str, str, bytes]
_NEW_COLUMNS = 22
_ENDING_COLUMNS = 8
_ANSWER_COLUMNS = 13


def clean(text: str) -> str:
    """Text that PostgreSQL takes: no NUL, no lone surrogates.

    >>> clean("a\\x00b")
    'ab'
    """
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def parameters(batch: Sequence[Intent | Ending | Reuse], ids: Sequence[int]) -> list[Sequence[Any]]:
    """``ledger_write.sql``'s 43 arrays for a batch; ``ids`` are the entries' rows.

    Sorted by key, and one answer per key (the latest), so that two writers can never wait for each other.
    """
    new: list[tuple[Any, ...]] = []
    endings: list[tuple[Any, ...]] = []
    answers: dict[_Place, tuple[StoredAnswer, int]] = {}
    for entry, row_id in zip(batch, ids, strict=True):
        if isinstance(entry, Ending):
            if entry.call_id:
                endings.append(_ending(entry))
            else:
                new.append(_new(row_id, entry.intent, entry))
            if entry.answer is not None:
                key = entry.intent.key
                place = (clean(key.workspace), key.provider, key.operation, key.digest)
                known = answers.get(place)
                if known is None or known[0].observed_at <= entry.answer.observed_at:
                    answers[place] = (entry.answer, row_id)
        elif isinstance(entry, Reuse):
            new.append(_reused(row_id, entry))
        else:
            new.append(_new(row_id, entry, None))
    rows = [(*place, *_answer(answer, row_id)) for place, (answer, row_id) in sorted(answers.items(), key=_place)]
    new.sort()
    endings.sort()
    return [*_columns(new, _NEW_COLUMNS), *_columns(endings, _ENDING_COLUMNS), *_columns(rows, _ANSWER_COLUMNS)]


def answer_from(row: Mapping[str, Any]) -> StoredAnswer:
    """A row of ``answer_find.sql`` as an answer."""
    return StoredAnswer(
        outcome=Outcome(row["outcome"]),
        reply=Reply(row["http_status"], orjson.loads(row["headers"]), row["body"]),
        reason=row["reason"],
        observed_at=row["observed_at"],
        expires_at=row["expires_at"],
        call_id=row["call_id"],
        subject=row["subject"],
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _place(item: tuple[_Place, Any]) -> _Place:
    return item[0]


def _head(row_id: int, intent: Intent) -> tuple[Any, ...]:
    key = intent.key
    return (
        row_id,
        clean(key.workspace),
        intent.job_key,
        clean(intent.job_id),
        intent.run,
        key.provider,
        key.operation,
        intent.account,
        intent.bucket,
        key.digest,
        intent.llm,
        intent.intent_at,
        intent.give_up_at,
    )


def _new(row_id: int, intent: Intent, ending: Ending | None) -> tuple[Any, ...]:
    head = _head(row_id, intent)
    if ending is None:
        return (*head, None, None, None, None, None, intent.max_micros, 0, Charge.RESERVED.value, None)
    return (*head, *_end(ending), intent.max_micros, ending.charged_micros, ending.charge.value, None)


def _reused(row_id: int, reuse: Reuse) -> tuple[Any, ...]:
    at = reuse.intent.intent_at
    tail = (reuse.intent.max_micros, 0, Charge.FREE.value, reuse.reused_from)
    return (*_head(row_id, reuse.intent), None, at, reuse.outcome.value, None, None, *tail)


def _end(ending: Ending) -> tuple[Any, ...]:
    return (
        ending.sent_at,
        ending.finished_at,
        ending.outcome.value,
        ending.http_status or None,
        clean(ending.reason[:_LONGEST_REASON]) or None,
    )


def _ending(ending: Ending) -> tuple[Any, ...]:
    return (ending.call_id, *_end(ending), ending.charged_micros, ending.charge.value)


def _answer(answer: StoredAnswer, row_id: int) -> tuple[Any, ...]:
    return (
        clean(answer.subject),
        answer.outcome.value,
        answer.reply.status,
        clean(orjson.dumps(dict(answer.reply.headers)).decode()),
        answer.reply.body,
        clean(answer.reason[:_LONGEST_REASON]),
        answer.observed_at,
        answer.expires_at,
        row_id,
    )
