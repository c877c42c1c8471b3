"""What a page says about an organisation in structured data, whatever the notation."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from worker.providers.website.address import Address
from worker.providers.website.countries import BY_NAME, NAMES
from worker.providers.website.jsonld import first, nodes, texts, types_of

_ORGANISATIONS = re.compile(
    r"(?:Organization|Corporation|Business|Store|Shop|Restaurant|Hotel|School|University|College|Hospital|Clinic|Dentist|Physician|Attorney|Notary|LegalService|Agency|Agent"
    r"|Office|Service|Salon|Spa|Bakery|Bar|Pub|Cafe\w*|Brewery|Winery|Distillery|Museum|Library|Airline|NGO|Dealer|Rental|Repair|Contractor|Electrician|Plumber|Locksmith|Mover|HousePainter|Roofing\w*"
    r"|Bank\w*|Insurance\w*|Accounting\w*|Company|Consortium|Pharmacy|Optician|Gym|Club|Center|Centre|Resort|Motel|Hostel|Campground|Brand|Place|LodgingBusiness|FoodEstablishment|Florist|Church|PlaceOfWorship|Theater|Cinema|Zoo|Park|Aquarium)$"
)
_NOT = frozenset(
    {
        "WebSite",
        "WebPage",
        "PostalAddress",
        "OfferShippingDetails",
        "DeliveryTimeSettings",
        "ProfilePage",
        "ContactPage",
        "BookingService",
        "CheckoutPage",
        "SearchAction",
        "ParkingMap",
        "BroadcastService",
    }
)
_BRANCH = frozenset({"Place", "Brand", "Park", "Service"})
#: How sure a notation is, best first.
_RANK = {"json-ld": 0, "microdata": 1, "hcard": 2}


@dataclass(slots=True)
class Organisation:
    """One organisation in structured data. Lists hold (value, path) in the order of the page."""

    path: str
    kinds: list[str]
    node: Mapping[str, Any] = field(repr=False)
    names: list[tuple[str, str]] = field(default_factory=list)
    phones: list[tuple[str, str]] = field(default_factory=list)
    faxes: list[tuple[str, str]] = field(default_factory=list)
    emails: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    same_as: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> tuple[str, str]:
        """(text, path) of a property, or two empty strings."""
        return first(self.node.get(name)), f"{self.path}.{name}"


@dataclass(slots=True)
class Structured:
    """All that structured data says: organisations by trust, people, and the site's own name."""

    organisations: list[Organisation] = field(default_factory=list)
    people: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    site_names: list[tuple[str, str]] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)


def read_structured(scripts: list[Any], markup: list[dict[str, Any]]) -> Structured:
    """Read JSON-LD values and markup items into organisations, people and site names."""
    out = Structured()
    known = nodes(scripts) if scripts else []
    by_id = {node["@id"]: node for _, node in known if isinstance(node.get("@id"), str) and len(node) > 1}
    for path, node in known:
        _take(out, path, node, by_id)
    for path, node in nodes(list(markup)) if markup else []:
        _take(out, path.replace("json-ld", str(node.get("@path") or "microdata"), 1), node, {})
    return out


def is_organisation(kinds: Iterable[str]) -> bool:
    """Whether one of the types is a kind of organisation."""
    return any(kind not in _NOT and _ORGANISATIONS.search(kind) for kind in kinds)


def _take(out: Structured, path: str, node: Mapping[str, Any], by_id: Mapping[str, Any]) -> None:
    kinds = types_of(node)
    out.kinds.update(kinds)
    if "WebSite" in kinds:
        out.site_names.extend((name, f"{path}.name") for name in texts(node.get("name")))
    if "Person" in kinds:
        out.people.append((path, node))
    if "PostalAddress" in kinds or ("Card" in kinds and not node.get("name")):
        return
    if not is_organisation(kinds) and "Card" not in kinds:
        return
    if re.search(
        r"\.(?:author|creator|review|itemReviewed|hiringOrganization|seller|manufacturer|brand|sponsor|memberOf|worksFor|provider)\b",
        path,
    ):
        # Roles inside other things: their organisation is the site's own only by chance; a publisher usually is the owner.
        return
    if len(node) <= 2 and "@id" in node:
        return
    organisation = Organisation(path, kinds, node)
    for name in ("name", "legalName", "alternateName"):
        organisation.names.extend((text, f"{path}.{name}") for text in texts(node.get(name)) if len(text) < 140)
    organisation.phones.extend(_values(node, path, ("telephone", "phone")))
    organisation.faxes.extend(_values(node, path, ("faxNumber",)))
    organisation.emails.extend((text.removeprefix("mailto:"), at) for text, at in _values(node, path, ("email",)))
    organisation.same_as.extend(_values(node, path, ("sameAs",)))
    points = node.get("contactPoint") or node.get("contactPoints") or []
    for number, point in enumerate(points if isinstance(points, list) else [points]):
        if isinstance(point, dict):
            at = f"{path}.contactPoint[{number}]"
            organisation.phones.extend(_values(point, at, ("telephone",)))
            organisation.faxes.extend(_values(point, at, ("faxNumber",)))
            organisation.emails.extend((t.removeprefix("mailto:"), w) for t, w in _values(point, at, ("email",)))
    places = [node.get("address")]
    for name in ("location", "department", "subOrganization"):
        inner = node.get(name)
        for place in inner if isinstance(inner, list) else [inner]:
            places.extend([place.get("address") or place] if isinstance(place, dict) else [])
    for place in places:
        for one in (place if isinstance(place, list) else [place])[:40]:
            referred = by_id.get(one["@id"]) if isinstance(one, dict) and set(one) == {"@id"} else one
            address = read_address(referred, f"{path}.address")
            if address:
                organisation.addresses.append(address)
    if organisation.names or organisation.addresses or organisation.phones:
        out.organisations.append(organisation)


def _values(node: Mapping[str, Any], path: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(text, f"{path}.{name}") for name in names for text in texts(node.get(name)) if len(text) < 300]


def read_address(value: Any, path: str) -> Address | None:
    """A PostalAddress, or None when it has neither a street nor a postal code."""
    if not isinstance(value, Mapping):
        return None
    street = ", ".join(dict.fromkeys(t for n in ("streetAddress", "postOfficeBoxNumber") for t in texts(value.get(n))))
    code, city = first(value.get("postalCode")), first(value.get("addressLocality"))
    if not (street or code) or not (city or code):
        return None
    region, country = first(value.get("addressRegion")), first(value.get("addressCountry"))
    iso = country.upper() if len(country) == 2 and country.upper() in NAMES else BY_NAME.get(country.lower(), "")
    parts = [part for part in (street, code, city, region, country) if part]
    return Address(
        street=street, city=city, region=region, postal_code=code, country=iso, text=", ".join(parts), path=path
    )
