"""From the pages of one site to one voice: which page is believed for what."""

from collections.abc import Iterable, Sequence

import msgspec

from worker.domain.claim import Claim
from worker.domain.fields import FIELDS
from worker.providers.website.found import PageFinding
from worker.providers.website.text_keys import name_key

#: Pages by what they are about, most reliable first for who and where the company is.
_TRUST = {"imprint": 0, "contact": 1, "about": 2, "start": 3, "legal": 4, "team": 5, "jobs": 6, "": 6}
_PLACE = ("company_street", "company_city", "company_region", "company_postal_code", "company_country")
_NAMES = ("company_name", "company_legal_name")
#: What the address bar says; nothing was learned where only these are known.
TRIVIAL = frozenset({"company_domain", "company_website", "company_technologies", "company_languages"})
MAX_OF_MANY = 6


def unite(pages: Sequence[tuple[str, PageFinding]]) -> tuple[Claim, ...]:
    """One claim per single-valued field and the distinct ones of the others, from (about, finding) pairs.

    Street, city and the other parts of an address always come from the same page.
    """
    ordered = sorted((page for page in pages if not page[1].kind), key=lambda page: _TRUST.get(page[0], 6))
    claims: list[Claim] = [*_names(ordered), *_place(ordered)]
    single: dict[str, tuple[float, Claim]] = {}
    many: dict[str, dict[str, Claim]] = {}
    for order, (_, finding) in enumerate(ordered):
        for claim in finding.claims:
            field = FIELDS[claim.field]
            if claim.field in _NAMES or claim.field in _PLACE:
                continue
            if field.many:
                many.setdefault(claim.field, {}).setdefault(field.compare_key(claim.value), claim)
                continue
            rank = claim.confidence - 0.001 * order
            if claim.field not in single or rank > single[claim.field][0]:
                single[claim.field] = (rank, claim)
    claims += [claim for _, claim in single.values()]
    for values in many.values():
        # What stands on several pages is the company's; a page of its own may list others.
        claims += sorted(values.values(), key=lambda claim: -claim.confidence)[:MAX_OF_MANY]
    return tuple(claims)


def _names(ordered: Sequence[tuple[str, PageFinding]]) -> Iterable[Claim]:
    """The name that all pages together speak for, and the legal name that fits it."""
    votes: dict[str, float] = {}
    for about, finding in ordered:
        share = 1.0 if about in {"start", "imprint", "contact", "about"} else 0.5
        for mention in finding.mentions.get("names", ())[:8]:
            votes[mention.normal] = votes.get(mention.normal, 0.0) + share * mention.score
    offered = [claim for _, finding in ordered for claim in finding.claims if claim.field == "company_name"]
    if not offered:
        return
    best = max(offered, key=lambda claim: (votes.get(name_key(str(claim.value)), 0.0), claim.confidence))
    agreeing = sum(1 for claim in offered if name_key(str(claim.value)) == name_key(str(best.value)))
    bonus = 0.02 * (agreeing - 1)
    yield msgspec.structs.replace(best, confidence=min(0.85, round(best.confidence + bonus, 3)))
    legal = [claim for _, finding in ordered for claim in finding.claims if claim.field == "company_legal_name"]
    if legal:
        key = name_key(str(best.value))
        yield max(legal, key=lambda claim: _fit(name_key(str(claim.value)), key))


def _fit(legal: str, name: str) -> float:
    if legal == name:
        return 2.0
    return 1.0 if legal.startswith(name) or name.startswith(legal) else 0.0


def _place(ordered: Sequence[tuple[str, PageFinding]]) -> Iterable[Claim]:
    best: list[Claim] = []
    for _, finding in ordered:
        parts = [claim for claim in finding.claims if claim.field in _PLACE]
        if len(parts) > len(best):
            best = parts
    return best
