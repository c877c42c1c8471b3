"""What goes wrong on the wire, as values: pure tables."""

import asyncio
import ssl

import aiohttp
import msgspec

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused


class ReplyTooLarge(Exception):
    """A reply grew beyond its cap and was cut off."""


class NotConnected(Exception):
    """There was no connection, so nothing was sent; the message is the kind of error."""


class BrokenReply(Exception):
    """What came back is no whole reply; the message says in which way, and quotes nothing of it."""


class Fault(msgspec.Struct, frozen=True, gc=False):
    """How a call failed without a whole reply.

    ``sent`` is False when nothing can have reached the provider, so nothing can have been billed.
    """

    outcome: Outcome
    reason: str
    sent: bool


#: The connection was never there.
_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    ConnectionRefusedError,
)
_ON_THE_WIRE = (aiohttp.ClientError, OSError, ssl.SSLError, TimeoutError, asyncio.TimeoutError, EOFError)


def fault_of(error: BaseException) -> Fault | None:
    """A provider's or the network's fault as a value; None for anything that is a bug of ours.

    Exception texts are left out: they may hold URLs with keys in them.

    >>> fault_of(ConnectionRefusedError()).sent
    False
    """
    if isinstance(error, PageRefused):
        return Fault(Outcome(error.outcome), error.reason, sent=True)
    if isinstance(error, ReplyTooLarge):
        return Fault(Outcome.NONSENSE, "the reply is larger than its cap", sent=True)
    if isinstance(error, NotConnected):
        return Fault(Outcome.TRANSIENT, f"no connection ({error})", sent=False)
    if isinstance(error, BrokenReply):
        return Fault(Outcome.TRANSIENT, f"the connection broke ({error})", sent=True)
    if isinstance(error, TimeoutError) and not isinstance(error, _BEFORE_SENDING):
        return Fault(Outcome.TRANSIENT, "timed out", sent=True)
    if isinstance(error, aiohttp.InvalidURL):
        return Fault(Outcome.BAD_INPUT, "the URL is not one", sent=False)
    if isinstance(error, _BEFORE_SENDING):
        return Fault(Outcome.TRANSIENT, f"no connection ({type(error).__name__})", sent=False)
    if isinstance(error, _ON_THE_WIRE):
        return Fault(Outcome.TRANSIENT, f"the connection broke ({type(error).__name__})", sent=True)
    return None
