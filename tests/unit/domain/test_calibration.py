"""Calibration: maps are monotone, lean on what was claimed, and bring confidence nearer to the truth."""

import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.calibration import LEAST, MOST, UNCALIBRATED, Calibration, Sample, fit, kind_of, reliability
from worker.domain.claim import Claim, Evidence

_samples = st.lists(
    st.builds(
        Sample,
        st.sampled_from(["pdl", "website"]),
        st.sampled_from(["company_name", "company_phone"]),
        st.floats(0.0, 1.0),
        st.booleans(),
        st.sampled_from(["", "text", "structured"]),
    ),
    max_size=80,
)


@given(_samples, st.lists(st.integers(1, 999), min_size=2, max_size=20, unique=True))
def test_surer_claims_stay_surer(samples: list[Sample], thousandths: list[int]) -> None:
    """Whatever was learned: no two claims of one field and kind swap places or become equal, and the bounds hold."""
    calibration = fit(samples)
    if "pdl" not in calibration.curves:
        return
    for field, kind in (("company_name", "text"), ("company_city", "")):
        adjusted = [calibration.adjust("pdl", field, n / 1000, kind) for n in sorted(thousandths)]
        inside = [one for one in adjusted if LEAST < one < MOST - 1e-6]
        assert all(one < other for one, other in pairwise(inside))
        assert all(one <= other for one, other in pairwise(adjusted))
        assert all(LEAST <= one <= MOST for one in adjusted)


@given(_samples)
def test_the_file_reads_back(samples: list[Sample]) -> None:
    """What is written is what is applied."""
    calibration = fit(samples)
    assert Calibration.from_json(calibration.as_json()) == calibration


@given(_samples)
def test_the_order_of_cases_makes_no_difference(samples: list[Sample]) -> None:
    """The same cases in another order teach the same, to the precision of the file."""
    one, other = fit(samples), fit(list(reversed(samples)))
    for confidence in (0.2, 0.6, 0.8, 0.95):
        assert one.adjust("pdl", "company_name", confidence) == pytest.approx(
            other.adjust("pdl", "company_name", confidence), abs=0.005
        )


def test_without_a_map_confidence_stays() -> None:
    """A provider nobody measured is believed as far as it claims."""
    assert UNCALIBRATED.adjust("pdl", "company_name", 0.95) == 0.95


def test_a_boastful_provider_is_taken_down_and_a_modest_one_up() -> None:
    """Claimed .95 and right in half of the cases means about .5; claimed .6 and always right means more."""
    samples = [Sample("boaster", "company_name", 0.95, n % 2 == 0) for n in range(200)]
    samples += [Sample("modest", "company_name", 0.6, True) for _ in range(200)]
    calibration = fit(samples)
    assert calibration.adjust("boaster", "company_name", 0.95) == pytest.approx(0.51, abs=0.02)
    assert calibration.adjust("modest", "company_name", 0.6) > 0.95


def test_few_cases_move_little() -> None:
    """Five right guesses are no proof, twenty are more of one."""
    few, more = (
        fit([Sample("pdl", "company_name", 0.6, True)] * count).adjust("pdl", "company_name", 0.6) for count in (5, 20)
    )
    assert 0.6 < few < more < 0.97


def test_a_field_and_a_kind_of_evidence_are_told_apart() -> None:
    """Phones may be worse than names at the same provider, and prose worse than markup; unknown fields lie between."""
    names = [Sample("web", "company_name", 0.8, True, "structured") for _ in range(60)]
    phones = [Sample("web", "company_phone", 0.8, n % 2 == 0, "text") for n in range(60)]
    calibration = fit([*names, *phones])
    worse = calibration.adjust("web", "company_phone", 0.8, "text")
    better = calibration.adjust("web", "company_name", 0.8, "structured")
    assert worse < 0.65 < 0.9 < better
    assert worse < calibration.adjust("web", "company_fax", 0.8) < better


def test_a_ceiling_is_never_reached() -> None:
    """A source that was always right on labelled sites still keeps its place below the next."""
    calibration = fit([Sample("website", "company_name", 0.8, True)] * 5_000, {"website": 0.95})
    assert 0.94 < calibration.adjust("website", "company_name", 0.8) < 0.95
    assert calibration.adjust("website", "company_name", 1.0) < 0.95


def test_what_a_claim_rests_on() -> None:
    """Evidence speaks by its path; a quote without one is text, a conclusion is a conclusion."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    kinds = {
        kind_of(Claim("company_name", "Acme", "acme.example", "website", 0.8, now, (Evidence(path=path),)))
        for path in ("json-ld:Organization.name", "a[href]", "meta", "api:name", "")
    }
    assert kinds == {"structured", "link", "head", "answer", "text"}
    assert (
        kind_of(Claim("company_industry", "Tools", "llm", "llm", 0.6, now, (Evidence(),), inferred=True)) == "inferred"
    )


def test_fitting_lowers_the_calibration_error() -> None:
    """On fresh cases from the same provider, calibrated confidence is nearer to the truth."""
    rng = random.Random(3)

    def cases(count: int) -> list[Sample]:
        levels = [rng.choice([0.6, 0.8, 0.95]) for _ in range(count)]
        return [Sample("pdl", "company_name", level, rng.random() < level - 0.25) for level in levels]

    calibration, fresh = fit(cases(600)), cases(600)
    raw = reliability([(one.confidence, one.right) for one in fresh])[1]
    adjusted = [(calibration.adjust(one.provider, one.field, one.confidence), one.right) for one in fresh]
    assert raw > 0.2
    assert reliability(adjusted)[1] < 0.06


def test_the_reliability_table_counts_every_value_once() -> None:
    """Bounds belong to one bin each; the error is weighted by count."""
    bins, error = reliability([(0.0, False), (0.1, False), (0.8, True), (0.8, False), (1.0, True)])
    assert [(one.count, one.accuracy) for one in bins] == [(2, 0.0), (2, 0.5), (1, 1.0)]
    assert error == pytest.approx((2 * 0.05 + 2 * 0.3 + 0) / 5)


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"version": 1, "maps": {}},
        {"version": 2},
        {"version": 2, "curves": {"a": {"slope": 1}}},
        {"version": 2, "curves": {"a": {"slope": -1, "shift": 0, "most": 0.9}}},
        {"version": 2, "curves": {"a": {"slope": 1, "shift": 0, "most": 7}}},
    ],
)
def test_a_wrong_file_is_refused(data: Any) -> None:
    """A file that is no calibration stops the start instead of skewing values."""
    with pytest.raises(ValueError, match="calibration"):
        Calibration.from_json(data)
