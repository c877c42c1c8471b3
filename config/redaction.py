"""Keeping secrets out of text: by their value, by the name of their key, and as passwords in URLs."""

import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from config.explain import masked

HIDDEN: Final = "[redacted]"
#: Shorter values would blot out ordinary words.
_SHORTEST: Final = 4
_DEEPEST: Final = 6
#: Secrets of workspaces that are remembered: more than a worker holds open at a time.
MOST_ADDED: Final = 256
_KEY: Final = re.compile(
    r"(?:^|[_.-])(?:api[_-]?keys?|access[_-]?key|private[_-]?key|x-api-key|secrets?|passwords?|passwd|token|bearer"
    r"|authorization|cookies?|set-cookie|credentials?|signature|encryption[_-]?keys?)$",
    re.IGNORECASE,
)
#: An address whose host has a dot: passwords in URLs and package@version are none. Bounded, so nothing backtracks far.
_EMAIL: Final = re.compile(r"[\w.+'-]{1,64}(?:@|%40)(?=[\w-]{1,63}\.)[\w.-]{1,190}\w")
_PROFILE: Final = re.compile(r"(linkedin\.com/in/)[^\s\"'/?#,;)]+", re.IGNORECASE)
_PHONE: Final = re.compile(r"\+\d[\d ().-]{6,18}\d")


class Redactor:
    """Replaces known secrets in text, in every spelling they may take: plain, in JSON, in a URL, in a Python repr.

    ``add`` may be called while the worker runs, for keys that are decrypted later. The secrets given at first stay
    known for good; of those added later the ``most`` last seen do, so that a process with many workspaces stays small
    and quick. What is forgotten was opened again by nobody for as long.
    """

    def __init__(self, secrets: Iterable[str] = (), most: int = MOST_ADDED) -> None:
        self._for_good = {secret for secret in secrets if len(secret) >= _SHORTEST}
        self._added: OrderedDict[str, None] = OrderedDict()
        self._most = most
        self._pattern: re.Pattern[str] | None = None
        self._compile()

    def add(self, *secrets: str) -> None:
        """Learn more secrets; those too short to be told from ordinary text are left out."""
        changed = False
        for secret in secrets:
            if len(secret) < _SHORTEST or secret in self._for_good:
                continue
            changed = changed or secret not in self._added
            self._added[secret] = None
            self._added.move_to_end(secret)
        while len(self._added) > self._most:
            self._added.popitem(last=False)
        if changed:
            self._compile()

    def _compile(self) -> None:
        spellings = {spelling for secret in (*self._for_good, *self._added) for spelling in _spellings(secret)}
        if spellings:
            self._pattern = re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))))

    def clean(self, text: str) -> str:
        """The text without any known secret and without passwords in URLs."""
        if self._pattern is not None:
            text = self._pattern.sub(HIDDEN, text)
        return impersonal(masked(text) if "://" in text else text)


def impersonal(text: str) -> str:
    """Text without what leads to a person: logs outlive an erasure, and nobody can erase from them.

    >>> impersonal("no match for ada@acme.example, linkedin.com/in/ada or +44 20 7183 8750")
    'no match for [email], linkedin.com/in/[profile] or [phone]'
    """
    if "@" in text or "%40" in text:
        text = _EMAIL.sub("[email]", text)
    if "/in/" in text:
        text = _PROFILE.sub(r"\1[profile]", text)
    return _PHONE.sub("[phone]", text) if "+" in text else text


def hide_by_key(values: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The same mapping, with whatever stands under a key that names a secret hidden, at any depth.

    >>> hide_by_key({"headers": {"X-Api-Key": "k"}, "llm_tokens": 12})
    {'headers': {'X-Api-Key': '[redacted]'}, 'llm_tokens': 12}
    """
    return {
        key: HIDDEN if value and isinstance(key, str) and _KEY.search(key) else _hide(value, depth)
        for key, value in values.items()
    }


def _hide(value: Any, depth: int) -> Any:
    if depth >= _DEEPEST:
        return value
    if isinstance(value, Mapping):
        return hide_by_key(value, depth + 1)
    if isinstance(value, list | tuple):
        return [_hide(item, depth + 1) for item in value]
    return value


def _spellings(secret: str) -> set[str]:
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote(secret),
        repr(secret)[1:-1],
    }
