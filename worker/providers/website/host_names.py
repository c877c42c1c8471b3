"""How well a company's name fits its host name: the same letters, an acronym, prefixes of the words."""

import re
from collections.abc import Sequence
from functools import lru_cache

from worker.providers.website.legal_forms import split_legal_form
from worker.providers.website.text_keys import fold, words


def host_core(host: str) -> str:
    """The label of a host that names its owner, folded: ``www.acme-tools.co.uk`` is ``acmetools``.

    >>> host_core("www.acme-tools.co.uk")
    'acmetools'
    """
    labels = [label for label in host.lower().removeprefix("www.").split(".") if label]
    if len(labels) < 2:
        return ""
    position = -2
    if len(labels) >= 3 and (
        labels[-2]
        in {
            "co",
            "com",
            "org",
            "net",
            "gov",
            "edu",
            "ac",
            "or",
            "ne",
            "go",
            "gob",
            "gouv",
            "in",
            "nom",
            "plc",
            "ltd",
            "me",
            "id",
            "web",
        }
        and len(labels[-1]) <= 3
    ):
        position = -3
    return fold(labels[position]).replace("-", "")


@lru_cache(maxsize=4096)
def agreement(name: str, core: str) -> float:
    """How well a name fits a host's core label: 1 for the same letters, less for acronyms, parts and prefixes.

    >>> agreement("Acme Tools Ltd", "acmetools"), agreement("North Harbour Freight", "nhf"), agreement("Acme", "zebra")
    (1.0, 0.8, 0.0)
    """
    if len(core) < 2:
        return 0.0
    bare, _ = split_legal_form(name)
    parts = list(words(bare))
    whole = list(words(name))
    if not parts:
        return 0.0
    joined = "".join(parts)
    if (
        core[0] not in {part[0] for part in whole}
        and not core.startswith("the")
        and not joined.startswith("the")
        and not any(part in core for part in parts if len(part) >= 4)
        and joined not in core
    ):
        # All that is looked at below begins like one of the words or holds one of them.
        return 0.0
    if joined == core or "".join(whole) == core or ("the" + joined) == core or joined == "the" + core:
        return 1.0
    if "." in name and " " not in name and fold(name).removeprefix("www.").rpartition(".")[0].replace("-", "") == core:
        return 0.85
    if "&" in name or " and " in name.lower():
        with_and = "".join(re.findall(r"[^\W_]+", fold(name).replace("&", " and ").replace("'", "")))
        if core in {with_and, with_and.removeprefix("the")}:
            return 1.0
    for size in range(len(parts) - 1, 0, -1):
        front = "".join(parts[:size])
        if front == core and len(core) >= 3:
            return 0.85 if size > 1 or len(parts) <= 4 else 0.7
    if len(core) >= 4 and any("".join(parts[-size:]) == core for size in range(1, min(len(parts), 4))):
        return 0.8 if len(parts) <= 3 else 0.5
    if len(parts) >= 2:
        letters = "".join(p[0] for p in parts)
        if (
            core == letters
            or core == "".join(p[0] for p in whole)
            or (("&" in bare or " " in bare) and core == "".join(p[0] for p in re.findall(r"[^\W_]+", fold(bare))))
        ):
            return 0.8 if len(core) >= 3 else 0.6
        if len(letters) >= 3 and core.startswith(letters) and len(core) - len(letters) <= 4:
            return 0.55
    if core.startswith(joined) and len(joined) >= 4:
        return 0.45 + 0.4 * len(joined) / len(core)
    if joined.startswith(core) and len(core) >= 4:
        return 0.65
    if _prefixes(parts, core):
        return 0.7
    if len(joined) >= 5 and joined in core:
        return 0.4 + 0.35 * len(joined) / len(core)
    covered = sum(len(p) for p in set(parts) if len(p) >= 4 and p in core)
    if covered >= 4:
        return min(0.6, 0.55 * covered / len(core) + 0.25 * covered / len(joined))
    return 0.0


def _prefixes(parts: Sequence[str], core: str) -> bool:
    """Whether the core is made of prefixes of the words, in order: ``intlbank`` of International Bank."""
    reach = {0}
    used = 0
    for part in parts[:8]:
        grown = set()
        for at in reach:
            size = 0
            while size < len(part) and at + size < len(core) and part[size] == core[at + size]:
                size += 1
                grown.add(at + size)
        if grown:
            used += 1
            reach |= grown
    return len(core) in reach and used >= 2 and len(core) >= 4
