"""``POST /api/enrichment/webhook?provider=``: answers that providers deliver later.

Who may be believed is the adapter's to say.
The sender learns a status and nothing else: a wrong signature, a wrong token and a question that nobody asked look
alike from outside.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from aiohttp import web

from worker.domain.errors import QueueUnavailable, StoreUnavailable

PATH: Final = "/api/enrichment/webhook"
#: Providers try again; by then we are hopefully back.
RETRY_AFTER_S: Final = 30

#: Takes (body, headers in lower case, token of the address); '' when the delivery was taken, else why it was not.
#: Raises StoreUnavailable or QueueUnavailable when it could not be kept.
Receive = Callable[[bytes, Mapping[str, str], str], Awaitable[str]]

RECEIVERS: Final[web.AppKey[Mapping[str, Receive]]] = web.AppKey("receivers")

log = structlog.get_logger("worker")


def webhook_routes(app: web.Application, receivers: Mapping[str, Receive]) -> None:
    """Take deliveries for these providers."""
    app[RECEIVERS] = receivers
    app.router.add_post(PATH, webhook)


async def webhook(request: web.Request) -> web.Response:
    """200 taken (or taken before), 401 not believed, 404 no such provider, 503 not now."""
    provider = request.query.get("provider", "")
    receive = request.app[RECEIVERS].get(provider)
    if receive is None:
        return web.json_response({"error": "no such provider"}, status=404)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        refused = await receive(await request.read(), headers, request.query.get("token", ""))
    except (StoreUnavailable, QueueUnavailable) as error:
        log.warning("delivery could not be kept", provider=provider, error=str(error))
        return web.json_response({"error": "not now"}, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})
    return answered(provider, refused)


def answered(provider: str, refused: str) -> web.Response:
    """What the sender is told; why it was refused is for our log only."""
    if refused:
        log.warning("delivery is not believed", provider=provider, reason=refused)
        return web.json_response({"error": "not believed"}, status=401)
    return web.json_response({"ok": True})
