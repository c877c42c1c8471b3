"""Opening hours, from structured data and from lines that pair days with times."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from typing import Any

from worker.providers.website.fact import Fact
from worker.providers.website.jsonld import first, texts
from worker.providers.website.rendering import Rendering
from worker.providers.website.structured import Structured
from worker.providers.website.text_keys import small

_DAYS = (
    r"(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?s?|mo|di|mi|do|fr|sa|so|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|werktags|täglich|weekdays?|weekends?|daily"
    r"|lun(?:di|es|ed[iì])?|mar(?:di|tes|ted[iì])?|mer(?:credi|coled[iì])?|mi[eé](?:rcoles)?|jeu(?:di)?|jue(?:ves)?|gio(?:ved[iì])?|ven(?:dredi|erd[iì])?|vie(?:rnes)?|sam(?:edi)?|s[aá]b(?:ado|ato)?|dim(?:anche)?|dom(?:ingo|enica)?|ma|wo|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|segunda|ter[cç]a|quarta|quinta|sexta|pn|pon|wt|śr|czw|pt|sob|nd|po|út|st|čt|pá|so|ne|пн|вт|ср|чт|пт|сб|вс|平日|月|火|水|木|金|土|日|월|화|수|목|금|토|일"
)
#: This and all below is for text in small letters.
_TIME = r"\d{1,2}(?:[:.h]\d{2})?\s?(?:[ap]\.?m\.?|uhr|h)?"
_HOURS = re.compile(
    rf"(?<!\w)(?:{_DAYS})\.?(?:\s?(?:-|–|—|to|bis|au?|al?|t/m|through|thru|&|\+|,|and|und|et|y|e|~)\s?(?:{_DAYS})\.?){{0,3}}\s?[:：,]?\s{{0,3}}(?:from\s|von\s|de\s|dalle\s|van\s)?{_TIME}\s?(?:-|–|—|to|bis|à|a|alle|tot|until|till|~|－)\s?{_TIME}(?:\s?(?:,|/|&|und|and|et|y|e|\|)\s?{_TIME}\s?(?:-|–|—|to|bis|à|a|alle)\s?{_TIME})?",
)
#: All that ``_DAYS`` finds in Latin letters: a page without one of these words names no day.
_DAY_WORDS = frozenset(
    f"{day}{ending}"
    for day in "mon tue tues wed wednes thu thur thurs fri sat satur sun".split()
    for ending in ("", "s", "day", "days")
).union(
    "mo di mi do fr sa so montag montags dienstag dienstags mittwoch mittwochs donnerstag donnerstags freitag freitags samstag samstags"
    " sonntag sonntags werktags täglich weekday weekdays weekend weekends daily lun lundi lunes lunedi lunedì mar mardi martes martedi martedì"
    " mer mercredi mercoledi mercoledì mié mie miércoles miercoles jeu jeudi jue jueves gio giovedi giovedì ven vendredi venerdi venerdì vie viernes"
    " sam samedi sab sáb sabado sábado sabato sábato dim dimanche dom domingo domenica ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag"
    " zaterdag zondag segunda terça terca quarta quinta sexta pn pon wt śr czw pt sob nd po út st čt pá ne".split()
)
#: Two times or hours with something between them.
_TIMES = re.compile(r"\d{1,2}\D{0,12}?(?:-|–|—|to|bis|à|a|alle|tot|til|~|－)\s{0,2}\d")
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
    found: list[tuple[int, int, int]] = []
    if not rendering.foreign and _DAY_WORDS.isdisjoint(rendering.vocabulary):
        return None
    for index in rendering.numbered:
        line = rendering.lines[index]
        if len(line) > 300 or not _TIMES.search(line := small(line)):
            continue
        found.extend((index, *match.span()) for match in _HOURS.finditer(line))
        if len(found) >= MAX_LINES:
            break
    if not found:
        return None
    index, start, end = found[0]
    values = list(dict.fromkeys(" ".join(rendering.lines[at][begin:stop].split()) for at, begin, stop in found))
    return Fact("company_opening_hours", tuple(values[:21]), index, start, end - start, weight=0.9)


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
