"""The demo's table: one line a job, readable in 80 columns. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from worker.domain.money import cents

#: Columns of a terminal from which the kind and all sources fit.
WIDE: Final = 110
_STATUS: Final = {"success": "green", "partial": "yellow", "failed": "red", "dead_letter": "red"}


def jobs_table(rows: Sequence[Mapping[str, Any]], required: Mapping[str, Collection[str]], width: int) -> Table:
    """Subject, outcome, fields found of required, lowest confidence, sources, cost, time; a section per kind.

    ``rows`` are rows of enrichment_jobs with their result as an object; ``required`` maps job ids to the fields that
    were asked for.
    """
    wide = width >= WIDE
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", expand=True)
    table.add_column("subject", no_wrap=True, overflow="ellipsis", ratio=5)
    if wide:
        table.add_column("kind", no_wrap=True, min_width=16)
    table.add_column("result", no_wrap=True, min_width=7)
    table.add_column("found of required" if wide else "found", justify="right", no_wrap=True, min_width=5)
    table.add_column("confidence" if wide else "conf", justify="right", no_wrap=True, min_width=4)
    table.add_column("sources", no_wrap=True, overflow="ellipsis", ratio=6 if wide else 4)
    table.add_column("cost in cents" if wide else "cents", justify="right", no_wrap=True, min_width=5)
    table.add_column("time", justify="right", no_wrap=True, min_width=7)
    kind = None
    for row in sorted(rows, key=lambda row: str(row["job_type"])):
        if kind not in (None, row["job_type"]):
            table.add_section()
        kind = row["job_type"]
        cells = _cells(row, required.get(row["id"], ()))
        table.add_row(*(cells if wide else (cells[0], *cells[2:])))
    return table


def _cells(row: Mapping[str, Any], required: Collection[str]) -> tuple[Text | str, ...]:
    result = row["result"]
    data = found(result, required)
    outcome = row["result_status"] or row["status"]
    sure = min((float(item["confidence"]) for item in data.values()), default=None)
    return (
        subject(row["url"] or ""),
        row["job_type"],
        Text(outcome.replace("dead_letter", "dead"), style=_STATUS.get(outcome, "")),
        f"{len(data)}/{len(required)}",
        "" if sure is None else f"{sure:.2f}",
        ", ".join(sources(result)),
        f"{cents(row['cost_micros']):.2f}" if row["cost_micros"] else "0",
        took(row),
    )


def found(result: Mapping[str, Any], required: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """The required fields that the result holds, gaps left out: those are there, but not sure enough."""
    open_fields = {gap["field"] for gap in result.get("gaps", ())}
    data = result.get("data", {})
    return {name: data[name] for name in required if name in data and name not in open_fields}


def sources(result: Mapping[str, Any]) -> list[str]:
    """Who was asked and found something, the cache by its name."""
    names = [
        "cache" if stage["stage"] == "cache" else str(stage.get("provider") or stage["stage"])
        for stage in result.get("stages", ())
        if stage.get("fieldsFound")
    ]
    return list(dict.fromkeys(names))


def subject(url: str) -> str:
    """An address without what all of them have.

    >>> subject("https://www.linkedin.com/in/ada"), subject("http://acme.example/")
    ('ada', 'acme.example')
    """
    parts = urlsplit(url)
    host = (parts.hostname or url).removeprefix("www.")
    return parts.path.strip("/").rpartition("/")[2] if host == "linkedin.com" else host


def took(row: Mapping[str, Any]) -> str:
    """How long the run took."""
    if row["started_at"] is None or row["completed_at"] is None:
        return ""
    milliseconds = (row["completed_at"] - row["started_at"]).total_seconds() * 1000
    return f"{milliseconds:.0f} ms" if milliseconds < 9_950 else f"{milliseconds / 1000:.1f} s"
