"""The result of a run as producers read it: data, gaps, costs, stages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from worker.domain.check import Check
from worker.domain.job import ResultStatus
from worker.domain.money import cents


class Stage(Struct, frozen=True, gc=False):
    """One step of a run. ``skipped`` says why it did not run; ``outcome`` is a provider's Outcome otherwise."""

    name: str
    provider: str = ""
    duration_ms: float = 0.0
    fields_found: tuple[str, ...] = ()
    skipped: str = ""
    outcome: str = ""
    reason: str = ""
    cost_micros: int = 0
    reused: bool = False

    def as_json(self) -> dict[str, Any]:
        """A JSON object in the result's spelling."""
        data: dict[str, Any] = {"stage": self.name}
        if self.provider:
            data["provider"] = self.provider
        if self.skipped:
            data["skipped"] = self.skipped
            return data
        data["durationMs"] = round(self.duration_ms, 1)
        data["fieldsFound"] = list(self.fields_found)
        if self.outcome:
            data["outcome"] = self.outcome
        if self.reason:
            data["reason"] = self.reason
        if self.cost_micros:
            data["costCents"] = cents(self.cost_micros)
        if self.reused:
            data["reused"] = True
        return data


class Gap(Struct, frozen=True, gc=False):
    """A required field that is missing, stale or too uncertain, and who was asked.

    ``asked`` maps provider names to what they answered (an Outcome, or why they were not asked). ``going_on`` maps
    those that could still be asked to the most it would cost, in micros.
    """

    field: str
    why: str
    asked: Mapping[str, str] = {}
    going_on: Mapping[str, int] = {}

    def as_json(self) -> dict[str, Any]:
        """A JSON object in the result's spelling."""
        data: dict[str, Any] = {"field": self.field, "why": self.why, "asked": dict(self.asked)}
        if self.going_on:
            data["goingOnCents"] = {name: cents(micros) for name, micros in self.going_on.items()}
        return data


class Result(Struct, frozen=True, gc=False):
    """What a finished run found.

    ``data`` maps each field to value, confidence, sources, evidence and observedAt (see ``record.FieldValue``).
    ``checks`` are the words on values that the job wanted checked.
    """

    status: ResultStatus
    data: Mapping[str, Mapping[str, Any]]
    gaps: tuple[Gap, ...]
    stages: tuple[Stage, ...]
    provider_micros: int
    llm_micros: int
    timestamp: datetime
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def total_micros(self) -> int:
        """Everything this job has cost."""
        return self.provider_micros + self.llm_micros

    def as_json(self) -> dict[str, Any]:
        """The JSON object in ``enrichment_jobs.result`` and the job's hash, as orjson takes it; costs are in cents."""
        provider, llm = self.provider_micros, self.llm_micros
        data: dict[str, Any] = {
            "status": str(self.status),
            "data": self.data,
            "gaps": [gap.as_json() for gap in self.gaps],
            "costs": {
                "provider": cents(provider),
                "llm": cents(llm),
                "total": cents(provider + llm),
            },
            "stages": [stage.as_json() for stage in self.stages],
            "timestamp": self.timestamp,
        }
        if self.checks:
            data["checks"] = [check.as_json() for check in self.checks]
        if self.notes:
            data["notes"] = list(self.notes)
        return data
