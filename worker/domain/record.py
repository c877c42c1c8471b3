"""The record: a pure function of the set of claims about a subject.

Per field, claims with equal comparable keys support one value. A source (a host, an account) has one vote per
value, however often it speaks; independent sources add up as ``1 - (1-a)(1-b)…``. Rival values weigh against each
other by their odds, so a value that others contradict is worth less; fields of which several values can be right
(phones, emails) have alternatives instead of rivals. Conclusions never outvote statements, and a person's word
outranks both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson

from worker.domain.claim import Claim, Evidence, Value
from worker.domain.fields import FIELDS
from worker.domain.fields.field import Compatible, Field, plain_key
from worker.domain.freshness import faded, is_human

#: No conclusion is shown with more confidence than this, and no statement with more than the other.
MOST_INFERRED: Final = 0.60
MOST_CERTAIN: Final = 0.99
#: What one source said in one sitting stands side by side; a later sitting replaces it.
SITTING: Final = timedelta(hours=1)
_MOST_EVIDENCE: Final = 5
_MOST_RIVALS: Final = 10

ClaimKey = tuple[str, str, str, str]


def value_key(field: str, value: Value) -> str:
    """The comparable text of a field's value; equal for values that say the same thing."""
    # Keys are asked for again and again; long texts would fill the memory of those that were.
    return _short_key(field, value) if not isinstance(value, str) or len(value) <= 200 else _key(field, value)


def _key(field: str, value: Value) -> str:
    known = FIELDS.get(field)
    return known.compare_key(value) if known else plain_key(value)


# typed: 1, 1.0 and True are equal, and so are their hashes, but not their texts.
_short_key = lru_cache(maxsize=16_384, typed=True)(_key)


def claim_key(claim: Claim) -> ClaimKey:
    """What makes two claims the same statement: field, comparable value, source and provider."""
    return claim.field, value_key(claim.field, claim.value), claim.source, claim.provider


def _rank(claim: Claim) -> tuple[datetime, float, str, str, str]:
    """A total order over merged claims of one field: the newest, then the surest."""
    return claim.observed_at, claim.confidence, claim.source, claim.provider, str(claim.value)


def _newer(claim: Claim, held: Claim) -> bool:
    """Which of two claims that make the same statement stays, in a total order."""
    one, other = (claim.observed_at, claim.confidence), (held.observed_at, held.confidence)
    if one != other or claim == held:
        return one > other
    return _text(claim) > _text(held)


def _text(claim: Claim) -> bytes:
    return orjson.dumps(claim.as_json(), option=orjson.OPT_SORT_KEYS)


def merge(*sets: Iterable[Claim]) -> frozenset[Claim]:
    """The union of sets of claims; of one statement made twice the newest observation stays.

    Commutative, associative and idempotent.
    """
    newest: dict[ClaimKey, Claim] = {}
    for claims in sets:
        for claim in claims:
            key = claim_key(claim)
            held = newest.get(key)
            if held is None or (claim is not held and _newer(claim, held)):
                newest[key] = claim
    return frozenset(newest.values())


@dataclass(frozen=True, slots=True)
class Rival:
    """Another value that somebody claims."""

    value: Value
    confidence: float
    sources: tuple[str, ...]
    observed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """A JSON object in the result's spelling."""
        return {
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "confidence": self.confidence,
            "sources": list(self.sources),
            "observedAt": self.observed_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The best value of one field, with its proof.

    ``conflicts`` contradict it, ``alternatives`` stand beside it. ``observed_at`` is its newest confirmation.
    """

    value: Value
    confidence: float
    sources: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    observed_at: datetime
    inferred: bool = False
    human: bool = False
    display: str | None = None
    conflicts: tuple[Rival, ...] = ()
    alternatives: tuple[Rival, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The JSON object under the field's name in ``result.data``."""
        data: dict[str, Any] = {
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "confidence": self.confidence,
            "sources": list(self.sources),
            "evidence": [item.as_json() for item in self.evidence],
            "observedAt": self.observed_at.isoformat(),
        }
        if self.inferred:
            data["inferred"] = True
        if self.display is not None:
            data["display"] = self.display
        if self.conflicts:
            data["conflicts"] = [rival.as_json() for rival in self.conflicts]
        if self.alternatives:
            data["alternatives"] = [rival.as_json() for rival in self.alternatives]
        return data


Record = Mapping[str, FieldValue]


@dataclass(slots=True)
class _Candidate:
    key: str
    claims: list[Claim]
    votes: dict[str, float]

    @property
    def support(self) -> float:
        doubt = 1.0
        for vote in self.votes.values():
            doubt *= 1.0 - min(max(vote, 0.0), 1.0)
        return min(1.0 - doubt, MOST_CERTAIN)

    @property
    def newest(self) -> Claim:
        return max(self.claims, key=lambda claim: (claim.confidence, *_rank(claim)))

    @property
    def observed_at(self) -> datetime:
        return max(claim.observed_at for claim in self.claims)


def record_of(claims: Iterable[Claim], now: datetime | None = None) -> dict[str, FieldValue]:
    """The record that follows from a set of claims, fields in the catalogue's order.

    With ``now``, claims past their life count for less (see ``freshness.faded``). The order of ``claims`` and
    repetitions make no difference.
    """
    return dict(LazyRecord(merge(claims), now))


class LazyRecord(Mapping[str, FieldValue]):
    """A record that works out a field when it is looked at; its claims are merged ones."""

    def __init__(self, merged: Iterable[Claim], now: datetime | None = None) -> None:
        self._now = now
        self._claims: dict[str, list[Claim]] = {}
        self._values: dict[str, FieldValue] = {}
        for claim in merged:
            self._claims.setdefault(claim.field, []).append(claim)

    def __getitem__(self, name: str) -> FieldValue:
        value = self._values.get(name)
        if value is None:
            value = self._values[name] = field_value(name, self._claims[name], self._now)
        return value

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in FIELDS if name in self._claims)
        yield from sorted(name for name in self._claims if name not in FIELDS)

    def __len__(self) -> int:
        return len(self._claims)

    def __contains__(self, name: object) -> bool:
        return name in self._claims


def field_value(name: str, claims: Iterable[Claim], now: datetime | None = None) -> FieldValue:
    """The best value of one field; ``claims`` are all of that field and not empty."""
    held = list(claims)
    return _alone(held[0], now) if len(held) == 1 else _elected(name, held, now)


def _alone(claim: Claim, now: datetime | None) -> FieldValue:
    """The most frequent case, without the counting of votes."""
    human = is_human(claim)
    ceiling = MOST_INFERRED if claim.inferred and not human else MOST_CERTAIN
    return FieldValue(
        value=claim.value,
        confidence=1.0 if human else round(min(max(faded(claim, now), 0.0), ceiling), 3),
        sources=(claim.source,),
        evidence=claim.evidence[:_MOST_EVIDENCE],
        observed_at=claim.observed_at,
        inferred=claim.inferred and not human,
        human=human,
        display=claim.display,
    )


def _elected(name: str, claims: Iterable[Claim], now: datetime | None) -> FieldValue:
    voters = _current(claims)
    human = [claim for claim in voters if is_human(claim)]
    stated = [claim for claim in voters if not claim.inferred]
    counted = human or stated or voters
    field = FIELDS.get(name)
    if field is not None and field.collection and not human:
        return _collected(counted, now, inferred=not stated)
    candidates = _candidates(name, voters if human else counted, now)
    many = field is not None and field.many
    compatible = field.compatible if field is not None else None
    scored = {key: _score(candidate, candidates, compatible, many=many) for key, candidate in candidates.items()}
    best = (
        candidates[value_key(name, max(human, key=_rank).value)]
        if human
        else max(candidates.values(), key=lambda one: (round(scored[one.key], 9), *_preference(field, one)))
    )
    rivals = sorted(
        (one for one in candidates.values() if one is not best), key=lambda one: (-scored[one.key], one.key)
    )
    others = [
        Rival(one.newest.value, round(scored[one.key], 3), tuple(sorted(one.votes)), one.observed_at)
        for one in rivals[:_MOST_RIVALS]
    ]
    beside = [rival for rival in others if many or (compatible and compatible(rival.value, best.newest.value))]
    confidence = 1.0 if human else scored[best.key]
    inferred = not human and not stated
    shown = best.newest if not human else max((c for c in human if value_key(name, c.value) == best.key), key=_rank)
    return FieldValue(
        value=shown.value,
        confidence=round(min(confidence, MOST_INFERRED) if inferred else confidence, 3),
        sources=tuple(sorted(best.votes, key=lambda source: (-best.votes[source], source))),
        evidence=_evidence(best.claims),
        observed_at=best.observed_at,
        inferred=inferred,
        human=bool(human),
        display=shown.display,
        conflicts=tuple(rival for rival in others if rival not in beside),
        alternatives=tuple(beside),
    )


def _current(claims: Iterable[Claim]) -> list[Claim]:
    """What each (source, provider) said in its latest sitting; what it said before is history."""
    held = list(claims)
    latest: dict[tuple[str, str], datetime] = {}
    for claim in held:
        speaker = (claim.source, claim.provider)
        latest[speaker] = max(latest.get(speaker, claim.observed_at), claim.observed_at)
    return [claim for claim in held if latest[(claim.source, claim.provider)] - claim.observed_at <= SITTING]


def _candidates(name: str, claims: Iterable[Claim], now: datetime | None) -> dict[str, _Candidate]:
    candidates: dict[str, _Candidate] = {}
    for claim in claims:
        key = value_key(name, claim.value)
        candidate = candidates.setdefault(key, _Candidate(key, [], {}))
        candidate.claims.append(claim)
        candidate.votes[claim.source] = max(candidate.votes.get(claim.source, 0.0), faded(claim, now))
    return candidates


def _odds(support: float) -> float:
    return support / (1.0 - support)


def _preference(field: Field | None, candidate: _Candidate) -> tuple[int, datetime, str]:
    """Which of equally sure values is shown: the field's preference, then the newest."""
    preferred = field.prefer(candidate.newest.value) if field is not None and field.prefer else 0
    return preferred, candidate.observed_at, candidate.key


def _score(
    candidate: _Candidate, candidates: Mapping[str, _Candidate], compatible: Compatible | None, *, many: bool
) -> float:
    """The probability of a value against its rivals; a source that supports it opposes it with nothing else."""
    own = _odds(candidate.support)
    if many or len(candidates) == 1:
        return candidate.support
    against = 0.0
    for rival in candidates.values():
        if rival is candidate or (compatible and compatible(rival.newest.value, candidate.newest.value)):
            continue
        votes = {source: vote for source, vote in rival.votes.items() if source not in candidate.votes}
        against += _odds(_Candidate(rival.key, [], votes).support)
    return own / (1.0 + own + against)


def _evidence(claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    """Evidence of the best claims first, each piece once, at most five."""
    seen: dict[Evidence, None] = {}
    for claim in sorted(claims, key=_rank, reverse=True):
        seen.update(dict.fromkeys(claim.evidence))
    return tuple(seen)[:_MOST_EVIDENCE]


def _collected(claims: list[Claim], now: datetime | None, *, inferred: bool) -> FieldValue:
    """A field that is a collection: the union of what the sources list, what most of them list first."""
    support: dict[str, _Candidate] = {}
    spelling: dict[str, str] = {}
    for claim in sorted(claims, key=_rank):
        items = claim.value if isinstance(claim.value, tuple) else (str(claim.value),)
        for item in items:
            key = item.casefold()
            spelling[key] = item
            candidate = support.setdefault(key, _Candidate(key, [], {}))
            candidate.claims.append(claim)
            candidate.votes[claim.source] = max(candidate.votes.get(claim.source, 0.0), faded(claim, now))
    ordered = sorted(support.values(), key=lambda one: (-len(one.votes), one.key))
    votes: dict[str, float] = {}
    for claim in claims:
        votes[claim.source] = max(votes.get(claim.source, 0.0), faded(claim, now))
    best = max(votes.values())
    return FieldValue(
        value=tuple(spelling[one.key] for one in ordered),
        confidence=round(min(best, MOST_INFERRED if inferred else MOST_CERTAIN), 3),
        sources=tuple(sorted(votes, key=lambda source: (-votes[source], source))),
        evidence=_evidence(claims),
        observed_at=max(claim.observed_at for claim in claims),
        inferred=inferred,
    )
