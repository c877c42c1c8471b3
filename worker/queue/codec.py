"""Entries to jobs, and jobs back to entries. Pure.

An entry is flat text from outside: every option is checked, and what is wrong is named together with what was
expected. Unknown fields are kept, so that newer options and trace headers survive a retry.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from msgspec.structs import replace

from worker.domain.errors import EntryError, MalformedEntry, UnknownKind, Unsupported
from worker.domain.fields import FIELDS
from worker.domain.job import DEFAULT_WORKSPACE, Delivery, Job
from worker.domain.kind import Kind
from worker.domain.money import micros_from_cents
from worker.domain.subject import Entity
from worker.queue.entry_fields import (
    ATTEMPTS,
    CANONICAL,
    CANONICAL_TEXT,
    FIRST_PICKUP,
    GENERATION,
    ID,
    INTERNAL,
    OPTIONS,
    PARKED_LANE,
    SCHEMA,
    UNSUPPORTED,
)

MAX_ENTRY_BYTES: Final = 1_048_576
_SMALL_ENTRY_BYTES: Final = 4_096
MAX_URL_CHARS: Final = 2_048
MAX_ID_CHARS: Final = 255
MAX_GENERATION: Final = 1 << 40

_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off", ""})
#: What an option holds that asks for nothing.
_NOTHING: Final = frozenset({"", "false", "0", "null", "[]"})
#: What only some entries say; one that says none of it is read the short way.
_OPTIONAL: Final = frozenset({*OPTIONS, *INTERNAL}) - {"url", "type", "requiredFields", "id", "workspaceId", ID}
_DURATION: Final = re.compile(r"(\d{1,9})\s{0,3}(ms|s|m|h|d|w)?")
_SECONDS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class NewerSchema(EntryError):
    """Written for a newer worker: parked, not refused."""

    code = "newer_schema"

    def __init__(self, schema: int) -> None:
        self.schema = schema
        super().__init__("schema", f"is {schema}", f"at most {SCHEMA}")


def decode(flat: Sequence[bytes]) -> dict[str, str]:
    """A stream entry's flat ``[field, value, ...]`` as text, names in their canonical spelling.

    Raises MalformedEntry for an oversized entry, invalid UTF-8 or NUL characters.
    """
    joined = b"\0".join(flat)
    if len(joined) <= MAX_ENTRY_BYTES:
        try:
            # one pass over the bytes: a NUL inside a part would make more parts than were joined
            parts = joined.decode().split("\0")
        except UnicodeDecodeError:
            parts = []
        if len(parts) == len(flat):
            spelled = _known_spelling if len(joined) <= _SMALL_ENTRY_BYTES else _spelling
            return dict(zip(spelled(tuple(parts[::2])), parts[1::2], strict=False))
    return _decode_by_field(flat)


def _spelling(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names in their canonical spelling."""
    return tuple(CANONICAL_TEXT.get(name) or name for name in names)


#: Entries of one producer share their names; those of very large ones would fill the memory.
_known_spelling = lru_cache(maxsize=1024)(_spelling)


def _decode_by_field(flat: Sequence[bytes]) -> dict[str, str]:
    """The same one field at a time, to name the field that is wrong."""
    fields: dict[str, str] = {}
    size = 0
    for index in range(0, len(flat) - 1, 2):
        name, value = flat[index], flat[index + 1]
        size += len(name) + len(value)
        if size > MAX_ENTRY_BYTES:
            shown = name[:64].decode("utf-8", "replace")
            raise MalformedEntry(shown, f"the entry is larger than {MAX_ENTRY_BYTES:,} bytes", "a smaller entry")
        try:
            canonical = CANONICAL.get(name) or name.decode()
            text = value.decode()
        except UnicodeDecodeError:
            raise MalformedEntry(name[:64].decode("utf-8", "replace"), "is not valid UTF-8", "UTF-8 text") from None
        if "\0" in text or "\0" in canonical:
            raise MalformedEntry(canonical.replace("\0", "\\0"), "holds a NUL character", "text without NUL")
        fields[canonical] = text
    return fields


def _nested(fields: dict[str, str], container: str) -> None:
    """Spread a JSON job in ``payload`` or ``data`` over the flat fields; what is given flat stays."""
    text = fields[container]
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MalformedEntry(container, f"is not valid JSON ({error.msg} at {error.pos})", "a JSON object") from None
    if not isinstance(value, dict):
        raise MalformedEntry(container, f"is a JSON {_json_type(value)}", "a JSON object")
    for name, item in value.items():
        canonical: str = CANONICAL_TEXT.get(name) or name
        if canonical in fields or canonical.startswith("_"):
            continue
        if "\0" in name:
            raise MalformedEntry(container, "holds a NUL character", "text without NUL")
        text = item if isinstance(item, str) else orjson.dumps(item).decode()
        if "\0" in text:
            raise MalformedEntry(f"{container}.{name}", "holds a NUL character", "text without NUL")
        fields[canonical] = text


def _json_type(value: object) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def _boolean(fields: Mapping[str, str], name: str) -> bool:
    text = fields.get(name, "").strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise MalformedEntry(name, f"is {_shown(text)}", "true or false")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _integer(fields: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = fields.get(name)
    if text is None or text == "":
        return default
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise MalformedEntry(name, f"is {_shown(text)}", f"a whole number from {low} to {high}")
    return number


def _attempts(fields: Mapping[str, str], default: int) -> int:
    attempts = _integer(fields, "maxAttempts", 0, 1, 100)
    if attempts:
        return attempts
    retries = _integer(fields, "maxRetries", -1, 0, 99)
    return retries + 1 if retries >= 0 else default


def _cost(fields: Mapping[str, str], default: int | None) -> int | None:
    text = fields.get("maxCostCents")
    if text is None or (text := text.strip()) in {"", "null"}:
        return default
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 100_000_000:
        raise MalformedEntry("maxCostCents", f"is {_shown(text)}", "a number of cents, 0 or more")
    return micros_from_cents(amount)


def _confidence(fields: Mapping[str, str], default: float) -> float:
    text = fields.get("minConfidence")
    if text is None or not (text := text.strip()):
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= 1.0:
        raise MalformedEntry("minConfidence", f"is {_shown(text)}", "a number from 0 to 1")
    return number


def duration_s(name: str, text: str) -> float:
    """``30d``, ``12h``, ``90m``, ``45s``, ``500ms``, or plain seconds. Raises MalformedEntry.

    >>> duration_s("refreshOlderThan", "2h")
    7200.0
    """
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise MalformedEntry(name, f"is {_shown(text)}", "a duration such as 30d, 12h, 90m or 45s")
    return float(int(match[1]) * _SECONDS[match[2] or "s"])


def _names(name: str, text: str) -> tuple[str, ...]:
    """A list as JSON or with commas."""
    text = text.strip()
    if text.startswith("["):
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise MalformedEntry(name, f"is not valid JSON ({error.msg})", "a list of names") from None
        if not all(isinstance(item, str) for item in items):
            raise MalformedEntry(name, "holds something that is not a name", "a list of names")
        return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))
    return tuple(dict.fromkeys(item.strip() for item in text.split(",") if item.strip()))


def _required(fields: Mapping[str, str], kind: Kind) -> tuple[str, ...]:
    text = fields.get("requiredFields", "")
    return (_field_names(text, kind.name, kind.entity) if text else ()) or kind.default_fields


def _validate(fields: Mapping[str, str], kind: Kind) -> tuple[str, ...]:
    """``true`` (all that is required or known) or a list of fields."""
    text = fields.get("validate", "").strip()
    if text.lower() in _TRUE:
        return ("*",)
    return () if text.lower() in _NOTHING else _field_names(text, kind.name, kind.entity, "validate")


@lru_cache(maxsize=1024)
def _field_names(text: str, kind_name: str, entity: Entity, option: str = "requiredFields") -> tuple[str, ...]:
    """Producers ask for the same few lists again and again."""
    names = _names(option, text)
    for name in names:
        field = FIELDS.get(name)
        if field is None:
            near = get_close_matches(name, FIELDS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise MalformedEntry(option, f"{_shown(name)} is not a field{hint}", "names from the field list")
        if field.entity is not entity:
            problem = f"{_shown(name)} is a field of a {field.entity.value}"
            raise MalformedEntry(option, problem, f"fields of a {entity.value} for {kind_name}")
    return names


def _moment(name: str, text: str) -> datetime:
    """An ISO 8601 time, or a Unix time in seconds or milliseconds, as aware UTC."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d{1,16}(\.\d{1,6})?", text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        expected = "a time such as 2026-11-22T10:00:00Z or a Unix time"
        raise MalformedEntry(name, f"is {_shown(text)}", expected) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _known(text: str) -> dict[str, str]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise MalformedEntry("known", f"is not valid JSON ({error.msg})", "a JSON object of field: value") from None
    if not isinstance(value, dict):
        raise MalformedEntry("known", f"is a JSON {_json_type(value)}", "a JSON object of field: value")
    for name in value:
        if name not in FIELDS:
            raise MalformedEntry("known", f"{_shown(name)} is not a field", "names from the field list")
    return {
        name: item if isinstance(item, str) else orjson.dumps(item).decode()
        for name, item in value.items()
        if item is not None
    }


def _url(fields: Mapping[str, str], kind: Kind) -> str:
    url = fields.get("url", "").strip()
    if not url:
        if kind.needs_url:
            raise MalformedEntry("url", "is missing", f"the address a {kind.name} job is about")
        return ""
    if len(url) > MAX_URL_CHARS:
        raise MalformedEntry("url", f"has {len(url):,} characters", f"at most {MAX_URL_CHARS:,}")
    try:
        urlsplit(url)
    except ValueError as error:
        raise MalformedEntry("url", f"is {_shown(url)} ({error})", "an http or https address") from None
    return url


def identity(fields: Mapping[str, str], delivery: Delivery) -> tuple[str, str, bool]:
    """(workspace, id, whether the producer gave the id).

    Without an id it is ``<lane stream>/<entry id>``: entry ids alone collide between lanes, and a producer knows
    this one from XADD's reply.
    """
    workspace = fields.get("workspaceId", "").strip() or DEFAULT_WORKSPACE
    given = fields.get("id", "").strip()
    if given:
        return workspace, given, True
    kept = fields.get(ID, "").strip()
    return workspace, kept or f"{delivery.stream}/{delivery.entry_id}", False


def parse(
    fields: Mapping[str, str],
    delivery: Delivery,
    kinds: Mapping[str, Kind],
    *,
    max_attempts: int = 5,
    min_confidence: float = 0.60,
    max_cost_micros: int | None = None,
) -> Job:
    """A decoded entry as a job.

    Raises MalformedEntry, UnknownKind, Unsupported (each names the field), or NewerSchema.
    """
    options: Mapping[str, str] = fields
    if "payload" in fields or "data" in fields:
        spread = dict(fields)
        for container in ("payload", "data"):
            if spread.get(container, "").strip():
                _nested(spread, container)
        options = spread
    plain = _OPTIONAL.isdisjoint(options)
    if not plain:
        schema = _integer(options, "schema", SCHEMA, 0, 1_000_000)
        if schema > SCHEMA:
            raise NewerSchema(schema)

    workspace, job_id, explicit = identity(options, delivery)
    if len(workspace) > MAX_ID_CHARS or len(job_id) > MAX_ID_CHARS:
        name, text = ("workspaceId", workspace) if len(workspace) > MAX_ID_CHARS else ("id", job_id)
        raise MalformedEntry(name, f"has {len(text):,} characters", f"at most {MAX_ID_CHARS}")

    kind_name = options.get("type", "").strip()
    kind = kinds.get(kind_name)
    if kind is None:
        expected = "one of " + ", ".join(sorted(kinds))
        if not kind_name:
            raise MalformedEntry("type", "is missing", expected)
        raise UnknownKind("type", f"is {_shown(kind_name)}", expected)

    job = Job(
        workspace=workspace,
        id=job_id,
        kind=kind_name,
        url=_url(options, kind),
        required=_required(options, kind),
        lane=delivery.lane,
        max_attempts=max_attempts,
        max_cost_micros=max_cost_micros,
        min_confidence=min_confidence,
        explicit_id=explicit,
        fields=fields,
    )
    if plain:
        kind.subject(job)
        return job

    for name in UNSUPPORTED.keys() & options.keys():
        if options[name].strip().lower() not in _NOTHING:
            raise Unsupported(name, f"{UNSUPPORTED[name]} is not supported by this version", "an entry without it")
    first = _integer(options, FIRST_PICKUP, 0, 0, 1 << 53)
    refresh = options.get("refreshOlderThan")
    run_at = options.get("runAt")
    tags = options.get("tags")
    known = options.get("known")
    job = replace(
        job,
        generation=_integer(options, GENERATION, 0, 0, MAX_GENERATION),
        attempts=_integer(options, ATTEMPTS, 0, 0, 1_000_000),
        max_attempts=_attempts(options, max_attempts),
        skip_cache="skipCache" in options and _boolean(options, "skipCache"),
        max_cost_micros=_cost(options, max_cost_micros),
        min_confidence=_confidence(options, min_confidence),
        refresh_older_than_s=duration_s("refreshOlderThan", refresh) if refresh and refresh.strip() else None,
        tags=_names("tags", tags) if tags else (),
        run_at=_moment("runAt", run_at) if run_at and run_at.strip() else None,
        first_pickup_at=datetime.fromtimestamp(first / 1000, UTC) if first else None,
        trace=options.get("traceparent", ""),
        validate=_validate(options, kind),
        known=_known(known) if known and known.strip() else {},
    )
    subject = kind.subject(job)
    unique = options.get("uniqueKey", "").strip()
    if unique and not explicit and ID not in options:
        return replace(job, id=unique_id(kind_name, unique, subject.key), explicit_id=True)
    return job


def unique_id(kind: str, unique: str, subject_key: str) -> str:
    """The id of a job that is to be the only one of its kind for a key, or (``subject``) for its subject.

    >>> unique_id("company_website", "subject", "company:acme.example")
    'company_website/company:acme.example'
    """
    key = subject_key if unique == "subject" else unique
    if len(key) > MAX_ID_CHARS - len(kind) - 1:
        raise MalformedEntry("uniqueKey", f"has {len(key):,} characters", f"at most {MAX_ID_CHARS - len(kind) - 1}")
    return f"{kind}/{key}"


def again(job: Job, *, generation: int, attempts: int, first_pickup_at: datetime) -> dict[str, str]:
    """The entry that adds a job again: its original fields, with identity, generation and attempts carried."""
    fields = {name: value for name, value in job.fields.items() if name != PARKED_LANE}
    if not job.explicit_id:
        fields[ID] = job.id
    fields[GENERATION] = str(generation)
    fields[ATTEMPTS] = str(attempts)
    fields[FIRST_PICKUP] = str(milliseconds(first_pickup_at))
    return fields


def milliseconds(moment: datetime) -> int:
    """An aware time as Unix milliseconds."""
    return int(moment.timestamp() * 1000)


def packed(stream: str, fields: Mapping[str, Any]) -> str:
    """An entry as the delayed set keeps it: JSON ``[stream, field, value, ...]``."""
    flat = [stream]
    for name, value in fields.items():
        flat += (name, value)
    return orjson.dumps(flat).decode()
