"""Rules for names: whose a name is, told by what stands right beside it."""
# ruff: noqa: E501 - word lists

import re
from typing import Final

from worker.domain.claim import Value
from worker.domain.folding import fold
from worker.domain.names import LEGAL_FORMS
from worker.domain.proving import cues, roles
from worker.domain.proving.quoted import Quoted, Rule, holds

#: What leads up to a company's own name, in folded text.
_LEADS: Final = re.compile(
    r"(?:©|\(c\)|copyright|welcome to|willkommen bei|bienvenue chez|bienvenidos a|benvenuti (?:in|da)|company name|trading as|firma|firmenname|"
    r"raison sociale|razón social|ragione sociale|denominazione|bedrijfsnaam|handelsnaam|会社名|社名|商号|公司名称|회사명|legal notice|imprint|impressum)"
    r"[\s:：.,©\d–-]{0,18}(?:by |the )?$"
)
#: What follows it.
_TRAILS: Final = re.compile(
    r"^(?:[\s,.]{0,3}(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|tutti i diritti)"
    r"|,? (?:is|are|was|ist|sind|est|es|è|is een|makes?|builds?|sells?|offers?|provides?|develops?|manufactures?|designs?|helps?|runs?|produces?|"
    r"entwickelt|fertigt|baut|bietet|fabrique|propose|conçoit|fabrica|ofrece|produce|offre|maakt|levert)\b"
    r"|(?:は|が|の)"
    r"|\s?株式会社)"
)
_WHERE_NEXT: Final = re.compile(r"[.!?;。\n]")
_NEAR: Final = 36
#: Legal forms that are ordinary words, too.
_ALSO_WORDS: Final = frozenset(
    {"is", "as", "se", "co", "group", "holding", "private", "company", "gruppe", "ab", "sa", "ou", "dd", "sl", "cv"}
)


def company(_: str, value: Value, quoted: Quoted) -> str:
    """A company's own name: the site's host bears it, a legal form follows it, or words that name the company itself."""
    folded, needle = quoted.folded, fold(str(value))
    if not holds(folded, needle) or cues.has(folded, cues.OTHERS) or not _begins_like_a_name(str(value)):
        return ""
    if quoted.own_name:
        return "contained, borne by the host"
    line = quoted.line
    for start, end in cues.whole_words(line, needle):
        if _has_form(line, start, end) or _LEADS.search(line[max(0, start - 48) : start]):
            return "contained beside a naming word"
        if _TRAILS.match(line[end : end + 40]) and not _lower(str(value)) and start <= 4:
            return "contained as a sentence's subject"
    return ""


def _begins_like_a_name(value: str) -> bool:
    return bool(re.match(r"\w", value)) and not re.match(r"(?:1[5-9]|20)\d\d\b", value)


def _lower(value: str) -> bool:
    return value[:1].islower()


def _has_form(folded: str, start: int, end: int) -> bool:
    """Whether a legal form stands right behind a name (or, in Japanese, beside it)."""
    behind = re.match(r"[\s,]{0,2}([\w.]+)", folded[end : end + 16])
    if behind and behind[1].replace(".", "") in LEGAL_FORMS - _ALSO_WORDS:
        return True
    around = folded[max(0, start - 4) : end + 4]
    return any(form in around for form in LEGAL_FORMS if not form.isascii())


def legal(_: str, value: Value, quoted: Quoted) -> str:
    """A full name that ends (in Japanese and the like, also begins) with its legal form."""
    folded, needle = quoted.folded, fold(str(value))
    words = re.sub(r"[.,()]", "", needle).split()
    closing = {*words[-1:], "".join(words[-2:])}
    # "is" and "as" are forms only in capitals.
    forms = LEGAL_FORMS if str(value).split()[-1][:1].isupper() else LEGAL_FORMS - _ALSO_WORDS
    ends = len(words) > 1 and bool(closing & forms)
    eastern = any(form in needle for form in LEGAL_FORMS if not form.isascii()) and len(needle) > 4
    if (
        not _begins_like_a_name(str(value))
        or not (ends or eastern)
        or re.search(r"[@|·•]", needle)
        or _lower(str(value))
        or not holds(folded, needle)
    ):
        return ""
    return "" if cues.has(folded, (*cues.OTHERS, *cues.ELSEWHERE)) else "contained with its legal form"


def behind(words: tuple[str, ...]) -> Rule:
    """Contained, right behind one of the words (in Japanese and the like, beside it)."""

    def rule(_: str, value: Value, quoted: Quoted) -> str:
        folded, needle = quoted.led, fold(str(value))
        if _lower(str(value)) or not any(True for _ in cues.whole_words(quoted.folded, needle)):
            return ""
        for start, _end in cues.whole_words(folded, needle):
            for _left, right in cues.places_of(folded, words):
                gap = folded[right:start]
                if right <= start and len(gap) <= _NEAR and not _WHERE_NEXT.search(gap):
                    return "contained behind a cue"
        east = not needle.isascii() and cues.has(folded, words) and len(folded) <= 60
        return "contained beside a cue" if east else ""

    return rule


_PERSON: Final = re.compile(r"[^\W\d_]{1,30}(?:[ .'’-]{1,2}[^\W\d_]{1,30}){1,4}")
_ROLE_WORDS: Final = tuple(word for words in roles.SENIORITIES.values() for listed in words for word in listed)
_EMPLOYER: Final = re.compile(r"(?:\b(?:at|bei|chez|of|von|de|en|presso|bij|for|with|joined)|[@|,·•–-])\s?(?:the )?$")
_TITLE_ENDING: Final = re.compile(
    r"(?:er|or|ist|ant|ent|ect|man|woman|eur|euse|rice|ière|ier|ista|ore|trice|ologe|ologin|wirt|wirtin|leiter|leitung|lead|chef|officer|head|師|長|員|担当)$"
)


def person(_: str, value: Value, quoted: Quoted) -> str:
    """A person's name: two or more words in capitals, beside the word of a role."""
    name = str(value)
    capital = all(not word[:1].islower() for word in re.findall(r"[^\W\d_]{3,}", name))
    shaped = bool(_PERSON.fullmatch(name)) and capital and not cues.has(fold(name), _ROLE_WORDS)
    if not shaped or not holds(quoted.folded, fold(name)):
        return ""
    return "contained beside a role" if cues.has(fold(quoted.block), _ROLE_WORDS) else ""


def part_of_person(_: str, value: Value, quoted: Quoted) -> str:
    """A given or family name, contained."""
    return "contained" if holds(quoted.folded, fold(str(value))) and " " not in str(value).strip() else ""


def title(_: str, value: Value, quoted: Quoted) -> str:
    """A job title: contained, and made of words that titles are made of."""
    needle = fold(str(value))
    if not holds(quoted.folded, needle) or len(needle) > 120:
        return ""
    known = cues.has(needle, _ROLE_WORDS) or roles.is_role(needle)
    return "contained" if known or any(_TITLE_ENDING.search(word) for word in needle.split()) else ""


def headline(_: str, value: Value, quoted: Quoted) -> str:
    """A line that describes a person: contained, with the word of a role in it."""
    needle = fold(str(value))
    return (
        "contained" if holds(quoted.folded, needle) and (roles.is_role(needle) or cues.has(needle, _ROLE_WORDS)) else ""
    )


def employer(_: str, value: Value, quoted: Quoted) -> str:
    """The company a person works for: contained, behind a word or mark that leads to an employer."""
    line, needle = quoted.line, fold(str(value))
    if not holds(quoted.folded, needle) or roles.is_role(needle):
        return ""
    places = list(cues.whole_words(line, needle))
    led = any(_EMPLOYER.search(line[max(0, start - 12) : start]) for start, _ in places)
    return "contained behind a cue" if led or any(_has_form(line, *place) for place in places) else ""
