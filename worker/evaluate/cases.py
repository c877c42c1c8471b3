"""Cases: what the stages said about each labelled site, as they claimed it. Pure but for the reading."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

import msgspec

from worker.domain.calibration import Calibration, Sample, fit, kind_of
from worker.domain.claim import Claim
from worker.domain.record import MOST_INFERRED, record_of
from worker.evaluate.labels import Label
from worker.evaluate.score import Score, verdict_on

#: A source keeps its place in the ranking: labelled websites say nothing about data providers (0.95), so the website,
#: however often it was right on them, is never believed quite as much as those.
CEILINGS: Final[Mapping[str, float]] = {"website": 0.95}


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled site with the claims about it, uncalibrated, and what each provider cost in micro-dollars."""

    label: Label
    claims: tuple[Claim, ...]
    micros: Mapping[str, int] = field(default_factory=dict)


def score_of(cases: Iterable[Case], calibration: Calibration) -> Score:
    """Score cases as a worker with this calibration would have shown them."""
    score = Score()
    now = datetime.now(UTC)
    for case in cases:
        claims = [calibrated(claim, calibration) for claim in case.claims]
        score.add(case.label, record_of(claims, now), claims, case.micros)
    return score


def calibrated(claim: Claim, calibration: Calibration) -> Claim:
    """The claim with the confidence that a calibration gives it."""
    sure = calibration.of(claim)
    sure = min(sure, MOST_INFERRED) if claim.inferred else sure
    return claim if sure == claim.confidence else msgspec.structs.replace(claim, confidence=sure)


def samples_of(cases: Iterable[Case]) -> list[Sample]:
    """The judged claims: those about fields that the label speaks of."""
    found = []
    for case in cases:
        for claim in case.claims:
            right = verdict_on(case.label, claim.field, claim.value)
            if right is not None:
                found.append(Sample(claim.provider, claim.field, claim.confidence, right, kind_of(claim)))
    return found


def fitted(cases: Iterable[Case]) -> Calibration:
    """The calibration that labelled cases support."""
    return fit(samples_of(cases), CEILINGS)


def cross_validated(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """(confidence, right) of every value, each half of the sites under what the other half taught."""
    halves: tuple[list[Case], list[Case]] = ([], [])
    for case in cases:
        halves[crc32(case.label.id.encode()) % 2].append(case)
    judged: list[tuple[float, bool]] = []
    for number in (0, 1):
        judged += score_of(halves[number], fitted(halves[1 - number])).judged
    return judged
