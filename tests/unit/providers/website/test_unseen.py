"""Text that a page's own style sheet keeps out of sight."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from worker.providers.website.unseen import cut_unseen, selectors


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        (".a{left:-9999px}", [".a"]),
        ("#b , .c { text-indent: -9999px }", ["#b", ".c"]),
        (".d{visibility: hidden}", [".d"]),
        (".e{opacity:0}.f{opacity:0.5}", [".e"]),
        ("@media print{.g{left:-9999px}}.h{left:-9999px}", [".h"]),
        (".i p{left:-9999px}", []),
        ("}}}{{{", []),
        ("a" * 300_000, []),
    ],
)
def test_rules_out_of_sight(sheet: str, found: list[str]) -> None:
    """Plain class and id rules are found, others are left alone; no sheet is slow."""
    assert selectors(sheet) == found


def test_sentences_are_cut_and_labels_stay() -> None:
    """What nobody reads goes; what screen readers say of a control stays."""
    page = LexborHTMLParser(
        "<body><p class=sr>This company was founded in 1888 by nobody.</p><p class=sr>Fax</p>"
        "<p class=sr aria-hidden=true>1888</p><p>seen</p>"
    )
    cut_unseen(page, ".sr{position:absolute;left:-9999px}")
    body = page.body
    assert body is not None
    assert body.text(separator="|", strip=True) == "Fax|seen"
