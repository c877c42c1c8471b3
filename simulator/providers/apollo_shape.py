"""Apollo's schemas: a person, an organisation, the ids that both carry."""

from hashlib import blake2b
from typing import Any, Final

from simulator.world import Company, Person

_EMAIL_STATES: Final = {
    "valid": "verified",
    "accept_all": "likely to engage",
    "invalid": "unavailable",
    "unknown": "unverified",
}


def make_id(*parts: str) -> str:
    """An id of 24 hex digits, the same for the same parts."""
    return blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def organization_data(company: Company) -> dict[str, Any]:
    """An organisation in Apollo's schema; there is no size band in it."""
    return {
        "id": make_id("organization", company.domain),
        "name": company.name,
        "website_url": f"http://www.{company.domain}",
        "blog_url": None,
        "linkedin_url": f"http://www.{company.linkedin_url}",
        "linkedin_uid": str(sum(company.slug.encode()) * 6101),
        "twitter_url": f"https://twitter.com/{company.twitter}" if company.twitter else None,
        "facebook_url": f"https://facebook.com/{company.facebook}" if company.facebook else None,
        "angellist_url": None,
        "crunchbase_url": None,
        "logo_url": None,
        "primary_domain": company.domain,
        "phone": company.phone,
        "primary_phone": {"number": company.phone, "source": "Scraped", "sanitized_number": company.phone},
        "founded_year": company.founded_year,
        "industry": company.industry,
        "industries": [company.industry],
        "secondary_industries": [],
        "keywords": list(company.keywords),
        "languages": [],
        "estimated_num_employees": company.employee_count,
        "raw_address": f"{company.street}, {company.city}, {company.region} {company.postal_code}, {company.country}",
        "street_address": company.street,
        "city": company.city,
        "state": company.region,
        "postal_code": company.postal_code,
        "country": company.country_name,
        "short_description": company.description,
        "seo_description": company.description,
        "annual_revenue": float(company.revenue) if company.revenue else None,
        "annual_revenue_printed": f"{company.revenue // 1_000_000}M" if company.revenue >= 1_000_000 else None,
        "total_funding": company.funding_total or None,
        "total_funding_printed": f"{company.funding_total / 1_000_000:g}M" if company.funding_total else None,
        "latest_funding_stage": None,
        "latest_funding_round_date": None,
        "funding_events": [],
        "technology_names": list(company.technologies),
        "current_technologies": [
            {"uid": item.lower(), "name": item, "category": "Other"} for item in company.technologies
        ],
        "departmental_head_count": {"sales": 3},
        "publicly_traded_symbol": None,
        "publicly_traded_exchange": None,
        "suborganizations": [],
    }


def person_data(person: Person, company: Company) -> dict[str, Any]:
    """A person in Apollo's schema."""
    organization_id = make_id("organization", company.domain)
    return {
        "id": make_id("person", person.slug),
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": person.name,
        "linkedin_url": f"http://www.{person.linkedin_url}",
        "title": person.title,
        "headline": person.headline or f"{person.title} at {person.company}",
        "seniority": person.seniority,
        "departments": [f"master_{person.department}"],
        "subdepartments": [],
        "functions": [person.department],
        "email": person.email if person.email_state != "invalid" else None,
        "email_status": _EMAIL_STATES.get(person.email_state, "unavailable"),
        "extrapolated_email_confidence": None,
        "photo_url": None,
        "twitter_url": f"https://twitter.com/{person.twitter}" if person.twitter else None,
        "github_url": f"https://github.com/{person.github}" if person.github else None,
        "facebook_url": None,
        "city": person.city,
        "state": person.region,
        "country": company.country_name,
        "organization_id": organization_id,
        "organization": organization_data(company),
        "employment_history": [
            {
                "_id": make_id("job", person.slug),
                "id": make_id("job", person.slug),
                "key": make_id("job", person.slug),
                "current": True,
                "title": person.title,
                "organization_id": organization_id,
                "organization_name": person.company,
                "start_date": f"{person.since}-01",
                "end_date": None,
            }
        ],
        "contact_id": None,
        "revealed_for_current_team": True,
        "is_likely_to_engage": False,
        "show_intent": False,
    }
