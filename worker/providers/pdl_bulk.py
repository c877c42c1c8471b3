"""Many People Data Labs questions in one request: combined before sending, taken apart afterwards, as pure functions.

API: https://docs.peopledatalabs.com/docs/bulk-enrichment-api and bulk-company-enrichment-api, read 2026-11-22: 1 to
100 questions in a POST (``/person/bulk``, ``/company/enrich/bulk``), answered by an array in their order, each item
with a status of its own, a company's flat as in its single call; one credit per match as in single calls. The
documentation advises at most 80 at once, because large answers can end in a 502.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from worker.domain.call import Bulk, HttpRequest, Reply
from worker.providers.reading import json_body
from worker.providers.typed import mapping, whole

#: How many questions one request may hold.
MOST: Final = 80
#: Where many are asked about, by the end of the single call's address.
_PATHS: Final = {"/person/enrich": "/person/bulk", "/company/enrich": "/company/enrich/bulk"}
#: What a single reply's header says about money; a combined one's is about all of it.
_CREDITS: Final = "x-call-credits-spent"


def combined(requests: Sequence[HttpRequest]) -> HttpRequest:
    """One POST out of single requests of one account and entity, as ``pdl.build_request`` makes them."""
    one = requests[0]
    single, many = next(pair for pair in _PATHS.items() if one.url.endswith(pair[0]))
    return HttpRequest(
        "POST",
        one.url.removesuffix(single) + many,
        headers={**one.headers, "Content-Type": "application/json"},
        body=orjson.dumps({"requests": [{"params": _typed(request)} for request in requests]}),
    )


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Query parameters as JSON: the ones that steer are a number and a boolean there."""
    params: dict[str, Any] = dict(request.params)
    if "min_likelihood" in params:
        params["min_likelihood"] = int(params["min_likelihood"])
    if "titlecase" in params:
        params["titlecase"] = params["titlecase"] == "true"
    return params


def split(reply: Reply, requests: Sequence[HttpRequest]) -> tuple[Reply, ...]:
    """A single call's reply for each request, in order, to be read by ``pdl.read``.

    A refusal of the whole request (a wrong key, the limit) is everybody's reply. An answer of another length or shape
    is nobody's: each gets a 200 without a record, which reads as nonsense and leaves the charge unknown.
    """
    count = len(requests)
    headers = {name: value for name, value in reply.headers.items() if name != _CREDITS}
    if reply.status != 200:
        return (Reply(reply.status, headers, reply.body),) * count
    body = json_body(reply)
    if not isinstance(body, list) or len(body) != count:
        return (Reply(200, headers, b""),) * count
    return tuple(_single(item, headers) for item in body)


def _single(item: Any, headers: dict[str, str]) -> Reply:
    status = whole(mapping(item), "status")
    if status is None or not 100 <= status <= 999:
        return Reply(200, headers, b"")
    spent = {_CREDITS: "1" if status == 200 else "0"}
    return Reply(status, {**headers, **spent}, orjson.dumps(item))


#: How questions of many jobs about people, or about companies, share a request.
SHARED: Final = Bulk(most=MOST, combine=combined, split=split)
