"""JSON-LD as found on pages: often broken, nested, spread over a graph; read leniently and bounded."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

_WRAP = re.compile(r"^\s{0,50}(?:<!--|//\s{0,3}<!\[CDATA\[|/\*\s{0,3}<!\[CDATA\[\s{0,3}\*/|<!\[CDATA\[)?", re.S)
_UNWRAP = re.compile(r"(?:-->|//\s{0,3}\]\]>|/\*\s{0,3}\]\]>\s{0,3}\*/|\]\]>)?[\s;]{0,50}$", re.S)
_TRAILING_COMMA = re.compile(r",(\s{0,200}[}\]])")
_MISSING_COMMA = re.compile(r"([}\]\"])(\s{0,20}\n\s{0,200})(\"|\{)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_COMMENT = re.compile(r"^\s{0,200}//[^\n]{0,500}$", re.M)
#: Repairs are tried on texts up to this size (characters), and this many nodes are looked at.
MAX_REPAIR = 300_000
MAX_NODES = 4_000
MAX_DEPTH = 14


def load(text: str) -> Any:
    """The value of one script, or None when nothing sensible can be made of it."""
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    if len(text) > MAX_REPAIR:
        return None
    return _repair(text)


def _repair(text: str) -> Any:
    text = _UNWRAP.sub("", _WRAP.sub("", text, count=1), count=1).strip("\ufeff \n\r\t;")
    text = _CONTROL.sub(" ", text)
    for step in (_same, _commas, _entities, _comments, _quotes):
        text = step(text)
        values = _decode(text)
        if values is not None:
            return values
    return _balance(text)


def _decode(text: str) -> Any:
    """One value, or several that stand one after another; None when the text does not parse to its end."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return values or None if values and at > len(text) // 2 else None
        values.append(value)
        while at < len(text) and text[at] in " \n\r\t,;":
            at += 1
        if len(values) > 100:
            break
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def _same(text: str) -> str:
    return text


def _commas(text: str) -> str:
    return _MISSING_COMMA.sub(r"\1,\2\3", _TRAILING_COMMA.sub(r"\1", text))


def _entities(text: str) -> str:
    return html.unescape(text) if "&quot;" in text or "&#34;" in text else text


def _comments(text: str) -> str:
    return _COMMENT.sub("", text)


def _quotes(text: str) -> str:
    if '"' not in text:
        return text.replace("'", '"')
    return text.replace("“", '"').replace("”", '"')


def _balance(text: str) -> Any:
    """A text that was cut off: close what is open and try again."""
    stack, quoted, escaped = [], False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            if character in "{[":
                stack.append("}" if character == "{" else "]")
            elif character in "}]" and stack:
                stack.pop()
    if not stack and not quoted:
        return None
    closing = ('"' if quoted else "") + "".join(reversed(stack))
    for candidate in (text + closing, text.rsplit(",", 1)[0] + "".join(reversed(stack))):
        value = _decode(_commas(candidate))
        if value is not None:
            return value
    return None


def nodes(values: list[Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every object that has a type or an id, with its path, outer ones first; bounded in number and depth."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    queue: list[tuple[str, Any, int]] = [
        (f"json-ld[{n}]" if n else "json-ld", value, 0) for n, value in enumerate(values)
    ]
    at = seen = 0
    while at < len(queue) and seen < MAX_NODES:
        path, value, depth = queue[at]
        at += 1
        seen += 1
        if depth > MAX_DEPTH:
            continue
        if isinstance(value, dict):
            kinds = types_of(value)
            if kinds:
                path = f"{path}:{kinds[0]}" if ":" not in path else f"{path}({kinds[0]})"
            if kinds or "@id" in value:
                found.append((path, value))
            for key, inner in value.items():
                if isinstance(inner, (dict, list)) and len(queue) < MAX_NODES * 2:
                    queue.append((path if key == "@graph" else f"{path}.{key}", inner, depth + 1))
        elif isinstance(value, list):
            queue.extend(
                (f"{path}[{n}]", inner, depth + 1)
                for n, inner in enumerate(value[:500])
                if isinstance(inner, (dict, list))
            )
    return found


def types_of(node: Mapping[str, Any]) -> list[str]:
    """An object's types without their vocabulary's address."""
    kind = node.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [text.rpartition("/")[2].rpartition(":")[2] for text in kinds if isinstance(text, str) and text]


def texts(value: Any) -> Iterator[str]:
    """The strings that a property's value amounts to: text, lists, ``{"@value": …}``, names and addresses of objects."""
    if isinstance(value, str):
        cleaned = " ".join(html.unescape(value).split()) if "&" in value else " ".join(value.split())
        if cleaned:
            yield cleaned
    elif isinstance(value, bool):
        return
    elif isinstance(value, (int, float)):
        yield str(value)
    elif isinstance(value, list):
        for inner in value[:50]:
            if not isinstance(inner, list):
                yield from texts(inner)
    elif isinstance(value, dict):
        for key in ("@value", "name", "url", "@id", "contentUrl"):
            if isinstance(value.get(key), (str, int, float)):
                yield from texts(value[key])
                return


def first(value: Any) -> str:
    """The first of ``texts``, or an empty string."""
    return next(texts(value), "")
