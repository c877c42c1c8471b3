"""Opening hours, from structured data and from lines that pair days with times."""

import re
from collections.abc import Iterable
from typing import Any

from worker.providers.website.fact import Fact
from worker.providers.website.jsonld import first, texts
from worker.providers.website.rendering import Rendering
from worker.providers.website.structured import Structured

_DAYS = (
    r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?s?|mo|di|mi|do|fr|sa|so|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|werktags|täglich|weekdays?|weekends?|daily"
    r"|lun(?:di|es|ed[iì])?|mar(?:di|tes|ted[iì])?|mer(?:credi|coled[iì])?|mi[eé](?:rcoles)?|jeu(?:di)?|jue(?:ves)?|gio(?:ved[iì])?|ven(?:dredi|erd[iì])?|vie(?:rnes)?|sam(?:edi)?|s[aá]b(?:ado|ato)?|dim(?:anche)?|dom(?:ingo|enica)?|ma|wo|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|segunda|ter[cç]a|quarta|quinta|sexta|pn|pon|wt|śr|czw|pt|sob|nd|po|út|st|čt|pá|so|ne|пн|вт|ср|чт|пт|сб|вс|平日|月|火|水|木|金|土|日|월|화|수|목|금|토|일"
)
_TIME = r"\d{1,2}(?:[:.h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?"
_HOURS = re.compile(
    rf"(?<!\w)(?:{_DAYS})\.?(?:\s?(?:-|–|—|to|bis|au?|al?|t/m|through|thru|&|\+|,|and|und|et|y|e|~)\s?(?:{_DAYS})\.?){{0,3}}\s?[:：,]?\s{{0,3}}(?:from\s|von\s|de\s|dalle\s|van\s)?{_TIME}\s?(?:-|–|—|to|bis|à|a|alle|tot|until|till|~|－)\s?{_TIME}(?:\s?(?:,|/|&|und|and|et|y|e|\|)\s?{_TIME}\s?(?:-|–|—|to|bis|à|a|alle)\s?{_TIME})?",
    re.I,
)
_DAY = re.compile(_DAYS, re.I)
#: The first two letters of every day that is written in Latin ones: few other words are looked at.
_DAY_BEGINNINGS = frozenset(
    "mo tu we th fr sa su di mi do so tä lu ma me je ju gi ve vi sá wo vr za zo se te qu pn po wt śr cz pt nd út st čt pá ne da".split()  # noqa: E501, SIM905 - easier to read
)
#: Two times or hours with something between them.
_TIMES = re.compile(r"\d{1,2}\D{0,12}?(?:-|–|—|to|bis|à|a|alle|tot|til|~|－)\s{0,2}\d", re.I)
MAX_LINES = 14


def find_hours(rendering: Rendering, structured: Structured) -> Fact | None:
    """One fact that holds all hours in the order of the page, or None."""
    for organisation in structured.organisations[:2]:
        values = _structured(organisation.node)
        if values:
            return Fact(
                "company_opening_hours",
                tuple(values[:21]),
                path=f"{organisation.path}.openingHours",
                quote="; ".join(values),
            )
    found: list[tuple[int, re.Match[str]]] = []
    if not rendering.foreign and not _names_a_day(rendering.vocabulary):
        return None
    for index in rendering.numbered:
        line = rendering.lines[index]
        if len(line) > 300 or not _TIMES.search(line):
            continue
        found.extend((index, match) for match in _HOURS.finditer(line))
        if len(found) >= MAX_LINES:
            break
    if not found:
        return None
    index, match = found[0]
    values = list(dict.fromkeys(" ".join(m.group().split()) for _, m in found))
    return Fact(
        "company_opening_hours", tuple(values[:21]), index, match.start(), match.end() - match.start(), weight=0.9
    )


def _names_a_day(words: Iterable[str]) -> bool:
    return any(_DAY.fullmatch(word) for word in words if word[:2] in _DAY_BEGINNINGS)


def _structured(node: Any) -> list[str]:
    plain = [text for text in texts(node.get("openingHours")) if len(text) < 120]
    if plain:
        return plain
    out = []
    rows = node.get("openingHoursSpecification")
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict):
            continue
        days = [text.rpartition("/")[2] for text in texts(row.get("dayOfWeek"))]
        opens, closes = first(row.get("opens")), first(row.get("closes"))
        if days and opens and closes and len(days) <= 7:
            out.append(f"{', '.join(days)} {opens[:5]}-{closes[:5]}"[:120])
    return out
