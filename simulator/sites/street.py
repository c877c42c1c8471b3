"""Serves every website on one plain-http port, told apart by the Host header."""

import time

from aiohttp import web

from simulator.door import House, Seen, abort, send
from simulator.providers.linkedin_pages import is_linkedin, linkedin_page
from simulator.sites.listings import HOSTS, listing_page
from simulator.sites.made import made_site
from simulator.sites.odd import ODD, Odd, odd_page
from simulator.sites.shelf import Page, Site, shelf
from simulator.wire import Reply

_UNKNOWN = Page(b"<h1>No such site</h1>", 404, {"Content-Type": "text/html"})


class Street:
    """All sites. A name with ``www.`` is the same site; generated companies' sites are made when first asked for."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made: dict[str, Site] = {}
        self.trap = "127.0.0.1:9"

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host name served, without the ``www.`` twins."""
        made = (company.domain for company in self._house.world.companies if company.made)
        return (*shelf(), *made, "www.linkedin.com", *HOSTS, *ODD)

    def site(self, host: str) -> Site | None:
        """The site of a host name, or None."""
        domain = host.removeprefix("www.")
        if (kept := shelf().get(domain)) is not None:
            return kept
        company = self._house.world.company(domain=domain)
        if company is None or not company.made:
            return None
        if domain not in self._made:
            self._made[domain] = made_site(company)
        return self._made[domain]

    def page(self, host: str, path: str) -> Page | Odd:
        """The response for a host and path, before faults."""
        if (odd := odd_page(host, path, self.trap)) is not None:
            return odd
        if host in HOSTS:
            return listing_page(self._house.world, host, path)
        if is_linkedin(host):
            return linkedin_page(self._house.world, path, self._house.settings)
        site = self.site(host)
        if site is None:
            return _UNKNOWN
        return site.get(path)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        received = time.time()
        house = self._house
        host = (request.host or "").rsplit(":", 1)[0].lower()
        path = request.path
        seen = Seen("site", path, "", received, request.method, request.path_qs, host)
        house.seen.append(seen)
        where = {"provider": "site", "operation": path, "host": host, "text": request.path_qs}
        fault = house.plan.choose(where, request.headers.get("X-Sim-Fault"), by_rate=False)
        seen.fault = fault.kind if fault else ""
        await house.wait(request)
        page = self.page(host, path)
        kind, pause_s = (fault.kind, fault.seconds) if fault else ("", 0.0)
        if isinstance(page, Odd):
            kind, pause_s, page = kind or page.manner, page.pause_s, page.page
        if kind in ("reset", "timeout"):
            if kind == "timeout":
                await house.pause(pause_s)
            return abort(request)
        reply = Reply(page.status, page.body, dict(page.headers))
        if fault and kind in ("429", "429-bare"):
            reply = Reply(429, b"slow down", {"Retry-After": f"{fault.retry_after:.0f}"} if kind == "429" else {})
        elif fault and (kind.isdigit() or kind == "5xx"):
            reply = Reply(
                fault.status if kind == "5xx" else int(kind), b"<h1>Server error</h1>", {"Content-Type": "text/html"}
            )
        elif kind == "truncated":
            reply = Reply(reply.status, reply.body[: len(reply.body) // 2], reply.headers)
        seen.status = reply.status
        response, seen.delivered = await send(request, reply, kind, pause_s, house.closing)
        return response
