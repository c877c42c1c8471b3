"""Labelled sites: what a careful reader would take from them. One JSON object a line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from worker.domain.errors import EnrichdError


class LabelProblem(EnrichdError):
    """A labelled file that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled site.

    ``pages`` maps paths to files, ``gold`` fields to the values that are right (none given: not judged). With an
    ``outcome`` other than ``company`` every value is wrong. ``every`` lists all phones, faxes and emails on the pages.
    """

    id: str
    url: str
    outcome: str = "company"
    country: str = ""
    traits: tuple[str, ...] = ()
    pages: Mapping[str, Path] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    gold: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    every: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_labels(path: Path) -> list[Label]:
    """The labels of a file; pages are files beside it. Raises LabelProblem."""
    labels = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                labels.append(label_of(orjson.loads(line), path.parent))
            except (ValueError, KeyError, TypeError, AttributeError) as problem:
                raise LabelProblem(f"{path.name}, line {number}: {type(problem).__name__}: {problem}") from problem
    return labels


def label_of(data: Mapping[str, Any], folder: Path) -> Label:
    """One line's object as a label. Raises KeyError, TypeError or ValueError."""
    every = data.get("all", {})
    names = {"phones": "company_phone", "faxes": "company_fax", "emails": "company_email"}
    return Label(
        id=str(data.get("id", data["url"])),
        url=str(data["url"]),
        outcome=str(data.get("outcome", "company")),
        country=str(data.get("country", "")),
        traits=tuple(data.get("traits", ())),
        pages={str(where): folder / str(name) for where, name in data.get("pages", {}).items()},
        headers={str(name).lower(): str(value) for name, value in data.get("headers", {}).items()},
        statuses={str(where): int(status) for where, status in data.get("statuses", {}).items()},
        gold={
            str(name): tuple(values) if isinstance(values, list) else (values,)
            for name, values in data.get("gold", data.get("expected", {})).items()
        },
        every={field_name: tuple(every[name]) for name, field_name in names.items() if name in every},
    )
