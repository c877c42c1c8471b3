"""Making claims: one voice is one source on one day, so that adapters only name field, value and place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from worker.domain.claim import Claim, Evidence, Value

#: (field, value or None, path or quote)
Spoken = tuple[str, Value | None, str]

_LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks. ``url`` is where it can be read, empty for an API without a public page."""

    provider: str
    source: str
    confidence: float
    observed_at: datetime
    url: str = ""

    def claim(self, field: str, value: Value, path: str = "", quote: str = "", display: str | None = None) -> Claim:
        """One claim with one piece of evidence. ``path`` names a structured place (``api:job_company_size``)."""
        return Claim(
            field=field,
            value=value,
            source=self.source,
            provider=self.provider,
            confidence=self.confidence,
            observed_at=self.observed_at,
            evidence=(Evidence(url=self.url, quote=quote[:_LONGEST_QUOTE], path=path),),
            display=display,
        )

    def facts(self, spoken: Iterable[Spoken]) -> tuple[Claim, ...]:
        """Claims of structured facts; those without a value say nothing. The quote is the value as it was sent."""
        return tuple(
            self.claim(field, value, path=path, quote=", ".join(value) if isinstance(value, tuple) else str(value))
            for field, value, path in spoken
            if value is not None and value not in ("", ())
        )
