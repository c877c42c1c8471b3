"""Names of companies and people, made comparable."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

#: Legal forms as they end (or begin) company names, without dots and in lower case. Sources: the ISO 20275 list of
#: entity legal forms (GLEIF), shortened to forms met on company pages.
LEGAL_FORMS: Final = frozenset(
    {"inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd", "limited", "plc", "pbc",
     "pllc", "gmbh", "mbh", "ggmbh", "ag", "kg", "kgaa", "ohg", "ug", "ev", "eg", "gbr", "se", "gesmbh", "sa", "sarl",
     "sas", "sasu", "eurl", "snc", "sci", "scop", "spa", "srl", "srls", "sl", "slu", "sau", "lda", "ltda", "bv",
     "nv", "vof", "cv", "bvba", "sprl", "ab", "as", "asa", "oy", "oyj", "aps", "ks", "is", "ehf", "hf", "ou",
     "sia", "uab", "sro", "doo", "dd", "zrt", "kft", "nyrt", "bt", "ead", "eood", "ood", "sp zoo", "spzoo",
     "ooo", "oao", "zao", "pao", "pty", "pvt", "private", "pte", "sdn", "bhd", "kk", "gk", "株式会社", "有限会社",
     "合同会社",
     "有限公司", "股份有限公司", "주식회사", "unlimited"}
)  # fmt: skip
#: Forms written as several words, as they read once dots are gone.
_LONG_FORMS: Final = re.compile(
    r"\b(?:gmbh (?:und|&|and|\+) co(?: kg(?:aa)?)?|sp z o ?o|s de rl(?: de cv)?|sa de cv|s ?à ?r ?l|d o o|s r o|"
    r"s p a|s r l|s a s|s a r l|b v|n v|a g|e v|e k|haftungsbeschränkt)\b"
)


_ACCENTS: Final = re.compile("[\u0300-\u036f]")


def fold(name: str) -> str:
    """Lower case without accents, compatibility forms resolved.

    >>> fold("Café ＡＣＭＥ")
    'cafe acme'
    """
    split = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", split)).casefold()


@lru_cache(maxsize=8192)
def company_key(name: str) -> str:
    """A company's name without legal form, punctuation, accents and leading article, as one comparable text.

    >>> company_key("The ACME Rockets, Inc.") == company_key("Acme Rockets GmbH & Co. KG")
    True
    """
    return "".join(_company_words(name)) or fold(name)


def company_words(name: str) -> frozenset[str]:
    """The words of a company's name, without legal form and article.

    >>> sorted(company_words("The ACME Rockets, Inc."))
    ['acme', 'rockets']
    """
    return frozenset(_company_words(name))


#: Words that make another company of the same name.
OTHER_ENTITY: Final = frozenset(
    {"holding", "holdings", "group", "gruppe", "groupe", "grupo", "gruppo", "ventures", "foundation", "stiftung",
     "capital"}
)  # fmt: skip


def compatible_names(one: str, other: str) -> bool:
    """Whether one name is a short form of the other: all its words are in it, and the first is the same.

    >>> compatible_names("Nordwerk", "Nordwerk Maschinenbau GmbH"), compatible_names("Acme Labs", "Acme Foods")
    (True, False)
    """
    first, second = _company_words(one), _company_words(other)
    if not first or not second or first[0] != second[0]:
        return False
    extra = set(first) ^ set(second)
    return (set(first) <= set(second) or set(second) <= set(first)) and not extra & OTHER_ENTITY


def _company_words(name: str) -> list[str]:
    plain = (
        fold(name).replace("株式会社", " ").replace("有限会社", " ").replace("有限公司", " ").replace("주식회사", " ")
    )
    plain = re.sub(r"[.'’´`]", "", plain)
    plain = re.sub(r"[^\w&+]+", " ", plain.replace("(", " ").replace(")", " ")).strip()
    plain = _LONG_FORMS.sub(" ", plain)
    words = [word for word in re.split(r"[\s&+]+", plain) if word and word != "and" and word != "und"]
    kept = list(words)
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept.pop()
    if len(kept) > 1 and kept[0] in {"the", "die", "der", "das", "la", "le", "el"}:
        kept.pop(0)
    return kept or words


_TITLES: Final = frozenset(
    {"dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "herr", "frau", "dipl", "ing", "med", "phd", "mba",
     "jr", "sr", "ii", "iii", "msc", "bsc", "ma", "md", "esq", "cpa", "rer", "nat", "hc", "h", "c"}
)  # fmt: skip


def person_words(name: str) -> tuple[str, ...]:
    """The words of a person's name without titles, accents and punctuation.

    >>> person_words("Prof. Dr. Adèle O'Hara, PhD")
    ('adele', 'ohara')
    """
    plain = re.sub(r"\(.*?\)", " ", fold(name))
    family, _, given = plain.partition(",")
    parts = [_person_words(given), _person_words(family)]
    return tuple(parts[0] + parts[1]) or tuple(word for word in plain.replace(",", " ").split() if word)


def _person_words(part: str) -> list[str]:
    words = (re.sub(r"[^\w-]", "", re.sub(r"['’.]", "", word)) for word in re.split(r"[\s,]+", part))
    return [word for word in words if word and word not in _TITLES]


def person_key(name: str) -> str:
    """A person's name as one comparable text: first and last word decide, in whatever order.

    >>> person_key("Lovelace, Ada") == person_key("Ada King Lovelace")
    True
    """
    words = person_words(name)
    if not words:
        return fold(name)
    return " ".join(sorted({words[0], words[-1]}))


def same_person(one: str, other: str) -> bool:
    """Whether two spellings can be one person's name: family name equal, given names equal, short or initial.

    >>> same_person("A. Lovelace", "Ada Lovelace"), same_person("Ada Lovelace", "Anna Lovelace")
    (True, False)
    """
    if person_key(one) == person_key(other):
        return True
    first, second = person_words(one), person_words(other)
    if not first or not second:
        return False
    if first[-1] != second[-1]:
        return False
    if len(first) == 1 or len(second) == 1:
        return True
    return first[0].startswith(second[0]) or second[0].startswith(first[0])
