"""Doors for schedulers: ``POST`` makes the worker look for work now, ``GET`` says how it is. Both want a token.

``/api/enrichment/process`` takes CRON_SECRET or WORKER_SECRET_TOKEN, ``/api/jobs/worker`` only the latter. A worker
that runs needs no call to work; a call only brings forward what its clocks would do within seconds: due and recurring
jobs, rows added to PostgreSQL, entries that Redis has lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from aiohttp import web

from worker.web.access import Access, access
from worker.web.health import Health, alive

PROCESS: Final = "/api/enrichment/process"
WORKER: Final = "/api/jobs/worker"

log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True)
class Door:
    """One path: who may use it, and what it does. ``look_now`` says whether there was anybody to look."""

    path: str
    tokens: Sequence[str]
    worker: Health
    look_now: Callable[[], bool]

    async def status(self, request: web.Request) -> web.Response:
        """``GET``: the facts of ``/health``."""
        return self._refusal(request) or web.json_response(alive(self.worker.about(), datetime.now(UTC)))

    async def trigger(self, request: web.Request) -> web.Response:
        """``POST``: 202 the worker looks now, 503 it is not up yet."""
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if not self.look_now():
            return web.json_response({"error": "still starting"}, status=503, headers={"Retry-After": "5"})
        return web.json_response({"triggered": True, **alive(self.worker.about(), datetime.now(UTC))}, status=202)

    def _refusal(self, request: web.Request) -> web.Response | None:
        ruling = access(request.headers.get("Authorization", ""), self.tokens)
        if ruling is Access.GRANTED:
            return None
        if ruling is Access.CLOSED:
            return web.json_response({"error": "no token is set for this door"}, status=403)
        log.warning("a caller without the right token", path=self.path, method=request.method)
        return web.json_response(
            {"error": "a bearer token is needed"}, status=401, headers={"WWW-Authenticate": "Bearer"}
        )


def process_routes(
    app: web.Application, worker: Health, look_now: Callable[[], bool], *, worker_token: str, cron_secret: str
) -> None:
    """Open both doors; tokens that are empty open nothing."""
    for path, tokens in ((PROCESS, (worker_token, cron_secret)), (WORKER, (worker_token,))):
        door = Door(path, tokens, worker, look_now)
        app.router.add_get(path, door.status)
        app.router.add_post(path, door.trigger)
