"""Companies named in running text: words in front of (or behind) a legal form."""

import re
from collections.abc import Iterable

from worker.providers.website.legal_forms import CJK_FORM, STRONG, split_legal_form

_LEGAL_MENTION = re.compile(
    r"(?:(?<=^)|(?<=[\s(\"“„«,;:|]))(?:[A-ZÀ-ÞŁŚŻŹČŠŽŘĎŤŇĐŐŰİŞĞА-ЯЁ0-9][\w&.'’+/-]{0,30}|&|\+|and|und|et|of|de|for|the|y|e|i|di|do|da|dos|das|del|della|dei|des|du|la|le|les|los|van|von|der|den|zu|zur|zum|am|im|op|het)$"
)


def legal_mentions(line: str) -> Iterable[tuple[str, int]]:
    """Names in front of a legal form inside a line: (name with form, column)."""
    for match in STRONG.finditer(line):
        end = match.end()
        start = match.start()
        taken = 0
        while taken < 7:
            head = line[max(0, start - 40) : start].rstrip(" ,")
            if not head:
                break
            token = re.search(r"[^\s,;:|(\"“„«©®]{1,32}$", head)
            if token is None or not _LEGAL_MENTION.search(" " + token.group()):
                break
            gap = line[max(0, start - 40) + len(head) : start]
            if taken and "," in gap:
                break
            start = max(0, start - 40) + token.start()
            taken += 1
        name = line[start:end].strip(" ,")
        name = re.sub(r"^(?:and|und|et|of|de|for|the|y|e|i|di|by|&|©)\s+", "", name)
        if taken and len(split_legal_form(name)[0]) > 1:
            yield name, line.find(name, start)
    if not line.isascii():
        for match in CJK_FORM.finditer(line):
            before = re.search(r"[\w・ー＆&]{1,30}$", line[max(0, match.start() - 30) : match.start()])
            after = re.match(r"\s?[\w・ー＆&]{2,30}", line[match.end() :])
            if after and not before:
                yield match.group() + after.group(), match.start()
            elif before:
                yield before.group() + match.group(), match.start() - len(before.group())
