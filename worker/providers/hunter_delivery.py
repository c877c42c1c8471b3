"""Hunter's answers handed in by a relay of the operator's: signed, and recognised by the question they repeat. Pure.

Hunter documents no webhooks (API documentation, read 2026-11-21). Whoever polls it elsewhere, or gets its answers
through an automation service, may post the API's own JSON to ``/api/enrichment/webhook?provider=hunter``, signed as
GitHub signs (``X-Hub-Signature-256: sha256=<hex>``, HMAC-SHA256 of the raw body under HUNTER_WEBHOOK_SECRET). The
answer's ``meta.params`` say which question it is; a job that waits for it runs on.
"""

import hashlib
import hmac
from typing import Final

from worker.domain.call import Reply
from worker.providers.delivery import Delivered, Unbelieved, identity_of, same, token_for
from worker.providers.hunter_facts import NAME
from worker.providers.reading import json_body
from worker.providers.typed import mapping, text

HEADER: Final = "x-hub-signature-256"
#: What may be pending (202), with the parameters that tell its questions apart.
OPERATIONS: Final = {
    "email-verifier": ("email",),
    "email-finder": ("domain", "company", "first_name", "last_name", "full_name"),
}


def signature(raw: bytes, secret: str) -> str:
    """The header that goes with a body.

    >>> signature(b"{}", "s")[:15]
    'sha256=143ca8d5'
    """
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def tokens_in(raw: bytes, secret: str) -> dict[str, str]:
    """Operation → token of the questions that a body may answer, by the parameters it repeats; {} when none."""
    body = json_body(Reply(200, {}, raw))
    told = mapping(body, "meta", "params")
    if told is None or mapping(body, "data") is None or not secret:
        return {}
    tokens: dict[str, str] = {}
    for operation, names in OPERATIONS.items():
        params = {name: said for name in names if (said := text(told, name))}
        if params:
            tokens[operation] = token_for(secret, NAME, operation, identity_of(params))
    return tokens


def delivered(raw: bytes, signed: str, token: str, secret: str) -> Delivered | Unbelieved:
    """The answer, if the signature holds and the body repeats the question that ``token`` stands for."""
    if not secret:
        return Unbelieved("no HUNTER_WEBHOOK_SECRET to check the signature with")
    if not same(signed, signature(raw, secret)):
        return Unbelieved("the signature does not hold")
    if not any(same(token, known) for known in tokens_in(raw, secret).values()):
        return Unbelieved("the delivery is about another question")
    return Delivered(NAME, token, Reply(200, {"content-type": "application/json"}, raw))
