"""Subjects and claims in PostgreSQL: the truth about every record, per workspace. Shell around sorted arrays."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from zlib import crc32

import asyncpg
import orjson

from worker.domain.claim import Claim
from worker.domain.clean import clean_text, json_text
from worker.domain.identity import aliases, strong_identifiers
from worker.domain.record import claim_key, merge
from worker.domain.subject import Entity, Subject
from worker.store.pool import Connection, connection
from worker.store.sql import query

#: How many locks all keys share: few enough for PostgreSQL's lock table, many enough to be rarely waited for.
STRIPES: Final = 512

Batch = Sequence[tuple[str, Subject, tuple[Claim, ...]]]
Key = tuple[str, str]


@dataclass(slots=True)
class _Group:
    """What a batch says about one subject: the keys it is known by, its claims."""

    workspace: str
    entity: Entity
    keys: dict[str, None]
    identifiers: dict[str, str]
    claims: list[Claim]


async def save_claims(conn: Connection, batch: Batch) -> list[tuple[str, Subject, tuple[Claim, ...]]]:
    """Write the subjects and claims of a batch of runs, inside the caller's transaction.

    Runs whose subjects share a key (a domain, a LinkedIn page, an email address) are one subject, also with what is
    stored already. Everything is cleaned, deduplicated and sorted here. Returns the batch by stored subject: the
    workspace, the subject under its canonical key, its claims.
    """
    groups = grouped(batch)
    if not groups:
        return []
    canonical = await _find(conn, groups)
    ids = await _save_subjects(conn, groups, canonical)
    await _save_aliases(conn, groups, canonical, ids)
    await _save_values(conn, groups, canonical, ids)
    return [
        (group.workspace, Subject(group.entity, key, dict(group.identifiers)), tuple(group.claims))
        for group, key in zip(groups, canonical, strict=True)
    ]


async def load_claims(pool: asyncpg.Pool, workspace: str, subject_key: str, fields: Iterable[str]) -> tuple[Claim, ...]:
    """The stored claims about some fields of the subject that a key leads to. Raises StoreUnavailable."""
    wanted = frozenset(fields)
    _, claims = await load_record(pool, workspace, subject_key)
    return tuple(claim for claim in claims if claim.field in wanted)


async def load_record(pool: asyncpg.Pool, workspace: str, subject_key: str) -> tuple[str, tuple[Claim, ...]]:
    """The canonical key of the subject that a key leads to, and all claims about it. Raises StoreUnavailable."""
    async with connection(pool) as conn:
        rows = await conn.fetch(query("claims_load"), clean_text(workspace), clean_text(subject_key))
    key = str(rows[0]["subject_key"]) if rows else subject_key
    return key, tuple(claim_of(dict(row)) for row in rows if row["field"] is not None)


async def load_records(pool: asyncpg.Pool, wanted: Sequence[Key]) -> dict[Key, tuple[Claim, ...]]:
    """All claims about the subjects that (workspace, key) pairs lead to; unknown ones are left out.

    Raises StoreUnavailable.
    """
    pairs = [(clean_text(workspace), clean_text(key)) for workspace, key in wanted]
    async with connection(pool) as conn:
        rows = await conn.fetch(query("claims_load_many"), *(list(side) for side in zip(*pairs, strict=True)))
    found: dict[Key, list[Claim]] = {}
    for row in rows:
        found.setdefault((row["workspace_id"], row["alias"]), []).append(claim_of(dict(row)))
    return {key: tuple(found[pair]) for key, pair in zip(wanted, pairs, strict=True) if pair in found}


def _stripe(key: Key) -> int:
    return crc32("\0".join(key).encode("utf-8", "replace")) % STRIPES


def _short(value_key: str) -> str:
    """A key that fits an index row, whatever the value (PostgreSQL allows about 2,700 bytes for all columns)."""
    if len(value_key) <= 120:
        return value_key
    return f"{value_key[:80]}…{blake2b(value_key.encode(), digest_size=16).hexdigest()}"


def claim_of(row: Mapping[str, Any]) -> Claim:
    """A row of ``claims_load.sql`` as a claim."""
    return Claim.from_json(
        {
            "field": row["field"],
            "value": orjson.loads(row["value"]),
            "source": row["source"],
            "provider": row["provider"],
            "confidence": round(float(row["confidence"]), 6),
            "observed_at": row["observed_at"].isoformat(),
            "evidence": orjson.loads(row["evidence"]) if row["evidence"] else (),
            "inferred": row["inferred"],
            "display": row["display"],
        }
    )


def grouped(batch: Batch) -> list[_Group]:
    """A batch by subject: runs that share a key are about one. Pure; sorted by workspace and first key."""
    groups: list[_Group] = []
    by_key: dict[Key, _Group] = {}
    for workspace, subject, claims in batch:
        workspace = clean_text(workspace)  # noqa: PLW2901 - cleaned once, used below
        keys = [clean_text(key) for key in aliases(strong_identifiers(subject, claims))]
        met = list({id(group): group for key in keys if (group := by_key.get((workspace, key)))}.values())
        group = met[0] if met else _Group(workspace, subject.entity, {}, {}, [])
        if not met:
            groups.append(group)
        for other in met[1:]:
            groups.remove(other)
            group.keys.update(other.keys)
            group.identifiers = {**other.identifiers, **group.identifiers}
            group.claims.extend(other.claims)
        group.keys.update(dict.fromkeys(keys))
        group.identifiers = {**subject.identifiers, **group.identifiers}
        group.claims.extend(claims)
        by_key.update({(workspace, key): group for key in group.keys})
    for group in groups:
        group.claims = sorted(merge(group.claims), key=claim_key)
    return sorted(groups, key=lambda group: (group.workspace, min(group.keys)))


async def _find(conn: Connection, groups: Sequence[_Group]) -> list[str]:
    """Each group's canonical key: of the oldest subject that any of its keys leads to, else its first own."""
    asked = sorted({(group.workspace, key) for group in groups for key in group.keys})
    await conn.execute(query("subjects_lock"), sorted({_stripe(pair) for pair in asked}))
    rows = await conn.fetch(query("subjects_find"), [pair[0] for pair in asked], [pair[1] for pair in asked])
    known = {(row["workspace_id"], row["alias"]): (int(row["id"]), str(row["key"])) for row in rows}
    canonical = []
    for group in groups:
        met = sorted({known[pair] for key in group.keys if (pair := (group.workspace, key)) in known})
        for gone_id, gone_key in met[1:]:
            await conn.execute(query("subjects_join"), met[0][0], gone_id)
            await conn.execute(query("subjects_drop"), gone_id)
            group.keys[gone_key] = None
        canonical.append(met[0][1] if met else next(iter(group.keys)))
    return canonical


async def _save_subjects(conn: Connection, groups: Sequence[_Group], canonical: Sequence[str]) -> dict[Key, int]:
    rows = sorted(
        {
            (group.workspace, key): (group.entity.value, json_text(group.identifiers))
            for group, key in zip(groups, canonical, strict=True)
        }.items()
    )
    saved = await conn.fetch(
        query("subjects_save"),
        [key[0] for key, _ in rows],
        [entity for _, (entity, _) in rows],
        [key[1] for key, _ in rows],
        [identifiers for _, (_, identifiers) in rows],
    )
    return {(row["workspace_id"], row["key"]): int(row["id"]) for row in saved}


async def _save_aliases(
    conn: Connection, groups: Sequence[_Group], canonical: Sequence[str], ids: Mapping[Key, int]
) -> None:
    pairs = {
        (group.workspace, alias): ids[group.workspace, key]
        for group, key in zip(groups, canonical, strict=True)
        for alias in (key, *group.keys)
    }
    rows = sorted(pairs.items())
    await conn.execute(
        query("subjects_alias"),
        [workspace for (workspace, _), _ in rows],
        [alias for (_, alias), _ in rows],
        [subject_id for _, subject_id in rows],
    )


async def _save_values(
    conn: Connection, groups: Sequence[_Group], canonical: Sequence[str], ids: Mapping[Key, int]
) -> None:
    by_subject: dict[int, list[Claim]] = {}
    for group, key in zip(groups, canonical, strict=True):
        by_subject.setdefault(ids[group.workspace, key], []).extend(group.claims)
    rows: dict[tuple[int, str, str, str, str], Claim] = {}
    for subject_id, claims in by_subject.items():
        for claim in merge(claims):
            field, value_key, source, provider = map(clean_text, claim_key(claim))
            rows[subject_id, field, _short(value_key), source[:255], provider[:255]] = claim
    if not rows:
        return
    ordered = sorted(rows.items(), key=lambda row: row[0])
    keys = [key for key, _ in ordered]
    claims_ = [claim for _, claim in ordered]
    await conn.execute(
        query("claims_save"),
        *(list(column) for column in zip(*keys, strict=True)),
        [json_text(claim.value) for claim in claims_],
        [claim.confidence for claim in claims_],
        [claim.observed_at for claim in claims_],
        [json_text([item.as_json() for item in claim.evidence]) if claim.evidence else None for claim in claims_],
        [claim.inferred for claim in claims_],
        [clean_text(claim.display) if claim.display is not None else None for claim in claims_],
    )
