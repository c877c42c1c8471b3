"""A document as lines of visible text: block elements end a line, inline elements leave no trace.

lexbor repairs the markup and writes it out again, and what it writes is regular (attributes quoted, every bracket
in text escaped), so one pass over the pieces between brackets gives text, links, headings and images together.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate

import msgspec
from selectolax.lexbor import LexborHTMLParser

from worker.providers.website.elements import UNDRAWN_RARE, Elements
from worker.providers.website.hosts import authority_of
from worker.providers.website.outline import OUTLINE
from worker.providers.website.serialised import attribute, tags_and_texts, unescape
from worker.providers.website.unseen import cut_unseen

#: The version of this rendering; offsets of evidence are only good for text made by the same one.
RENDERING = "lines/1"

# What surrounds a line, as bits.
H1, HEADING, LINK, BOLD, FOOTER, NAV, HEADER, CELL, ITEM, SOFT, ADDRESS, LABEL = (1 << n for n in range(12))

_UNSEEN = re.compile(
    r"font-size:0(?:px|em|pt|%)?(?:;|$)|text-indent:-\d{3}|(?:left|top):-\d{4}|opacity:0(?:\.0+)?(?:;|$)"
)
_FOLDED = re.compile(
    r'\s(?:id|class|role)="[^"]{0,200}?(?:menu|dropdown|nav|tab|accordion|collaps|panel|toggle|modal|lightbox|popup|slide)',
    re.I,
)
_REGION = re.compile(r'\s(?:id|class|role)="([^"]{1,200})"', re.I)

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody"
    " td tfoot th thead tr ul caption option html".split()
)
_VOIDS = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BITS = {
    "h1": H1 | HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
    "a": LINK, "b": BOLD, "strong": BOLD, "footer": FOOTER, "nav": NAV, "header": HEADER, "td": CELL, "th": CELL,
    "li": ITEM, "address": ADDRESS, "label": LABEL, "dt": LABEL,
}  # fmt: skip
#: What an element does to the lines, ordered so that one comparison tells blocks (up to cells), inline and void ones.
_BLOCK, _ROW, _CELL, _INLINE, _ANCHOR, _UNDRAWN, _VOID, _BREAK, _RULE, _IMAGE, _INPUT = range(11)
_UNKNOWN = (_INLINE, 0)
_KINDS = {
    **dict.fromkeys(_BITS, _INLINE), **dict.fromkeys(_BLOCKS, _BLOCK), **dict.fromkeys(_VOIDS, _VOID),
    **dict.fromkeys(UNDRAWN_RARE, _UNDRAWN),
    "tr": _ROW, "td": _CELL, "th": _CELL, "a": _ANCHOR, "br": _BREAK, "hr": _RULE, "img": _IMAGE, "input": _INPUT,
}  # fmt: skip
_TAGS = {name: (kind, _BITS.get(name, 0)) for name, kind in _KINDS.items()}
_CLOSING = {f"/{name}": kind for name, kind in _KINDS.items()}
#: A line from its first digit on: one match per line.
_FROM_DIGIT = re.compile(r"\d[^\n]*")
#: The bytes of UTF-8 without those that begin a character from U+0340 to U+1FFF or from U+3000 on.
_LATIN_BYTES = bytes({*range(256)}.difference(range(0xCD, 0xE2), range(0xE3, 0xF5)))
#: UTF-8 of text without other scripts: bytes of letters as they are, all else a space. The bytes that begin a symbol go
#: with the rest, which leaves the others of the symbol behind, to be ignored; only the sign of multiplication stands
#: among letters.
_LETTERS = bytes(
    byte if 0x41 <= byte & 0xDF <= 0x5A or 0x80 <= byte <= 0xBF or 0xC3 <= byte <= 0xCB else 0x20 for byte in range(256)
)
_WORD = re.compile(r"[^\W\d_]{2,30}")
_ODD_SPACES = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
#: Rendered text is cut here: a page of more than this is not about its owner.
MAX_TEXT = 400_000
#: Longer inline elements are prose, not names or labels.
MAX_RUN = 100
#: Lines that hold looked-for words; more make a list of words, not a company page.
MAX_LINES_WITH = 600


class Link(msgspec.Struct, gc=False):
    """An ``a`` element: its target as written, its text and where that begins (line number, column).

    ``authority`` is what an absolute target has between ``//`` and its path, in lower case; empty for others.
    """

    href: str
    text: str
    line: int
    column: int
    bits: int
    authority: str


class Image(msgspec.Struct, gc=False):
    """An ``img``: its raw tag, the link it stands in (or None) and the line it would stand on."""

    tag: str
    link: str | None
    line: int


class Rendering(msgspec.Struct, gc=False):
    """Lines of visible text, what surrounds each, and where each begins in ``text`` (code points)."""

    lines: list[str]
    bits: list[int]
    starts: list[int] = []
    links: list[Link] = []
    #: Those of the links that lead elsewhere than to pages: ``mailto:``, ``tel:``, ``javascript:``.
    schemed: list[Link] = []
    #: How many of the links go to each host (or host and port), in the order of the page.
    authorities: dict[str, int] = {}
    images: list[Image] = []
    #: Texts that fill an inline element of their own inside a longer line.
    runs: list[str] = []
    #: Column number of each line inside a table row; -1 outside tables.
    columns: list[int] = []
    text: str = ""
    #: Numbers of the lines that hold a digit, and every word of the text, in lower case and as written: what cannot be on the page
    #: need not be looked for.
    numbered: list[int] = []
    vocabulary: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    #: Whether there may be letters of other scripts than Latin.
    foreign: bool = False
    #: The numbered lines in UTF-8 with every digit as 0, every capital as A and every small letter of ASCII as a.
    outline: bytes = b""
    _lowered: str | None = None

    def may_say(self, words: AbstractSet[str], shapes: Sequence[bytes]) -> bool:
        """Whether one of the words is on the page or one of the shapes may be; where there are none of either, too."""
        return not (words or shapes) or not words.isdisjoint(self.vocabulary) or self.may_show(shapes)

    def may_show(self, shapes: Sequence[bytes]) -> bool:
        """Whether numbered lines may hold one of the shapes, written with ``0``, ``A`` and ``a``: postal codes and such.

        Other scripts have digits of their own, so that a page in one may hold anything.
        """
        return self.foreign or any(map(self.outline.__contains__, shapes))

    @property
    def lowered(self) -> str:
        """``text`` in lower case; a few letters grow by that, so its length may differ."""
        if self._lowered is None:
            self._lowered = self.text.lower()
        return self._lowered

    def lines_with(self, words: Iterable[str], *, exact: bool = False) -> set[int]:
        """The numbers of the lines that hold one of the ``words``, also inside a longer word.

        ``words`` are in lower case and found in any; with ``exact`` they are found as they are.
        """
        lowered = self.text if exact else self.lowered
        if len(lowered) != len(self.text):
            # A few letters grow when they become small, and offsets would be off.
            return set(range(len(self.lines)))
        found: set[int] = set()
        for word in words:
            at = lowered.find(word)
            while at >= 0 and len(found) < MAX_LINES_WITH:
                number = bisect_right(self.starts, at) - 1
                found.add(number)
                at = lowered.find(word, self.starts[number] + len(self.lines[number]))
        return found

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a code point offset."""
        return max(0, bisect_right(self.starts, offset) - 1)


def render(parser: LexborHTMLParser, elements: Elements) -> Rendering:
    """Render a parsed document. Scripts, styles and other unseen elements are removed from ``parser``."""
    sheets = "\n".join([node.text() for node in elements.sheets])
    # Inner elements first: an element inside a removed one must not be touched again.
    for node in reversed(elements.undrawn):
        node.decompose()
    cut_unseen(parser, sheets)
    body = parser.body
    html = (body.html if body is not None else parser.html) or ""
    if "<!--" in html:
        head, *rest = html.split("<!--")
        html = head + "".join([piece.partition("-->")[2] for piece in rest])
    out = Rendering([], [])
    _walk(tags_and_texts(html), out)
    out.starts = starts = list(accumulate([len(line) + 1 for line in out.lines], initial=0))
    starts.pop()  # where a further line would begin
    text = out.text = "\n".join(out.lines)
    encoded = text.encode(errors="replace")
    out.foreign = not text.isascii() and bool(encoded.translate(None, _LATIN_BYTES))
    if out.foreign:
        # Other scripts have digits of their own, and full-width ones.
        out.numbered = [bisect_right(starts, match.start()) - 1 for match in _FROM_DIGIT.finditer(text)]
        words = _WORD.findall(text)
    else:
        _find_numbered(encoded.translate(OUTLINE), out)
        words = encoded.replace(b"\xc3\x97", b" ").translate(_LETTERS).decode(errors="ignore").split()
    out.exact = frozenset(words)
    out.vocabulary = frozenset(" ".join(out.exact).lower().split())
    return out


def _find_numbered(outline: bytes, out: Rendering) -> None:
    """The lines with a digit; most have none, so that it is quicker to leap from one to the next."""
    number = end = 0
    kept: list[bytes] = []
    while (at := outline.find(b"0", end)) >= 0:
        number += outline.count(b"\n", end, at)
        begin = outline.rfind(b"\n", end, at) + 1
        end = outline.find(b"\n", at)
        end = len(outline) if end < 0 else end
        out.numbered.append(number)
        kept.append(outline[begin:end])
    out.outline = b"\n".join(kept)


def _walk(pieces: Iterable[tuple[str, str]], out: Rendering) -> None:
    lines, line_bits, columns, runs = out.lines, out.bits, out.columns, out.runs
    links, authorities = out.links, out.authorities
    buffer: list[str] = []  # text pieces of the line being built, white space collapsed
    length = 0
    space = False
    shared = -1  # the bits that all pieces of the line share
    bits = total = 0
    around: list[int] = []  # for each open element the bits outside of it
    hidden_from = -1  # inside an element that is not drawn: ignore all until no more than this many are open
    anchors: list[tuple[Link, int]] = []  # open ones, each with the number of pieces that its line had before it
    column, run_from = -1, -1
    after_close = False

    # The end of a line is written out four times below: a call for each costs a tenth of the whole walk.
    for tag, text in pieces:
        if tag < "0":
            # It begins with a slash, which sorts before every letter.
            kind = _CLOSING.get(tag, _INLINE)
            if around:
                bits = around.pop()
            if hidden_from >= 0:
                if len(around) > hidden_from:
                    continue
                hidden_from = -1
            elif kind <= _CELL:
                if buffer:
                    lines.append("".join(buffer))
                    line_bits.append(shared)
                    columns.append(column)
                    buffer.clear()
                    length, shared = 0, -1
                space = False
                if kind == _ROW:
                    column = -1
            elif run_from >= 0 and len(buffer) == run_from + 1:
                inner = buffer[run_from]
                size = len(inner)
                if 2 < size < MAX_RUN:
                    shift = inner[0] == " "
                    runs.append(inner[shift:])
            if kind == _ANCHOR and anchors:
                anchor, before = anchors.pop()
                if anchor.line == len(lines):
                    anchor.text = "".join(buffer[before:]).strip()
                else:
                    anchor.text = " ".join(lines[anchor.line : anchor.line + 12])[anchor.column :].strip()[:300]
            run_from = -1
            after_close = True
        else:
            name, _, rest = tag.partition(" ")
            kind, bit = _TAGS.get(name, _UNKNOWN)
            if kind < _VOID:
                around.append(bits)
            if hidden_from >= 0:
                continue
            run_from = -1
            if kind <= _CELL:
                if buffer:
                    lines.append("".join(buffer))
                    line_bits.append(shared)
                    columns.append(column)
                    buffer.clear()
                    length, shared = 0, -1
                space = False
                if kind == _CELL:
                    column += 1
                elif kind == _ROW:
                    column = -1
            elif kind < _VOID:
                if after_close and rest and buffer and text[:1].isalnum() and buffer[-1][-1].isalnum():
                    # Style sheets draw adjacent labelled elements apart; glued, words of two facts would be one.
                    space = True
                if kind == _UNDRAWN:
                    hidden_from = len(around) - 1
                    continue
                run_from = len(buffer)
            elif kind == _BREAK:
                if buffer:
                    lines.append("".join(buffer))
                    line_bits.append(shared | SOFT)
                    columns.append(column)
                    buffer.clear()
                    length, shared = 0, -1
                space = False
            elif kind == _RULE:
                if buffer:
                    lines.append("".join(buffer))
                    line_bits.append(shared)
                    columns.append(column)
                    buffer.clear()
                    length, shared = 0, -1
                space = False
            elif kind == _IMAGE:
                out.images.append(Image(tag, anchors[-1][0].href if anchors else None, len(lines)))
                space = True
            elif kind == _INPUT:
                space = True
            if rest and kind < _VOID:
                if (" hidden" in tag or "style=" in tag) and _hides(name, tag):
                    hidden_from = len(around) - 1
                    continue
                if (
                    kind <= _CELL
                    and ("foot" in rest or "nav" in rest or "head" in rest or "copyright" in rest)
                    and name != "body"
                ):
                    bit |= _region(rest)
            if bit:
                bits |= bit
                if kind == _ANCHOR:
                    at = tag.find(' href="')
                    href = tag[at + 7 : tag.find('"', at + 7)] if at >= 0 else ""
                    if "&" in href:
                        href = unescape(href)
                    authority = authority_of(href) if "//" in href else ""
                    anchor = Link(href, "", len(lines), length, bits, authority)
                    anchors.append((anchor, len(buffer)))
                    if href:
                        links.append(anchor)
                        if authority:
                            authorities[authority] = authorities.get(authority, 0) + 1
                        elif ":" in href[:9] and href[:4] != "http":
                            out.schemed.append(anchor)
            after_close = False
        if text and hidden_from < 0:
            if text.isspace():
                space = True
                continue
            joined = " ".join(text.split())
            begins_in_space = ends_in_space = False
            if len(joined) != len(text):
                begins_in_space, ends_in_space = text[0].isspace(), text[-1].isspace()
            if "&" in joined:
                joined = " ".join(unescape(joined).split())
                ends_in_space = ends_in_space or text.endswith("&nbsp;")
            if not joined.isascii():
                joined = _ODD_SPACES.sub("", joined)
            if not joined:
                space = True
                continue
            if buffer and (space or begins_in_space):
                joined = " " + joined
            space = ends_in_space
            buffer.append(joined)
            length += len(joined)
            shared &= bits
            total += len(text)
            if total > MAX_TEXT:
                break
    if buffer:
        lines.append("".join(buffer))
        line_bits.append(shared)
        columns.append(column)


def _hides(name: str, tag: str) -> bool:
    """Whether a tag keeps its content from readers; menus and folded panels open on a click or a touch."""
    style = attribute(tag, "style")
    if style:
        style = style.replace(" ", "").lower()
        if "display:none" in style:
            return not (name == "ul" or _FOLDED.search(tag))
        if "visibility:hidden" in style or ((":0" in style or ":-" in style) and _UNSEEN.search(style)):
            return True
    return " hidden=" in tag or tag.endswith(" hidden")


def _region(attributes: str) -> int:
    """FOOTER, NAV or HEADER when an element's id, class or role says that it is one."""
    if not ("foot" in attributes or "nav" in attributes or "head" in attributes or "copyright" in attributes):
        return 0
    bits = 0
    for value in _REGION.findall(attributes):
        lowered = value.lower()
        if "foot" in lowered or "copyright" in lowered:
            bits |= FOOTER
        if "nav" in lowered:
            bits |= NAV
        if "header" in lowered or "masthead" in lowered:
            bits |= HEADER
    return bits
