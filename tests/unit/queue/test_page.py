"""Pages of a lane: looking through the bytes finds what parsing them finds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ResponseError

from worker.queue.page import Page, look_over, workspace_of

Entries = list[tuple[bytes, list[bytes]]]

#: What a producer could write to look like something else on the wire.
SLY = [
    b"\r\n*2\r\n$",
    b"\r\n*2\r\n$3\r\n9-9\r\n*2\r\n$1\r\na\r\n$1\r\nb",
    b"\r\n$11\r\nworkspaceId\r\n$4\r\nacme",
    b"\r\n",
    b"*1\r\n",
]
NAMES = [b"url", b"type", b"workspaceId", b"workspace_id", b"payload", b"data", b"id"]
VALUES = [b"", b"acme", b"globex", b"default", b"acme-2", b'{"workspaceId": "globex"}', b"{", b"\xff", *SLY]
fields = st.lists(st.tuples(st.sampled_from([*NAMES, *SLY]), st.sampled_from(VALUES)), min_size=1, max_size=4)
pages = st.lists(fields, max_size=6).map(
    lambda many: [
        (b"%d-%d" % (1763765100000 + n, n), [part for pair in one for part in pair]) for n, one in enumerate(many)
    ]
)


def on_the_wire(entries: Entries) -> bytes:
    """XRANGE's reply."""
    out = [b"*%d\r\n" % len(entries)]
    for entry_id, flat in entries:
        out += [b"*2\r\n", _string(entry_id), b"*%d\r\n" % len(flat), *map(_string, flat)]
    return b"".join(out)


def _string(text: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text)


@given(pages, st.sampled_from(["default", "acme", "globex", "\ufffd"]))
def test_a_search_finds_what_parsing_finds(entries: Entries, dominant: str) -> None:
    """Whatever values hold: the count and the last id are right, and only who names the dominant workspace is its."""
    page = look_over(on_the_wire(entries), dominant)
    others = {entry_id: flat for entry_id, flat in entries if workspace_of(flat) != dominant}
    named = _string(dominant.encode())
    posing = {key for key, flat in others.items() if dominant != "default" and named in on_the_wire([(key, flat)])}
    assert page[:2] == (len(entries), entries[-1][0] if entries else b"")
    assert set(others) - posing <= set(page.others) <= set(others)
    assert page.others == sorted(page.others)


@pytest.mark.parametrize("field", [b"workspaceId", b"workspace_id"])
def test_one_among_many(field: bytes) -> None:
    """One entry of another workspace, and one of none, are found among those of a big one."""
    entries: Entries = [(b"1763765100000-%d" % n, [b"type", b"noop", field, b"big"]) for n in range(100)]
    entries[40] = entries[40][0], [b"type", b"noop", field, b"bigger"]
    entries[99] = entries[99][0], [b"type", b"noop"]
    found = Page(100, b"1763765100000-99", [b"1763765100000-40", b"1763765100000-99"])
    assert look_over(on_the_wire(entries), "big") == found


def test_nobody_hides_another() -> None:
    """A value that looks like a big workspace's field, in one of its entries, does not cover for an entry without."""
    entries: Entries = [(b"1-%d" % n, [b"workspaceId", b"acme"]) for n in range(3)]
    entries[0] = b"1-0", [b"workspaceId", b"acme", b"url", SLY[2]]
    entries[2] = b"1-2", [b"type", b"noop"]
    assert look_over(on_the_wire(entries), "acme").others == [b"1-2"]


def test_an_error_is_raised() -> None:
    """What Redis refuses is not a page."""
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        look_over(b"-WRONGTYPE Operation against a key\r\n", "default")


@pytest.mark.parametrize(
    ("fields", "workspace"),
    [
        ({}, "default"),
        ({b"type": b"payload"}, "default"),
        ({b"workspaceId": b"acme"}, "acme"),
        ({b"workspace_id": b"acme"}, "acme"),
        ({b"workspaceId": b""}, "default"),
        ({b"payload": b'{"workspaceId": "acme"}'}, "acme"),
        ({b"data": b'{"workspace_id": "acme"}'}, "acme"),
        ({b"payload": b'{"workspaceId": 7}'}, "default"),
        ({b"payload": b"{"}, "default"),
        ({b"payload": b"[1]"}, "default"),
        ({b"workspaceId": b"flat", b"payload": b'{"workspaceId": "nested"}'}, "flat"),
        ({b"workspaceId": b"\xff"}, "\ufffd"),
    ],
)
def test_workspace_of(fields: dict[bytes, bytes], workspace: str) -> None:
    """Flat fields go before nested ones; nonsense belongs to nobody in particular."""
    assert workspace_of([part for pair in fields.items() for part in pair]) == workspace
