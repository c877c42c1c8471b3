"""Answers that providers deliver later: who waits for which. Shell."""

import hashlib
from typing import Any

import asyncpg

from worker.domain.errors import StoreUnavailable
from worker.domain.ledger import AnswerKey, Expected
from worker.store.pool import AWAY
from worker.store.sql import query


class Deliveries:
    """Only a token's hash is kept: a dump of the table opens no address."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def expect(self, token: str, expected: Expected, life_s: float) -> None:
        """Remember whose answer a token stands for. Raises StoreUnavailable."""
        key = expected.key
        values = (expected.account, expected.job_id, expected.run, expected.subject, expected.llm, life_s)
        place = (_hash(token), key.workspace, key.provider, key.operation, key.digest)
        try:
            await self._pool.execute(query("answer_expect"), *place, *values)
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error

    async def take(self, token: str, provider: str) -> list[Expected]:
        """Everybody who waits for a delivery, once. Raises StoreUnavailable."""
        try:
            rows = await self._pool.fetch(query("answer_take"), _hash(token), provider)
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        return [
            Expected(
                AnswerKey(row["workspace_id"], row["provider"], row["operation"], row["identity"]),
                row["account"],
                row["job_id"],
                row["run"],
                row["subject"],
                row["llm"],
            )
            for row in rows
        ]

    async def promised(self, token: str, provider: str) -> list[tuple[str, str]]:
        """(workspace, operation) of everybody whom a token stands for, delivered or not; none: nobody asked.

        Raises StoreUnavailable.
        """
        try:
            rows = await self._pool.fetch(query("answer_peek"), _hash(token), provider)
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        return [(row["workspace_id"], row["operation"]) for row in rows]

    async def prune(self, most: int = 1000) -> int:
        """Forget deliveries that never came; gives how many."""
        status = await self._pool.execute(query("answer_prune_deliveries"), most)
        return int(status.rsplit(" ", 1)[-1])


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
