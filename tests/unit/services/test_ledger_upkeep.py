"""The ledger's upkeep: what it asks for, and when it wants to come again."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.domain.errors import StoreUnavailable
from worker.services.ledger_upkeep import BATCH, SHORTEST_RETENTION_S, LedgerUpkeep


class Ledger:
    """A ledger with a number of old answers."""

    def __init__(self, answers: int = 0) -> None:
        self.answers = answers
        self.before: list[datetime] = []
        self.away = False

    async def mark_unknown(self, most: int = BATCH) -> int:
        if self.away:
            raise ConnectionRefusedError
        return 0

    async def prune_answers(self, most: int = BATCH) -> int:
        pruned = min(self.answers, most)
        self.answers -= pruned
        return pruned

    async def prune_calls(self, before: datetime, most: int = BATCH) -> int:
        self.before.append(before)
        return 0


async def nothing(_: int) -> int:
    """No deliveries to forget."""
    return 0


async def test_a_full_batch_is_followed_soon() -> None:
    """More than a batch of old answers: again in a second, until they are gone; then at the usual interval."""
    ledger = Ledger(answers=BATCH + 1)
    upkeep = LedgerUpkeep(ledger, nothing, retention_s=1.0)
    assert await upkeep.run_once() == 1.0
    assert await upkeep.run_once() is None
    assert ledger.answers == 0


@pytest.mark.parametrize(("asked_s", "kept_s"), [(1.0, SHORTEST_RETENTION_S), (1e7, 1e7)])
async def test_a_months_bill_can_be_checked(asked_s: float, kept_s: float) -> None:
    """Rows are kept for forty days, or longer where JOB_RETENTION is."""
    ledger = Ledger()
    await LedgerUpkeep(ledger, nothing, retention_s=asked_s).run_once()
    assert abs(datetime.now(UTC) - timedelta(seconds=kept_s) - ledger.before[0]) < timedelta(seconds=5)


async def test_postgres_away() -> None:
    """It is waited out like by every service."""
    ledger = Ledger()
    ledger.away = True
    with pytest.raises(StoreUnavailable):
        await LedgerUpkeep(ledger, nothing, retention_s=1.0).run_once()
