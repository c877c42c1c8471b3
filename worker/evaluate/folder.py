"""A gateway over a label's files: what the site would serve, without a network, a server or a bill."""

import asyncio
from urllib.parse import urlsplit

from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.evaluate.labels import Label


class FolderGateway:
    """Serves the pages of one labelled site; every other host and every API is not there."""

    provider_micros = 0
    llm_micros = 0
    spent_micros = 0

    def __init__(self, label: Label) -> None:
        self._label = label
        self._host = _host(label.url)

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """No API is asked in an evaluation over files."""
        del call, request, read, bulk
        return Answer(Outcome.UNAVAILABLE, reason="not part of this evaluation")

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """Run the conversation over the files."""
        del call
        try:
            reply = await send()
        except PageRefused as refused:
            return Answer(Outcome(refused.outcome), reason=refused.reason)
        reading = read(reply)
        kept = reply if reading.outcome in {Outcome.HIT, Outcome.MISS, Outcome.PENDING} else None
        return Answer(reading.outcome, kept, reading.reason)

    async def page(self, url: str) -> Reply:
        """One page of the site. Raises PageRefused for what is not in the folder."""
        where = urlsplit(url).path or "/"
        file = self._label.pages.get(where) or self._label.pages.get(where.rstrip("/") or "/")
        if _host(url) != self._host or file is None:
            raise PageRefused(Outcome.MISS, "404")
        headers = {"content-type": "text/html", **self._label.headers, "x-enrichd-url": url}
        return Reply(self._label.statuses.get(where, 200), headers, await asyncio.to_thread(file.read_bytes))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
