"""How long to wait before trying again. Pure: randomness is an argument."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff. Seconds; ``jitter`` is the share of the delay that is random, around it."""

    base_s: float = 60.0
    multiplier: float = 2.0
    max_s: float = 600.0
    jitter: float = 0.2

    def delay_s(self, attempt: int, random: float) -> float:
        """The wait after attempt number ``attempt`` (from 1) failed; ``random`` in 0..1.

        >>> Backoff().delay_s(1, 0.5), Backoff().delay_s(4, 0.5), Backoff().delay_s(60, 0.5)
        (60.0, 480.0, 600.0)
        """
        # Exponents are bounded before the power is taken: 2.0 ** 5000 raises OverflowError.
        steps = min(max(attempt, 1) - 1, 64)
        delay = min(self.base_s * self.multiplier**steps, self.max_s)
        return delay * (1 + self.jitter * (random - 0.5))
