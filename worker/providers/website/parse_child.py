"""The other end of ``parse_process``: reads pages on stdin, parses each, writes what it found. Shell.

Started without the environment of its parent, so no key is in its memory. It ends when its parent does.
"""

import gc
import os
import pickle
import resource
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from worker.providers.website.page import parse_at

#: (bytes of the document, address, headers, time of the fetch, HTTP status), as ``page.parse_at`` takes them.
Fetched = tuple[bytes, str, dict[str, str], datetime, int]

LENGTH_BYTES: Final = 8
#: Memory that one page may take; beyond it the page fails, and the machine stays well.
MAX_MEMORY_BYTES: Final = 2_000_000_000
#: A process that has grown beyond this is replaced by a fresh one after its page.
RETIRE_BYTES: Final = 400_000_000
#: The event loop goes before pages.
NICENESS: Final = 5


def main() -> None:
    """Answer until stdin ends. An answer is (what was found, or the name of the exception that parsing raised;
    whether this was the last one)."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints does not get between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to end
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, hard))
    # A page's garbage goes with its reference counts; what is imported need not be looked through again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    _answer(sink, None, last=False)
    while (word := _read(source)) is not None:
        try:
            found: object = parse_at(*word)
        except (Exception, MemoryError) as error:
            found = type(error).__name__
        last = _resident_bytes() > RETIRE_BYTES
        _answer(sink, found, last=last)
        if last:
            return


def _resident_bytes() -> int:
    """Memory in use; 0 where the system does not tell. (The peak in ``getrusage`` begins with the parent's.)"""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


def _answer(sink: BinaryIO, found: object, *, last: bool) -> None:
    data = pickle.dumps((found, last), pickle.HIGHEST_PROTOCOL)
    sink.write(len(data).to_bytes(LENGTH_BYTES, "big"))
    sink.write(data)
    sink.flush()


def _read(source: BinaryIO) -> Fetched | None:
    head = source.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    return pickle.loads(source.read(int.from_bytes(head, "big")))  # type: ignore[no-any-return] # noqa: S301 - our own parent's words
