"""The parts of a document outside of its running text: title, metas, links, scripts, language."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Longer JSON-LD (characters) is a catalogue, not a company; it is not looked at.
MAX_SCRIPT = 2_000_000
#: Paths that stand in an absolute address as they are written, and addresses that are absolute.
_PATH = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*/?(?:\?[A-Za-z0-9_=&.-]+)?"
_PLAIN = re.compile(rf"/?{_PATH}|(?P<whole>https?://[A-Za-z0-9.-]+/(?:{_PATH})?)")


@lru_cache(maxsize=64)
def _beginning(base: str, rooted: bool) -> str:
    """What stands before a plain path in an absolute address. Raises ValueError when there is no making one."""
    return urljoin(base, "/x" if rooted else "x")[: -2 if rooted else -1]


class Document(msgspec.Struct, gc=False):
    """``meta`` maps lower-case names and properties to their first content; ``alternates`` hreflang to address."""

    url: str
    base: str = ""
    title: str = ""
    language: str = ""
    meta: dict[str, str] = {}
    json_ld: list[str] = []
    scripts: list[str] = []
    stylesheets: list[str] = []
    icons: list[str] = []
    alternates: dict[str, str] = {}
    canonical: str = ""
    refresh: str = ""
    inline_bytes: int = 0

    def absolute(self, href: str) -> str:
        """An address on the page made absolute; empty when it cannot be."""
        href = href.strip()
        base = self.base or self.url
        try:
            if plain := _PLAIN.fullmatch(href):
                return href if plain["whole"] else _beginning(base, href[0] == "/") + href
            return urljoin(base, href)
        except ValueError:
            return ""


def read_document(parser: LexborHTMLParser, elements: Sequence[LexborNode], url: str) -> Document:
    """Read what a parsed document says about itself; ``elements`` are those of ``Elements.head``."""
    document = Document(url)
    root = parser.root
    if root is not None:
        attributes = root.attributes
        document.language = (attributes.get("lang") or attributes.get("xml:lang") or "").strip()[:20]
    for node in elements:
        tag, attributes = node.tag, node.attributes
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
            content = attributes.get("content")
            if name and content:
                document.meta.setdefault(name.strip().lower(), " ".join(content.split())[:2000])
            else:
                kind = (attributes.get("http-equiv") or "").lower()
                if kind == "refresh" and content:
                    document.refresh = content[:500]
                elif kind == "content-language" and content:
                    document.language = document.language or content.strip()[:20]
        elif tag == "script":
            kind = (attributes.get("type") or "").lower()
            if "ld+json" in kind:
                text = node.text()
                if len(text) <= MAX_SCRIPT:
                    document.json_ld.append(text)
            elif attributes.get("src"):
                document.scripts.append((attributes.get("src") or "")[:500])
        elif tag == "title":
            if not document.title and (node.parent is None or node.parent.tag != "svg"):
                document.title = " ".join(node.text().split())[:500]
        elif tag == "link":
            _link(document, attributes)
        elif tag == "base" and attributes.get("href") and not document.base:
            document.base = _join(url, attributes["href"] or "")
    return document


def _link(document: Document, attributes: dict[str, str | None]) -> None:
    rel, href = (attributes.get("rel") or "").lower(), (attributes.get("href") or "").strip()
    if not href:
        return
    if "canonical" in rel:
        document.canonical = href[:1000]
    elif "icon" in rel:
        document.icons.append(href[:1000])
    elif "stylesheet" in rel:
        document.stylesheets.append(href[:500])
    elif "alternate" in rel and attributes.get("hreflang"):
        document.alternates.setdefault((attributes["hreflang"] or "").lower(), href[:1000])


def _join(url: str, href: str) -> str:
    try:
        return urljoin(url, href.strip())
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """The lower-case host of an address, or an empty string."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return ""
