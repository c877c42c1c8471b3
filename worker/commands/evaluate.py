"""``enrichd evaluate LABELLED.jsonl``: how right the values are, on labelled sites, without a network."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson

from worker.domain.calibration import Calibration, fit
from worker.domain.claim import Claim
from worker.domain.fields import field_names
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.provider import Off, Options, Provider
from worker.domain.record import record_of
from worker.domain.subject import Entity, Subject
from worker.evaluate.folder import FolderGateway
from worker.evaluate.labels import Label, read_labels
from worker.evaluate.report import report
from worker.evaluate.score import Score
from worker.jobs import load_kinds
from worker.pipeline import Tools, enrich


async def evaluate(
    path: Path, options: Options, *, calibration: Calibration | None = None, fit_to: Path | None = None
) -> int:
    """Print the accuracy report of a labelled file; with ``fit_to`` write a fitted calibration there as well."""
    score = await scored(await asyncio.to_thread(read_labels, path), options, calibration or Calibration())
    print(report(score), end="")
    if fit_to is not None:
        text = orjson.dumps(fit(score.samples).as_json(), option=orjson.OPT_INDENT_2)
        await asyncio.to_thread(fit_to.write_bytes, text + b"\n")
        print(f"\nCalibration of {len(score.samples)} claims written to {fit_to}")
    return 0


async def scored(labels: list[Label], options: Options, calibration: Calibration) -> Score:
    """Run the website stage over every label and count what came of it."""
    from worker.providers.website.provider import open_provider

    opened = open_provider(options)
    if isinstance(opened, Off):
        raise RuntimeError(opened.reason)
    kind = load_kinds()["company_website"]
    score = Score()
    try:
        for label in labels:
            await _one(label, opened, kind, score, calibration)
    finally:
        if opened.close is not None:
            await opened.close()
    return score


async def _one(label: Label, provider: Provider, kind: Kind, score: Score, calibration: Calibration) -> None:
    required = tuple(label.gold) or field_names(Entity.COMPANY)
    gateway = FolderGateway(label)
    tools = Tools(_nothing_known, [provider], lambda _: gateway, calibration=calibration)
    found = await enrich(Job("evaluate", label.id, kind.name, label.url, required), kind, tools)
    score.add(label, record_of(found.claims, datetime.now(UTC)), found.claims, found.provider_micros + found.llm_micros)


async def _nothing_known(_: str, __: Subject, ___: frozenset[str], ____: datetime | None) -> tuple[Claim, ...]:
    return ()


def read_calibration(path: Path) -> Calibration:
    """A calibration file. Raises ValueError when it is none, OSError when it cannot be read."""
    return Calibration.from_json(orjson.loads(path.read_bytes()))
