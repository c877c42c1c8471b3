"""A Gateway over recorded replies, for contract tests of adapters: no network, no servers, every call kept."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused

#: Outcomes whose reply is handed on to the adapter.
WITH_REPLY = frozenset({Outcome.HIT, Outcome.MISS, Outcome.PENDING})
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@dataclass
class ScriptedGateway:
    """Answers each ``request`` with the next of ``replies``, and each ``page`` from ``pages`` by its URL.

    An ``Answer`` among the replies is handed out as it is (a throttled or transient call). ``calls`` and
    ``requests`` keep what was asked, in order; ``visited`` the pages. A page that is not listed is a MISS.
    """

    replies: Iterable[Reply | Answer] = ()
    pages: Mapping[str, Reply | PageRefused] = field(default_factory=dict)
    now: datetime = NOW
    calls: list[Call] = field(default_factory=list)
    requests: list[HttpRequest] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = deque(self.replies)

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """The next scripted reply, classified by the adapter's own ``read``; a lone question shares no request."""
        self.calls.append(call)
        self.requests.append(request)
        assert self._left, f"no reply is left for {call.provider} {call.operation} {request.method} {request.url}"
        scripted = self._left.popleft()
        return scripted if isinstance(scripted, Answer) else self._answer(scripted, read)

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """Run ``send`` (it may call ``page``) and classify what it returns."""
        self.calls.append(call)
        try:
            return self._answer(await send(), read)
        except PageRefused as refused:
            return Answer(Outcome(refused.outcome), reason=refused.reason)

    async def page(self, url: str) -> Reply:
        """The recorded page under exactly this URL; ``x-enrichd-url`` is added where the recording has none."""
        self.visited.append(url)
        found = self.pages.get(url)
        if found is None:
            raise PageRefused(Outcome.MISS, f"no recorded page {url}")
        if isinstance(found, PageRefused):
            raise found
        return Reply(found.status, {"x-enrichd-url": url, **found.headers}, found.body)

    def _answer(self, reply: Reply, read: Read) -> Answer:
        reading = read(reply)
        wait = reading.retry_after_s
        return Answer(
            outcome=reading.outcome,
            reply=reply if reading.outcome in WITH_REPLY else None,
            reason=reading.reason,
            charged_micros=reading.charged_micros,
            observed_at=self.now,
            retry_at=None if wait is None else self.now + timedelta(seconds=wait),
            call_id=len(self.calls),
        )
