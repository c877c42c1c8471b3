"""Calibration: maps are monotone, lean on what was claimed, and bring confidence nearer to the truth."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.calibration import ENOUGH, LEAST, MOST, UNCALIBRATED, Calibration, Sample, fit, reliability

_samples = st.lists(
    st.builds(
        Sample,
        st.sampled_from(["pdl", "website"]),
        st.sampled_from(["company_name", "company_phone"]),
        st.floats(0.0, 1.0),
        st.booleans(),
    ),
    max_size=80,
)


@given(_samples, st.lists(st.floats(0.0, 1.0), min_size=2, max_size=20))
def test_surer_claims_stay_surer(samples: list[Sample], confidences: list[float]) -> None:
    """Whatever was learned, order is kept and the bounds hold."""
    calibration = fit(samples)
    for field in ("company_name", "company_city"):
        adjusted = [calibration.adjust("pdl", field, confidence) for confidence in sorted(confidences)]
        assert all(one <= other + 1e-9 for one, other in pairwise(adjusted))
        if calibration.maps.get("pdl"):
            assert all(LEAST <= one <= MOST for one in adjusted)


@given(_samples)
def test_the_file_reads_back(samples: list[Sample]) -> None:
    """What is written is what is applied."""
    calibration = fit(samples)
    assert Calibration.from_json(calibration.as_json()) == calibration


def test_without_a_map_confidence_stays() -> None:
    """A provider nobody measured is believed as far as it claims."""
    assert UNCALIBRATED.adjust("pdl", "company_name", 0.95) == 0.95


def test_a_boastful_provider_is_taken_down_and_a_modest_one_up() -> None:
    """Claimed .95 and right in half of the cases means about .5; claimed .6 and always right means more."""
    samples = [Sample("boaster", "company_name", 0.95, n % 2 == 0) for n in range(200)]
    samples += [Sample("modest", "company_name", 0.6, True) for _ in range(200)]
    calibration = fit(samples)
    assert calibration.adjust("boaster", "company_name", 0.95) == pytest.approx(0.51, abs=0.01)
    assert calibration.adjust("modest", "company_name", 0.6) > 0.97


def test_a_field_gets_its_own_map_when_there_is_enough() -> None:
    """Phones may be worse than names at the same provider; a handful of cases is not enough to say so."""
    names = [Sample("pdl", "company_name", 0.9, True) for _ in range(100)]
    phones = [Sample("pdl", "company_phone", 0.9, False) for _ in range(ENOUGH)]
    few = [Sample("pdl", "company_fax", 0.9, False) for _ in range(ENOUGH - 1)]
    calibration = fit([*names, *phones, *few])
    assert calibration.adjust("pdl", "company_phone", 0.9) < 0.2
    assert calibration.adjust("pdl", "company_fax", 0.9) == calibration.adjust("pdl", "company_city", 0.9) > 0.5


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
    "data", [{}, {"version": 2, "maps": {}}, {"version": 1}, {"version": 1, "maps": {"a": {"*": [1]}}}]
)
def test_a_wrong_file_is_refused(data: dict[str, object]) -> None:
    """A file that is no calibration stops the start instead of skewing values."""
    with pytest.raises(ValueError, match="calibration"):
        Calibration.from_json(data)
