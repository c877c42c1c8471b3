"""Pages that failed for the moment are asked for again, and nothing else is."""

import asyncio

import pytest

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.patience import PatientPages

GOOD = Reply(200, {}, b"<p>Acme</p>")
BUSY = Reply(503, {}, b"")
BROKEN = PageRefused(Outcome.TRANSIENT, "the connection broke")


class Site:
    """Answers in turn; the last answer stays."""

    def __init__(self, *said: Reply | PageRefused) -> None:
        self.said = list(said)
        self.asked = 0

    async def fetch(self, url: str) -> Reply:
        self.asked += 1
        told = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        if isinstance(told, PageRefused):
            raise told
        return told

    async def close(self) -> None:
        self.said.clear()


def patient(site: Site, retries: int = 3, total_s: float = 30.0) -> PatientPages:
    return PatientPages(site, retries, total_s, first_wait_s=0.001)


@pytest.mark.parametrize("failed", [BROKEN, BUSY, Reply(502, {}, b""), Reply(504, {"retry-after": "0"}, b"")])
async def test_what_passes_is_asked_again(failed: Reply | PageRefused) -> None:
    """A broken connection or an overloaded server gets another try, and the page is read after all."""
    site = Site(failed, failed, GOOD)
    assert await patient(site).fetch("https://acme.example/") is GOOD
    assert site.asked == 3


@pytest.mark.parametrize(
    "final",
    [
        PageRefused(Outcome.BLOCKED, "robots.txt"),
        PageRefused(Outcome.BAD_INPUT, "the address is not public"),
        PageRefused(Outcome.MISS, "it is no text"),
        Reply(404, {}, b""),
        Reply(500, {}, b""),
        Reply(503, {"retry-after": "3600"}, b""),
        Reply(503, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""),
    ],
)
async def test_what_is_final_is_asked_once(final: Reply | PageRefused) -> None:
    """A refusal, or a server that asks for more time than a job holds its slot, is taken as it is."""
    site = Site(final, GOOD)
    if isinstance(final, PageRefused):
        with pytest.raises(PageRefused, match=final.reason):
            await patient(site).fetch("https://acme.example/")
    else:
        assert await patient(site).fetch("https://acme.example/") is final
    assert site.asked == 1


@pytest.mark.parametrize("retries", [0, 2])
async def test_tries_are_counted(retries: int) -> None:
    """FETCH_RETRIES are further tries; the last failure is what the job hears."""
    broken, busy = Site(BROKEN), Site(BUSY)
    with pytest.raises(PageRefused, match="broke"):
        await patient(broken, retries).fetch("https://acme.example/")
    assert await patient(busy, retries).fetch("https://acme.example/") is BUSY
    assert (broken.asked, busy.asked) == (retries + 1, retries + 1)


async def test_all_tries_share_the_time() -> None:
    """A page that used up its time is not asked again, and a later try ends with the time of all."""

    class Slow(Site):
        async def fetch(self, url: str) -> Reply:
            self.asked += 1
            if self.asked > 1:
                await asyncio.Event().wait()
            raise BROKEN

    slow = Slow(GOOD)
    with pytest.raises(PageRefused, match="timed out"):
        await patient(slow, total_s=0.05).fetch("https://acme.example/")
    assert slow.asked == 2
