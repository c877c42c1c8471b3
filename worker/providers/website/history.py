"""When a company was founded and how many people work there, as its pages tell it."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterator

from worker.providers.website.fact import Fact
from worker.providers.website.rendering import Rendering

_YEAR = r"(?P<year>1[6-9]\d\d|20[0-4]\d)"
_FOUNDED = re.compile(
    rf"(?:(?:founded|established|incorporated|est\.?|estd\.?|gegründet|gründung(?:sjahr)?|firmengründung|fondée?|créée?|fundad[ao]|constituid[ao]|fondat[ao]|nata|opgericht|grundat|grundad|grundades|grundlagt|stiftet|etableret|etablert|etablerad|perustettu|założon[aey]|rok\szałożenia|založen[ao]?|alapítva|kuruluş|основан[ао]?|год\sоснования|設立|創業|创立|成立于?|설립)"
    rf"(?:\s(?:in|im\sjahre?|im|en|el\saño|nel|em|i|år|vuonna|w|roku|w\sroku|v\sroce|back\sin|since|by\s[\w .]{{2,40}}\sin|on|the\syear|by))?(?:\s(?:the\syear|jahre?|l'année))?[\s.:：,-]{{0,4}}(?:\d{{1,2}}\.?\s?(?:\w{{3,9}}\.?\s|\.\d{{1,2}}\.\s?))?|(?:seit|depuis|desde|dal|sinds|sedan|siden|since|od(?:\sroku)?)\s(?:über\s)?(?:le\s)?){_YEAR}(?!\d)(?:\s?年)?",
    re.I,
)
_WAS = re.compile(
    rf"(?:im\sjahre?|in|en|nel|em)\s{_YEAR}\s(?:(?:wurde|was|fut|est|fue)\s)?(?:\w+\s){{0,6}}?(?:gegründet|founded|fondée?|créée?|fundad[ao]|established)",
    re.I,
)
_STARTED = re.compile(rf"\b(?:started|began|opened)\s(?:\w+\s){{0,6}}?in\s{_YEAR}(?!\d)", re.I)
_CJK_YEAR = re.compile(rf"(?:設立|創業|創立|설립|成立)[^\d]{{0,12}}{_YEAR}")
_YEAR_SHAPE = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_FOUNDING_WORDS = frozenset(
    "started began opened founded established incorporated est estd gegründet gründung gründungsjahr firmengründung fondée fondé créée créé fundada fundado constituida constituido fondata fondato nata opgericht grundad grundlagt stiftet etableret"
    " etablert etablerad perustettu założona założony założone rok založena založeno založen alapítva kuruluş seit depuis desde dal sinds sedan siden since grundat grundades roku".split()
)
_OTHER_SCRIPTS = (
    "設立",
    "創業",
    "創立",
    "成立",
    "설립",
    "основан",
    "従業員",
    "社員数",
    "员工",
    "직원",
    "сотрудник",
)
_TURKISH = ("çalışan", "kuruluş")
_STAFF_WORDS = frozenset(
    "kollegen kolleginnen employees staff members associates colleagues professionals people mitarbeiter mitarbeiterinnen mitarbeiterzahl beschäftigte angestellte collaborateurs salariés employés effectif effectifs empleados trabajadores dipendenti collaboratori"
    " medewerkers werknemers medarbetare anställda medarbejdere ansatte pracowników funcionários colaboradores".split()
)
_SINCE = re.compile(r"^(?:od|seit|depuis|desde|dal|sinds|sedan|siden|since)", re.I)
_COPYRIGHT = re.compile(r"©|copyright|\(c\)|rights\sreserved", re.I)
_EMPLOYEES = re.compile(
    r"(?<!\d)(?P<count>\d{1,3}(?:[.,\s]\d{3}){1,2}|\d{1,6})\+?\s?(?:\w+\s){0,2}?(?:employees|staff(?:\smembers)?|team\smembers|associates|colleagues|professionals|people\s(?:work|across|in\sour|on\sour|strong)|kolleg(?:innen|en)(?:\sund\skoll?egen|\sund\skolleginnen)?|mitarbeiter(?:innen|\*innen|:innen|\sund\smitarbeiterinnen)?|beschäftigte|angestellte|collaborateurs|salariés|employés|empleados|trabajadores|dipendenti|collaboratori|medewerkers|werknemers|medarbetare|anställda|medarbejdere|ansatte|työntekijää|pracowników|zaměstnanců|funcionários|colaboradores|сотрудник\w*|çalışan)(?!\w)",
    re.I,
)
_STAFF_LABEL = re.compile(
    r"(?:employees|number\sof\semployees|mitarbeiter(?:zahl|anzahl)?|effectifs?|empleados|dipendenti|従業員数?|社員数|员工人数|직원\s?수)\s?[:：]?\s?(?:約|ca\.?|approx\.?|about)?\s?(?P<count>\d{1,3}(?:[.,]\d{3}){1,2}|\d{1,6})",
    re.I,
)


def find_history(rendering: Rendering) -> Iterator[Fact]:
    """Facts for ``company_founded_year`` and ``company_employee_count``."""
    founding = _FOUNDING_WORDS & rendering.vocabulary
    staff = _STAFF_WORDS & rendering.vocabulary
    hints = [*founding, *staff, *(() if rendering.text.isascii() else _TURKISH)]
    if rendering.foreign:
        hints += _OTHER_SCRIPTS
    if not hints:
        return
    near = rendering.lines_with(hints)
    near |= {index + 1 for index in near}
    for index in rendering.numbered:
        if index not in near:
            continue
        line = rendering.lines[index]
        if len(line) > 3000:
            continue
        shift = 0
        if len(line) <= 40 and index and len(rendering.lines[index - 1]) <= 24:
            # A label on a line of its own belongs to the figure below it.
            label = rendering.lines[index - 1]
            line, shift = f"{label} {line}", len(label) + 1
        if _YEAR_SHAPE.search(line):
            yield from _founded(line, index, shift)
        match = _EMPLOYEES.search(line) or _STAFF_LABEL.search(line)
        if match and match.start("count") >= shift:
            count = int(re.sub(r"\D", "", match.group("count")))
            if 2 <= count <= 3_000_000 and not 1900 <= count <= 2040:
                start = max(shift, match.start())
                yield Fact("company_employee_count", str(count), index, start - shift, match.end() - start, weight=0.9)


def _founded(line: str, index: int, shift: int) -> Iterator[Fact]:
    for pattern in (_FOUNDED, _WAS, _CJK_YEAR, _STARTED):
        for match in pattern.finditer(line):
            if _COPYRIGHT.search(line[max(0, match.start() - 30) : match.end() + 30]):
                continue
            if match.start("year") < shift:
                continue
            since = pattern is _STARTED or bool(_SINCE.match(match.group()))
            if since and len(line) > 120:
                # "Since 2014 we also ..." tells of something else than the founding.
                continue
            start = max(shift, match.start())
            yield Fact(
                "company_founded_year",
                match.group("year"),
                index,
                start - shift,
                match.end() - start,
                weight=0.85 if since else 1.0,
            )
            if not since:
                return
