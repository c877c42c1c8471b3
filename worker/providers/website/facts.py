"""All facts about the owner that are neither name, address, phone nor email."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from collections.abc import Iterator, Sequence

from worker.providers.website.document import Document
from worker.providers.website.fact import Fact
from worker.providers.website.history import find_history
from worker.providers.website.hours import find_hours
from worker.providers.website.jsonld import first
from worker.providers.website.registers import find_registers
from worker.providers.website.rendering import Rendering
from worker.providers.website.serialised import attribute
from worker.providers.website.structured import Organisation, Structured
from worker.providers.website.technologies import find_technologies

_GENERIC_DESCRIPTION = (
    "just another wordpress",
    "description",
    "meta description",
    "default description",
    "joomla",
    "welcome to our",
)


def find_facts(document: Document, rendering: Rendering, structured: Structured, regions: Sequence[str]) -> list[Fact]:
    """Facts in no particular order; several for one field are possible."""
    facts = list(_of_head(document))
    if structured.organisations:
        facts.extend(_of_organisation(structured.organisations[0]))
    facts.extend(find_history(rendering))
    facts.extend(find_registers(rendering, regions))
    hours = find_hours(rendering, structured)
    if hours:
        facts.append(hours)
    logo = _logo(document, rendering)
    if logo:
        facts.append(logo)
    technologies = find_technologies(document)
    if technologies:
        facts.append(Fact("company_technologies", technologies, path="head", quote=", ".join(technologies)))
    languages = _languages(document)
    if languages:
        facts.append(Fact("company_languages", languages, path="html[lang],link[hreflang]", quote=", ".join(languages)))
    return facts


def _of_head(document: Document) -> Iterator[Fact]:
    for name in ("description", "og:description", "twitter:description", "dc.description"):
        text = document.meta.get(name, "")
        if len(text) >= 25 and not text.lower().startswith(_GENERIC_DESCRIPTION):
            yield Fact("company_description", text[:1900], path=f"meta:{name}", quote=text[:300])
            break
    keywords = [word.strip() for word in document.meta.get("keywords", "").split(",")]
    keywords = [word for word in keywords if 2 < len(word) <= 60][:30]
    if keywords:
        yield Fact(
            "company_keywords",
            tuple(dict.fromkeys(keywords)),
            path="meta:keywords",
            quote=", ".join(keywords)[:300],
            weight=0.8,
        )


def _of_organisation(organisation: Organisation) -> Iterator[Fact]:
    """Single-valued properties of the main organisation in structured data."""
    for field, names in (
        ("company_legal_name", ("legalName",)), ("company_description", ("description",)), ("company_founded_year", ("foundingDate",)),
        ("company_vat_id", ("vatID",)), ("company_registration_id", ("leiCode", "taxID", "duns")), ("company_industry", ("industry",)),
        ("company_parent_name", ("parentOrganization",)),
    ):  # fmt: skip
        for name in names:
            text, path = organisation.get(name)
            if text:
                text = text[:4] if field == "company_founded_year" else text[:1900]
                yield Fact(field, text, path=path, quote=text[:300], weight=0.7 if field == "company_industry" else 1.0)
                break
    count = organisation.node.get("numberOfEmployees")
    if isinstance(count, dict):
        exact, low, high = first(count.get("value")), first(count.get("minValue")), first(count.get("maxValue"))
        if low and high:
            yield Fact(
                "company_size", f"{low}-{high}", path=f"{organisation.path}.numberOfEmployees", quote=f"{low}-{high}"
            )
    else:
        exact = first(count)
    if exact:
        field = "company_employee_count" if exact.replace(",", "").isdigit() else "company_size"
        yield Fact(field, exact, path=f"{organisation.path}.numberOfEmployees", quote=exact)
    logo, path = organisation.get("logo")
    if logo.startswith("http"):
        yield Fact("company_logo_url", logo, path=path, quote=logo)


def _logo(document: Document, rendering: Rendering) -> Fact | None:
    for image in rendering.images[:80]:
        lowered = image.tag.lower()
        if "logo" not in lowered or "partner" in lowered or "client" in lowered or "payment" in lowered:
            continue
        source = attribute(image.tag, "src") or attribute(image.tag, "data-src") or ""
        if source and not source.startswith("data:"):
            url = document.absolute(source)
            if url.startswith("http"):
                return Fact("company_logo_url", url, path="img.logo", quote=url, weight=0.9)
    for icon in document.icons:
        if "apple-touch" in icon:
            return Fact("company_logo_url", document.absolute(icon), path="link[rel=icon]", quote=icon, weight=0.6)
    return None


def _languages(document: Document) -> tuple[str, ...]:
    tags = [document.language, *document.alternates]
    found = dict.fromkeys(tag.replace("_", "-").partition("-")[0].lower() for tag in tags if tag)
    return tuple(tag for tag in found if 2 <= len(tag) <= 3 and tag.isalpha())[:20]
