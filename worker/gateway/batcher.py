"""Provider-side batching: questions of many jobs, gathered for a moment into one request. Shell.

Everything that belongs to a question stays its own: ledger row, reservation, charge, stored answer. What they share is
one turn of the account's limit and one request; a lone question goes out as its single request.
"""

from collections.abc import Sequence

import msgspec

from worker.domain.call import Bulk, Call, HttpRequest, Reply
from worker.domain.lane import Lane
from worker.gateway.accounts import Permit, Refusal
from worker.gateway.gateway import SendRequest
from worker.gateway.turn import Turns
from worker.grouping import Grouped

_GATHER_S = 0.01
_LANES = 8

#: Who may share a request: workspace, provider, account, operation, bucket, and the adapter's own word.
Group = tuple[str, str, str, str, str, str]


class NotSent(Exception):
    """The account has no turn for the request now: nothing was sent for any of its questions."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.reason)


class SharedFault(Exception):
    """A request that was sent for several and broke. One of its questions hears of the turn it came by, and tells."""

    def __init__(self, error: Exception, permit: Permit) -> None:
        self.error = error
        self.permit = permit
        super().__init__(str(error))


class Member(msgspec.Struct, frozen=True, gc=False):
    """One question of a request to be. ``ticket`` is its own place in the account's line."""

    call: Call
    request: HttpRequest
    ticket: str
    lane: Lane


class Shared(msgspec.Struct, frozen=True, gc=False):
    """A member's part of the reply, and for one of them the turn it came by: a request says once how its account is,
    however many questions it held."""

    reply: Reply
    permit: Permit | None


class Batcher:
    """Gathers members of one group for ``gather_s``; a full request leaves at once."""

    def __init__(self, turns: Turns, send: SendRequest, gather_s: float = _GATHER_S) -> None:
        self._turns = turns
        self._send = send
        self._gather_s = gather_s
        self._groups: dict[Group, Grouped[Member, Shared]] = {}

    async def ask(self, workspace: str, member: Member, bulk: Bulk) -> Shared:
        """This member's reply. Raises NotSent, or what sending raised (for one member in a SharedFault): then nobody in
        the request has an answer."""
        call = member.call
        group = (workspace, call.provider, call.account, call.operation, call.bucket, bulk.group)
        gathered = self._groups.get(group)
        if gathered is None:
            gathered = self._groups[group] = self._open(bulk)
        try:
            return await gathered.submit(member)
        finally:
            if gathered.idle and self._groups.get(group) is gathered:
                del self._groups[group]

    def _open(self, bulk: Bulk) -> Grouped[Member, Shared]:
        async def flush(members: list[Member]) -> Sequence[Shared | BaseException]:
            return await self._together(members, bulk)

        return Grouped(flush, most=bulk.most, tick_s=self._gather_s, lanes=_LANES)

    async def _together(self, members: list[Member], bulk: Bulk) -> Sequence[Shared | BaseException]:
        # The most urgent member speaks for all; its ticket finds the place again when they come back together.
        first = min(members, key=lambda member: (member.lane, member.ticket))
        turn = await self._turns.take(first.call, first.ticket, first.lane)
        if isinstance(turn, Refusal):
            raise NotSent(turn)
        requests = [member.request for member in members]
        timeout_s = max(member.call.timeout_s for member in members)
        try:
            if len(members) == 1:
                return [Shared(await self._send(requests[0], timeout_s), turn)]
            reply = await self._send(bulk.combine(requests), timeout_s)
        except Exception as error:
            return [SharedFault(error, turn), *[error] * (len(members) - 1)]
        parts = bulk.split(reply, requests)
        return [Shared(part, None if number else turn) for number, part in enumerate(parts)]
