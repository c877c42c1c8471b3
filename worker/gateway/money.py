"""A job's purse: what may be spent, is reserved and was spent, in micros. Core."""

import msgspec


class Purse(msgspec.Struct, gc=False):
    """``cap`` bounds all attempts of a job together; ``before`` is what earlier attempts cost, None until known.

    ``unknown`` is money that may have been billed: it counts against the cap until somebody knows better.
    """

    cap: int | None = None
    before: int | None = None
    reserved: int = 0
    provider: int = 0
    llm: int = 0
    unknown: int = 0

    @property
    def known(self) -> bool:
        """Whether all that counts against the cap is known."""
        return self.cap is None or self.before is not None

    @property
    def committed(self) -> int:
        """All that is spent or may have to be."""
        return (self.before or 0) + self.reserved + self.provider + self.llm + self.unknown

    def reserve(self, micros: int) -> bool:
        """Set money aside for a call; False when the cap does not allow it.

        >>> Purse(cap=10, before=4).reserve(7)
        False
        """
        if micros and self.cap is not None and self.committed + micros > self.cap:
            return False
        self.reserved += micros
        return True

    def release(self, micros: int) -> None:
        """Take a reservation back: the call has been booked, or was not sent."""
        self.reserved -= micros

    def settle(self, charged: int, most: int, *, llm: bool, unknown: bool) -> None:
        """Book what a call cost, or the most it may have cost; its reservation is released apart from this."""
        if unknown:
            self.unknown += max(most, charged)
        elif llm:
            self.llm += charged
        else:
            self.provider += charged
