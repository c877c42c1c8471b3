"""Pages are parsed beside the event loop, and one that brings its process down fails alone."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.providers.website import parse_page
from worker.providers.website.parse_child import Fetched
from worker.providers.website.parsing import ALONE_BYTES, INLINE_BYTES, SHARED, Parsers
from worker.providers.website.provider import open_provider

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LARGE = (
    b"<html lang=en><title>Acme Rope Works</title><p>Call +44 117 496 0123 or mail info@acme-rope.example</p>"
    + b"<p>Ropes for every load.</p>" * (ALONE_BYTES // 20)
)
MIDDLE = LARGE[: INLINE_BYTES * 4]
SMALL = LARGE[: INLINE_BYTES - 1]


async def read(parsers: Parsers, body: bytes) -> tuple[str, ...]:
    """The phones that the parsers find on a page."""
    return (await parsers(body, "https://acme-rope.example/", {}, NOW, 200)).phones


@pytest.fixture
def parsers() -> Iterator[Parsers]:
    """Parsers of one process, closed in the end."""
    opened = Parsers(processes=1, page_timeout_s=30.0)
    yield opened
    opened.close()


async def test_small_pages_and_lone_ones_need_no_process(parsers: Parsers) -> None:
    """One page of a few kilobytes is read without starting anything."""
    assert await read(parsers, SMALL) == await read(parsers, MIDDLE) == ("+44 117 496 0123",)
    assert parsers.pids == ()


async def test_many_pages_are_read_by_a_process_with_the_same_findings(parsers: Parsers) -> None:
    """What comes back through the pipe is what parsing in place gives, and there is one process for all."""
    found = await asyncio.gather(*(parsers(LARGE, "https://acme-rope.example/", {}, NOW, 200) for _ in range(4)))
    here = parse_page(LARGE, "https://acme-rope.example/", {})
    assert [(f.mentions, f.names, f.links, f.pages) for f in found] == [
        (here.mentions, here.names, here.links, here.pages)
    ] * 4
    assert len(parsers.pids) == 1


async def test_a_page_whose_process_dies_fails_alone(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process is a refused page, and the next page has a new process."""
    await read(parsers, LARGE)
    (pid,) = parsers.pids
    (process,) = parsers._all
    ask, asked = process._ask, threading.Event()

    def noted(page: Fetched | None, timeout_s: float) -> tuple[object, bool]:
        asked.set()
        return ask(page, timeout_s)

    monkeypatch.setattr(process, "_ask", noted)
    os.kill(pid, signal.SIGSTOP)
    reading = asyncio.ensure_future(read(parsers, LARGE))
    # before that the dead process would be noticed, and replaced
    assert await asyncio.to_thread(asked.wait, 30)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(PageRefused) as refused:
        await reading
    assert refused.value.outcome == Outcome.NONSENSE
    assert await read(parsers, LARGE) == ("+44 117 496 0123",)
    assert parsers.pids != (pid,)


async def test_a_page_that_hangs_is_given_up(parsers: Parsers) -> None:
    """A process that does not answer in time is replaced; its page may be tried again later."""
    await read(parsers, LARGE)
    (pid,) = parsers.pids
    for process in parsers._all:
        process.page_timeout_s = 0.2
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(PageRefused, match=r"0\.2 s") as refused:
        await read(parsers, LARGE)
    assert refused.value.outcome == Outcome.TRANSIENT
    assert parsers.pids == ()


async def test_a_process_has_none_of_the_environment(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the daemon are not where outside text is taken apart."""
    monkeypatch.setenv("LLM_API_KEY", "sk-secret")
    await read(parsers, LARGE)
    (pid,) = parsers.pids
    with open(f"/proc/{pid}/environ", "rb") as environ:  # noqa: ASYNC230, PTH123 - a file in memory
        assert b"sk-secret" not in environ.read()


async def test_closing_ends_the_processes(parsers: Parsers) -> None:
    """Nothing is left behind."""
    await read(parsers, LARGE)
    (pid,) = parsers.pids
    parsers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_the_last_provider_closes_what_all_share() -> None:
    """Providers of several workspaces share one set of processes."""
    before = SHARED.users
    one, other = open_provider({}), open_provider({})
    assert SHARED.users == before + 2
    shared = SHARED.get()
    for provider in (one, other):
        assert provider.close is not None  # type: ignore[union-attr]
        assert SHARED.get() is shared
        await provider.close()  # type: ignore[union-attr]
    assert SHARED.users == before
