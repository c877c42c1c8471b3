"""Money, in micro-dollars.

One unit everywhere inside: ``micros``, millionths of a US dollar, as int: a token may cost a ten-thousandth
of a cent, and sums of floats drift. Users type and read cents.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Final

MICROS_PER_CENT: Final = 10_000


def micros_from_cents(cents: float | str | Decimal) -> int:
    """Cents as typed by a user, as micros, rounded up.

    >>> micros_from_cents("2.5")
    25000
    """
    return int((Decimal(str(cents)) * MICROS_PER_CENT).to_integral_value(rounding=ROUND_CEILING))


def cents(micros: int) -> float:
    """Micros as cents, for results and tables.

    >>> cents(25000)
    2.5
    """
    return micros / MICROS_PER_CENT
