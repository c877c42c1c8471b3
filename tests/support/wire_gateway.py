"""A Gateway that only sends: real HTTP to the simulated providers, without limits, ledger or stored answers.

Pages are fetched by the real safe door, with the simulated sites standing in for their names.
"""

from datetime import UTC, datetime
from typing import Self

import aiohttp

from tests.support.scripted_gateway import WITH_REPLY
from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.options import FetchOptions
from worker.gateway.safe_fetch import SafeFetch, hosts_from


class WireGateway:
    """Sends every request as the adapter built it and hands the adapter's reading back. ``charged`` adds it up."""

    def __init__(self, fetch_hosts: str = "") -> None:
        self._pages = SafeFetch(FetchOptions(hosts=hosts_from(fetch_hosts), host_delay_s=0.0))
        self.charged = 0
        self.reserved = 0
        self.calls: list[Call] = []

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._pages.close()

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """One real exchange; questions are never combined."""
        async with self._session.request(
            request.method, request.url, headers=request.headers, params=request.params or None, data=request.body
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            reply = Reply(response.status, headers, await response.read())
        return self._answer(call, reply, read)

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """Run ``send``; a refused page is its outcome."""
        try:
            reply = await send()
        except PageRefused as refused:
            self.calls.append(call)
            return Answer(Outcome(refused.outcome), reason=refused.reason)
        return self._answer(call, reply, read)

    async def page(self, url: str) -> Reply:
        """A page by the safe door, robots.txt obeyed."""
        return await self._pages.fetch(url)

    def _answer(self, call: Call, reply: Reply, read: Read) -> Answer:
        reading = read(reply)
        self.calls.append(call)
        self.charged += reading.charged_micros
        self.reserved += call.max_micros
        return Answer(
            outcome=reading.outcome,
            reply=reply if reading.outcome in WITH_REPLY else None,
            reason=reading.reason,
            charged_micros=reading.charged_micros,
            observed_at=datetime.now(UTC),
        )
