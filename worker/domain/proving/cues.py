"""Cue words: what stands beside a value on a page and says which field it belongs to, in several languages.

Lists are in folded form (``folding.fold``). A cue is matched from the start of a word; a trailing ``$`` asks for the
whole word. Scripts without spaces match anywhere.
"""
# ruff: noqa: E501 - word lists

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

PEOPLE: Final = (
    "employee", "employs", "employ$", "staff", "people$", "team of", "team members", "members of staff", "workforce",
    "headcount", "head count", "colleagues", "specialists", "professionals", "workers", "engineers", "craftsmen",
    "consultants", "mitarbeit", "beschäftigt", "angestellt", "köpfe", "kolleg", "fachkräfte", "personen$", "salarié",
    "collaborateur", "employé", "personnes$", "effectif", "emplead", "trabajador", "personas$", "plantilla",
    "colaborador", "funcionári", "pessoas$", "dipendent", "persone$", "addetti", "collaborator", "medewerker",
    "werknemer", "collega", "pracownik", "osób", "anställda", "medarbetare", "ansatte", "medarbejder", "työntekij",
    "zaměstnanc", "çalışan", "сотрудник", "работник", "従業員", "社員", "員工", "员工", "職員", "人$", "名$", "직원", "임직원", "명",
)  # fmt: skip
FOUNDED: Final = (
    "founded", "founding", "foundation", "established", "establishment", "est.", "est$", "incorporated", "inception",
    "started", "began", "launched", "set up", "opened", "born$", "gegründet", "gründung", "gegruendet", "gruendung",
    "entstand", "fondé", "fondee", "création", "créé", "fundad", "fundación", "creada", "fondat", "nata nel", "nasce",
    "costituita", "opgericht", "oprichting", "założon", "powsta", "grundad", "grundat", "grundlagt", "stiftet",
    "perustettu", "založen", "kuruluş", "kuruldu", "основан", "создан", "設立", "創業", "創立", "创立", "成立", "创建", "설립", "창립",
)  # fmt: skip
SINCE: Final = (
    "since", "seit", "depuis", "desde", "dal$", "sinds", "sedan", "siden", "od$", "od roku", "vuodesta", "с$", "以来", "自", "부터",
)  # fmt: skip
FAX: Final = ("fax", "telefax", "télécopie", "telecopie", "факс", "ファックス", "fax番号", "传真", "傳真", "팩스")
PHONE: Final = (
    "tel", "phone", "telephone", "call", "mobile", "cell", "fon$", "telefon", "mobil", "handy", "téléphone", "teléfono",
    "telefono", "telefone", "puhelin", "тел", "電話", "电话", "전화", "hotline", "t$", "ph$", "p$", "m$",
)  # fmt: skip
#: Words that put a place somewhere else than the company's own seat.
ELSEWHERE: Final = (
    "deliver", "ship$", "ships$", "shipping", "export", "customers", "clients", "client$", "customer$", "serve",
    "serving", "markets", "countries", "worldwide", "available in", "liefern", "lieferung", "versand", "kunden",
    "kunde$", "märkte", "ländern", "clients en", "livr", "clientes", "envío", "clienti", "klanten", "klient",
    "formerly", "previously", "ehemals", "near$", "supplier", "partner",
)  # fmt: skip
REVENUE: Final = (
    "revenue", "turnover", "sales$", "annual sales", "umsatz$", "umsatzerlös", "jahresumsatz", "chiffre d'affaires", "ca annuel",
    "ingresos", "facturación", "faturamento", "fatturato", "ricavi", "omzet", "przychod", "omsättning", "omsætning",
    "liikevaihto", "выручк", "оборот", "売上", "营收", "营业额", "매출",
)  # fmt: skip
FUNDING: Final = (
    "raised", "funding", "funded", "investment", "series a", "series b", "series c", "seed round", "venture",
    "finanzierung", "levé", "levée", "financiación", "finanziament", "investering", "資金調達", "融资",
)  # fmt: skip
REGISTER: Final = (
    "hrb", "hra$", "handelsregister", "registergericht", "registered", "registration", "register", "company no", "reg. no",
    "reg no", "company number", "company registration", "crn", "siren", "siret", "rcs", "kvk", "cif$", "nif$", "cin$",
    "krs", "regon", "nip$", "org. nr", "org.nr", "orgnr", "organisationsnummer", "cvr", "y-tunnus", "ičo", "ico$", "firmenbuch",
    "fn$", "rea$", "registro", "registre", "огрн", "инн", "法人番号", "登録番号", "统一社会信用代码", "사업자등록", "abn$", "acn$", "ein$",
    "company reg",
)  # fmt: skip
VAT: Final = (
    "vat", "ust", "umsatzsteuer", "mwst", "tva", "iva$", "p.iva", "p. iva", "partita iva", "btw", "uid$", "uid-", "moms",
    "alv$", "dph$", "dič", "dic$", "nif$", "cif$", "nip$", "tax id", "tax number", "afm", "αφμ", "áfa", "kdv", "ндс",
)  # fmt: skip
PARENT: Final = (
    "subsidiary of", "part of", "owned by", "parent", "belongs to", "a company of", "member of", "division of",
    "acquired by", "tochter", "teil der", "teil von", "gehört zu", "gehört zur", "unternehmen der", "filiale de",
    "filiale du", "fait partie", "groupe", "filial de", "parte de", "parte del", "fa parte", "controllata", "onderdeel van",
    "dochter", "子会社", "グループ", "旗下", "자회사",
)  # fmt: skip
FORMER: Final = (
    "formerly", "previously", "former name", "f/k/a", "fka$", "renamed", "used to be", "originally", "ehemals", "vormals",
    "früher", "anciennement", "antes", "anteriormente", "già$", "ex$", "voorheen", "tidigare", "旧", "旧社名", "원래",
)  # fmt: skip
NAMING: Final = (
    "©", "copyright", "(c)", "welcome to", "about", "we are", "is a", "is an", "is the", "was founded", "company name", "trading as",
    "legal notice", "imprint", "impressum", "willkommen bei", "über", "wir sind", "ist ein", "ist der", "ist das", "firma",
    "mentions légales", "bienvenue chez", "est une", "est un", "est la", "nous sommes", "raison sociale", "aviso legal",
    "somos", "es una", "es un", "razón social", "benvenuti", "siamo", "è un", "ragione sociale", "is een", "wij zijn",
    "会社名", "社名", "商号", "公司名称", "회사명", "at ", "bei ", "chez ", "all rights reserved", "alle rechte",
)  # fmt: skip
#: Words that name others than the company itself.
OTHERS: Final = (
    "trusted by", "our customers", "our clients", "customers include", "clients include", "customers such as", "partner", "powered by",
    "competitor", "unsere kunden", "kunden wie", "nos clients", "nuestros clientes", "i nostri clienti", "onze klanten",
    "designed by", "website by", "web design by", "hosted by", "testimonial", "case study", "acquired", "formerly", "ehemals",
)  # fmt: skip
#: Words that turn a statement round; looked for just before a value.
NEGATIONS: Final = frozenset(
    {"not", "no", "never", "neither", "nor", "without", "isn't", "aren't", "don't", "doesn't", "cannot", "can't",
     "nicht", "kein", "keine", "keinen", "keiner", "nie", "ohne", "weder", "pas", "jamais", "sans", "ni",
     "aucun", "aucune", "nunca", "sin", "ningún", "não", "sem", "nessun", "nessuna", "mai", "senza", "niet",
     "geen", "nooit", "zonder", "inte", "ingen", "ikke", "formerly", "ehemals", "anciennement", "non-"}
)  # fmt: skip
#: Words after which a list of customers follows, not the trade itself.
_CUSTOMERS: Final = re.compile(
    r"\b(?:for|für|pour|para|per|voor|serving|helping|enabling|used by|trusted by|clients?|customers?|kunden|clientes|clienti)\b"
    r"(?! (?:over|more|almost|nearly|many|about|decades|years|generations|the (?:last|past)|\d|über|mehr|plus de|más de|oltre))"
    # What was made or founded somewhere is said of the company again.
    r"(?:(?!, (?:\w{2,}ed|made|built|grown|born|hand-?made) (?:in|at|by|from)\b)[^.!?;\n。])*",
    re.IGNORECASE,
)
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=64)
def _pattern(cues: tuple[str, ...]) -> re.Pattern[str]:
    parts: list[str] = []
    for cue in sorted(cues, key=len, reverse=True):
        word = cue.removesuffix("$")
        body = re.escape(word)
        if not _CJK.search(word):
            body = (r"(?<!\w)" if word[0].isalnum() else "") + body + (r"(?!\w)" if cue.endswith("$") else "")
        parts.append(body)
    return re.compile("|".join(parts))


def places_of(folded: str, cues: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where cues stand in a folded text: (start, end) each."""
    return [match.span() for match in _pattern(cues).finditer(folded)]


def has(folded: str, cues: tuple[str, ...]) -> bool:
    """Whether a folded text holds one of the cues.

    >>> has("seit 1998 in leeds", SINCE)
    True
    """
    return _pattern(cues).search(folded) is not None


def without_customers(text: str) -> str:
    """A text without the parts that name customers: ``software for banks`` speaks of software.

    >>> without_customers("planning software for banks. founded in 1998.")
    'planning software . founded in 1998.'
    """
    return _CUSTOMERS.sub("", text)


def negated(folded: str, start: int) -> bool:
    """Whether one of the three words before ``start`` turns the statement round.

    >>> negated("we are not a bank", 13)
    True
    """
    before = re.split(r"[.!?;,]", folded[max(0, start - 60) : start])[-1].split()[-3:]
    return any(word in NEGATIONS for word in before)


def whole_words(folded: str, needle: str) -> Iterable[tuple[int, int]]:
    """Where ``needle`` stands in a folded text without being part of a longer word: (start, end) each.

    >>> list(whole_words("arthur and art", "art"))
    [(11, 14)]
    """
    at = folded.find(needle) if needle else -1
    while at >= 0:
        end = at + len(needle)
        if not (_joined(folded, at - 1, at) or _joined(folded, end - 1, end)):
            yield at, end
        at = folded.find(needle, at + 1)


def _joined(folded: str, left: int, right: int) -> bool:
    """Whether two neighbouring characters belong to one word; scripts without spaces have no such borders."""
    if left < 0 or right >= len(folded):
        return False
    one, other = folded[left], folded[right]
    if _CJK.match(one) or _CJK.match(other):
        return False
    return one.isalnum() and other.isalnum()
