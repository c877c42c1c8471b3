"""A crawl as JSON: what is stored as the answer, and how it is read back, today or from an older run."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from collections.abc import Mapping
from typing import Any, Final

import orjson

from worker.domain.call import Reading, Reply
from worker.domain.claim import Claim
from worker.domain.finding import Outcome
from worker.domain.page import Page
from worker.providers.website.crawl import Crawl
from worker.providers.website.site import TRIVIAL, unite

VERSION: Final = 1
#: Characters of a page's text that are kept for stages that read.
MAX_STORED_TEXT: Final = 60_000
_WALLS: Final = frozenset({"challenge", "login"})


def as_reply(crawl: Crawl) -> Reply:
    """The crawl as the reply that the gateway stores."""
    pages = []
    for page in crawl.pages:
        finding, text = page.finding, page.finding.pages[0]
        pages.append(
            {
                "url": finding.url, "about": page.about, "status": page.status, "kind": finding.kind, "title": text.title,
                "text": text.text[:MAX_STORED_TEXT], "page_hash": text.page_hash, "rendering": text.rendering,
                "language": finding.language, "regions": list(finding.regions), "seen": finding.seen,
            }
        )  # fmt: skip
    claims = unite([(page.about, page.finding) for page in crawl.pages])
    body = {
        "version": VERSION,
        "pages": pages,
        "claims": [claim.as_json() for claim in claims],
        "people": [person for page in crawl.pages for person in page.finding.people],
        "refused": [list(item) for item in crawl.refused],
    }
    return Reply(200, {"content-type": "application/json"}, orjson.dumps(body))


def read_reply(reply: Reply) -> Reading:
    """HIT when the site says something about its owner, BLOCKED for walls, MISS with the reason for the rest."""
    data = _load(reply)
    if data is None:
        return Reading(Outcome.NONSENSE, reason="the stored crawl cannot be read")
    learned = [claim for claim in data["claims"] if claim.get("field") not in TRIVIAL]
    if learned:
        return Reading(Outcome.HIT)
    kind = next((page.get("kind", "") for page in data["pages"] if page.get("kind")), "")
    reason = REASONS.get(kind, "the site says nothing about a company")
    return Reading(Outcome.BLOCKED if kind in _WALLS else Outcome.MISS, reason=reason)


def claims_in(reply: Reply) -> tuple[Claim, ...]:
    """The claims of a stored crawl."""
    data = _load(reply)
    return tuple(Claim.from_json(item) for item in data["claims"]) if data else ()


def people_in(reply: Reply) -> list[Mapping[str, Any]]:
    """People with roles: name, role and evidence."""
    data = _load(reply)
    return list(data.get("people", ())) if data else []


def pages_in(reply: Reply) -> tuple[Page, ...]:
    """The pages' visible text, the start page first."""
    data = _load(reply)
    if data is None:
        return ()
    return tuple(
        Page(
            url=page["url"],
            text=page["text"],
            title=page["title"],
            page_hash=page["page_hash"],
            rendering=page["rendering"],
        )
        for page in data["pages"]
        if not page.get("kind")
    )


#: What is said about pages that are no company's page.
REASONS: Final = {
    "parked": "the domain is parked",
    "for_sale": "the domain is for sale",
    "challenge": "the site shows a challenge instead of its page",
    "login": "the site shows only a login",
    "soft_404": "the page does not exist",
    "empty_shell": "the page is empty without JavaScript",
}


def _load(reply: Reply) -> Any:
    try:
        data = orjson.loads(reply.body)
    except ValueError:
        return None
    whole = isinstance(data, dict) and isinstance(data.get("pages"), list) and isinstance(data.get("claims"), list)
    return data if whole else None
