"""The record cache: claims by subject in Redis, PostgreSQL behind it. Best effort: what fails is a miss.

Every claim has a hash field of its own, named by what makes it that statement, so writing is the same set union
as in ``worker.domain.record``: no writer can lose another's claims, and no write has to read first.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.cache.keys import RecordKeys
from worker.cache.memory import MemoryTier
from worker.domain.claim import Claim
from worker.domain.clean import clean_value
from worker.domain.freshness import is_human
from worker.domain.identity import aliases
from worker.domain.record import claim_key, merge
from worker.domain.subject import Subject

_log = structlog.get_logger("worker.cache")
#: The hash field that says: whatever is not here is not in PostgreSQL either.
WHOLE: Final = b"~"
_AWAY: Final = (RedisError, OSError, TimeoutError)

Batch = Sequence[tuple[str, Subject, Sequence[Claim]]]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A record as PostgreSQL has it: the subject's canonical key, and all its claims."""

    key: str
    claims: tuple[Claim, ...] = ()


#: (workspace, subject key) -> the stored record. May raise StoreUnavailable.
Load = Callable[[str, str], Awaitable[Loaded]]
#: (workspace, subject key) pairs -> the stored claims of those that are known. May raise StoreUnavailable.
LoadMany = Callable[[Sequence[tuple[str, str]]], Awaitable[Mapping[tuple[str, str], tuple[Claim, ...]]]]


class RecordCache:
    """Claims by (workspace, subject). ``life_s`` bounds every key; PostgreSQL is the truth behind it."""

    def __init__(
        self,
        redis: Redis,
        keys: RecordKeys,
        load: Load,
        *,
        life_s: float = 7 * 86_400.0,
        nearby: MemoryTier | None = None,
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._load = load
        self._life_ms = max(1, int(life_s * 1000))
        self._nearby = nearby

    async def get(
        self, workspace: str, subject: Subject, fields: Iterable[str], observed_after: datetime | None = None
    ) -> tuple[Claim, ...]:
        """The claims held about any of ``fields``, stale ones too, not older than ``observed_after``.

        Values typed by people pass any age limit. Raises StoreUnavailable when PostgreSQL has to be asked and is away.
        """
        wanted = frozenset(fields)
        claims = await self._whole(workspace, subject.key)
        return tuple(
            claim
            for claim in claims
            if claim.field in wanted
            and (observed_after is None or claim.observed_at >= observed_after or is_human(claim))
        )

    async def peek(
        self, wanted: Sequence[tuple[str, str]], load_many: LoadMany
    ) -> Mapping[tuple[str, str], tuple[Claim, ...]]:
        """All claims held about many (workspace, subject key) pairs, in two round trips and a query.

        Nothing is remembered: this is for looking, not for working. Raises StoreUnavailable.
        """
        keys = list(dict.fromkeys(wanted))
        try:
            held = await self._read_many(keys)
        except _AWAY as problem:
            _log.warning("record cache not readable", error=type(problem).__name__)
            held = {}
        rest = [key for key in keys if key not in held]
        loaded = await load_many(rest) if rest else {}
        return {key: held[key] if key in held else loaded.get(key, ()) for key in keys}

    async def _read_many(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[Claim, ...]]:
        """The records that are whole in Redis."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for workspace, key in keys:
                pipe.hgetall(self._keys.record(workspace, key))
                pipe.get(self._keys.alias(workspace, key))
            replies = await pipe.execute()
        found = dict(zip(keys, replies[::2], strict=True))
        others = [
            ((workspace, key), name)
            for (workspace, key), pointer in zip(keys, replies[1::2], strict=True)
            if pointer is not None and (name := pointer.decode()) != key
        ]
        if others:
            async with self._redis.pipeline(transaction=False) as pipe:
                for (workspace, _), name in others:
                    pipe.hgetall(self._keys.record(workspace, name))
                found.update(zip((place for place, _ in others), await pipe.execute(), strict=True))
        return {key: claims_in(held) for key, held in found.items() if WHOLE in held}

    async def put_many(self, batch: Batch) -> None:
        """Add the claims of a settled batch, in two round trips however large it is."""
        if not batch:
            return
        try:
            canonical = await self._canonical(batch)
            async with self._redis.pipeline(transaction=False) as pipe:
                for (workspace, subject, claims), key in zip(batch, canonical, strict=True):
                    self._write(pipe, workspace, subject, key, claims)
                await pipe.execute()
        except _AWAY as problem:
            _log.warning("records not cached", error=type(problem).__name__, subjects=len(batch))

    async def forget(self, workspace: str, keys: Iterable[str]) -> None:
        """Drop records and pointers, here and in every process's memory.

        Raises redis' errors: erasing must not fail silently.
        """
        dropped = tuple(keys)
        if self._nearby is not None:
            for key in dropped:
                self._nearby.forget(workspace, key)
        async with self._redis.pipeline(transaction=False) as pipe:
            for key in dropped:
                pipe.delete(
                    self._keys.record(workspace, key),
                    self._keys.alias(workspace, key),
                    self._keys.silence(workspace, key),
                )
                pipe.publish(self._keys.changes, orjson.dumps([workspace, key]))
            await pipe.execute()

    async def _whole(self, workspace: str, key: str) -> tuple[Claim, ...]:
        if self._nearby is None:
            return await self._far(workspace, key)
        if (held := self._nearby.get(workspace, key)) is not None:
            return held
        with self._nearby.filling(workspace, key) as fill:
            found = await self._far(workspace, key)
            fill(found)
        return found

    async def _far(self, workspace: str, key: str) -> tuple[Claim, ...]:
        try:
            found, whole = await self._read(workspace, key)
        except _AWAY as problem:
            _log.warning("record cache not readable", error=type(problem).__name__)
            return (await self._load(workspace, key)).claims
        if not whole:
            loaded = await self._load(workspace, key)
            await self._remember(workspace, key, loaded)
            found = tuple(merge(loaded.claims, found))
        return found

    async def _read(self, workspace: str, key: str) -> tuple[tuple[Claim, ...], bool]:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._keys.record(workspace, key))
            pipe.get(self._keys.alias(workspace, key))
            held, canonical = await pipe.execute()
        if canonical is not None and (name := canonical.decode()) != key:
            held = await self._redis.hgetall(self._keys.record(workspace, name))
        return claims_in(held), WHOLE in held

    async def _remember(self, workspace: str, key: str, loaded: Loaded) -> None:
        """Fill the cache from PostgreSQL without overwriting what a settler has written in the meantime."""
        name = self._keys.record(workspace, loaded.key)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for field, value in hash_of(loaded.claims).items():
                    pipe.hsetnx(name, field, value)
                pipe.hset(name, WHOLE, b"1")
                pipe.pexpire(name, self._life_ms)
                if key != loaded.key:
                    pipe.set(self._keys.alias(workspace, key), loaded.key, px=self._life_ms)
                await pipe.execute()
        except _AWAY as problem:
            _log.warning("record not cached", error=type(problem).__name__)

    async def _canonical(self, batch: Batch) -> list[str]:
        names = [self._keys.alias(workspace, subject.key) for workspace, subject, _ in batch]
        pointers: list[bytes | None] = await self._redis.mget(names)  # type: ignore[assignment]
        return [
            pointer.decode() if pointer else subject.key
            for pointer, (_, subject, _) in zip(pointers, batch, strict=True)
        ]

    def _write(self, pipe: Any, workspace: str, subject: Subject, key: str, claims: Sequence[Claim]) -> None:
        name = self._keys.record(workspace, key)
        if claims:
            pipe.hset(name, mapping=hash_of(claims))
            pipe.pexpire(name, self._life_ms)
        others = [other for other in aliases(subject) if other != key]
        # Other keys may lead here from now on: what was cached under them is read again from PostgreSQL.
        if others:
            pipe.delete(*(self._keys.record(workspace, other) for other in others))
        if self._nearby is not None:
            for changed in (key, *others):
                self._nearby.forget(workspace, changed)
                pipe.publish(self._keys.changes, orjson.dumps([workspace, changed]))


def hash_of(claims: Iterable[Claim]) -> dict[bytes, bytes]:
    """Claims as fields of a Redis hash: field name, a digest of what makes it this statement -> JSON."""
    return {_name(claim): orjson.dumps(clean_value(claim.as_json())) for claim in merge(claims)}


def claims_in(held: Mapping[bytes, bytes]) -> tuple[Claim, ...]:
    """The inverse of ``hash_of``; what cannot be read (an older version wrote it) is left out."""
    claims = []
    for name, text in held.items():
        if name == WHOLE:
            continue
        try:
            claims.append(Claim.from_json(orjson.loads(text)))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(claims)


def _name(claim: Claim) -> bytes:
    digest = blake2b("\x1f".join(claim_key(claim)[1:]).encode("utf-8", "replace"), digest_size=9).hexdigest()
    return f"{claim.field}:{digest}".encode("utf-8", "replace")
