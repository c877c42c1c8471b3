"""Log lines about single jobs, thinned out when there are thousands a second. Shell."""

import time

import structlog

log = structlog.get_logger("worker")


class JobLines:
    """Writes up to ``most`` lines a second as they are; the rest are counted, and the count is a line of its own."""

    def __init__(self, most: int = 50) -> None:
        self._most = most
        self._second = 0
        self._written = 0
        self._left_out = 0

    def note(self, line: str, *args: object) -> None:
        """One line about one job."""
        second = int(time.monotonic())
        if second != self._second:
            if self._left_out:
                log.info("%d more lines about jobs in that second", self._left_out)
            self._second, self._written, self._left_out = second, 0, 0
        if self._written < self._most:
            self._written += 1
            log.info(line, *args)
        else:
            self._left_out += 1
