"""Lua verbs, one per file under ``lua/``. Shell."""

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from worker.queue.connection import exchange

#: A verb's first line may name a file of functions to put before it.
_INCLUDE: Final = re.compile(r"-- include (\w+)\n")


def _file(name: str) -> str:
    return resources.files("worker.queue").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


@cache
def source(verb: str) -> tuple[str, str]:
    """A verb's Lua text, after what it includes, and its SHA-1."""
    text = _file(verb)
    included = _INCLUDE.match(text)
    if included:
        text = _file(included[1]) + text
    return text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


async def run(client: Redis, verb: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
    """Run a verb by its hash; Redis is given the text only when it does not know it (first use, restart)."""
    (reply,) = await run_together(client, (verb, keys, args))
    if isinstance(reply, Exception):
        raise reply
    return reply


async def run_together(client: Redis, *calls: tuple[str, Sequence[str], Sequence[Any]]) -> list[Any]:
    """Run several verbs, (verb, keys, arguments) each, in one round trip, one after the other.

    Returns their replies; the exception in place of one that went wrong, which does not keep the others from running.
    """
    commands = [("EVALSHA", source(verb)[1], len(keys), *keys, *args) for verb, keys, args in calls]
    replies = await exchange(client.connection_pool, commands)
    for index, (verb, keys, args) in enumerate(calls):
        if isinstance(replies[index], NoScriptError):
            text = ("EVAL", source(verb)[0], len(keys), *keys, *args)
            (replies[index],) = await exchange(client.connection_pool, [text])
    return replies
