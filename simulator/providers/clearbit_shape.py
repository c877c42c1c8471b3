"""The camelCase shape of people and companies that Clearbit used and Hunter's enrichment uses too."""

from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from simulator.world import Company, Person

_SENIORITY = {
    "c_suite": "executive",
    "founder": "executive",
    "owner": "executive",
    "vp": "executive",
    "director": "director",
}


def _employees(count: int) -> str:
    bands = ((10, "1-10"), (50, "11-50"), (250, "51-250"), (1000, "251-1K"), (5000, "1K-5K"), (10000, "5K-10K"))
    return next((band for most, band in bands if count <= most), "10K-50K")


def _handle(handle: str) -> dict[str, str | None]:
    return {"handle": handle or None}


def person_shape(person: Person, company: Company) -> dict[str, Any]:
    """A person."""
    return {
        "id": str(uuid5(NAMESPACE_DNS, person.slug)),
        "name": {"fullName": person.name, "givenName": person.first_name, "familyName": person.last_name},
        "email": person.email,
        "location": f"{person.city}, {person.region}, {company.country_name}",
        "timeZone": None,
        "utcOffset": None,
        "geo": {
            "city": person.city,
            "state": person.region,
            "stateCode": None,
            "country": company.country_name,
            "countryCode": company.country,
            "lat": None,
            "lng": None,
        },
        "bio": None,
        "site": None,
        "avatar": None,
        "employment": {
            "domain": person.domain,
            "name": person.company,
            "title": person.title,
            "role": person.department,
            "subRole": None,
            "seniority": _SENIORITY.get(person.seniority, "manager"),
        },
        "linkedin": _handle(person.slug),
        "twitter": _handle(person.twitter),
        "github": _handle(person.github),
        "facebook": _handle(""),
        "phone": person.phone or None,
        "fuzzy": False,
        "emailProvider": False,
        "indexedAt": "2026-01-01T00:00:00Z",
        "activeAt": None,
        "inactiveAt": None,
    }


def company_shape(company: Company, *, ranges: bool) -> dict[str, Any]:
    """A company; ``ranges`` gives ``metrics.employees`` as text such as "1K-5K", else as a number, a range beside."""
    employees: dict[str, Any] = (
        {"employees": _employees(company.employee_count)}
        if ranges
        else {"employees": company.employee_count, "employeesRange": _employees(company.employee_count)}
    )
    return {
        "id": str(uuid5(NAMESPACE_DNS, company.domain)),
        "name": company.name,
        "legalName": company.legal_name,
        "domain": company.domain,
        "domainAliases": [],
        "site": {"phoneNumbers": [company.phone], "emailAddresses": [company.email]},
        "category": {
            "sector": None,
            "industryGroup": None,
            "industry": company.industry.title(),
            "subIndustry": None,
            "gicsCode": None,
            "sicCode": None,
            "sic4Codes": [],
            "naicsCode": None,
            "naics6Codes": [],
        },
        "tags": list(company.keywords),
        "description": company.description,
        "foundedYear": company.founded_year,
        "location": f"{company.street}, {company.city}, {company.region} {company.postal_code}, {company.country}",
        "timeZone": None,
        "utcOffset": None,
        "geo": {
            "streetNumber": None,
            "streetName": None,
            "streetAddress": company.street,
            "city": company.city,
            "postalCode": company.postal_code,
            "state": company.region,
            "stateCode": None,
            "country": company.country_name,
            "countryCode": company.country,
            "lat": None,
            "lng": None,
        },
        "logo": None,
        "linkedin": {"handle": f"company/{company.slug}"},
        "twitter": _handle(company.twitter),
        "facebook": _handle(company.facebook),
        "crunchbase": _handle(""),
        "instagram": _handle(company.instagram),
        "emailProvider": False,
        "type": company.type,
        "company_type": company.type,
        "ticker": None,
        "identifiers": {"usEIN": None},
        "phone": company.phone,
        "metrics": {
            "alexaUsRank": None,
            "alexaGlobalRank": None,
            "trafficRank": None,
            **employees,
            "marketCap": None,
            "raised": company.funding_total or None,
            "annualRevenue": company.revenue or None,
            "estimatedAnnualRevenue": None,
            "fiscalYearEnd": None,
        },
        "tech": [item.lower() for item in company.technologies],
        "techCategories": [],
        "fundingRounds": [],
    }
