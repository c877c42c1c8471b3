"""Markup as lexbor writes it out: attributes quoted, five escapes, every bracket in text escaped. Pure."""

from collections.abc import Iterable

_ENTITIES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&"))


def unescape(text: str) -> str:
    """Undo lexbor's serialisation: the five escapes it writes."""
    if "&" in text:
        for name, character in _ENTITIES:
            text = text.replace(name, character)
    return text


def attribute(tag: str, name: str) -> str | None:
    """One attribute of a serialised tag, or None."""
    at = tag.find(f' {name}="')
    if at < 0:
        return None
    at += len(name) + 3
    return unescape(tag[at : tag.find('"', at)])


def tags_and_texts(html: str) -> Iterable[tuple[str, str]]:
    """Every tag without its brackets, with the text behind it."""
    parts = html.replace(">", "<").split("<")
    if 2 * html.count("<") != len(parts) - 1 or "<plaintext" in html:
        # Brackets in the names of attributes and behind "plaintext" are written as they are, not in pairs.
        return [(tag, text) for piece in html.split("<")[1:] for tag, _, text in (piece.partition(">"),)]
    return zip(parts[1::2], parts[2::2], strict=False)
