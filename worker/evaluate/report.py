"""The accuracy page: tables in Markdown, readable on a terminal as they are. Pure."""

from collections.abc import Iterable, Iterator

from worker.domain.calibration import reliability
from worker.domain.money import cents
from worker.evaluate.score import Score, Tally


def report(score: Score, *, most_misses: int = 40) -> str:
    """All tables of an evaluation, as Markdown."""
    return "\n".join(_lines(score, most_misses)) + "\n"


def _lines(score: Score, most_misses: int) -> Iterator[str]:
    right = sum(tally.right for tally in score.fields.values())
    wrong = sum(tally.wrong for tally in score.fields.values())
    yield f"{score.sites} labelled sites, {right + wrong} judged values, {right} right."
    if score.micros and right:
        yield f"Cost: {cents(score.micros):.1f} cents, {cents(score.micros) / right:.3f} cents per right value."
    yield from ("", "## By field", "")
    yield from _table(("field", "precision", "recall", "F1", "right", "wrong", "to find"), (
        (name, *_rates(tally)) for name, tally in sorted(score.fields.items()) if tally.gold or tally.wrong
    ))  # fmt: skip
    if score.every:
        yield from ("", "## Everything of its sort on the pages", "")
        yield from _table(("field", "precision", "recall", "F1", "right", "wrong", "to find"), (
            (name, *_rates(tally)) for name, tally in sorted(score.every.items())
        ))  # fmt: skip
    yield from ("", "## By source", "")
    yield from _table(("source", "field", "precision", "recall", "F1", "right", "wrong", "to find"), (
        (*key, *_rates(tally)) for key, tally in sorted(score.sources.items()) if tally.right or tally.wrong
    ))  # fmt: skip
    bins, error = reliability(score.judged)
    yield from ("", f"## Reliability (expected calibration error {error:.3f})", "")
    yield from _table(("confidence", "values", "said", "were right"), (
        (f"{one.low:.1f} to {one.high:.1f}", str(one.count), f"{one.confidence:.3f}", f"{one.accuracy:.3f}")
        for one in bins
    ))  # fmt: skip
    if score.misses:
        yield from ("", "## Cases that fail", "")
        yield from _table(("site", "field", "found", "right would be"), (
            (miss.label, miss.field, _short(miss.found), _short(miss.gold[0]) if miss.gold else "nothing")
            for miss in sorted(score.misses, key=lambda one: (one.field, one.label))[:most_misses]
        ))  # fmt: skip
        if len(score.misses) > most_misses:
            yield f"... and {len(score.misses) - most_misses} more"


def _rates(tally: Tally) -> tuple[str, ...]:
    shares = (tally.precision, tally.recall, tally.f1)
    return (
        *(("" if share is None else f"{share:.3f}") for share in shares),
        *map(str, (tally.right, tally.wrong, tally.gold)),
    )


def _short(value: object) -> str:
    text = "nothing" if value is None else ", ".join(value) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    held = [head, *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in held) for column in range(len(head))]
    for number, row in enumerate(held):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        if number == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
