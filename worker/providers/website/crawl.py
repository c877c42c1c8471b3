"""The crawl: the start page, then the few pages that say who is behind it, within a budget of pages."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.providers.website.found import PageFinding, PageLink
from worker.providers.website.parsing import Parse
from worker.providers.website.renderer import Renderer

FetchPage = Callable[[str], Awaitable[Reply]]
#: How many pages of one subject are worth fetching.
_PER_SUBJECT: Final = {"contact": 2, "imprint": 1, "about": 2, "team": 1, "legal": 1, "jobs": 0}
#: Where the imprint or contact page usually is when no link says so.
_GUESSES: Final = {"de": "/impressum", "": "/contact"}
_HTML: Final = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class Crawled:
    """One fetched page: what it is about (``start``, ``contact``, ...) and what was read on it."""

    about: str
    status: int
    finding: PageFinding


@dataclass(frozen=True, slots=True)
class Crawl:
    """A finished crawl. ``refused`` are pages that could not be had: (address, outcome, reason)."""

    pages: tuple[Crawled, ...]
    refused: tuple[tuple[str, str, str], ...] = ()


async def crawl(
    starts: Sequence[str], fetch: FetchPage, parse: Parse, max_pages: int, render: Renderer | None = None
) -> Crawl:
    """Fetch and read up to ``max_pages`` pages of a site.

    ``starts`` are addresses to begin at; the first that can be had is the start page. Raises PageRefused when none
    can. What fails later is noted and the rest stands. With ``render``, pages that are empty without JavaScript are
    drawn and read again.
    """
    refused: list[tuple[str, str, str]] = []
    start = await _first(starts, fetch, parse, refused, render)
    pages = [start]
    links = (
        _choose(start.finding, max_pages - 1) if start.finding.kind not in {"parked", "for_sale", "challenge"} else []
    )
    results = await asyncio.gather(*(_visit(link, fetch, parse, render) for link in links))
    seen = {start.finding.pages[0].page_hash}
    for link, result in zip(links, results, strict=True):
        if isinstance(result, PageRefused):
            refused.append((link.url, str(result.outcome), result.reason))
        elif result.finding.pages[0].page_hash not in seen:
            seen.add(result.finding.pages[0].page_hash)
            pages.append(result)
    return Crawl(tuple(pages), tuple(refused))


async def _first(
    starts: Sequence[str],
    fetch: FetchPage,
    parse: Parse,
    refused: list[tuple[str, str, str]],
    render: Renderer | None,
) -> Crawled:
    last: PageRefused | None = None
    for url in starts:
        result = await _visit(PageLink(url, "start", 0.0), fetch, parse, render)
        if isinstance(result, Crawled):
            return result
        refused.append((url, str(result.outcome), result.reason))
        last = result
        if result.outcome in {Outcome.BLOCKED, Outcome.BAD_INPUT}:
            break
    raise last or PageRefused(Outcome.BAD_INPUT, "no address to start at")


async def _visit(link: PageLink, fetch: FetchPage, parse: Parse, render: Renderer | None) -> "Crawled | PageRefused":
    try:
        reply = await fetch(link.url)
    except PageRefused as refusal:
        return refusal
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not kind.startswith(_HTML):
        return PageRefused(Outcome.MISS, f"{kind} is no page")
    if reply.status >= 500:
        return PageRefused(Outcome.TRANSIENT, f"the site answered {reply.status}")
    if reply.status in {401, 407}:
        return PageRefused(Outcome.BLOCKED, f"the site wants a login ({reply.status})")
    url = reply.headers.get("x-enrichd-url") or link.url
    now = datetime.now(UTC)
    try:
        finding = await parse(reply.body, url, dict(reply.headers), now, reply.status)
        if render is not None and finding.kind == "empty_shell" and reply.status < 400:
            finding = await _drawn(url, reply, fetch, parse, render) or finding
    except PageRefused as refusal:
        return refusal
    if reply.status in {403, 429} and finding.kind != "challenge":
        return PageRefused(Outcome.BLOCKED, f"the site refused the page ({reply.status})")
    if reply.status in {404, 410} and link.about != "start":
        return PageRefused(Outcome.MISS, f"no such page ({reply.status})")
    return Crawled(link.about, reply.status, finding)


async def _drawn(url: str, reply: Reply, fetch: FetchPage, parse: Parse, render: Renderer) -> PageFinding | None:
    """What a page says once its scripts have run; None when it cannot be drawn: then the empty page stands."""
    try:
        drawn = await render(url, reply, fetch)
    except PageRefused:
        return None
    return await parse(drawn.body, url, dict(drawn.headers), datetime.now(UTC), drawn.status)


def _choose(start: PageFinding, budget: int) -> list[PageLink]:
    """The links to follow: best first, not all about the same; a guess where there is none to contact or imprint."""
    chosen: list[PageLink] = []
    taken: dict[str, int] = {}
    for link in start.links:
        if len(chosen) >= budget:
            break
        count = taken.get(link.about, 0)
        limit = _PER_SUBJECT.get(link.about, 1)
        # A second page on one subject only when the budget is generous.
        if count >= limit or (count >= 1 and budget < 6):
            continue
        taken[link.about] = count + 1
        chosen.append(link)
    if len(chosen) < budget and start.url and not taken.keys() & {"contact", "imprint"} and not start.kind:
        language = start.language.partition("-")[0].lower()
        chosen.append(
            PageLink(
                urljoin(start.url, _GUESSES.get(language, _GUESSES[""])),
                "imprint" if language == "de" else "contact",
                1.0,
            )
        )
    return chosen


def starts_for(website: str, domain: str) -> tuple[str, ...]:
    """Addresses to begin at: the given one, else https and then http of the domain.

    >>> starts_for("", "acme.example")
    ('https://acme.example/', 'https://www.acme.example/', 'http://acme.example/')
    """
    if website:
        url = website if "//" in website else f"https://{website}"
        parts = urlsplit(url)
        path = parts.path or "/"
        found = [f"{parts.scheme}://{parts.netloc}{path}{'?' + parts.query if parts.query else ''}"]
        if parts.scheme == "https":
            found.append(f"http://{parts.netloc}{path}")
        if path != "/":
            found.append(f"{parts.scheme}://{parts.netloc}/")
        return tuple(dict.fromkeys(found))
    if domain:
        return (f"https://{domain}/", f"https://www.{domain}/", f"http://{domain}/")
    return ()
