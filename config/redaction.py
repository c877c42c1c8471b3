"""Keeping secrets out of text: by their value, by the name of their key, and as passwords in URLs."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from config.explain import masked

HIDDEN: Final = "[redacted]"
#: Shorter values would blot out ordinary words.
_SHORTEST: Final = 4
_DEEPEST: Final = 6
_KEY: Final = re.compile(
    r"(?:^|[_.-])(?:api[_-]?keys?|access[_-]?key|private[_-]?key|x-api-key|secrets?|passwords?|passwd|token|bearer"
    r"|authorization|cookies?|set-cookie|credentials?|signature|encryption[_-]?keys?)$",
    re.IGNORECASE,
)


class Redactor:
    """Replaces known secrets in text, in every spelling they may take: plain, in JSON, in a URL, in a Python repr.

    ``add`` may be called while the worker runs, for keys that are decrypted later.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Learn more secrets; those too short to be told from ordinary text are left out."""
        before = len(self._spellings)
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                self._spellings.update(_spellings(secret))
        if len(self._spellings) != before:
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """The text without any known secret and without passwords in URLs."""
        if self._pattern is not None:
            text = self._pattern.sub(HIDDEN, text)
        return masked(text) if "://" in text else text


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
