"""Who may use the doors that change something: bearer tokens (RFC 6750), compared in constant time. Pure."""

import hashlib
import hmac
from collections.abc import Iterable
from enum import Enum


class Access(Enum):
    """What a caller is told."""

    GRANTED = "granted"
    #: No token, or not the right one.
    REFUSED = "refused"
    #: No token was set, so nobody may.
    CLOSED = "closed"


def access(authorization: str, tokens: Iterable[str]) -> Access:
    """Whether an ``Authorization`` header bears one of the tokens; every token is looked at, whatever came before.

    >>> access("Bearer right", ["other", "right"]), access("Basic right", ["right"]), access("Bearer ", [])
    (<Access.GRANTED: 'granted'>, <Access.REFUSED: 'refused'>, <Access.CLOSED: 'closed'>)
    """
    known = [token for token in tokens if token]
    if not known:
        return Access.CLOSED
    scheme, _, told = authorization.strip().partition(" ")
    shown = _digest(told.strip())
    matches = [hmac.compare_digest(shown, _digest(token)) for token in known]
    return Access.GRANTED if scheme.lower() == "bearer" and any(matches) else Access.REFUSED


def _digest(token: str) -> bytes:
    # Of one length, so that not even the length shows.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
