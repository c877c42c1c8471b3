"""The sentence around a quote: reasons for which what it says is no fact about the page's own company.

A model may cut a quote so that only the flattering half is left ("founded in 1950" out of "we were not founded in
1950"). So the whole sentence is read, whatever was quoted: negations, questions, hopes and hearsay, and sentences whose
subject is somebody else (a customer, a competitor, the maker of a cookie banner, the author of a testimonial).
"""
# ruff: noqa: E501, SIM905 - word lists

import re
from collections.abc import Callable
from typing import Final

from worker.domain.folding import fold
from worker.domain.proving import cues

#: Whether a name is one of the company's own.
Own = Callable[[str], bool]

#: Fields whose rules do not read sentences: copied text, lists, addresses that the company's own name has to bear out.
UNREAD: Final = frozenset(
    {"company_description", "company_keywords", "company_languages", "company_domain", "company_website",
     "company_opening_hours", "company_former_name"}
)  # fmt: skip
#: Fields that anybody's sentence may name of the page's company: a name is no statement yet.
_NAMES: Final = frozenset({"company_name", "company_legal_name"})
#: Fields for which it matters that a sentence's subject is another proper name.
_STATED: Final = frozenset(
    {"company_employee_count", "company_size", "company_founded_year", "company_revenue", "company_funding_total",
     "company_parent_name", "company_type"}
)  # fmt: skip

#: Figures that a label may stand above, and the words of that label.
_LABELLED: Final = {
    "company_employee_count": cues.PEOPLE,
    "company_size": cues.PEOPLE,
    "company_founded_year": (*cues.FOUNDED, *cues.SINCE),
}

_MOST: Final = 400
#: The end of a sentence: a mark, space, and a beginning; not after the abbreviations that stand before names and numbers.
_END: Final = re.compile(
    r"(?<!\bno)(?<!\bnr)(?<!\bst)(?<!\bco)(?<!\binc)(?<!\bltd)(?<!\btel)(?<!\bdr)(?<!\bmr)(?<!\bmrs)(?<!\best)(?<!\bca)"
    r"(?<!\b\w)[.!?](?=[\"”»]?\s+[\"“„«A-Z\u00c0-\u00de0-9¿¡])|[。！？\n]",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;:–—()]|\s-\s|[.!?]\s")
_NEGATION: Final = re.compile(
    r"(?<!\w)(?:not(?! only\b| just\b| to mention\b| least\b)|n't|\w+n't|cannot|never|neither|nor|no longer|nobody|without|"
    r"nicht(?! nur\b| zuletzt\b)|kein\w*|nie|niemals|weder|ohne|ne|pas|jamais|aucune?|nunca|ning[uú]n\w*|tampoco|não|nenhum\w*|"
    r"nessun\w*|niet(?! alleen\b)|geen|nooit|inte|ingen|ikke|aldrig)(?!\w)"
)
_HEARSAY: Final = re.compile(
    r"(?<!\w)(?:if|whether|hope|hopes|hoping|plan to|plans to|planning to|aim to|aims to|want to|wants to|expect|expects|expected|would|could|might|"
    r"may have|some say|rumou?r\w*|allegedly|supposedly|reportedly|imagine|suppose|goal|wenn|falls|hoffen|planen|möchten|wollen|angeblich|"
    r"gerüchte\w*|geplant|si vous|espérons|objectif|prétend\w*|esperamos|queremos|supuestamente|speriamo|vorremmo|indien|hopen|by 20\d\d|bis 20\d\d|d'ici 20\d\d)(?!\w)"
)
#: Before or after these a statement is about them.
_OTHERS: Final = re.compile(
    r"(?<!\w)(?:our|their|another|unser\w*|notre|nos|nuestr\w+|il nostro|onze) (?:\w+ )?(?:customer|client|competitor|rival|partner|supplier|vendor|"
    r"kunde|kundin|wettbewerber|partner|lieferant|concurrent|fournisseur|cliente|competidor|proveedor|fornitore|concorrente|klant|leverancier)s?(?:firma)?(?: \w)",
)
_BANNER: Final = re.compile(
    r"cookiebot|usercentrics|onetrust|trustarc|quantcast|consent manage|(?<!\w)(?:use|uses|using|set|sets|store|stores|accept|verwende\w*|nutz\w*|utilis\w*|"
    r"usamos|utiliz\w*|usa|gebruik\w*)(?!\w)[^.!?\n]{0,40}(?<!\w)cookies?(?!\w)|(?<!\w)cookies? (?:by|von|de|di|van)(?!\w)"
)
_TESTIMONIAL: Final = re.compile(r"[\"”“»«]\s*[-–—,]?\s*(?-i:[A-Z\u00c0-\u00de])[^\W\d_]+ (?-i:[A-Z\u00c0-\u00de])")
_ROLE_AT: Final = re.compile(
    r"(?<!\w)(?i:ceo|cto|cfo|coo|founder|co-founder|owner|president|director|manager|head|partner|inhaber\w*|geschäftsführer\w*|leiter\w*|directeur|directrice|"
    r"gérante?|directora?|direttor\w+|directeur) (?i:of|at|bei|von|der|chez|de|di|van) (?P<name>[A-Z\u00c0-\u00de][\w&.'’-]*(?: [A-Z\u00c0-\u00de][\w&.'’-]*){0,3})"
)
_PROPER: Final = r"[A-Z\u00c0-\u00de][\w&.'’+-]*"
_SUBJECT: Final = re.compile(
    rf"(?P<name>{_PROPER}(?: {_PROPER}){{0,3}})(?:,[^,\n]{{1,60}},)? (?:was|were|is|has|had|employs|employed|raised|wurde|ist|hat|beschäftigt|zählt|"
    r"a été|est|emploie|compte|fue|es|tiene|emplea|è|ha|impiega|werd|heeft|telt)\b"
)
#: ``... is Northwind's``: somebody else's, whatever it is.
_BELONGING: Final = re.compile(rf"(?<!\w)(?:is|are|belongs? to|gehört zu|gehören) (?P<name>{_PROPER})(?:['’]s)(?!\w)")
_GIVEN: Final = re.compile(
    r"(?<!\w)(?:for (?:charit|good causes|cancer|children|victims|refugees|the hospice)|donat|spende|fundrais)"
)
_PRONOUNS: Final = frozenset(
    "we it they he she who which that this there today now here company firm group team business agency practice studio since currently also what "
    "wir es sie er unternehmen firma betrieb haus gesellschaft team gruppe heute seit büro kanzlei praxis verein hier "
    "nous il elle entreprise société maison équipe groupe cabinet agence on qui nosotros empresa compañía equipo grupo sociedad "
    "turnover revenue revenues sales profit funding staff headcount employees founded umsatz gründung mitarbeiter fatturato "
    "noi azienda società gruppo ditta wij het bedrijf team we'".split()
)
_ARTICLES: Final = frozenset(
    "the our this a an der die das unser unsere dieses le la les notre l' el los las nuestra nuestro il lo gli de het onze".split()
)
#: What stands right after a figure that counts something else than the company's own people.
_PASSING: Final = re.compile(
    r"^\W{0,2}(?:\w+ ){0,2}?(?:visit\w*|trust\w*|us(?:e|es|ed)|rel(?:y|ies|ied)|read|attend\w*|trained|follow\w*|subscrib\w*|joined us|came|come|vertrauen|nutzen|"
    r"besuch\w*|utilisent|confían|usan)(?!\w)"
)
_COUNTING: Final = re.compile(
    r"(?<!\w)(?:trained|helped|served|reached|inspired|coached|placed|recruited|over the (?:last|past)|in den letzten|ces dernières|en los últimos)(?!\w)"
)


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence, or the sentences, around a span begin and end: never across a line of the page, nor far."""
    left = max(0, start - _MOST)
    begins = [match.end() for match in _END.finditer(text, left, min(len(text), start + 4)) if match.end() <= start]
    closing = _END.search(text, max(start, end - 1), min(len(text), end + _MOST))
    return (begins[-1] if begins else left), (closing.end() if closing else min(len(text), end + _MOST))


def doubt(field: str, value: str, text: str, start: int, end: int, own: Own) -> str:
    """Why the sentence around a quote does not say a value of the company, or ""."""
    left, right = around(text, start, end)
    sentence = text[left:right]
    folded = fold(sentence)
    if _BANNER.search(folded):
        return "said in a cookie banner"
    if _TESTIMONIAL.search(sentence) and field not in _NAMES:
        return "said in a testimonial"
    if (others := _OTHERS.search(folded)) and not _owned(sentence, others.group(), own):
        return "said of a customer, partner or competitor"
    if any(not own(match["name"]) for match in _BELONGING.finditer(sentence)):
        return "said of somebody else"
    if field in _NAMES:
        return ""
    if field == "company_funding_total" and _GIVEN.search(folded):
        return "given away"
    asked = sentence.rstrip().endswith(("?", "？"))
    upto = fold(text[left:end])
    clause = _CLAUSE.split(f"{fold(text[left:start])} {_upto_value(fold(text[start:end]), fold(value))}")[-1]
    if asked or (field in _STATED and _HEARSAY.search(upto)):
        return "asked, hoped for or hearsay"
    if _NEGATION.search(clause):
        return "negated"
    if field in _STATED and (other := _other_subject(sentence, own)):
        return f"said of {other}"
    if field in {"company_employee_count", "company_size"} and _visitors(text, left, end, right):
        return "counts others than the company's people"
    if field in _LABELLED and _in_another_row(field, text, start, end):
        return "the figure counts something else"
    return ""


def _upto_value(quote: str, value: str) -> str:
    """A quote up to its value: what turns a statement round stands before it. All of it, where the value is mapped."""
    at = quote.find(value)
    if at < 0 and value.isdigit():
        digits = re.search(r"[.,' ]?".join(value), quote)
        at = digits.start() if digits else -1
    return quote[:at] if at >= 0 else quote


def _in_another_row(field: str, text: str, start: int, end: int) -> bool:
    """Whether a quote over several lines joins a label with the figure of a line that says what it counts itself.

    ``Founded`` above ``2003 downloads`` are two rows of a table; a figure alone on its line belongs to its neighbour.
    """
    if "\n" not in text[start:end]:
        return False
    left, right = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    lines = [fold(line) for line in text[left : right if right >= 0 else len(text)].split("\n")]
    figures = [line for line in lines if re.search(r"\d", line)]
    return bool(figures) and all(
        re.search(r"[^\W\d]{3}", line) and not cues.has(line, _LABELLED[field]) for line in figures
    )


def _owned(sentence: str, _: str, own: Own) -> bool:
    """``our partner company Acme`` names the company itself, where Acme is it."""
    found = re.search(
        rf"(?:[Oo]ur|[Uu]nser\w*|[Nn]otre) (?:\w+ ){{0,2}}(?P<name>{_PROPER}(?: {_PROPER}){{0,2}})", sentence
    )
    return bool(found) and own(str(found and found["name"]))


def _other_subject(sentence: str, own: Own) -> str:
    for pattern in (_ROLE_AT, _SUBJECT):
        for match in pattern.finditer(sentence):
            words = re.split(r"[ '’]", match["name"])
            if words[-1].casefold() in _PRONOUNS or (len(words) <= 2 and words[0].casefold() in _ARTICLES):
                continue
            name = " ".join(word for word in words if word.casefold() not in _ARTICLES)
            if not own(name):
                return "somebody else"
    return ""


def _visitors(text: str, left: int, end: int, right: int) -> bool:
    return bool(
        _PASSING.search(fold(text[end:right]))
        or _PASSING.search(_after_figure(text[left:right]))
        or _COUNTING.search(fold(text[left:end]))
    )


def _after_figure(sentence: str) -> str:
    found = re.search(r"\d[\d.,' ]*\s(?P<rest>.*)", sentence, re.DOTALL)
    return fold(found["rest"]) if found else ""
