"""People with roles: managing directors in imprints, founders, staff in structured data."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterator, Sequence

import msgspec

from worker.providers.website.jsonld import first
from worker.providers.website.rendering import Rendering
from worker.providers.website.structured import Structured

_ROLE = (
    r"gesch[äa]e?ftsf[üu]e?hr(?:er(?:in)?(?:innen)?|ung)|vertretungsberechtigte(?:r)?(?:\s(?:gesch[äa]ftsf[üu]hrer|vorstand))?|vertreten\sdurch(?:\s(?:den|die)\sgesch[äa]ftsf[üu]hrer(?:in)?)?|inhaber(?:in)?|vorstand(?:svorsitzende[r]?)?|verantwortlich\w{0,12}|ansprechpartner(?:in)?"
    r"|managing\sdirectors?|chief\sexecutive(?:\sofficer)?|ceo|cto|cfo|coo|founder(?:s)?(?:\s(?:and|&)\s(?:ceo|owner|president))?|co-?founders?|owners?|president|vice\spresident|chairm[ae]n|director|general\smanager|office\smanager|principal|partner|proprietor"
    r"|g[ée]rant(?:e)?|directeur(?:\s(?:g[ée]n[ée]ral|de\s(?:la\s)?publication))?|directrice|pr[ée]sident(?:e)?(?:\sdirecteur\sg[ée]n[ée]ral)?|pdg|responsable\s(?:de\s(?:la\s)?publication|l[ée]gal)|director(?:a)?(?:\s(?:general|gerente))?|gerente|administrador(?:a)?|propietari[oa]|titolare|amministratore(?:\sunico|\sdelegato)?|legale\srappresentante|presidente"
    r"|directeur|eigenaar|zaakvoerder|vd|verkst[äa]llande\sdirekt[öo]r|daglig\sleder|adm\.?\sdir\w*|direkt[øo]r|toimitusjohtaja|prezes(?:\szarz[ąa]du)?|w[łl]a[śs]ciciel|jednatel|majitel|[üu]gyvezet[őo]|генеральный\sдиректор|директор|代表取締役(?:社長)?|代表者?|대표(?:이사|자)?"
)
_PERSON = r"(?:(?:Herrn?|Frau|Mr\.?|Mrs\.?|Ms\.?|Dr\.?(?:[\s-]?(?:med|jur|phil|rer|ing|nat|oec|pol)\.?)*|Prof\.?|Dipl\.?-?\s?\w{2,8}\.?(?:\s?\(FH\))?|Ing\.?|Mag\.?|M\.\s|Mme\.?|Sr\.?|Sra\.?|D\.|Dott\.?(?:ssa)?)\s){0,3}(?P<name>[A-ZÀ-ÞŁŚŻŹČŠŽŘ][\w'’.-]{1,24}(?:\s(?:[A-ZÀ-ÞŁŚŻŹČŠŽŘ][\w'’.-]{0,24}|von|van|de[rn]?|zu|di|da|del|la|le|dos?|af|ter|bin)){1,4})"
_OTHER_ROLES = (
    "代表", "대표", "директор", "ügyvezet", "właściciel", "verkställande", "direktør", "direktör", "gérant", "gestora"
)  # fmt: skip
_ROLE_WORDS = frozenset(
    "geschäftsführer geschäftsführerin geschaeftsfuehrer geschäftsführung vertretungsberechtigter vertreten inhaber inhaberin vorstand vorstandsvorsitzender verantwortlich verantwortlicher ansprechpartner ansprechpartnerin director directors chief ceo"
    " cto cfo coo founder founders cofounder cofounders owner owners president chairman chairmen chairwoman manager principal partner proprietor gerant directeur directrice pdg responsable directora gerente administrador administradora propietario"
    " propietaria titolare amministratore rappresentante presidente eigenaar zaakvoerder vd daglig leder jednatel majitel prezes toimitusjohtaja gérant gérante président présidente general managing vertretungsberechtigte geschäftsführerinnen inhaberinnen".split()
)
_AFTER_ROLE = re.compile(rf"(?<!\w)(?P<role>(?i:{_ROLE}))(?!\w)\s?(?:\([^)]{{0,30}}\))?\s?[:：,–-]?\s{{0,2}}{_PERSON}")
_BEFORE_ROLE = re.compile(rf"^{_PERSON}\s?[,–—|(-]\s{{0,2}}(?P<role>(?i:{_ROLE}))(?!\w)")
_ROLE_LINE = re.compile(rf"^\W{{0,3}}(?P<role>(?i:{_ROLE}))(?:[\s(/][^:]{{0,30}})?\s?[:：]?\s?$")
_PERSON_LINE = re.compile(rf"^{_PERSON}$")
_CJK_ROLE = re.compile(
    r"(?P<role>代表取締役(?:社長)?|代表者?|대표(?:이사|자)?)\s?[:：]?\s{0,3}(?P<name>[\u4e00-\u9fff]{1,4}\s[\u4e00-\u9fff]{1,4}|[\u4e00-\u9fff]{3,5}|[가-힣]{2,4})(?![\w])"
)
_NOT_NAME = re.compile(
    r"\b(?:GmbH|AG|Ltd|Inc|Street|Road|Tel|Fax|Telefon|Phone|Email|E-Mail|Impressum|Contact|Kontakt|Amtsgericht|Registergericht|Handelsregister|Company|Group|Team|Office|The|Our|Sitz|Steuernummer|Ust|Haftung|Inhalt|Datenschutz|University|Center|Services?|Sales|Board|Directors?|Manager)\b",
    re.I,
)


class Person(msgspec.Struct, frozen=True, gc=False):
    """Somebody with a role, and where that is said."""

    name: str
    role: str
    line: int = -1
    column: int = 0
    length: int = 0
    path: str = ""


def find_people(rendering: Rendering, structured: Structured) -> list[Person]:
    """People named with a role, each once."""
    found: dict[str, Person] = {}
    for person in [*_in_structure(structured), *_in_text(rendering)]:
        found.setdefault(person.name.lower(), person)
        if len(found) >= 60:
            break
    return list(found.values())


def _in_structure(structured: Structured) -> Iterator[Person]:
    for path, node in structured.people[:60]:
        name, role = first(node.get("name")), first(node.get("jobTitle"))
        if name and role and len(name) < 80:
            yield Person(name, role, path=path)
    for organisation in structured.organisations[:3]:
        founder = first(organisation.node.get("founder"))
        if founder and len(founder) < 80:
            yield Person(founder, "Founder", path=f"{organisation.path}.founder")


def _lines_with(roles: Sequence[str], rendering: Rendering, *, wide: bool) -> list[int]:
    """The numbers of the lines that name a role."""
    return sorted(rendering.lines_with([*roles, *_OTHER_ROLES] if wide else roles))


def _in_text(rendering: Rendering) -> Iterator[Person]:
    lines = rendering.lines
    wide = not rendering.text.isascii()
    roles = tuple(_ROLE_WORDS & rendering.vocabulary)
    if not roles and not (wide and any(role in rendering.lowered for role in _OTHER_ROLES)):
        return
    for index in _lines_with(roles, rendering, wide=wide):
        line = lines[index]
        if not 4 <= len(line) <= 400:
            continue
        for pattern in (_AFTER_ROLE, _BEFORE_ROLE):
            match = pattern.search(line)
            if match and _is_name(match.group("name")):
                yield Person(
                    _trim(match.group("name")),
                    match.group("role").strip(),
                    index,
                    match.start(),
                    match.end() - match.start(),
                )
                break
        else:
            if index + 1 < len(lines) and len(line) <= 60 and _ROLE_LINE.match(line):
                below = _PERSON_LINE.match(lines[index + 1].strip(" ,.")) if len(lines[index + 1]) <= 60 else None
                if below and _is_name(below.group("name")):
                    yield Person(below.group("name"), line.strip(" :："), index + 1, 0, len(lines[index + 1]))
        if not line.isascii():
            match = _CJK_ROLE.search(line)
            if match:
                yield Person(
                    match.group("name"), match.group("role"), index, match.start(), match.end() - match.start()
                )


def _trim(name: str) -> str:
    return name.strip(" ,.-")


def _is_name(name: str) -> bool:
    return len(name) >= 5 and not _NOT_NAME.search(name) and not name.isupper()
