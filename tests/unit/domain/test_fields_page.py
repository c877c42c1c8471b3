"""The page of fields says what the catalogue says."""

from pathlib import Path

from worker.domain.fields.document import PAGE, page


def test_the_page_is_current() -> None:
    """After a change to the catalogue: python -m worker.domain.fields.document --write."""
    root = Path(__file__).parents[3]
    assert (root / PAGE).read_text(encoding="utf-8") == page()
