"""Many Apollo questions in one request: combined before sending, taken apart afterwards, as pure functions.

API: https://docs.apollo.io/reference/bulk-people-enrichment, read 2026-11-21: 1 to 10 details in the JSON body, flags
in the query string; ``matches`` keeps the order of the details, with null for those that nobody matches. Organisations
come back in ``organizations``; where their number differs from the question's they are told apart by domain.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from worker.domain.call import Bulk, HttpRequest, Reply
from worker.providers.agreement import same_site
from worker.providers.reading import json_body
from worker.providers.typed import text

#: How many details one request may hold.
MOST: Final = 10
_FLAGS: Final = frozenset({"reveal_personal_emails", "reveal_phone_number", "webhook_url"})
_PEOPLE: Final = "/people/match"
_ORGANIZATIONS: Final = "/organizations/enrich"


def combinable(request: HttpRequest) -> bool:
    """Whether a request may share one with others: not when a phone number is to be delivered to its own address."""
    return "webhook_url" not in request.params


def combined(requests: Sequence[HttpRequest]) -> HttpRequest:
    """One POST out of single requests of one account, operation and set of flags."""
    one = requests[0]
    people = one.url.endswith(_PEOPLE)
    base = one.url.removesuffix(_PEOPLE if people else _ORGANIZATIONS)
    details = [{name: value for name, value in request.params.items() if name not in _FLAGS} for request in requests]
    return HttpRequest(
        "POST",
        base + ("/people/bulk_match" if people else "/organizations/bulk_enrich"),
        headers={**one.headers, "Content-Type": "application/json"},
        params={name: value for name, value in one.params.items() if name in _FLAGS},
        body=orjson.dumps({"details": details}),
    )


def split(reply: Reply, requests: Sequence[HttpRequest]) -> tuple[Reply, ...]:
    """A single call's reply for each request, in order, to be read by ``apollo_wire.read``.

    A refusal of the whole request is everybody's reply. An answer of another length or shape is nobody's: each gets a
    200 without a body, which reads as nonsense.
    """
    count = len(requests)
    if reply.status != 200:
        return (reply,) * count
    body = json_body(reply)
    matches, organizations = (_list(body, name) for name in ("matches", "organizations"))
    if matches is not None and len(matches) == count:
        return tuple(_single(reply, "person", match) for match in matches)
    if organizations is not None and len(organizations) == count:
        return tuple(_single(reply, "organization", found) for found in organizations)
    if organizations is not None:
        return tuple(_single(reply, "organization", _of(request, organizations)) for request in requests)
    return (Reply(200, reply.headers, b""),) * count


def _list(body: Any, name: str) -> list[Any] | None:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, list) else None


def _of(request: HttpRequest, organizations: Sequence[Any]) -> Any:
    domain = request.params.get("domain", "")
    return next((one for one in organizations if domain and same_site(domain, text(one, "primary_domain") or "")), None)


def _single(reply: Reply, name: str, found: Any) -> Reply:
    return Reply(200, reply.headers, orjson.dumps({name: found}))


def bulk_for(request: HttpRequest, most: int) -> Bulk | None:
    """How a request may share one with others of its flags; None for one that goes alone."""
    if most < 2 or not combinable(request):
        return None
    group = ",".join(sorted(name for name in request.params if name in _FLAGS))
    return Bulk(min(most, MOST), combined, split, group)
