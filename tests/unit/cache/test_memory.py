"""The memory tier: a byte budget, least recently used, no stale fills."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from worker.cache.memory import MemoryTier, weight
from worker.domain.claim import Claim

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def record(text: str) -> tuple[Claim, ...]:
    """A record of one claim."""
    return (Claim("company_description", text, "acme.example", "website", 0.8, NOW),)


def hold(tier: MemoryTier, key: str, claims: tuple[Claim, ...]) -> None:
    """Fill without anything happening in between."""
    with tier.filling("default", key) as fill:
        fill(claims)


def tier(most_bytes: int = 1_000_000) -> MemoryTier:
    """A tier that hears of changes."""
    one = MemoryTier(most_bytes)
    one.listen(heard=True)
    return one


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3000), st.booleans()), max_size=60))
def test_the_budget_holds(steps: list[tuple[int, int, bool]]) -> None:
    """Whatever is put and forgotten, the bytes counted are those held and never above the budget."""
    one = tier(6000)
    for number, size, drop in steps:
        if drop:
            one.forget("default", str(number))
        else:
            hold(one, str(number), record("x" * size))
        held = [found for key in range(10) if (found := one.get("default", str(key))) is not None]
        assert one.bytes == sum(map(weight, held)) <= 6000


def test_the_least_recently_used_goes_first() -> None:
    """Reading keeps a record."""
    one = tier(2 * weight(record("a" * 100)) + 10)
    hold(one, "a", record("a" * 100))
    hold(one, "b", record("b" * 100))
    assert one.get("default", "a")
    hold(one, "c", record("c" * 100))
    assert one.get("default", "b") is None
    assert one.get("default", "a")


def test_a_change_heard_while_reading_is_not_overwritten() -> None:
    """What was read before the change is returned to its reader, but not kept."""
    one = tier()
    with one.filling("default", "a") as fill:
        one.forget("default", "a")
        fill(record("old"))
    assert one.get("default", "a") is None


def test_two_readers_at_once_both_learn_of_a_change() -> None:
    """A reader that began after the change may keep what it read."""
    one = tier()
    with one.filling("default", "a") as early:
        one.forget("default", "a")
        with one.filling("default", "a") as late:
            early(record("old"))
            late(record("new"))
    assert one.get("default", "a") == record("new")


def test_nothing_is_held_while_changes_are_not_heard() -> None:
    """Deaf, it would go stale: it empties and stays empty."""
    one = tier()
    hold(one, "a", record("a"))
    one.listen(heard=False)
    hold(one, "b", record("b"))
    assert (len(one), one.bytes) == (0, 0)


def test_a_record_ends() -> None:
    """Even without a change, a record is read again after its life."""
    now = [0.0]
    one = MemoryTier(10_000, life_s=60, clock=lambda: now[0])
    one.listen(heard=True)
    hold(one, "a", record("a"))
    now[0] = 61.0
    assert one.get("default", "a") is None
    assert one.bytes == 0
