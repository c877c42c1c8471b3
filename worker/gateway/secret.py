"""Keeping keys out of everything that is kept: which parts of a request are secret, and how they are blotted out."""

from collections.abc import Mapping
from functools import lru_cache

from worker.domain.call import HttpRequest, Reply
from worker.domain.clean import clean_text

_BLOT = b"[key]"
_SHORTEST = 6
_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-subscription-token", "x-goog-api-key"}
)
_PARTS = ("key", "token", "secret", "password", "signature")
#: Reply headers that are worth keeping and never hold a secret.
_KEPT = frozenset(
    {"content-type", "content-language", "date", "last-modified", "etag", "link", "retry-after", "location", "server"}
)


@lru_cache(1024)
def _secret_parameter(name: str) -> bool:
    lower = name.lower()
    return any(part in lower for part in _PARTS)


@lru_cache(1024)
def _secret_header(name: str) -> bool:
    return name.lower() in _HEADERS or _secret_parameter(name)


@lru_cache(1024)
def _kept(name: str) -> bool:
    return name in _KEPT or name.startswith("x-enrichd-")


def secrets_of(request: HttpRequest) -> tuple[bytes, ...]:
    """The key material in a request: credentials in headers, and parameters named like one."""
    found = [
        value.removeprefix("Bearer ").removeprefix("Basic ")
        for name, value in request.headers.items()
        if _secret_header(name)
    ]
    found += [value for name, value in request.params.items() if _secret_parameter(name)]
    return tuple(value.encode() for value in found if len(value) >= _SHORTEST)


def without_secrets(reply: Reply, secrets: tuple[bytes, ...]) -> Reply:
    """A reply that may be kept: keys that it echoes are blotted out, headers reduced to harmless ones."""
    body = reply.body
    for secret in secrets:
        if secret in body:
            body = body.replace(secret, _BLOT)
    return Reply(reply.status, kept_headers(reply.headers), body)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are stored with an answer."""
    return {name: clean_text(value) for name, value in headers.items() if _kept(name)}


def blot(text: str, secrets: tuple[bytes, ...]) -> str:
    """Text for logs and rows.

    >>> blot("no such key abcdef1", (b"abcdef1",))
    'no such key [key]'
    """
    for secret in secrets:
        text = text.replace(secret.decode("utf-8", "replace"), _BLOT.decode())
    return text
