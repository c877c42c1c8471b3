"""Waiting for one's turn: from an account's permit to the moment of sending. Shell."""

import asyncio
import hashlib
from time import monotonic

from worker.domain.call import Call
from worker.domain.lane import Lane
from worker.domain.ledger import AnswerKey
from worker.gateway.accounts import Accounts, Permit, Refusal

#: A permit older than this is confirmed before it is used: a 429 elsewhere may have voided it.
FRESH_S = 0.05


def ticket_for(workspace: str, job_id: str, key: AnswerKey) -> str:
    """The name under which a job's place in the line is kept while it is away."""
    text = f"{workspace}\0{job_id}\0{key.provider}\0{key.operation}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text + key.digest).hexdigest()[:24]


def fresh(permit: Permit) -> bool:
    """Whether a permit may be used without another word: it is its time, and nothing can have changed yet."""
    now = monotonic()
    return permit.send_at <= now <= permit.latest and now - permit.given_at <= FRESH_S


class Turns:
    """Gets permits and keeps them honest while they are waited for."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    async def ask(self, call: Call, ticket: str, lane: Lane) -> Permit | Refusal:
        """A permit to send soon, or when to come back."""
        return await self._accounts.admit(call, ticket, lane)

    async def take(self, call: Call, ticket: str, lane: Lane, permit: Permit | None = None) -> Permit | Refusal:
        """A permit that may be used at once: the one given, waited for where it is for later, or a new one where it no
        longer holds then or its time has passed."""
        while True:
            if permit is None:
                given = await self._accounts.admit(call, ticket, lane)
                if isinstance(given, Refusal):
                    return given
                permit = given
            if (left_s := permit.send_at - monotonic()) > 0:
                await asyncio.sleep(left_s)
            if fresh(permit):
                return permit
            if monotonic() <= permit.latest and permit.epoch and await self._accounts.confirm(call, permit):
                return permit
            permit = None
