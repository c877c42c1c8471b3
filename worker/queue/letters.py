"""Dead letters: an entry as it came, with why it died. Pure."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import orjson

from worker.domain.clean import clean_text
from worker.domain.job import Delivery

#: Longer values are kept up to here; the rest is known by size and hash.
MAX_VALUE_BYTES: Final = 65_536
MAX_FIELDS: Final = 200


def _capped(flat: Sequence[bytes]) -> tuple[list[tuple[bytes, bytes]], dict[str, Any]]:
    """(kept pairs, what was cut off by field name)."""
    pairs = list(zip(flat[::2], flat[1::2], strict=False))
    cut: dict[str, Any] = {}
    kept: list[tuple[bytes, bytes]] = []
    for name, value in pairs[:MAX_FIELDS]:
        if len(value) > MAX_VALUE_BYTES:
            shown = name[:200].decode("utf-8", "replace")
            cut[shown] = {"bytes": len(value), "sha256": hashlib.sha256(value).hexdigest()}
            value = value[:MAX_VALUE_BYTES]  # noqa: PLW2901 - the capped value takes its place
        kept.append((name[:MAX_VALUE_BYTES], value))
    if len(pairs) > MAX_FIELDS:
        cut["(further fields)"] = {"fields": len(pairs) - MAX_FIELDS}
    return kept, cut


def letter_fields(
    flat: Sequence[bytes],
    delivery: Delivery,
    *,
    workspace: str,
    job_id: str,
    error_class: str,
    reason: str,
    attempts: int,
    worker: str,
    at: datetime,
) -> list[str | bytes]:
    """The dead stream's entry, flat: what happened first, then the original fields as they came."""
    kept, cut = _capped(flat)
    fields: list[str | bytes] = [
        "_reason", clean_text(reason), "_error", error_class, "_job", clean_text(job_id),
        "_workspace", clean_text(workspace), "_stream", delivery.stream, "_entry", delivery.entry_id,
        "_attempts", str(attempts), "_deliveries", str(delivery.count), "_worker", worker, "_at", at.isoformat(),
    ]  # fmt: skip
    if cut:
        fields += ["_cut", orjson.dumps(cut).decode()]
    for name, value in kept:
        fields += (name, value)
    return fields


def letter_payload(flat: Sequence[bytes]) -> str:
    """The same original fields as JSON for PostgreSQL; bytes that are not text are kept as base64."""
    kept, cut = _capped(flat)
    payload: dict[str, Any] = {}
    for name, value in kept:
        try:
            text: Any = value.decode()
            if "\0" in text:
                text = {"$base64": base64.b64encode(value).decode()}
        except UnicodeDecodeError:
            text = {"$base64": base64.b64encode(value).decode()}
        payload[clean_text(name.decode("utf-8", "replace"))] = text
    if cut:
        payload["_cut"] = cut
    return orjson.dumps(payload).decode()
