"""A document as lines of visible text: block elements end a line, inline elements leave no trace.

lexbor repairs the markup and writes it out again, and what it writes is regular (attributes quoted, every bracket
in text escaped), so one pass over the pieces between brackets gives text, links, headings and images together.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from worker.providers.website.unseen import cut_unseen

#: The version of this rendering; offsets of evidence are only good for text made by the same one.
RENDERING = "lines/1"

# What surrounds a line, as bits.
H1, HEADING, LINK, BOLD, FOOTER, NAV, HEADER, CELL, ITEM, SOFT, ADDRESS, LABEL = (1 << n for n in range(12))

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_UNSEEN = re.compile(
    r"font-size:0(?:px|em|pt|%)?(?:;|$)|text-indent:-\d{3}|(?:left|top):-\d{4}|opacity:0(?:\.0+)?(?:;|$)"
)
_FOLDED = re.compile(
    r'\s(?:id|class|role)="[^"]{0,200}?(?:menu|dropdown|nav|tab|accordion|collaps|panel|toggle|modal|lightbox|popup|slide)',
    re.I,
)
_REGION = re.compile(r'\s(?:id|class|role)="([^"]{1,200})"', re.I)
_ATTRIBUTE = re.compile(r'([^\s="]{1,60})(?:="([^"]*)")?')

_DROP = "script,style,title,noscript,template,svg,select,datalist,iframe,object,textarea,canvas,math,xmp,noframes,noembed,video,audio,map"
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer"
    " form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody"
    " td tfoot th thead tr ul caption option html".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BITS = {
    "h1": H1 | HEADING, "h2": HEADING, "h3": HEADING, "h4": HEADING, "h5": HEADING, "h6": HEADING,
    "a": LINK, "b": BOLD, "strong": BOLD, "footer": FOOTER, "nav": NAV, "header": HEADER, "td": CELL, "th": CELL,
    "li": ITEM, "address": ADDRESS, "label": LABEL, "dt": LABEL,
}  # fmt: skip
_ENTITIES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,30}")
_ODD_SPACES = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
#: Rendered text is cut here: a page of more than this is not about its owner.
MAX_TEXT = 400_000
#: Longer inline elements are prose, not names or labels.
MAX_RUN = 100
#: Lines that hold looked-for words; more make a list of words, not a company page.
MAX_LINES_WITH = 600


@dataclass(slots=True)
class Link:
    """An ``a`` element: its target as written, its text and where that begins (line number, column)."""

    href: str
    text: str
    line: int
    column: int
    bits: int
    attributes: str


@dataclass(slots=True)
class Image:
    """An ``img``: its raw tag, the link it stands in (or None) and the line it would stand on."""

    tag: str
    link: str | None
    line: int


@dataclass(slots=True)
class Rendering:
    """Lines of visible text, what surrounds each, and where each begins in ``text`` (code points)."""

    lines: list[str]
    bits: list[int]
    starts: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    #: Texts that fill an inline element of their own inside a longer line: (text, line, column, bits).
    runs: list[tuple[str, int, int, int]] = field(default_factory=list)
    #: Column number of each line inside a table row; -1 outside tables.
    columns: list[int] = field(default_factory=list)
    text: str = ""
    #: Numbers of the lines that hold a digit, and every word of the text, in lower case and as written: what cannot be on the page
    #: need not be looked for.
    numbered: list[int] = field(default_factory=list)
    vocabulary: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()

    def lines_with(self, words: Iterable[str]) -> set[int]:
        """The numbers of the lines that hold one of the lower-case ``words``, also inside a longer word."""
        lowered = self.text.lower()
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


def unescape(text: str) -> str:
    """Undo lexbor's serialisation: the five escapes it writes."""
    if "&" in text:
        for name, character in _ENTITIES:
            text = text.replace(name, character)
    return text


def attributes_of(tag: str) -> dict[str, str]:
    """Attributes of a serialised tag, without its name: lower-case names, unescaped values."""
    _, _, rest = tag.partition(" ")
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(rest)}


def attribute(tag: str, name: str) -> str | None:
    """One attribute of a serialised tag, or None."""
    at = tag.find(f' {name}="')
    if at < 0:
        return None
    at += len(name) + 3
    return unescape(tag[at : tag.find('"', at)])


def render(parser: LexborHTMLParser) -> Rendering:
    """Render a parsed document. Scripts, styles and other unseen elements are removed from ``parser``."""
    cut_unseen(parser)
    # Inner elements first: an element inside a removed one must not be touched again.
    for node in reversed(parser.css(_DROP)):
        node.decompose()
    body = parser.body
    html = (body.html if body is not None else parser.html) or ""
    if "<!--" in html:
        html = _COMMENT.sub("", html)
    out = Rendering([], [])
    _walk(html.split("<"), out)
    at = 0
    for line in out.lines:
        out.starts.append(at)
        at += len(line) + 1
    out.text = "\n".join(out.lines)
    digit = _DIGIT.search
    out.numbered = [number for number, line in enumerate(out.lines) if digit(line)]
    out.exact = frozenset(_WORD.findall(out.text))
    out.vocabulary = frozenset([word.lower() for word in out.exact])
    return out


def _walk(pieces: list[str], out: Rendering) -> None:
    lines = out.lines
    buffer: list[str] = []  # text pieces of the line being built, white space collapsed
    length = 0
    space = False
    shared = -1  # the bits that all pieces of the line share
    bits = depth = total = 0
    skip_above = -1  # inside an element that is not drawn: ignore all until depth is back here
    regions: list[tuple[int, int]] = []  # (depth outside of the element, bits outside of it)
    anchors: list[Link] = []
    column, run_from = -1, -1
    after_close = False

    def flush(extra: int = 0) -> None:
        nonlocal length, shared
        lines.append("".join(buffer))
        out.bits.append(shared | extra)
        out.columns.append(column)
        buffer.clear()
        length, shared = 0, -1

    for piece in pieces:
        tag, _, text = piece.partition(">")
        if tag[:1] == "/":
            name = tag[1:]
            depth -= 1
            if skip_above >= 0:
                if depth > skip_above:
                    continue
                skip_above = -1
            elif name in _BLOCKS:
                if buffer:
                    flush()
                space = False
                if name == "tr":
                    column = -1
            elif run_from >= 0 and len(buffer) == run_from + 1:
                inner = buffer[run_from]
                size = len(inner)
                if 2 < size < MAX_RUN:
                    shift = inner[0] == " "
                    out.runs.append((inner[shift:], len(lines), length - size + shift, bits))
            if regions and regions[-1][0] >= depth:
                bits = regions.pop()[1]
            if name == "a" and anchors:
                anchor = anchors.pop()
                if anchor.line == len(lines):
                    anchor.text = "".join(buffer)[anchor.column :].strip()
                else:
                    anchor.text = " ".join(lines[anchor.line : anchor.line + 12])[anchor.column :].strip()[:300]
            run_from = -1
            after_close = True
        elif tag:
            name, _, rest = tag.partition(" ")
            void = name in _VOID
            if not void:
                depth += 1
            if skip_above >= 0:
                continue
            run_from = -1
            if name in _BLOCKS:
                if buffer:
                    flush()
                space = False
                if name == "tr":
                    column = -1
                elif name in {"td", "th"}:
                    column += 1
            elif name == "br":
                if buffer:
                    flush(SOFT)
                space = False
            elif name == "img":
                out.images.append(Image(tag, anchors[-1].href if anchors else None, len(lines)))
                space = True
            elif name == "input":
                space = True
            elif not void:
                if after_close and rest and buffer and text[:1].isalnum() and buffer[-1][-1].isalnum():
                    # Style sheets draw adjacent labelled elements apart; glued, words of two facts would be one.
                    space = True
                run_from = len(buffer)
            bit = _BITS.get(name, 0)
            if rest and not void:
                if (" hidden" in tag or "style=" in tag) and _hides(name, tag):
                    skip_above = depth - 1
                    continue
                if (
                    name in _BLOCKS
                    and ("foot" in rest or "nav" in rest or "head" in rest or "copyright" in rest)
                    and name != "body"
                ):
                    bit |= _region(rest)
            if bit:
                regions.append((depth - 1, bits))
                bits |= bit
                if name == "a":
                    anchor = Link(attribute(tag, "href") or "", "", len(lines), length, bits, rest)
                    anchors.append(anchor)
                    if anchor.href:
                        out.links.append(anchor)
            after_close = False
        if text and skip_above < 0:
            joined = " ".join(text.split())
            if not joined:
                space = True
                continue
            if "&" in joined:
                joined = " ".join(unescape(joined).split())
            if not joined.isascii():
                joined = _ODD_SPACES.sub("", joined)
            if not joined:
                space = True
                continue
            if buffer and (space or text[0].isspace()):
                joined = " " + joined
            space = text[-1].isspace() or text.endswith("&nbsp;")
            buffer.append(joined)
            length += len(joined)
            shared &= bits
            total += len(text)
            if total > MAX_TEXT:
                break
    if buffer:
        flush()


def _hides(name: str, tag: str) -> bool:
    """Whether a tag keeps its content from readers; menus and folded panels open on a click or a touch."""
    style = attribute(tag, "style")
    if style:
        style = style.replace(" ", "").lower()
        if "display:none" in style:
            return not (name == "ul" or _FOLDED.search(tag))
        if "visibility:hidden" in style or _UNSEEN.search(style):
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
