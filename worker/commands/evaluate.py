"""``enrichd evaluate LABELLED.jsonl``: how right the values are, and how honest their confidence."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path

import orjson

from config.settings import Settings
from worker.domain.calibration import UNCALIBRATED, Calibration, reliability
from worker.domain.claim import Claim
from worker.domain.fields import field_names
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.provider import Off, Options, Provider
from worker.domain.result import Stage
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Report
from worker.evaluate.cases import Case, cross_validated, fitted, score_of
from worker.evaluate.folder import FolderGateway
from worker.evaluate.labels import Label, read_labels
from worker.evaluate.report import Errors, page, report
from worker.jobs import load_kinds
from worker.pipeline import Tools, enrich

_KIND = "company_website"
_WORKSPACE = "evaluate"


async def evaluate(
    path: Path,
    options: Options,
    *,
    calibration: Calibration = UNCALIBRATED,
    fit_to: Path | None = None,
    markdown: bool = False,
    live: Settings | None = None,
) -> int:
    """Print the accuracy report of a labelled file; with ``fit_to`` write a fitted calibration there as well.

    ``live`` are the settings whose providers are asked over the network, for money; without them the website stage
    reads the labelled pages from their files.
    """
    labels = await asyncio.to_thread(read_labels, path)
    cases = await (_asked(labels, live) if live is not None else read_pages(labels, options))
    score = score_of(cases, calibration)
    errors = Errors(
        claimed=reliability(score_of(cases, UNCALIBRATED).judged)[1],
        shown=reliability(score.judged)[1],
        crossed=reliability(cross_validated(cases))[1],
    )
    print(page(score, errors) if markdown else report(score, errors), end="")
    if fit_to is not None:
        learned = fitted(cases)
        text = orjson.dumps(learned.as_json(), option=orjson.OPT_INDENT_2)
        await asyncio.to_thread(fit_to.write_bytes, text + b"\n")
        print(f"\nCalibration of {learned.samples} claims written to {fit_to}; use it with CALIBRATION_FILE={fit_to}")
    return 0


async def read_pages(labels: Iterable[Label], options: Options) -> list[Case]:
    """Run the website stage over every label's files."""
    from worker.providers.website.provider import open_provider

    opened = open_provider(options)
    if isinstance(opened, Off):
        raise RuntimeError(opened.reason)
    kind = load_kinds()[_KIND]
    try:
        return [await _read(label, opened, kind) for label in labels]
    finally:
        if opened.close is not None:
            await opened.close()


async def _read(label: Label, provider: Provider, kind: Kind) -> Case:
    gateway = FolderGateway(label)
    tools = Tools(_nothing_known, [provider], lambda _: gateway)
    return _case(label, await enrich(_job(label, kind), kind, tools))


async def _asked(labels: Iterable[Label], settings: Settings) -> list[Case]:
    """Ask the settings' providers about every label, as a worker would, but for the calibration."""
    from worker.app import App
    from worker.commands.servers import servers

    kind = load_kinds()[_KIND]
    uncalibrated = settings.model_copy(update={"calibration_file": "none"})
    async with servers(settings) as where:
        app = App(uncalibrated, where.redis_url, where.database_url)
        async with app.tools_only() as run:
            return [await _ask(label, kind, run) for label in labels]


async def _ask(label: Label, kind: Kind, run: Callable[[Job], Awaitable[Report]]) -> Case:
    return _case(label, await run(_job(label, kind)))


def _job(label: Label, kind: Kind) -> Job:
    required = tuple(label.gold) or field_names(Entity.COMPANY)
    return Job(_WORKSPACE, label.id, kind.name, label.url, required, skip_cache=True)


def _case(label: Label, found: Report) -> Case:
    return Case(label, found.claims, _costs(found.stages))


def _costs(stages: Iterable[Stage]) -> dict[str, int]:
    costs: dict[str, int] = {}
    for stage in stages:
        if stage.provider and not stage.skipped:
            costs[stage.provider] = costs.get(stage.provider, 0) + stage.cost_micros
    return costs


async def _nothing_known(_: str, __: Subject, ___: frozenset[str], ____: datetime | None) -> tuple[Claim, ...]:
    return ()
