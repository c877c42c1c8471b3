"""Answers that a provider delivers later, by a webhook to us: whose they are, and whether to believe them. Pure.

A webhook's address bears a token that only the provider was told; it also says which question is answered. A web
handler hands the raw request to the provider's ``delivered`` and stores the reply as that question's answer.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from worker.domain.call import Reply

#: Where the health server takes provider webhooks.
PATH: Final = "/api/enrichment/webhook"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A believed delivery: the reply to the question that ``token`` stands for."""

    provider: str
    token: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class Unbelieved:
    """A delivery that is not taken, and why; the sender learns no more than a status."""

    why: str


def identity_of(params: Mapping[str, Any]) -> str:
    """The canonical text of a question: what its answer is kept by, and what its token is made from.

    >>> identity_of({"name": "Ada", "domain": "acme.example"})
    '{"domain":"acme.example","name":"Ada"}'
    """
    return orjson.dumps(dict(params), option=orjson.OPT_SORT_KEYS).decode()


def token_for(secret: str, provider: str, operation: str, identity: str) -> str:
    """The token of a question: the same for the same question, unguessable without the secret.

    >>> token_for("s", "apollo", "people.match", "{}") == token_for("t", "apollo", "people.match", "{}")
    False
    """
    said = f"{provider}\0{operation}\0{identity}".encode()
    key = hashlib.sha256(b"enrichd webhook\0" + secret.encode()).digest()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:40]


def webhook_url(public_url: str, provider: str, token: str) -> str:
    """The address to give to a provider.

    >>> webhook_url("https://enrich.acme.example/", "apollo", "t0")
    'https://enrich.acme.example/api/enrichment/webhook?provider=apollo&token=t0'
    """
    return f"{public_url.rstrip('/')}{PATH}?{urlencode({'provider': provider, 'token': token})}"


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
