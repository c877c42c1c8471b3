"""One look through a parsed document: what describes it, what is not drawn, and whether it has marked-up items."""

import msgspec
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

#: Elements that are read before their text is dropped, and those that only describe.
_HEAD = frozenset({"title", "meta", "link", "base", "script"})
#: Elements without text for readers: common ones, and those whose markup is not written out like other markup.
_UNDRAWN = frozenset(
    {
        "script", "style", "title", "noscript", "svg", "select", "iframe", "textarea", "math",
        "xmp", "noframes", "noembed",
    }
)  # fmt: skip
#: Others without text for readers are left in the tree, which is quicker than to look for each of them.
UNDRAWN_RARE = ("template", "datalist", "object", "canvas", "video", "audio", "map")
#: hCard's outer elements; with ``itemscope`` and ``typeof`` they are where marked-up items begin.
CARDS = ".vcard, .h-card, .adr, .p-adr"
#: Every query walks the whole tree, so all that is looked for is asked for at once.
_ALL = f"{', '.join(sorted(_HEAD | _UNDRAWN))}, [itemscope], [typeof], {CARDS}"


class Elements(msgspec.Struct, gc=False):
    """Elements of a document in its order; ``marked`` tells whether any begins an item of microdata, RDFa or hCard."""

    head: list[LexborNode] = []
    sheets: list[LexborNode] = []
    undrawn: list[LexborNode] = []
    marked: bool = False


def parse(source: str | bytes) -> LexborHTMLParser:
    """The tree of a document; bytes have to be UTF-8. What browsers mirror inside of a ``select`` is left out."""
    return LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS)


def find_elements(parser: LexborHTMLParser) -> Elements:
    """Look through the tree once. The nodes are good until something is removed from it."""
    found = Elements()
    for node in parser.css(_ALL):
        tag = node.tag
        if tag in _HEAD:
            found.head.append(node)
        if tag in _UNDRAWN:
            found.undrawn.append(node)
            if tag == "style":
                found.sheets.append(node)
        elif tag not in _HEAD:
            found.marked = True
    return found
