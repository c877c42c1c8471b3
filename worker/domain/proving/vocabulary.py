"""Rules for values that stand for listed words: industries, seniorities, departments, company types."""
# ruff: noqa: E501 - word lists

import re
from collections.abc import Callable
from typing import Final

from worker.domain.claim import Value
from worker.domain.folding import fold
from worker.domain.proving import cues, roles
from worker.domain.proving import industry as industries
from worker.domain.proving.quoted import Quoted, Rule, holds

_TYPES: Final = {
    "private": ("privately held", "privately owned", "private company", "family-owned", "family owned", "family business", "family-run", "gmbh$", "limited$", "ltd$", "llc$", "familienunternehmen", "familienbetrieb", "inhabergeführt", "sarl$", "sas$", "s.r.l", "srl$", "b.v.", "bv$", "entreprise familiale", "empresa familiar", "azienda di famiglia", "株式会社"),
    "public": ("publicly traded", "public company", "nasdaq", "nyse", "stock exchange", "listed on", "börsennotiert", "coté en bourse", "cotiza", "quotata", "plc$", "上場"),
    "nonprofit": ("non-profit", "nonprofit", "not-for-profit", "not for profit", "charity", "charitable", "501(c)", "gemeinnützig", "e.v.", "ggmbh", "association loi", "sans but lucratif", "sin ánimo de lucro", "senza scopo di lucro", "npo法人"),
    "government": ("government agency", "public authority", "municipality", "ministry of", "state-owned", "behörde", "anstalt des öffentlichen rechts"),
    "educational": ("university", "college", "school", "hochschule", "universität", "université", "universidad", "università"),
    "partnership": ("partnership", "llp$", "& partner", "gbr$", "ohg$", "kg$"),
    "cooperative": ("cooperative", "co-operative", "genossenschaft", "eg$", "coopérative", "cooperativa"),
    "self_employed": ("self-employed", "freelance", "freiberuf", "autónomo"),
    "sole_proprietorship": ("sole trader", "sole proprietor", "einzelunternehm", "inhaber:", "inh.", "e.k.", "entreprise individuelle", "ditta individuale"),
    "subsidiary": cues.PARENT,
}  # fmt: skip


#: Words of sentences that say what a company does.
_TRADE: Final = (
    "makes$", "sells$", "builds$", "brews$", "bakes$", "roasts$", "grows$", "baut$", "fertigt$", "fabrique", "we are", "we make", "we build", "we offer", "we provide", "we sell", "we supply", "we produce", "we design", "maker", "specialis", "specializ",
    "supplier", "services", "industry", "sector", "manufactur", "producer", "wir sind", "wir fertigen", "wir bieten", "hersteller", "branche",
    "anbieter", "nous sommes", "fabricant", "spécialis", "somos", "fabricante", "especiali", "siamo", "produttore", "specializzat", "wij zijn",
    "製造", "事業", "専門", "业务", "专业",
)  # fmt: skip


def industry(_: str, value: Value, quoted: Quoted) -> str:
    """The value stands in the quote, or listed words of that trade do; hints make it a conclusion."""
    needle, own = fold(str(value)), cues.without_customers(quoted.folded)
    if holds(own, needle) and industries.is_known(needle) and not (len(own) < 80 and roles.is_role(own)):
        return "contained"
    strength = industries.support(needle, quoted.folded)
    if strength:
        return (
            "mapped from the industry vocabulary" if strength == "strong" else "inferred from the industry vocabulary"
        )
    if not cues.has(own, _TRADE):
        return ""
    if _names_trade(own, needle):
        return "inferred from words of the quote"
    stems = [word[:6] for word in re.findall(r"[^\W\d]{4,}", needle)]
    return "inferred from shared words" if stems and all(_starts(own, stem) for stem in stems) else ""


def _names_trade(folded: str, needle: str) -> bool:
    """Whether a text holds a trade that no vocabulary lists: up to six words without figures, and no place."""
    if len(needle.split()) > 6 or not re.search(r"[^\W\d]{4}", needle) or re.search(r"\d", needle):
        return False
    places = [start for start, _ in cues.whole_words(folded, needle) if not cues.negated(folded, start)]
    return any(not re.search(r"\b(?:in|at|from|near|of|by|und|and|à|aus|en|di) $", folded[:start]) for start in places)


def _starts(folded: str, stem: str) -> bool:
    return any(not cues.negated(folded, match.start()) for match in re.finditer(rf"(?<!\w){re.escape(stem)}", folded))


def role(support: Callable[[str, str], str], what: str) -> Rule:
    """A rule for what a job title says, by a vocabulary."""

    def rule(_: str, value: Value, quoted: Quoted) -> str:
        strength = support(fold(str(value)), quoted.folded)
        if strength == "strong":
            return f"mapped from a {what}"
        if strength == "weak":
            return f"inferred from words of a {what}"
        return ""

    return rule


def company_type(_: str, value: Value, quoted: Quoted) -> str:
    """Listed words of the quote stand for a company type."""
    folded = cues.without_customers(quoted.folded)
    words = _TYPES.get(str(value))
    places = cues.places_of(folded, words) if words else []
    return "mapped from words of a company type" if any(not cues.negated(folded, start) for start, _ in places) else ""
