"""Deliveries of providers from the door to the job that waits: believed, stored as the answer, the job woken. Shell.

A token that nobody was promised is not believed, whatever its signature; a delivery that comes again is taken and
changes nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog

from worker.domain.call import Call, Read
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.provider import Options
from worker.gateway.delivery import Inbox
from worker.providers import apollo, apollo_facts, apollo_wire, clearbit, hunter, hunter_delivery, hunter_facts
from worker.providers.delivery import Delivered, Unbelieved, token_for
from worker.providers.option import fingerprint, first, price_micros
from worker.queue.keys import job_name
from worker.rosters import Rosters
from worker.store.deliveries import Deliveries

log = structlog.get_logger("worker")

PROVIDERS: Final = (apollo_facts.NAME, clearbit.NAME, hunter_facts.NAME)
#: A delivery may overtake the job's own way into the delayed set; it is looked for there this long.
PATIENCE_S: Final = 60.0
AGAIN_S: Final = 0.25
#: Accounts of workspaces whose tokens are known; past that the oldest are polled for instead.
MOST_ACCOUNTS: Final = 1_000

Wake = Callable[[Sequence[str]], Awaitable[set[str]]]


class DeliveryDesk:
    """Takes deliveries in. Until ``open`` nobody knows whom they are for, and providers are told to come back."""

    def __init__(self) -> None:
        self._deliveries: Deliveries | None = None
        self._inbox: Inbox
        self._rosters: Rosters
        self._wake: Wake | None = None
        self._sleeping: dict[str, float] = {}

    def open(self, deliveries: Deliveries, inbox: Inbox, rosters: Rosters, wake: Wake) -> None:
        """Begin to take deliveries."""
        self._inbox, self._rosters, self._wake = inbox, rosters, wake
        self._deliveries = deliveries

    def receivers(self) -> dict[str, Callable[[bytes, Mapping[str, str], str], Awaitable[str]]]:
        """What ``worker.web.webhooks`` hands each provider's deliveries to."""
        return {name: partial(self.receive, name) for name in PROVIDERS}

    async def receive(self, provider: str, body: bytes, headers: Mapping[str, str], token: str) -> str:
        """'' when it was taken, now or before, else why it was not. Raises StoreUnavailable."""
        if self._deliveries is None:
            raise StoreUnavailable("still starting")
        if provider == hunter_facts.NAME and not token:
            return await self._repeated(body, headers)
        promised = await self._deliveries.promised(token, provider)
        if not promised:
            return "nobody was promised this token"
        why = ""
        for workspace, operation in promised:
            options = await self._rosters.options(workspace)
            told = believe(provider, body, headers, token, options)
            if isinstance(told, Delivered):
                read = reader(provider, operation, options)
                woken = await self._inbox.accept(token, provider, told.reply, read)
                await self._rouse([job_name(job.workspace, job.job_id) for job in woken])
                return ""
            why = told.why
        return why

    async def _repeated(self, body: bytes, headers: Mapping[str, str]) -> str:
        """A delivery to an address without a token: its body says which question it answers."""
        secret = secret_of(hunter_facts.NAME, await self._rosters.options(""))
        why = "nobody asked the question that it repeats"
        for token in hunter_delivery.tokens_in(body, secret).values():
            why = await self.receive(hunter_facts.NAME, body, headers, token)
            if not why:
                break
        return why

    async def run_once(self) -> float | None:
        """Look again for jobs whose answer came before they had gone to sleep."""
        if self._sleeping and self._wake is not None:
            now = time.monotonic()
            woken = await self._wake(list(self._sleeping))
            self._sleeping = {
                name: until for name, until in self._sleeping.items() if name not in woken and until > now
            }
        return AGAIN_S if self._sleeping else None

    async def _rouse(self, names: Sequence[str]) -> None:
        if not names or self._wake is None:
            return
        # The answer is stored: a job that cannot be woken now finds it when it wakes by itself.
        self._sleeping.update(dict.fromkeys(names, time.monotonic() + PATIENCE_S))
        try:
            for name in await self._wake(names):
                self._sleeping.pop(name, None)
        except QueueUnavailable as error:
            log.warning("delivered, not woken yet", jobs=len(names), error=str(error))


def believe(
    provider: str, body: bytes, headers: Mapping[str, str], token: str, options: Options
) -> Delivered | Unbelieved:
    """What a delivery says, if the settings of those who wait for it bear it out."""
    if provider == apollo_facts.NAME:
        return apollo_wire.delivered(body, token)
    key = secret_of(provider, options)
    if provider == hunter_facts.NAME:
        return hunter_delivery.delivered(body, headers.get(hunter_delivery.HEADER, ""), token, key)
    return clearbit.delivered(body, headers, token, key) if key else Unbelieved("no key to check the signature with")


def secret_of(provider: str, options: Options) -> str:
    """What a provider's tokens, and its signatures, are made with; '' when it is off."""
    prefix = provider.upper()
    if provider == hunter_facts.NAME:  # Hunter itself is never told an address: only who has the secret may deliver
        return first(options, "HUNTER_WEBHOOK_SECRET") or ""
    return first(options, f"{prefix}_WEBHOOK_SECRET", f"{prefix}_API_KEY") or ""


def reader(provider: str, operation: str, options: Options) -> Read:
    """The adapter's own reading of the reply, at the prices of these settings."""
    if provider == apollo_facts.NAME:
        cost = price_micros(options, "APOLLO_COST_PER_CONTACT", apollo.PRICE_CENTS)
        settings = apollo_wire.Settings(key="", contact_micros=cost)
        return lambda reply: apollo_wire.read(operation, settings, reply, datetime.now(UTC))
    if provider == hunter_facts.NAME:
        credit = price_micros(options, "HUNTER_PRICE_CENTS", hunter.PRICE_CENTS)
        verified = hunter.Settings(key="", credit_micros=credit)
        return lambda reply: hunter.read(operation, verified, datetime.now(UTC), reply)
    price = price_micros(options, "CLEARBIT_PRICE_CENTS", clearbit.PRICE_CENTS)
    shaped = clearbit.Settings(key="", lookup_micros=price)
    return lambda reply: clearbit.read(operation, shaped, reply, datetime.now(UTC))


class Tokens:
    """The token in a call's address, as its adapter made it: with the secret of the account that asks."""

    def __init__(self) -> None:
        self._secrets: OrderedDict[tuple[str, str], str] = OrderedDict()

    def learn(self, options: Options) -> None:
        """Take in the accounts that these settings switch on, if they have an address to deliver to."""
        for provider in PROVIDERS:
            key = first(options, f"{provider.upper()}_API_KEY")
            if key and (provider == hunter_facts.NAME or first(options, "PUBLIC_URL")):
                self._secrets[provider, fingerprint(key)] = secret_of(provider, options)
        while len(self._secrets) > MOST_ACCOUNTS:
            self._secrets.popitem(last=False)

    def of(self, call: Call) -> str:
        """The token, or '' where no delivery will come."""
        secret = self._secrets.get((call.provider, call.account), "")
        return token_for(secret, call.provider, call.operation, call.identity) if secret else ""
