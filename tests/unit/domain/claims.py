"""Claims for tests: a builder with sensible defaults, and Hypothesis strategies."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from worker.domain.claim import Claim, Evidence, Value

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def claim(field: str, value: Value, source: str = "acme.example", confidence: float = 0.8, **more: Any) -> Claim:
    """A claim observed now, unless said otherwise (``age_days``)."""
    age = timedelta(days=more.pop("age_days", 0))
    more.setdefault("provider", "website")
    return Claim(field, value, source, confidence=confidence, observed_at=NOW - age, **more)


_values: dict[str, st.SearchStrategy[Value]] = {
    "company_name": st.sampled_from(["Acme", "ACME Inc.", "Globex", "Globex GmbH"]),
    "company_size": st.sampled_from(["11-50", "51-200", "100-500"]),
    "company_phone": st.sampled_from(["+493012345678", "+15125550143"]),
    "company_technologies": st.sampled_from([("Redis", "Python"), ("python",), ("Go", "Redis")]),
    "company_industry": st.sampled_from(["Software", "Robotics"]),
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Any claim about one company from a handful of sources, so that they agree and disagree often."""
    field = draw(st.sampled_from(sorted(_values)))
    human = draw(st.integers(0, 9)) == 0
    source = "human" if human else draw(st.sampled_from(["acme.example", "pdl", "news.example"]))
    return Claim(
        field=field,
        value=draw(_values[field]),
        source=source,
        provider="known" if human else draw(st.sampled_from(["website", "pdl", "llm"])),
        confidence=draw(st.sampled_from([0.3, 0.6, 0.7, 0.8, 0.95, 1.0])),
        observed_at=NOW - timedelta(hours=draw(st.integers(0, 24 * 400))),
        evidence=draw(st.sampled_from([(), (Evidence(url="https://acme.example/", quote="Acme"),)])),
        inferred=not human and draw(st.booleans()),
    )


claim_sets = st.frozensets(claims(), max_size=12)
