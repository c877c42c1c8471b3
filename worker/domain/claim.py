"""Claims: what one source said about one field, with its evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

#: A normalised, JSON-safe field value.
Value = str | int | float | bool | tuple[str, ...]


class Evidence(msgspec.Struct, frozen=True, gc=False):
    """Where a value can be seen.

    ``start`` and ``end`` count code points in the page's text rendering, whose version ``rendering`` names;
    ``path`` names a structured place instead (``json-ld:Organization.name``, ``api:job_company_size``).
    """

    url: str = ""
    quote: str = ""
    start: int | None = None
    end: int | None = None
    path: str = ""
    page_hash: str = ""
    rendering: str = ""

    def as_json(self) -> dict[str, Any]:
        """The parts that are set, as a JSON object."""
        return {
            name: value
            for name in ("url", "quote", "start", "end", "path", "page_hash", "rendering")
            if (value := getattr(self, name)) not in ("", None)
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Evidence":
        """The inverse of ``as_json``; unknown names are ignored."""
        return cls(**{name: data[name] for name in cls.__struct_fields__ if name in data})


class Claim(msgspec.Struct, frozen=True, gc=False):
    """One statement: ``field`` of the subject is ``value``, says ``source``.

    ``source`` is who speaks and votes: a host (``acme.example``) or a provider account's name (``pdl``).
    ``provider`` is the adapter that brought it. ``display`` is the text as found, when it differs from the value.
    ``confidence`` is in 0..1. ``observed_at`` is aware UTC, the time of the answer, not of its reuse.
    """

    field: str
    value: Value
    source: str
    provider: str
    confidence: float
    observed_at: datetime
    evidence: tuple[Evidence, ...] = ()
    inferred: bool = False
    display: str | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object that ``from_json`` reads back to an equal claim."""
        data: dict[str, Any] = {
            "field": self.field,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "source": self.source,
            "provider": self.provider,
            "confidence": self.confidence,
            "observed_at": self.observed_at.isoformat(),
        }
        if self.evidence:
            data["evidence"] = [item.as_json() for item in self.evidence]
        if self.inferred:
            data["inferred"] = True
        if self.display is not None:
            data["display"] = self.display
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Claim":
        """Read ``as_json``'s shape. Raises KeyError or ValueError when it is not one."""
        value = data["value"]
        return cls(
            field=data["field"],
            value=tuple(value) if isinstance(value, list) else value,
            source=data["source"],
            provider=data["provider"],
            confidence=float(data["confidence"]),
            observed_at=datetime.fromisoformat(data["observed_at"]),
            evidence=tuple(Evidence.from_json(item) for item in data.get("evidence", ())),
            inferred=bool(data.get("inferred", False)),
            display=data.get("display"),
        )
