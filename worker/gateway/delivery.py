"""Taking in what providers deliver later: the answer is stored as if the question had just been asked. Shell.

The web handler checks the sender (the adapter's ``delivered``) and hands the reply over; a delivery that comes twice,
or that nobody expects, changes nothing.
"""

from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from worker.domain.call import Call, Read, Reply
from worker.domain.ledger import Charge, Ending, Expected, Intent
from worker.gateway.options import GatewayOptions
from worker.gateway.outcome import cleaned, kept_answer
from worker.gateway.ports import Answers, Clean, Deliveries, Ledger


class Woken(msgspec.Struct, frozen=True, gc=False):
    """A job whose answer has come: it need not wait any longer."""

    workspace: str
    job_id: str


class Inbox:
    """Stores deliveries as answers."""

    def __init__(
        self,
        deliveries: Deliveries,
        ledger: Ledger,
        answers: Answers,
        options: GatewayOptions,
        clean: Clean | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._clean = clean
        self._ledger = ledger
        self._answers = answers
        self._options = options

    async def accept(self, token: str, provider: str, reply: Reply, read: Read) -> list[Woken]:
        """Store a believed delivery for everybody who waits for it; gives the jobs to wake, nobody the second time.

        ``read`` is the adapter's, for the outcome and the charge. Raises StoreUnavailable.
        """
        return [await self._store(expected, reply, read) for expected in await self._deliveries.take(token, provider)]

    async def _store(self, expected: Expected, reply: Reply, read: Read) -> Woken:
        key, now = expected.key, datetime.now(UTC)
        reading = read(reply)
        call = Call(key.provider, key.operation, "", expected.account, llm=expected.llm)
        kept = kept_answer(self._options, call, reading, reply, now, expected.subject)
        if kept is not None and self._clean is not None:
            kept = replace(kept, reply=cleaned(kept.reply, self._clean, key.workspace, expected.subject))
        intent = Intent(
            key,
            expected.account,
            "",
            expected.job_id,
            None,
            expected.run,
            reading.charged_micros,
            expected.llm,
            now,
            now,
        )
        charge = Charge.CHARGED if reading.charged_micros else Charge.FREE
        ending = Ending(
            intent, 0, reading.outcome, charge, reading.charged_micros, reply.status, "delivered", now, now, kept
        )
        row = await self._ledger.close(ending)
        if kept is not None:
            await self._answers.put(key, replace(kept, call_id=row))  # the hot copy still says "pending"
        return Woken(key.workspace, expected.job_id)
