"""A process that parses pages: one question, one answer, over pipes of its own. Blocking; for threads. Shell."""

import contextlib
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from worker.providers.website.found import PageFinding
from worker.providers.website.parse_child import LENGTH_BYTES, Fetched

_BOOT: Final = "import sys; sys.path[:] = sys.argv[1:]; from worker.providers.website.parse_child import main; main()"


class PageBroke(Exception):
    """A page that could not be parsed: ``hung`` when it took too long, else it brought the process down."""

    def __init__(self, reason: str, *, hung: bool = False) -> None:
        self.hung = hung
        super().__init__(reason)


class ParseProcess:
    """A child process that is started when it is needed, and again when a page has ended it.

    For one thread at a time. ``page_timeout_s`` is the longest that one page may take, ``start_timeout_s`` the
    longest that the process may take to import what it needs.
    """

    def __init__(self, page_timeout_s: float, start_timeout_s: float = 60.0) -> None:
        self.page_timeout_s = page_timeout_s
        self.start_timeout_s = start_timeout_s
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The running child's process id."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def parse(self, page: Fetched) -> PageFinding:
        """What is on the page. Raises PageBroke; the next page then has a fresh process."""
        with self._lock:
            if self.pid is None:
                self._start()
            try:
                answer, last = self._ask(page, self.page_timeout_s)
            except BaseException:
                self._end()
                raise
            if last:
                self._end()
        if isinstance(answer, PageFinding):
            return answer
        raise PageBroke(f"parsing failed ({answer})")

    def close(self) -> None:
        """End the child, at once; a page that it is at fails."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
        # Whoever is at a page notices at once and lets go.
        with self._lock:
            self._end()

    def _start(self) -> None:
        self._end()
        if self._closed:
            raise PageBroke("shutting down")
        paths = [path or str(Path.cwd()) for path in sys.path]
        # Without the environment: keys have no business where outside text is taken apart.
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-I", "-c", _BOOT, *paths],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={},
        )  # fmt: skip
        try:
            self._ask(None, self.start_timeout_s)
        except BaseException:
            self._end()
            raise

    def _ask(self, page: Fetched | None, timeout_s: float) -> tuple[object, bool]:
        """Send a page (or nothing, to a process that has just been started) and wait for its answer: (what was found,
        whether the process ends with that)."""
        child = self._child
        assert child is not None  # noqa: S101 - callers have started it
        assert child.stdin is not None  # noqa: S101 - both pipes were asked for
        assert child.stdout is not None  # noqa: S101
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(timeout_s, give_up)
        timer.daemon = True
        timer.start()
        try:
            if page is not None:
                data = pickle.dumps(page, pickle.HIGHEST_PROTOCOL)
                child.stdin.write(len(data).to_bytes(LENGTH_BYTES, "big"))
                child.stdin.write(data)
                child.stdin.flush()
            head = child.stdout.read(LENGTH_BYTES)
            size = int.from_bytes(head, "big")
            body = child.stdout.read(size) if len(head) == LENGTH_BYTES else b""
        except (OSError, ValueError):
            head = body = b""
            size = 1
        finally:
            timer.cancel()
        if len(head) < LENGTH_BYTES or len(body) < size:
            if late.is_set():
                raise PageBroke(f"parsing took more than {timeout_s:g} s", hung=True)
            raise PageBroke("parsing ended its process")
        return pickle.loads(body)  # type: ignore[no-any-return] # noqa: S301 - our own child's words

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
