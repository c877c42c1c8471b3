"""Lanes: one stream per priority, 1 (most urgent) to 5."""

from enum import IntEnum


class Lane(IntEnum):
    """A priority; each has a stream of its own, named by ``suffix``."""

    PRIORITY = 1
    HIGH = 2
    JOBS = 3
    LOW = 4
    BATCH = 5

    @property
    def suffix(self) -> str:
        """The stream's name after ``<QUEUE_NAME>-``."""
        return self.name.lower()


DEFAULT_LANE = Lane.JOBS
