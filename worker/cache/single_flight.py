"""Who asks: leases on questions, so that of all processes one asks and the others use its answer. Core.

A lease is a Redis key of the question with the asker's token in it; it outlives the call's hard time-out, and what a
crashed asker leaves behind ends with it. The verbs that take and return leases also read and keep answers
(``answers_begin.lua``, ``answers_finish.lua``): one round trip for both.
"""

import itertools
import os
import secrets

#: What a lease lasts beyond the time its call may take: for writing the answer down.
LEASE_MARGIN_S = 5.0

_process = f"{os.getpid():x}{secrets.token_hex(6)}"
_numbers = itertools.count(1)


def new_token() -> str:
    """A lease token that no other question and no other process has."""
    return f"{_process}-{next(_numbers):x}"


def lease_ms(call_s: float) -> int:
    """A lease for a call that takes at most ``call_s`` seconds, waiting for its turn included.

    >>> lease_ms(30)
    35000
    """
    return int((call_s + LEASE_MARGIN_S) * 1000)
