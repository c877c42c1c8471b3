"""robots.txt after RFC 9309: what a fetched file means, and how long that is believed."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from protego import Protego

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.grouping import SingleFlight

#: RFC 9309, 2.5: at least 500 KiB have to be read.
LARGEST_BYTES = 512 * 1024
_UNREACHABLE_LIFE_S = 600.0
_KEEP_OLD_S = 30 * 86_400.0
_LONGEST_DELAY_S = 10.0
_MOST_ORIGINS = 5_000

#: Gets a robots.txt; redirects are followed. Raises PageRefused.
FetchRobots = Callable[[str], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site allows. ``parsed`` None: everything, or nothing when ``unreachable``."""

    parsed: Protego | None = None
    unreachable: bool = False

    def allows(self, url: str, agent: str) -> bool:
        """Whether a URL may be fetched. robots.txt itself always may."""
        if self.unreachable:
            return False
        return self.parsed is None or urlsplit(url).path == "/robots.txt" or self.parsed.can_fetch(url, agent)

    def delay_s(self, agent: str) -> float:
        """The site's Crawl-delay (not in the RFC, but a wish), at most 10 s."""
        wish = self.parsed.crawl_delay(agent) if self.parsed is not None else None
        return min(float(wish or 0.0), _LONGEST_DELAY_S)


def rules_from(status: int, body: bytes) -> Rules:
    """The meaning of a reply to GET /robots.txt, redirects already followed.

    2xx is parsed; 4xx and too many redirects mean that there are no rules; 5xx means that nothing may be fetched, and
    so does 429, which says "not now" rather than "no rules" (a choice of ours; the RFC counts it among the 4xx).

    >>> rules_from(404, b"").allows("https://acme.example/team", "enrichd")
    True
    """
    if 200 <= status < 300:
        text = body[:LARGEST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
        return Rules(Protego.parse(text))
    return Rules(unreachable=status >= 500 or status == 429)


class Robots:
    """Rules by origin, believed for ``life_s`` (RFC 9309: at most 24 h)."""

    def __init__(self, fetch: FetchRobots, agent: str, life_s: float) -> None:
        self._fetch = fetch
        self._agent = agent
        self._life_s = life_s
        self._known: OrderedDict[str, tuple[Rules, float]] = OrderedDict()
        self._flights: SingleFlight[str, Rules] = SingleFlight()

    async def rules(self, origin: str) -> Rules:
        """The rules of a site. Raises PageRefused when the site itself is refused (not public, no such host)."""
        known = self._known.get(origin)
        if known is not None and monotonic() < known[1]:
            return known[0]
        return await self._flights.run(origin, lambda: self._ask(origin))

    async def check(self, origin: str, url: str) -> float:
        """Raise PageRefused if a URL may not be fetched; gives the site's wish for a delay, in seconds."""
        rules = await self.rules(origin)
        if rules.unreachable:
            raise PageRefused(Outcome.TRANSIENT, "robots.txt cannot be reached")
        if not rules.allows(url, self._agent):
            raise PageRefused(Outcome.BLOCKED, "robots.txt does not allow it")
        return rules.delay_s(self._agent)

    async def _ask(self, origin: str) -> Rules:
        life_s = self._life_s
        try:
            reply = await self._fetch(f"{origin}/robots.txt")
            rules = rules_from(reply.status, reply.body)
        except PageRefused as refused:
            if refused.outcome in (Outcome.BAD_INPUT, Outcome.MISS):
                raise
            rules = Rules(unreachable=refused.outcome == Outcome.TRANSIENT)
        if rules.unreachable:
            life_s = min(_UNREACHABLE_LIFE_S, life_s)
            old = self._known.get(origin)
            if old is not None and not old[0].unreachable and monotonic() < old[1] + _KEEP_OLD_S:
                self._known[origin] = (old[0], monotonic() + life_s)
                return old[0]
        self._known[origin] = (rules, monotonic() + life_s)
        self._known.move_to_end(origin)
        while len(self._known) > _MOST_ORIGINS:
            self._known.popitem(last=False)
        return rules
