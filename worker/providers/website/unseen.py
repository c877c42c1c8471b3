"""Text that a page's own style sheet keeps out of sight: off the screen, transparent, of no size. Pure.

Only plain class and id rules outside of media queries are read. Short text in such elements is kept: it is what screen
readers say of a control ("Phone", "Menu"), and it labels facts. Whole sentences that nobody sees are cut.
"""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

#: Sheets longer than this come from tools, and hide what scripts show again.
MAX_SHEET_CHARS: Final = 100_000
MAX_RULES: Final = 200
MAX_LABEL_CHARS: Final = 30
#: Characters of selectors and of declarations that are looked at in one rule.
MAX_PRELUDE: Final = 400
MAX_DECLARATIONS: Final = 2000

_BRACE: Final = re.compile(r"[{}]")
_PLAIN: Final = re.compile(r"[.#][A-Za-z_][\w-]{0,60}")
_OUT_OF_SIGHT: Final = re.compile(
    r"left:-\d{3}|top:-\d{3}|text-indent:-\d{3}|visibility:hidden|opacity:0(?:;|$|\.0)"
    r"|font-size:0(?:px|;|$)|clip:rect\(0"
)
#: One of these, or a far place, is in every sheet that puts text out of sight.
_SIGNS: Final = ("visibility:hidden", "opacity:0", "font-size:0", "rect(0")
_FAR: Final = re.compile(r":-\d{3}")


def selectors(sheet: str) -> list[str]:
    """Plain selectors whose rules put text out of sight.

    >>> selectors(".sr{position:absolute; left:-9999px} .a .b{left:-9999px} @media print{.c{left:-9999px}} p{x:y}")
    ['.sr']
    """
    found: list[str] = []
    sheet = sheet[:MAX_SHEET_CHARS]
    plain = sheet.replace(" ", "").lower()
    if not any(sign in plain for sign in _SIGNS) and not _FAR.search(plain):
        return found
    rules = 0
    for block in _without_queries(sheet).split("}")[:-1]:
        prelude, brace, declarations = block.rpartition("{")
        prelude = prelude.rpartition("{")[2][-MAX_PRELUDE:]
        if not brace or not prelude or len(declarations) > MAX_DECLARATIONS:
            continue
        rules += 1
        if rules > MAX_RULES:
            break
        if _OUT_OF_SIGHT.search(declarations.replace(" ", "").lower()):
            names = (name.strip() for name in prelude.split(","))
            found.extend(name for name in names if _PLAIN.fullmatch(name))
    return found


def _without_queries(sheet: str) -> str:
    """The sheet without blocks that hold rules themselves (``@media``, ``@supports``)."""
    if "@" not in sheet:
        return sheet
    kept: list[str] = []
    start = 0
    while (opened := sheet.find("{", start)) >= 0:
        end = _end_of_block(sheet, opened)
        if end < 0:
            break
        if not sheet[start:opened].lstrip().startswith("@"):
            kept.append(sheet[start:end])
        start = end
    return "".join(kept)


def _end_of_block(sheet: str, opened: int) -> int:
    """Where the block ends that begins with a brace at ``opened``; -1 when it does not."""
    closed = sheet.find("}", opened)
    if sheet.find("{", opened + 1, closed) < 0:
        return closed + 1 or -1
    depth = 0
    for match in _BRACE.finditer(sheet, opened):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return -1


def cut_unseen(parser: LexborHTMLParser, sheets: str) -> None:
    """Remove whole sentences that the page's style ``sheets`` keep out of sight."""
    for selector in selectors(sheets) if sheets else ():
        for node in reversed(parser.css(selector)):
            if node.tag in {"html", "body"}:
                continue
            for_nobody = node.attributes.get("aria-hidden") == "true"
            if for_nobody or len(node.text(strip=True)) > MAX_LABEL_CHARS:
                node.decompose()
