"""Companies made by the dozen from a seed, so that load tests have subjects enough."""

from random import Random
from typing import Final

from simulator import registers
from simulator.world import Company, Person

_HEADS: Final = (
    "Alder", "Basalt", "Cinder", "Dovetail", "Ember", "Fathom", "Gantry", "Hollow", "Inlet", "Juniper", "Keel", "Lumen",
    "Marl", "Nimbus", "Orchard", "Pallet", "Quill", "Rampart", "Sable", "Tallow", "Umber", "Vellum", "Wicker", "Yarrow",
)  # fmt: skip
_TAILS: Final = ("point", "field", "works", "line", "gate", "loft", "bridge", "mark", "stone", "way", "ridge", "craft")
_TRADES: Final = (
    ("Software", "computer software", "inventory software", "c"),
    ("Logistics", "logistics and supply chain", "pallet transport", "l"),
    ("Foods", "food production", "frozen vegetables", "f"),
    ("Medical", "medical devices", "infusion pumps", "m"),
    ("Analytics", "information technology and services", "sales dashboards", "a"),
    ("Interiors", "design", "office fit-outs", "i"),
    ("Textiles", "textiles", "technical fabrics", "t"),
    ("Robotics", "industrial automation", "picking robots", "r"),
    ("Media", "online media", "trade magazines", "o"),
    ("Energy", "renewables & environment", "heat pumps", "e"),
)
_PLACES: Final = (
    ("US", "Columbus", "Ohio", "43215", "+1614555", 4, "{n} {w} Street", "Inc."),
    ("US", "Tucson", "Arizona", "85701", "+1520555", 4, "{n} {w} Avenue", "LLC"),
    ("US", "Richmond", "Virginia", "23219", "+1804555", 4, "{n} {w} Road", "Inc."),
    ("GB", "Leicester", "England", "LE1 5WW", "+44116496", 4, "{n} {w} Lane", "Ltd"),
    ("GB", "Cardiff", "Wales", "CF10 1EP", "+44292018", 4, "{n} {w} Row", "Ltd"),
    ("DE", "Köln", "Nordrhein-Westfalen", "50667", "+492214710", 3, "{w}straße {n}", "GmbH"),
    ("DE", "München", "Bayern", "80331", "+498999998", 3, "{w}weg {n}", "GmbH"),
    ("FR", "Nantes", "Pays de la Loire", "44000", "+3326191", 4, "{n} rue du {w}", "SARL"),
    ("NL", "Utrecht", "Utrecht", "3511 LN", "+3130555", 4, "{w}laan {n}", "B.V."),
    ("IE", "Cork", "Munster", "T12 W8KP", "+35321550", 4, "{n} {w} Quay", "Ltd"),
)
_STREETS: Final = ("Linden", "Mill", "Foundry", "Garden", "Station", "Harbour", "Castle", "Meadow", "Bridge", "Market")
_FIRST: Final = ("Ada", "Bruno", "Carla", "Dmitri", "Esme", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Luca",
                 "Mina", "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tilda", "Uwe")  # fmt: skip
_LAST: Final = ("Abbot", "Birch", "Castell", "Dorn", "Ekberg", "Falk", "Gruber", "Hale", "Iversen", "Jansen", "Kovac",
                "Lorne", "Meyer", "Novak", "Osei", "Pike", "Quist", "Reyes", "Stroud", "Thorne")  # fmt: skip
_ROLES: Final = (
    ("Chief Executive Officer", "c_suite", "executive"),
    ("Head of Marketing", "head", "marketing"),
    ("Sales Manager", "manager", "sales"),
    ("Software Engineer", "senior", "engineering"),
    ("Finance Director", "director", "finance"),
)
#: The ranges of register and VAT numbers that nobody is given hold so many.
_NUMBERED: Final = 10_000
_TECH: Final = ("Python", "Java", "React", "PostgreSQL", "Kafka", "Salesforce", "Shopify", "WordPress")


def make_companies(count: int, seed: int = 1) -> list[Company]:
    """``count`` companies; the same seed gives the same ones, and a larger count only adds to them."""
    return [_make(number, Random(f"{seed}:{number}")) for number in range(count)]


def _make(number: int, dice: Random) -> Company:
    word = dice.choice(_HEADS) + dice.choice(_TAILS)
    trade, industry, sells, _ = dice.choice(_TRADES)
    country, city, region, postal, prefix, digits, street, form = dice.choice(_PLACES)
    domain = f"{word.lower()}-{number}.example"
    name = f"{word} {trade} {number}"
    # US numbers stay within 555-01xx, which is kept for fiction.
    line = f"01{number % 100:02d}" if prefix.startswith("+1") else f"{number % 10**digits:0{digits}d}"
    slug = f"{word.lower()}-{trade.lower()}-{number}-example"
    founded = dice.randint(1950, 2021)
    employees = int(dice.lognormvariate(4.2, 1.3)) + 2
    people = []
    for place in range(dice.randint(2, 4)):
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        title, seniority, department = _ROLES[(number + place) % len(_ROLES)]
        people.append(
            Person(
                first_name=first,
                last_name=f"{last}{'' if place == 0 else '-' + _LAST[place]}",
                title=title,
                seniority=seniority,
                department=department,
                domain=domain,
                company=name,
                email=f"{first.lower()}.{last.lower()}{place or ''}@{domain}",
                city=city,
                region=region,
                country=country,
                slug=f"{first.lower()}-{last.lower()}-{number}-{place}-example",
                since=f"{dice.randint(2015, 2025)}-{dice.randint(1, 12):02d}",
                email_state=dice.choice(("valid", "valid", "valid", "accept_all", "invalid", "unknown")),
            )
        )
    return Company(
        domain=domain,
        name=name,
        legal_name=f"{name} {form}",
        description=f"{name} makes {sells} for customers in {city} and beyond.",
        industry=industry,
        employee_count=employees,
        founded_year=founded,
        street=street.format(n=dice.randint(1, 240), w=dice.choice(_STREETS)),
        city=city,
        region=region,
        postal_code=postal,
        country=country,
        phone=f"{prefix}{line}",
        email=f"{dice.choice(('info', 'hello', 'office', 'contact'))}@{domain}",
        slug=slug,
        sells=sells,
        twitter=f"{word.lower()}{number}_example" if dice.random() < 0.5 else "",
        facebook=f"{word.lower()}{number}.example" if dice.random() < 0.4 else "",
        technologies=tuple(sorted(dice.sample(_TECH, 3))),
        keywords=(sells, city.lower()),
        registration_id=_registration(country, number),
        vat_id=_vat(country, number),
        revenue=employees * dice.randint(80, 260) * 1000,
        funding_total=dice.choice((0, 0, 0, 2_000_000, 9_500_000, 30_000_000)),
        made=True,
        people=tuple(people),
    )


def _registration(country: str, number: int) -> str:
    """A register number as the country writes them; none where companies do not print one, or the range is used up."""
    match country if number < _NUMBERED else "":
        case "DE":
            return f"HRB {90_000 + number}"
        case "GB":
            return f"99{number:06d}"
        case "FR":
            return registers.siren(f"1001{number:04d}")
        case "NL":
            return f"99{number:06d}"
    return ""


def _vat(country: str, number: int) -> str:
    """A VAT number with valid check digits, from a range that nobody is given, as far as that goes."""
    match country if number < _NUMBERED else "":
        case "DE":
            return registers.german_vat(f"9991{number:04d}")
        case "GB":
            return registers.british_vat(f"999{number:04d}")
        case "FR":
            return registers.french_vat(registers.siren(f"1001{number:04d}"))
    return ""
