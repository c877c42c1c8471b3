"""Names that a company bore before: "formerly Acme", "früher Muster GmbH", "Old Mill is now New Mill"."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterator

from worker.providers.website.fact import Fact
from worker.providers.website.name_text import plausible, tidy
from worker.providers.website.rendering import Rendering
from worker.providers.website.text_keys import name_key

_WORDS = frozenset(
    "formerly previously known originally renamed founded now changed ehemals vormals früher firmierte umbenannt gegründet anciennement devenu devient antes anteriormente denominada llamada ahora"
    " già precedentemente voorheen heette tidigare tidligere dawniej dříve korábban aiemmin ранее antigamente fondée nom".split()
)
#: Written without spaces around them.
_UNSPACED = ("旧社名", "旧名", "旧称", "旧商号")
_CAPITAL = r"[A-ZÀ-ÞŁŚŻŹČŠŽŘĐŐŰİА-ЯЁ0-9]"
#: One to seven words, the first and most others with a capital.
_NAME = (
    rf"[«\"“„]?(?P<name>{_CAPITAL}[\w&.'’+-]{{0,29}}"
    rf"(?:\s(?:{_CAPITAL}[\w&.'’+-]{{0,29}}|&|and|und|et|y|of|the|de|du|des|für|van|von|der)(?!\w)){{0,6}}\.?)"
)
#: Said of somebody's past: the own name, a bracket or "known as" has to stand beside these words.
_LOOSE = r"(?:formerly|previously|originally|ehemals|vormals|früher|anciennement|antes|anteriormente|già|precedentemente|voorheen|tidigare|tidligere|dawniej|dříve|korábban|aiemmin|ранее|antigamente)"
_NAMED = r"(?:\s(?:known|trading|named|called|operating|doing\sbusiness)(?:\sas)?|\s(?:as|als|unter\sdem\snamen|bekannt\sals|connue?\ssous\sle\snom\sde|llamad[ao]|conocid[ao]\scomo|denominad[ao]|känt\ssom|kjent\ssom|kendt\ssom))"
_LOOSELY = re.compile(rf"(?P<open>[(,–-]\s?)?(?i:\b{_LOOSE}(?P<named>{_NAMED})?)[\s:]{{1,2}}{_NAME}")
_FIRMLY = re.compile(
    rf"(?:(?i:\b(?:founded|established|incorporated|started|gegründet|fondée?)\s(?:(?:in|im\sjahre?|en)\s)?\d{{4}}\s(?:as|als|unter\sdem\snamen|sous\sle\snom(?:\sde)?)(?:\sthe)?)"
    rf"|(?i:\b(?:renamed\sfrom|changed\s(?:its|our|the)\sname\sfrom|umbenannt\svon|firmierte\s(?:bis\s\d{{4}}\s)?(?:als|unter)))|旧(?:社名|名|称|商号)\s?[:：])\s?{_NAME}"
)
_IS_NOW = re.compile(
    rf"(?:^|[.!]\s){_NAME}\s(?i:is\snow|has\sbecome|became|heißt\s(?:jetzt|nun)|wird\szu|devient|est\sdevenue?|es\sahora|ahora\ses|è\sora|heet\snu|is\snu|heter\snu|hedder\snu)\s(?P<new>[^.,;:()|]{{2,60}})"
)
MAX_LINE, MAX_FOUND = 600, 4


def former_names(rendering: Rendering, names: tuple[str, ...]) -> Iterator[Fact]:
    """Facts for ``company_former_name``. ``names`` are the company's own, likeliest first; none of them is former."""
    lines = rendering.lines_with([*(_WORDS & rendering.vocabulary), *(_UNSPACED if rendering.foreign else ())])
    if not lines:
        return
    present = [key for name in names[:3] if (key := name_key(name))]
    # A rebranded site often keeps its old name beside the new one: only the likeliest is surely the present one.
    found: set[str] = set(present[:1])
    for index in sorted(lines):
        line = rendering.lines[index]
        if len(line) > MAX_LINE:
            continue
        for name, start in _in_line(line, present):
            key = name_key(name)
            if key in found or not plausible(name):
                continue
            found.add(key)
            yield Fact("company_former_name", name, index, start, len(name), weight=0.9)
            if len(found) > MAX_FOUND:
                return


def _in_line(line: str, present: list[str]) -> Iterator[tuple[str, int]]:
    for match in _IS_NOW.finditer(line):
        new = name_key(tidy(match.group("new")))
        if any(new.startswith(key) or key.startswith(new) for key in present[:1] if new):
            yield _cut(match.group("name")), match.start("name")
    for match in _FIRMLY.finditer(line):
        yield _cut(match.group("name")), match.start("name")
    for match in _LOOSELY.finditer(line):
        before = name_key(line[max(0, match.start() - 60) : match.start()].rstrip(" (,–-"))
        own = any(before.endswith(key) for key in present if len(key) >= 3)
        if own or (match.group("named") and match.group("open")):
            yield _cut(match.group("name")), match.start("name")


def _cut(name: str) -> str:
    """A name without the sentence's end and trailing small words."""
    name = re.sub(r"(?:\s(?:and|und|et|y|of|the|de|du|des|für|van|von|der|&))+$", "", name.strip(' ,;:"”“»«'))
    return name if re.search(r"(?:\b(?:Inc|Ltd|Co|Corp|Lda|Ltda)|\.\w)\.$", name) else name.rstrip(".")
