"""What job titles say: the words by which a seniority or a department follows from a title.

``strong`` words state it, ``weak`` ones only hint at it. Own list, folded form.
"""
# ruff: noqa: E501 - a vocabulary entry is read as one line

from typing import Final

from worker.domain.proving import cues

_Words = tuple[tuple[str, ...], tuple[str, ...]]


def _entry(strong: str, weak: str = "") -> _Words:
    first, second = (tuple(word.strip() for word in part.split(",") if word.strip()) for part in (strong, weak))
    return first, second


SENIORITIES: Final[dict[str, _Words]] = {
    "owner": _entry("owner, inhaber, propriétaire, dueño, propietari, titolare, eigenaar, proprietor"),
    "founder": _entry(
        "founder, co-founder, cofounder, gründer, mitgründer, fondateur, fondatrice, fundador, fondatore, oprichter",
        "started the company, founded",
    ),
    "c_suite": _entry(
        "ceo$, cto$, cfo$, coo$, cmo$, cio$, ciso$, cpo$, cro$, chro$, chief, president$, managing director, geschäftsführ, vorstand, directeur général, directrice générale, pdg$, director general, directora general, consejero delegado, amministratore delegato, algemeen directeur, 代表取締役, 社長, 总经理, 대표이사",
        "runs the company, heads the company",
    ),
    "partner": _entry("partner$, managing partner, senior partner, associé, socio$, socia$"),
    "vp": _entry("vp$, svp$, evp$, vice president, vice-president, vizepräsident"),
    "head": _entry(
        "head of, leiter, leitung, leiterin, abteilungsleit, bereichsleit, responsable de, responsable du, jefe de, jefa de, responsabile, hoofd$",
        "leads the",
    ),
    "director": _entry("director$, direktor, directeur, directrice, directora, direttore, direttrice"),
    "manager": _entry("manager$, manageress, teamleit, gerente, chef de projet", "manages"),
    "senior": _entry("senior$, sr.$, sr$, lead$, principal$, staff engineer", "many years, experienced"),
    "mid": _entry("associate$, mid-level, specialist$, referent$"),
    "entry": _entry("junior$, jr$, jr.$, graduate$, entry level, entry-level, assistant$"),
    "intern": _entry(
        "intern$, internship, trainee, apprentice, praktikant, auszubildende, azubi, werkstudent, stagiaire, becari, tirocinante, stagista, working student"
    ),
}
DEPARTMENTS: Final[dict[str, _Words]] = {
    "sales": _entry(
        "sales, vertrieb, verkauf, commercial$, ventas, vendite, verkoop, account executive, business development, 営業, 销售",
        "customers, revenue",
    ),
    "marketing": _entry(
        "marketing, brand$, communications, kommunikation, public relations, content$, growth$, cmo$, seo$", "campaign"
    ),
    "engineering": _entry(
        "engineer, developer, software, cto$, architect, programmer, devops, entwickl, ingénieur, ingenier, ingegner, technical, technology, techni, 開発, エンジニア",
        "builds, code",
    ),
    "product": _entry("product$, produktmanag, cpo$, chef de produit"),
    "design": _entry("designer, design$, ux$, ui$, creative$, gestalt"),
    "finance": _entry(
        "financ, cfo$, accountant, accounting, controller, controlling, treasur, buchhalt, finanz, comptab, contabil, boekhoud, 経理, 财务",
        "budget, books",
    ),
    "human resources": _entry(
        "human resources, hr$, people operations, recruit, talent$, personal$, personalleit, personalwesen, chro$, ressources humaines, recursos humanos, risorse umane, 人事",
        "hiring",
    ),
    "legal": _entry("legal$, counsel, lawyer, attorney, jurist, rechts, avocat, abogad, compliance, 法務"),
    "operations": _entry(
        "operations, coo$, logistic, supply chain, production, produktion, betriebsleit, facility, opérations, operaciones, einkauf, procurement, purchasing",
        "runs the plant",
    ),
    "customer success": _entry(
        "customer success, customer support, customer service, support$, kundendienst, kundenservice, service client, client services"
    ),
    "information technology": _entry(
        "it$, cio$, system administrator, sysadmin, network administrator, information technology, it-leit, informatique, security$, ciso$"
    ),
    "research": _entry("research, scientist, r&d, forsch, recherche, investigación, data scien"),
    "management": _entry(
        "ceo$, chief executive, managing director, geschäftsführ, general manager, president$, founder, vorstand, directeur général, director general, amministratore delegato, owner$, inhaber, 代表取締役"
    ),
    "medical": _entry("doctor, physician, nurse, surgeon, medical, arzt, ärztin, médecin, médico, dentist"),
    "education": _entry("teacher, professor, lecturer, trainer$, lehrer, enseignant, profesor"),
}
_SAME: Final = {
    "hr": "human resources", "people": "human resources", "it": "information technology", "tech": "engineering",
    "technology": "engineering", "development": "engineering", "software": "engineering", "executive": "management",
    "leadership": "management", "c suite": "management", "support": "customer success", "r&d": "research",
    "accounting": "finance", "business development": "sales", "communications": "marketing", "vertrieb": "sales",
    "logistics": "operations", "production": "operations", "founders": "management",
}  # fmt: skip


_EVERY: Final = tuple(
    word for words in (*SENIORITIES.values(), *DEPARTMENTS.values()) for word in words[0] if len(word) > 3
)


def is_role(folded: str) -> bool:
    """Whether a folded text holds a word that job titles are made of.

    >>> is_role("head of engineering"), is_role("leeds")
    (True, False)
    """
    return cues.has(folded, _EVERY)


def _support(words: _Words | None, folded: str) -> str:
    if words is None:
        return ""
    for strength, listed in zip(("strong", "weak"), words, strict=True):
        if listed and cues.has(folded, listed):
            return strength
    return ""


def seniority_support(value: str, folded: str) -> str:
    """How a folded text bears out a seniority of the catalogue: ``"strong"``, ``"weak"`` or ``""``.

    >>> seniority_support("vp", "vice president of sales"), seniority_support("intern", "vice president of sales")
    ('strong', '')
    """
    if (
        value == "c_suite"
        and cues.has(folded, ("vice president", "vice-president"))
        and not cues.has(folded, ("chief", "ceo$"))
    ):
        return ""
    return _support(SENIORITIES.get(value), folded)


def department_support(value: str, folded: str) -> str:
    """How a folded text bears out a folded department's name: ``"strong"``, ``"weak"`` or ``""``.

    >>> department_support("hr", "head of people operations")
    'strong'
    """
    return _support(DEPARTMENTS.get(_SAME.get(value, value)), folded)
