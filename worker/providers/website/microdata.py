"""Microdata, RDFa Lite and hCard in markup, read into the shape of JSON-LD so that one reader serves all."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.providers.website.elements import CARDS

#: hCard class (and h-card's) to schema.org property.
_HCARD = {
    "org": "name", "p-org": "name", "organization-name": "name", "p-name": "name", "fn": "name", "tel": "telephone", "p-tel": "telephone", "email": "email", "u-email": "email", "url": "url",
    "street-address": "streetAddress", "p-street-address": "streetAddress", "locality": "addressLocality", "p-locality": "addressLocality",
    "region": "addressRegion", "p-region": "addressRegion", "postal-code": "postalCode", "p-postal-code": "postalCode",
    "country-name": "addressCountry", "p-country-name": "addressCountry", "post-office-box": "postOfficeBoxNumber",
}  # fmt: skip
_ADDRESS = frozenset(
    {"streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry", "postOfficeBoxNumber"}
)
MAX_ELEMENTS = 1500


def read_markup(parser: LexborHTMLParser, html: str) -> list[dict[str, Any]]:
    """Items of microdata (``itemscope``), RDFa (``typeof``) and hCard, outer ones first. Most pages have none."""
    items: list[dict[str, Any]] = []
    if "itemscope" in html:
        items.extend(_scoped(parser, "itemscope", "itemtype", "itemprop"))
    if "typeof=" in html:
        items.extend(_scoped(parser, "typeof", "typeof", "property"))
    if ("card" in html and ("vcard" in html or "h-card" in html)) or "street-address" in html:
        items.extend(_hcards(parser))
    return items


def _scoped(parser: LexborHTMLParser, scope: str, kind: str, prop: str) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    tops: list[dict[str, Any]] = []
    for node in parser.css(f"[{scope}]")[:MAX_ELEMENTS]:
        types = (node.attributes.get(kind) or "").split()
        found[node.mem_id] = {
            "@type": [name.rpartition("/")[2].rpartition(":")[2] for name in types],
            "@path": "microdata",
        }
        if prop not in node.attributes:
            tops.append(found[node.mem_id])
    for node in parser.css(f"[{prop}]")[:MAX_ELEMENTS]:
        names = (node.attributes.get(prop) or "").split()
        inner = found.get(node.mem_id)
        holder = _holder(node, found)
        if holder is None:
            continue
        value: Any = inner if inner is not None else _value(node)
        for name in names:
            plain = name.rpartition("/")[2].rpartition(":")[2]
            if value and plain:
                holder.setdefault(plain, []).append(value)
    return tops


def _holder(node: LexborNode, found: dict[int, dict[str, Any]]) -> dict[str, Any] | None:
    above = node.parent
    for _ in range(60):
        if above is None:
            return None
        item = found.get(above.mem_id)
        if item is not None:
            return item
        above = above.parent
    return None


def _value(node: LexborNode) -> str:
    attributes = node.attributes
    tag = node.tag
    if attributes.get("content"):
        return attributes["content"] or ""
    if tag in {"a", "link", "area"}:
        href = attributes.get("href") or ""
        return href if not href.startswith(("mailto:", "tel:")) else href.partition(":")[2]
    if tag in {"img", "source", "iframe", "embed"}:
        return attributes.get("src") or ""
    if tag == "time":
        return attributes.get("datetime") or node.text()
    if tag in {"meta"}:
        return attributes.get("content") or ""
    return " ".join(node.text(separator=" ").split())[:2000]


def _hcards(parser: LexborHTMLParser) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    looked_at = 0
    for card in parser.css(CARDS)[:200]:
        elements = card.css("[class]")
        looked_at += len(elements)
        if looked_at > MAX_ELEMENTS:
            break  # cards within cards within cards
        item: dict[str, Any] = {
            "@type": ["Organization" if card.css_first(".org, .p-org") is not None else "Card"],
            "@path": "hcard",
        }
        address: dict[str, Any] = {"@type": ["PostalAddress"]}
        for node in elements[:200]:
            for name in (node.attributes.get("class") or "").split():
                prop = _HCARD.get(name)
                if prop is None:
                    continue
                value = _value(node)
                if prop == "telephone" and "fax" in node.text().lower():
                    prop = "faxNumber"
                if prop == "name" and name in {"fn", "p-name"} and item["@type"] == ["Organization"] and "name" in item:
                    continue
                (address if prop in _ADDRESS else item).setdefault(prop, []).append(value)
        if len(address) > 1:
            item["address"] = [address]
        if len(item) > 2:
            items.append(item)
    return items
