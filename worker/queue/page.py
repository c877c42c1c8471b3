"""A page of a long lane, as it comes over the wire: which of its entries are not the big workspace's. Pure.

Most pages hold one workspace's entries. Seeing that takes a search through the bytes; making an object of each of an
entry's parts, as a parser does, takes several times as long. What the search leaves open is parsed.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import hiredis
import orjson
from redis.exceptions import ResponseError

from worker.domain.job import DEFAULT_WORKSPACE

_WORKSPACE: Final = (b"workspaceId", b"workspace_id")
_NESTED: Final = (b"payload", b"data")
_TELLING: Final = frozenset((*_WORKSPACE, *_NESTED))
#: What the bytes of every entry hold that says whose it is.
_SIGNS: Final = (b"workspace", *(b"$%d\r\n%b\r\n" % (len(name), name) for name in _NESTED))
#: What stands before every entry's id (RESP: end of line, array of two, string).
_ENTRY: Final = b"\r\n*2\r\n$"


class Page(NamedTuple):
    """How many entries there are, the last one's id, and the ids of those of other workspaces."""

    entries: int
    last: bytes
    others: list[bytes]


def workspace_of(flat: Sequence[bytes]) -> str:
    """Whose an entry is, without parsing more of it than needed; never raises.

    >>> workspace_of([b"type", b"company_website", b"workspaceId", b"acme"])
    'acme'
    """
    if _TELLING.isdisjoint(flat[::2]):
        return DEFAULT_WORKSPACE
    fields = dict(zip(flat[::2], flat[1::2], strict=False))
    for name in _WORKSPACE:
        if told := fields.get(name):
            return told.decode("utf-8", "replace")
    for name in _NESTED:
        try:
            value = orjson.loads(fields.get(name, b"null"))
        except orjson.JSONDecodeError:
            continue
        told = value.get("workspaceId") or value.get("workspace_id") if isinstance(value, dict) else None
        if isinstance(told, str):
            return told
    return DEFAULT_WORKSPACE


def look_over(reply: bytes, dominant: str) -> Page:
    """XRANGE's reply (RESP2), looked through for entries of other workspaces than ``dominant``.

    An entry that holds the field of the dominant workspace is taken to be that workspace's, whatever else it holds.
    Raises ResponseError for a reply that is one.
    """
    count = int(reply[1 : reply.index(b"\r\n")]) if reply.startswith(b"*") else -1
    # A value may hold what looks like the beginning of an entry; then there seem to be more entries than there are.
    if count <= 0 or reply.count(_ENTRY) != count:
        entries = _parsed(reply)
        return Page(len(entries), entries[-1][0] if entries else b"", _others(entries, dominant))
    last = _entry_id(reply[reply.rindex(_ENTRY) + len(_ENTRY) :])
    return Page(count, last, _others((_parsed(_whole(part)) for part in _doubtful(reply, dominant)), dominant))


def _doubtful(reply: bytes, dominant: str) -> list[bytes]:
    """The entries, without their beginnings and ends, that may be another workspace's."""
    if dominant == DEFAULT_WORKSPACE:
        if not any(sign in reply for sign in _SIGNS):
            return []
        return [part for part in _split(reply) if any(sign in part for sign in _SIGNS)]
    parts = _split(reply)
    name = dominant.encode()
    for field in _WORKSPACE:
        told = b"\r\n$%d\r\n%b\r\n$%d\r\n%b" % (len(field), field, len(name), name)
        parts = [part for part in parts if told not in part]
    return parts


def _split(reply: bytes) -> list[bytes]:
    return reply.removesuffix(b"\r\n").split(_ENTRY)[1:]


def _whole(part: bytes) -> bytes:
    return b"*2\r\n$%b\r\n" % part


def _entry_id(part: bytes) -> bytes:
    return part.split(b"\r\n", 2)[1]


def _parsed(reply: bytes) -> Any:
    reader = hiredis.Reader(replyError=ResponseError)
    reader.feed(reply)
    value = reader.gets()
    if isinstance(value, Exception):
        raise value
    return value


def _others(entries: Iterable[Any], dominant: str) -> list[bytes]:
    return [entry_id for entry_id, flat in entries if workspace_of(flat) != dominant]
