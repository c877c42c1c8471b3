"""Which postal rules are tried on a line, and where their codes stand on it."""

import re
from collections.abc import Collection, Sequence

from worker.providers.website.address import BREAK
from worker.providers.website.countries import BY_NAME
from worker.providers.website.postal import RULES, PostalRule
from worker.providers.website.rendering import H1, HEADING, Rendering

#: Numbers of the rules that are tried everywhere, and of those of each country.
_STRONG = frozenset(number for number, rule in enumerate(RULES) if rule.strong)
_OF_COUNTRY: dict[str, list[int]] = {}
for _number, _rule in enumerate(RULES):
    for _code in _rule.countries:
        _OF_COUNTRY.setdefault(_code, []).append(_number)
#: What gates a rule, to the numbers of the rules that it gates.
_GATES: dict[tuple[frozenset[str], tuple[bytes, ...]], set[int]] = {}
for _number, _rule in enumerate(RULES):
    if _rule.words or _rule.shapes:
        _GATES.setdefault((_rule.words, _rule.shapes), set()).add(_number)
_UNGATED = frozenset(range(len(RULES))).difference(*_GATES.values())
_NAMES_OF: dict[str, list[str]] = {}
for _name, _code in BY_NAME.items():
    _NAMES_OF.setdefault(_code, []).append(_name)
#: A page that names more countries is a shipping list.
MAX_NAMED = 14


def named_nearby(rendering: Rendering, named: Collection[str]) -> dict[int, str]:
    """For each line the country that ends it or one of the three lines below it, else the one in the heading above."""
    lines = rendering.lines
    endings = tuple([name for code in named for name in _NAMES_OF.get(code, ())])
    found: dict[int, str] = {}
    ends: list[tuple[int, str, str]] = []  # a line, its text in lower case and the country that ends it
    for index in sorted(rendering.lines_with(endings)):
        line = lines[index]
        if len(line) > 160:
            continue
        lowered = line.lower().rstrip(" .,;)")
        if not lowered.endswith(endings):
            continue
        name = max((name for name in endings if lowered.endswith(name)), key=len)
        before = lowered[: -len(name)][-1:]
        if before.isalpha() and name.isascii():
            continue
        ends.append((index, lowered, name))
    alone = [index for index, lowered, name in ends if len(lowered) <= len(name) + 4]
    headed = 0 < len(alone) <= MAX_NAMED and (
        not any(c.isdigit() for c in "".join(lines[max(0, alone[0] - 3) : alone[0]]))
        or 2 * sum(_begins(lines, index) for index in alone) > len(alone)
    )
    for index, lowered, name in ends:
        if rendering.bits[index] & (H1 | HEADING) and len(lowered) <= len(name) + 4:
            for below in range(index + 1, min(len(lines), index + 7)):
                if rendering.bits[below] & (H1 | HEADING):
                    break
                found.setdefault(below, BY_NAME[name])
            continue
        if headed and len(lowered) <= len(name) + 4:
            after = alone[alone.index(index) + 1 :] or [len(lines)]
            for below in range(index + 1, min(after[0], index + 7)):
                found[below] = BY_NAME[name]
            continue
        for above in range(max(0, index - (3 if len(lowered) <= len(name) + 14 else 1)), index + 1):
            if above == index or above not in found:
                found[above] = BY_NAME[name]
    return found


def _begins(lines: Sequence[str], index: int) -> bool:
    """Whether a country alone on its line begins an office's lines: what stands above cannot end an address."""
    above = lines[index - 1] if index else ""
    return not above or len(above) > 70 or above[-1] in ":!?" or "@" in above or bool(BREAK.search(above))


def possible_rules(rendering: Rendering) -> frozenset[int]:
    """Numbers of the rules whose shapes and words leave a chance that the page shows such a code."""
    return _UNGATED.union(*[numbers for (words, shapes), numbers in _GATES.items() if rendering.may_say(words, shapes)])


def applicable(
    possible: frozenset[int], regions: Sequence[str], local: str, named: Collection[str] = (), hint: str = ""
) -> list[tuple[PostalRule, str]]:
    """Rules worth trying, with the country that each stands for here; a country named beside the code goes first.

    ``possible`` are numbers of rules (``possible_rules``). ``hint`` is the country of a large city beside the code: its
    rules are tried, too, but not before others.
    """
    first = [code for code in (local, hint) if code]
    likely = list(dict.fromkeys([*first, *regions[:4], *(named if len(named) <= MAX_NAMED else ())]))
    stands_for: dict[int, str] = {}
    for code in likely:
        for number in _OF_COUNTRY.get(code, ()):
            stands_for.setdefault(number, code)
    chosen = [
        (RULES[number], stands_for.get(number) or RULES[number].countries[0])
        for number in sorted(possible.intersection(_STRONG.union(stands_for)))
    ]
    # A code alone on its line says nothing of its country: the likeliest goes first.
    chosen.sort(key=lambda item: likely.index(item[1]) if item[1] in likely and item[0].alone else -1)
    if regions[0] != "US":
        # D-12345 before the abbreviation of a state.
        chosen.sort(key=lambda item: item[0].countries != ("PREFIX",))
    if local:
        chosen.sort(key=lambda item: local not in item[0].countries and item[0].countries != ("PREFIX",))
    return chosen


def matches(
    line: str, outline: bytes, rules: Sequence[tuple[PostalRule, str]], spans: Sequence[tuple[int, int]]
) -> list[tuple[tuple[PostalRule, str], re.Match[str]]]:
    """Where codes stand on a line, each with its rule, from left to right; ``spans`` of phone numbers are left out.

    ``outline`` is that of the line, or empty where letters of other scripts make it say nothing.
    """
    found: list[tuple[tuple[PostalRule, str], re.Match[str]]] = []
    for rule in rules:
        shapes = rule[0].shapes
        if shapes and outline and not rule[0].words and not any(shape in outline for shape in shapes):
            continue
        for match in rule[0].pattern.finditer(line):
            start, end = match.span("postal")
            if any(s < end and start < e for s, e in spans):
                continue
            if any(m.start("postal") < end and start < m.end("postal") for _, m in found):
                continue
            found.append((rule, match))
            if len(found) >= 20:
                break
    found.sort(key=lambda item: item[1].start())
    return found
