"""The table of rules: which rule decides about which field.

Contained: the quote holds the value's words. Parsed: the value is a number, a year, an address or an official number
that is read from the quote, beside a word that says which one it is. Mapped: a listed word in the quote stands for it.
"""

from typing import Final

from worker.domain.claim import Value
from worker.domain.proving import addresses, contained, cues, figures, naming, place, roles, vocabulary
from worker.domain.proving.quoted import Quoted, Rule

_BY_FIELD: Final[dict[Rule, str]] = {
    naming.person: "person_name",
    naming.part_of_person: "person_first_name person_last_name",
    naming.title: "person_title",
    naming.headline: "person_headline",
    naming.employer: "person_company_name",
    place.town: "company_city company_region person_city person_region",
    place.street: "company_street",
    place.postal_code: "company_postal_code",
    place.address: "company_address",
    naming.company: "company_name",
    naming.legal: "company_legal_name",
    naming.behind(cues.PARENT): "company_parent_name",
    naming.behind(cues.FORMER): "company_former_name",
    contained.revenue: "company_revenue",
    contained.description: "company_description",
    contained.items: "company_technologies company_keywords company_languages company_opening_hours",
    figures.people: "company_employee_count",
    figures.size: "company_size",
    figures.year: "company_founded_year",
    figures.dollars: "company_funding_total",
    addresses.email: "company_email person_email",
    addresses.phone: "company_phone company_fax person_phone",
    addresses.address: "company_domain company_website company_linkedin_url company_twitter_url company_facebook_url "
    "company_instagram_url company_youtube_url company_tiktok_url company_xing_url company_github_url "
    "company_crunchbase_url person_linkedin_url person_twitter_url person_github_url person_company_domain",
    addresses.country: "company_country person_country",
    addresses.number_of(cues.REGISTER): "company_registration_id",
    addresses.number_of(cues.VAT): "company_vat_id",
    vocabulary.industry: "company_industry",
    vocabulary.role(roles.seniority_support, "job title"): "person_seniority",
    vocabulary.role(roles.department_support, "job title"): "person_department",
    vocabulary.company_type: "company_type",
}
_RULES: Final[dict[str, Rule]] = {field: rule for rule, fields in _BY_FIELD.items() for field in fields.split()}

#: Fields that text can prove; nothing else is worth asking a reader for.
PROVABLE: Final = frozenset(_RULES)


def follows(field: str, value: Value, quoted: Quoted) -> str:
    """The name of the rule by which ``value`` follows from the quote, or "".

    ``inferred`` rules are conclusions: allowed only where the catalogue says that a field may be inferred.
    """
    rule = _RULES.get(field)
    return rule(field, value, quoted) if rule else ""
