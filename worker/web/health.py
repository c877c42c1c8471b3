"""What the health server needs to know of the worker, and how it says it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from worker.telemetry.gauge import Gauge


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the worker needs to take jobs. ``detail`` says what is wrong, in words, without secrets."""

    name: str
    ok: bool
    detail: str = ""


class Health(Protocol):
    """The worker, as its health server sees it."""

    def about(self) -> Mapping[str, Any]:
        """Facts that are known without asking anybody: worker_id, version, started_at, in_flight, ..."""

    async def checks(self) -> Sequence[Check]:
        """Whether each dependency answers, and whether the worker takes jobs."""

    async def gauges(self) -> Sequence[Gauge]:
        """Values looked up at a scrape: queue depths, slots, pool."""


def alive(about: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The body of ``/health``: answering at all is the point, so it is always healthy."""
    return {"status": "healthy", **about, "timestamp": now.isoformat()}


def readiness(checks: Sequence[Check]) -> tuple[int, dict[str, Any]]:
    """Status code and body of ``/readyz``: 200, or 503 with the names of what is missing."""
    missing = [check.name for check in checks if not check.ok]
    listed = {check.name: "ok" if check.ok else check.detail or "missing" for check in checks}
    return (503 if missing else 200), {"ready": not missing, "missing": missing, "checks": listed}
