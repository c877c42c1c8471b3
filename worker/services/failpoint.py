"""Failpoints: named places where a test makes the process die or wait. Off unless asked for by FAILPOINTS.

``FAILPOINTS=settle:stored=kill`` ends the process with SIGKILL there; ``=kill@3`` at the third passage;
``=sleep:0.5`` pauses. They are compiled into the program so that the tested binary is the shipped one.
"""

import asyncio
import os
import signal
from collections.abc import Mapping

_armed: dict[str, str] = {}
_passed: dict[str, int] = {}


def arm(points: Mapping[str, str]) -> None:
    """Switch failpoints on: name -> action."""
    _armed.clear()
    _passed.clear()
    _armed.update(points)


def armed() -> bool:
    """Whether any failpoint is switched on."""
    return bool(_armed)


async def failpoint(name: str) -> None:
    """Do what was armed for this place; nothing, normally."""
    if not _armed:
        return
    action = _armed.get(name)
    if action is None:
        return
    verb, _, at = action.partition("@")
    _passed[name] = _passed.get(name, 0) + 1
    if at and _passed[name] != int(at):
        return
    if verb == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif verb.startswith("sleep:"):
        await asyncio.sleep(float(verb.removeprefix("sleep:")))
