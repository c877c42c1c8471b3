"""Entries to jobs."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.kinds import kind
from worker.domain.errors import EntryError, MalformedEntry, UnknownKind, Unsupported
from worker.domain.job import Delivery, Job
from worker.domain.lane import Lane
from worker.queue.codec import NewerSchema, again, decode, duration_s, packed, parse
from worker.queue.letters import MAX_VALUE_BYTES, letter_fields, letter_payload

KINDS = {"noop": kind(), "website": kind("website")}
DELIVERY = Delivery("enrichment-jobs", Lane.JOBS, "1763769600000-0", 1)


def flat(**fields: str | bytes) -> list[bytes]:
    """Fields as XREADGROUP returns them."""
    out: list[bytes] = []
    for name, value in fields.items():
        out += [name.encode(), value.encode() if isinstance(value, str) else value]
    return out


def job(**fields: str | bytes) -> Job:
    """Decode and parse."""
    return parse(decode(flat(**{"type": "noop", "url": "https://acme.example", **fields})), DELIVERY, KINDS)


def test_an_entry_in_camel_case() -> None:
    """Every option a producer types is read."""
    parsed = job(
        id="7",
        workspaceId="team",
        requiredFields="company_name, company_industry",
        skipCache="true",
        maxCostCents="2.5",
        minConfidence="0.8",
        maxRetries="2",
        tags='["a","b"]',
        refreshOlderThan="2d",
        runAt="2026-11-22T10:00:00Z",
    )
    assert (parsed.workspace, parsed.id, parsed.explicit_id) == ("team", "7", True)
    assert parsed.required == ("company_name", "company_industry")
    assert parsed.skip_cache
    assert (parsed.max_cost_micros, parsed.min_confidence, parsed.max_attempts) == (25_000, 0.8, 3)
    assert (parsed.tags, parsed.refresh_older_than_s) == (("a", "b"), 172_800)
    assert parsed.run_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_snake_case_means_the_same() -> None:
    """Both spellings of an option lead to the same job."""
    camel = job(requiredFields="company_name", skipCache="1", maxCostCents="3")
    snake = job(required_fields="company_name", skip_cache="1", max_cost_cents="3")
    assert (camel.required, camel.skip_cache, camel.max_cost_micros) == (
        snake.required,
        snake.skip_cache,
        snake.max_cost_micros,
    )


def test_an_entry_without_id_goes_by_its_stream_and_entry_id() -> None:
    """Entry ids alone collide between lanes."""
    parsed = job()
    assert parsed.id == "enrichment-jobs/1763769600000-0"
    assert not parsed.explicit_id


@pytest.mark.parametrize("container", ["payload", "data"])
def test_a_job_as_json(container: str) -> None:
    """One field may hold the whole job; what is given flat stays."""
    text = orjson.dumps({"url": "https://b.example", "type": "website", "requiredFields": ["company_name"], "id": 9})
    parsed = parse(decode([container.encode(), text, b"type", b"noop"]), DELIVERY, KINDS)
    assert (parsed.url, parsed.kind, parsed.required, parsed.id) == (
        "https://b.example",
        "noop",
        ("company_name",),
        "9",
    )


@pytest.mark.parametrize(
    ("fields", "error", "names", "says"),
    [
        ({"type": ""}, MalformedEntry, "type", "missing"),
        ({"type": "wat"}, UnknownKind, "type", "'wat'"),
        ({"maxCostCents": "-1"}, MalformedEntry, "maxCostCents", "0 or more"),
        ({"maxCostCents": "nan"}, MalformedEntry, "maxCostCents", "0 or more"),
        ({"maxCostCents": "1e400"}, MalformedEntry, "maxCostCents", "0 or more"),
        ({"minConfidence": "2"}, MalformedEntry, "minConfidence", "0 to 1"),
        ({"skipCache": "perhaps"}, MalformedEntry, "skipCache", "true or false"),
        ({"requiredFields": "company_nmae"}, MalformedEntry, "requiredFields", "did you mean company_name"),
        ({"requiredFields": "person_email"}, MalformedEntry, "requiredFields", "of a person"),
        ({"requiredFields": "[1]"}, MalformedEntry, "requiredFields", "list of names"),
        ({"payload": "{"}, MalformedEntry, "payload", "JSON object"),
        ({"payload": "[]"}, MalformedEntry, "payload", "JSON list"),
        ({"payload": '{"x":"\\u0000"}'}, MalformedEntry, "payload.x", "NUL"),
        ({"runAt": "tomorrow"}, MalformedEntry, "runAt", "Unix time"),
        ({"runAt": "9999999999999999"}, MalformedEntry, "runAt", "Unix time"),
        ({"refreshOlderThan": "old"}, MalformedEntry, "refreshOlderThan", "duration"),
        ({"maxAttempts": "0"}, MalformedEntry, "maxAttempts", "1 to 100"),
        ({"url": "https://" + "a" * 3000}, MalformedEntry, "url", "characters"),
        ({"url": "https://[::1"}, MalformedEntry, "url", "http"),
        ({"id": "x" * 300}, MalformedEntry, "id", "255"),
        ({"known": '{"shoe_size": 3}'}, MalformedEntry, "known", "shoe_size"),
        ({"webhookUrl": "https://acme.example/hook"}, Unsupported, "webhookUrl", "not supported"),
        ({"dependsOn": '["1"]'}, Unsupported, "dependsOn", "not supported"),
        ({"schema": "2"}, NewerSchema, "schema", "at most 1"),
        ({"url": b"\xff\xfe"}, MalformedEntry, "url", "UTF-8"),
        ({"url": "a\0b"}, MalformedEntry, "url", "NUL"),
        ({"note": "x" * 5_000_000}, MalformedEntry, "note", "larger than"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, str], error: type[EntryError], names: str, says: str) -> None:
    """Each malformed option is refused with the field's name and what was expected."""
    with pytest.raises(error) as caught:
        job(**fields)
    assert caught.value.field == names
    assert says in str(caught.value)


def test_an_option_that_is_off_is_not_unsupported() -> None:
    """``dependsOn=[]`` asks for nothing."""
    assert job(dependsOn="[]").kind == "noop"


@given(st.lists(st.tuples(st.binary(max_size=40), st.binary(max_size=200)), max_size=12))
def test_no_entry_raises_anything_else(pairs: list[tuple[bytes, bytes]]) -> None:
    """Any bytes become a job or an EntryError, and always a dead letter that PostgreSQL would take."""
    raw = [part for pair in pairs for part in pair]
    try:
        parse(decode(raw), DELIVERY, KINDS)
    except EntryError as error:
        now = datetime.now(UTC)
        letter_fields(
            raw, DELIVERY, workspace="w", job_id="1", error_class="x", reason=str(error), attempts=0, worker="w", at=now
        )
    payload = orjson.loads(letter_payload(raw))
    assert "\0" not in orjson.dumps(payload).decode()


def test_a_job_added_again_is_the_same_job() -> None:
    """What is re-added carries identity, generation, attempts and first pickup, and unknown fields."""
    first = job(traceparent="00-abc-def-01", colour="blue")
    when = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    fields = again(first, generation=3, attempts=2, first_pickup_at=when)
    delivery = Delivery("enrichment-jobs", Lane.JOBS, "1763769700000-4", 1)
    second = parse(decode(flat(**fields)), delivery, KINDS)
    assert (second.id, second.workspace, second.generation, second.attempts) == (first.id, first.workspace, 3, 2)
    assert (second.first_pickup_at, second.trace, second.fields["colour"]) == (when, "00-abc-def-01", "blue")
    assert not second.explicit_id


def test_a_unique_key_makes_the_id() -> None:
    """One job per kind and subject, or per kind and key; a given id is stronger; a re-added job keeps its id."""
    assert job(uniqueKey="subject").id == "noop/company:https://acme.example"
    assert job(uniqueKey="lead-7").id == "noop/lead-7"
    assert job(uniqueKey="lead-7").explicit_id
    assert job(uniqueKey="lead-7", id="mine").id == "mine"
    assert job(uniqueKey="lead-7", _id="kept").id == "kept"
    with pytest.raises(MalformedEntry, match="uniqueKey"):
        job(uniqueKey="x" * 300)


def test_packed_entries_name_their_stream_first() -> None:
    """The promoter adds element 1.. to the stream in element 0."""
    assert orjson.loads(packed("q-jobs", {"a": "1"})) == ["q-jobs", "a", "1"]


def test_long_values_of_a_dead_letter_are_known_by_size_and_hash() -> None:
    """A dead letter keeps 64 KB of each value."""
    fields = letter_fields(
        flat(big="x" * 100_000),
        DELIVERY,
        workspace="w",
        job_id="1",
        error_class="malformed",
        reason="too big",
        attempts=0,
        worker="w",
        at=datetime.now(UTC),
    )
    pairs = dict(zip(fields[::2], fields[1::2], strict=True))
    assert len(pairs[b"big"]) == MAX_VALUE_BYTES
    assert orjson.loads(pairs["_cut"])["big"]["bytes"] == 100_000


@pytest.mark.parametrize(("text", "seconds"), [("30d", 2_592_000), ("90", 90), ("500ms", 0.5), ("1w", 604_800)])
def test_durations(text: str, seconds: float) -> None:
    """Durations as people type them."""
    assert duration_s("x", text) == seconds
