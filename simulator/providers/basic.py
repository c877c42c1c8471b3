"""HTTP Basic credentials, as RFC 7617 writes them."""

import base64
import binascii

from simulator.wire import Ask


def basic_user(ask: Ask) -> str | None:
    """The user part of Basic credentials, or a Bearer token, or None.

    Raises nothing: what cannot be read is no key.
    """
    scheme, _, value = ask.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[0] or None
    except (binascii.Error, UnicodeDecodeError):
        return None
