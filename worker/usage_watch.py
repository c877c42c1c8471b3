"""Looks now and then at what is left of the providers' accounts, for ``/metrics`` and a timely warning. Shell.

These calls are free and answer no job: no ledger row, no budget, no limit of the account's data endpoints.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from worker.domain.call import HttpRequest, Reply
from worker.gateway.faults import fault_of
from worker.providers.usage import Usage, UsageQuestion
from worker.telemetry import Gauge

log = structlog.get_logger("worker")

TIMEOUT_S: Final = 15.0
Send = Callable[[HttpRequest], Awaitable[Reply]]


async def ask(question: UsageQuestion, send: Send) -> tuple[Usage, ...] | str:
    """What one account says, or why nothing is known."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return question.read(await send(question.request))
    except Exception as error:
        fault = fault_of(error)
        if fault is None:
            raise
        return fault.reason


class UsageWatch:
    """``run_once`` asks every account; ``gauges`` is what was heard last."""

    def __init__(self, questions: Sequence[UsageQuestion], send: Send) -> None:
        self._questions = questions
        self._send = send
        self._known: dict[str, tuple[Usage, ...]] = {}
        self._warned: set[tuple[str, str]] = set()

    async def run_once(self) -> float | None:
        """One look at all accounts; what cannot be learned now keeps its last value."""
        for question in self._questions:
            told = await ask(question, self._send)
            if isinstance(told, str):
                log.info("usage is not known", provider=question.provider, reason=told)
                continue
            self._known[question.provider] = told
            for usage in told:
                self._warn(usage)
        return None

    def gauges(self) -> list[Gauge]:
        """Credits left, by provider and kind."""
        return [
            Gauge(
                "provider_credits_left",
                usage.left,
                "Credits left on a provider's account, as it says itself.",
                {"provider": usage.provider, "credit": usage.credit},
            )
            for told in self._known.values()
            for usage in told
        ]

    def _warn(self, usage: Usage) -> None:
        """Once each time that an account runs low."""
        which = (usage.provider, usage.credit)
        if not usage.low:
            self._warned.discard(which)
        elif which not in self._warned:
            self._warned.add(which)
            log.warning(
                "a provider's account runs low",
                provider=usage.provider,
                credit=usage.credit,
                left=usage.left,
                limit=usage.limit,
                resets=usage.resets,
            )
