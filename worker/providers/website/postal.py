"""Postal codes of many countries, and on which side of the city they stand.

Code shapes after the Universal Postal Union's addressing sheets and CLDR's postal code patterns.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from dataclasses import dataclass

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado", "CT": "Connecticut",
    "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois",
    "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland",
    "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska",
    "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia",
    "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam", "VI": "Virgin Islands",
}  # fmt: skip
CA_PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick", "NL": "Newfoundland and Labrador",
    "NS": "Nova Scotia", "NT": "Northwest Territories", "NU": "Nunavut", "ON": "Ontario", "PE": "Prince Edward Island", "QC": "Quebec",
    "SK": "Saskatchewan", "YT": "Yukon",
}  # fmt: skip
AU_STATES = {
    "NSW": "New South Wales", "VIC": "Victoria", "QLD": "Queensland", "WA": "Western Australia", "SA": "South Australia",
    "TAS": "Tasmania", "ACT": "Australian Capital Territory", "NT": "Northern Territory",
}  # fmt: skip

_STATE_NAMES = "|".join(
    sorted((re.escape(name).replace(r"\ ", r"\s") for name in US_STATES.values()), key=len, reverse=True)
)
_STATE_CODES = "|".join(US_STATES)
_SHORT_STATES = (
    r"Ala|Ariz|Ark|Calif|Cal|Colo|Conn|Del|Fla|Ill|Ind|Kan|Kans|Ky|Mass|Mich|Minn|Miss|Mont|Neb|Nebr|Nev|Okla|Ore|Oreg|Penn|Penna"
    r"|Tenn|Tex|Wash|Wis|Wisc|Wyo|N\.\s?Y|N\.\s?J|N\.\s?H|N\.\s?M|N\.\s?C|N\.\s?D|S\.\s?C|S\.\s?D|R\.\s?I|W\.\s?Va|D\.\s?C"
)
_STATE = rf"(?:{_STATE_CODES}|(?i:{_STATE_NAMES})|(?:{_SHORT_STATES})\.?|(?:{'|'.join(code.title() for code in US_STATES)})(?=[\s,.]+\d))"
_PROVINCE = (
    r"(?:AB|BC|MB|NB|NL|NS|NT|NU|ON|PE|PEI|QC|PQ|SK|YT|B\.C|Ont|Que|Qu[ée]bec|Ontario|Alberta|British\sColumbia|Manitoba|New\sBrunswick"
    r"|Newfoundland(?:\s(?:and|&)\sLabrador)?|Nova\sScotia|Prince\sEdward\sIsland|Saskatchewan|Yukon|Northwest\sTerritories|Nunavut)"
)


@dataclass(frozen=True, slots=True)
class PostalRule:
    """How one country (or several that write alike) shows postal codes.

    ``strong`` codes are recognised anywhere, others only where a country is likely. ``city_after`` tells on
    which side of the code the city stands. ``sizes`` are the lengths of runs of digits of which a line must have one,
    ``shapes`` outlines of which it must have one, too (``outline.outline_of``), unless the page has one of the
    ``words``; where there are none of either, it need not.
    """

    countries: tuple[str, ...]
    pattern: re.Pattern[str]
    strong: bool = False
    city_after: bool = False
    sizes: frozenset[int] = frozenset()
    shapes: tuple[bytes, ...] = ()
    words: frozenset[str] = frozenset()

    @property
    def alone(self) -> bool:
        """Whether the code has to stand alone on its line."""
        return self.pattern.pattern.startswith("^")


def _rule(
    countries: str, sizes: str, pattern: str, *, strong: bool = False, city_after: bool = False,
    shapes: tuple[bytes, ...] = (), words: frozenset[str] = frozenset(),
) -> PostalRule:  # fmt: skip
    return PostalRule(
        tuple(countries.split()), re.compile(pattern), strong, city_after, frozenset(map(int, sizes)), shapes, words
    )


#: Areas of British postal codes: "W10 3GB" may be one, "U2 5GT" and "HD7 0DR" of a list of parts may not all be.
_GB_AREAS = (
    "A[BL]|B[ABDFHLNRSTX]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUXY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?"
    "|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)
#: What stands between a code and the city behind it.
_CITY = r"(?=(?:[\s,]{1,3}|\s[-–•·|/]\s|\.\s)(?:[A-ZÀ-ÞŁŚŻŹČŠŽŘĎŤŇĐŐŰİŞĞĀ-ȲΑ-ΩΆΈΉΊΌΎΏА-ЯЁІЇЄҐ]|s'|d'|l'|'s|den\s|de\s|la\s|le\s|el\s|am\s|bad\s|(?:[гмс]|гр|ул|вул|бул)\.))"
_PREFIXES = {
    "D": "DE", "DE": "DE", "A": "AT", "AT": "AT", "CH": "CH", "F": "FR", "FR": "FR", "B": "BE", "BE": "BE", "L": "LU", "LU": "LU",
    "I": "IT", "IT": "IT", "E": "ES", "ES": "ES", "DK": "DK", "S": "SE", "SE": "SE", "N": "NO", "NO": "NO", "FIN": "FI", "FI": "FI", "FL": "LI",
    "PL": "PL", "CZ": "CZ", "SK": "SK", "H": "HU", "HU": "HU", "SI": "SI", "SLO": "SI", "HR": "HR", "GR": "GR", "P": "PT", "PT": "PT", "LT": "LT",
    "LV": "LV", "EE": "EE", "RO": "RO", "BG": "BG", "TR": "TR", "MD": "MD", "UA": "UA", "RS": "RS",
}  # fmt: skip
PREFIX_COUNTRY = _PREFIXES
#: Outlines of prefixes and Polish codes: what is written around their dashes.
_PREFIX_SHAPES = tuple(f"A{dash}0".encode() for dash in ("-", "- ", " -", " - ", "–", "– ", " –", " – "))
_PL_SHAPES = tuple(f"00{dash}000{end}".encode() for dash in ("-", "- ", " -", " - ") for end in (" ", ","))
_AU_WORDS = frozenset("nsw vic qld tas act sa wa nt wales victoria queensland australia tasmania".split())

#: In order of trust: the first rule that matches a place on the line wins it.
RULES: tuple[PostalRule, ...] = (
    _rule("US", "5", rf"(?<![\w])(?P<region>{_STATE})[.,)]{{0,2}}(?:[\s,–—|•·(-]{{1,4}}|&nbsp;)(?:(?:USA?|(?i:zip(?:\s?code)?|postal\scode)[:.]?)[\s,]{{1,2}})?(?P<postal>\d{{5}}(?:\s?[-–]\s?\d{{4}})?)(?![\d-])", strong=True),
    _rule("US", "5", rf"(?<![\w])(?P<region>{_STATE_CODES})(?P<postal>\d{{5}}(?:-\d{{4}})?)(?![\w-])", strong=True, shapes=(b"AA00000",)),
    _rule("CA", "1", rf"(?:(?<!\w)(?P<region>{_PROVINCE})[.,)]{{0,2}}[\s,–-]{{1,4}}(?:Canada[\s,]{{1,3}})?)?(?<!\w)(?P<postal>[ABCEGHJ-NPRSTVXYabceghj-nprstvxy]\d[A-Za-z][\s-]{{0,2}}\d[A-Za-z]\d)(?!\w)", strong=True, shapes=(b"A0A", b"A0a", b"a0A", b"a0a")),
    _rule("GB", "12", rf"(?<![\w-])(?P<postal>(?:GIR\s?0AA|(?:{_GB_AREAS})\d[A-Z\d]?\s{{1,2}}\d[ABD-HJLNP-UW-Z]{{2}}))(?![\w-])", strong=True, shapes=(b"0AA",)),
    _rule("GB", "12", rf"(?<![\w-])(?P<postal>(?i:{_GB_AREAS})\d[A-Za-z\d]?\s{{0,2}}\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{{2}})(?![\w-])", shapes=(b"0AA", b"0Aa", b"0aA", b"0aa")),
    _rule("IE", "124", r"(?<!\w)(?P<postal>(?:[AC-FHKNPRTV-Y]\d\d|D6W)\s?[0-9AC-FHKNPRTV-Y]{4})(?!\w)"),
    _rule("IE", "12", r"(?<!\w)(?P<postal>Dublin\s(?:\d{1,2}|6W))(?!\w)(?![^\n]{0,24}\b[AC-FHKNPRTV-Y]\d[\dW]\s?[0-9AC-FHKNPRTV-Y]{4}(?!\w))"),
    _rule("AU", "4", r"(?<!\w)(?P<region>NSW|N\.S\.W\.?|VIC|QLD|TAS|ACT|A\.C\.T\.?|(?:SA|WA|NT)(?=[\s,]{1,3}\d{4}(?!\d))|(?i:vic|qld|tas|new\ssouth\swales|victoria|queensland|western\saustralia|south\saustralia|tasmania))[.,]?[\s,–-]{1,4}(?:Australia[\s,]{1,3})?(?P<postal>\d{4})(?![\d-])", strong=True, shapes=(b"A.A.A",), words=_AU_WORDS),
    _rule("AU", "4", r"(?<=[a-z,])\s(?P<postal>\d{4})[,.]?\s(?P<region>NSW|VIC|QLD|TAS|ACT|SA|WA|NT|Vic|Qld)(?!\w)"),
    _rule("JP", "37", r"〒\s?(?P<postal>\d{3}[-‐－ー–]?\d{4})", strong=True, city_after=True, shapes=("〒".encode(),)),
    _rule("JP", "37", r"(?<![\d-])(?P<postal>\d{3}[-‐－]\d{4})(?![\d-])", city_after=True),
    _rule("KR", "35", r"(?:우\s?\)?|\()\s?(?P<postal>\d{5}|\d{3}-\d{3})\)?(?=\s)", city_after=True),
    _rule("KR", "35", r"(?<![\d-])(?P<postal>\d{3}-\d{3}|\d{5})(?![\d-])"),
    _rule("BR", "53", r"(?<![\d-])(?:CEP[\s:.]{0,3})?(?P<postal>\d{2}\.?\d{3}\s?-\s?\d{3})(?![\d-])"),
    _rule("NL", "4", r"(?<![\w-])(?:NL\s?-?\s?)?(?P<postal>[1-9]\d{3}\s{0,2}(?!(?:[KMGT]B|HP|P[CS]|K[GW]|[CM]M|ML|AD|BC|[AP]M)(?!\w))[A-Z]{2})(?![\w])" + _CITY, strong=True, city_after=True, shapes=(b"0000AA", b"0000 AA")),
    _rule("NL", "4", r"(?<![\w-])(?P<postal>[1-9]\d{3}\s{0,2}[A-Za-z]{2})(?!\w)", city_after=True),
    _rule("PT", "4", r"(?<![\d-])(?:P-)?(?P<postal>\d{4}\s?-\s?\d{3})(?![\d-])", city_after=True),
    _rule("PL", "2", r"(?<![\d-])(?:PL\s?-?\s?)?(?P<postal>\d{2}\s?-\s?\d{3})(?![\d-])" + _CITY, strong=True, city_after=True, shapes=_PL_SHAPES),
    _rule("PL", "2", r"(?<=[a-zà-ɏ,])\s(?P<postal>\d{2}-\d{3})(?![\d-])"),
    _rule("PREFIX", "345", rf"(?<![\w-])(?P<prefix>{'|'.join(sorted(_PREFIXES, key=len, reverse=True))})\s?[-–]\s?(?P<postal>\d{{4,5}}|\d{{3}}\s\d\d)(?!\d)" + _CITY, strong=True, city_after=True, shapes=_PREFIX_SHAPES),
    _rule("PREFIX", "45", rf"^(?P<prefix>{'|'.join(sorted(_PREFIXES, key=len, reverse=True))})\s?[-–]\s?(?P<postal>\d{{4,5}})$", strong=True, city_after=True, shapes=_PREFIX_SHAPES),
    _rule("MX ES CO CL AR VE PE UY CR EC", "456", r"(?:C\.?\s?P\.?|C[oó]digo\s[Pp]ostal)[\s:.º#]{0,4}(?P<postal>[A-Z]?\d{4,7}[A-Z]{0,3})(?!\d)", strong=True, shapes=(b"A.A. 0", b"A.A.0", b"A.A.:", b"A. A. 0", b"A.A 0", b"A.A. A0"), words=frozenset({"cp", "código", "codigo"})),
    _rule("RU UA BY KZ RO", "6", r"(?<![\d+(.-])(?P<postal>\d{6})(?=[\s,]{1,3}(?:г\.?|обл|респ|ул|вул|пр|пер|бул|наб|[А-ЯЁA-ZȘŞȚŢÎ]))", city_after=True),
    _rule("UA", "5", r"(?<![\d+(.-])(?P<postal>\d{5})(?=[\s,]{1,3}(?:[гм]\.?|обл|ул|вул|пр|пер|бул|наб|[А-ЯІЇЄҐA-Z]))", city_after=True),
    _rule("SG", "6", r"(?<!\w)(?:(?i:singapore)[\s,:(–-]{0,4}|[Ss]\s?\(?)(?P<postal>\d{6})\)?(?!\d)", strong=True, shapes=(b"A000000", b"A 000000", b"A(000000", b"A (000000"), words=frozenset({"singapore"})),
    _rule("IN", "63", r"(?<![\d+(])(?<![\d\s]-)(?P<postal>[1-9]\d{2}\s?\d{3})(?![\d-])"),
    _rule("BR", "853", r"(?<!\d)(?:CEP|Cep)[\s:.]{0,3}(?P<postal>\d{8}|\d{2}\.?\d{3}[\s.–-]{1,3}\d{3})(?!\d)", strong=True, words=frozenset({"cep"})),
    _rule("BR", "8", r"(?<=[\s,])(?P<postal>\d{8})(?![\d-])"),
    _rule("CL", "7", r"(?<=[\s,])(?P<postal>\d{7})(?![\d-])"),
    _rule("RU UA BY KZ", "6", r"(?<=[\s,])(?P<postal>\d{6})(?=\.?$|[.,;)]?\s?[|;•·(]|[.,]?\s[-–—]\s|[.,]\s(?:тел|т\.|e-?mail|Росси|Казахстан|Беларусь))"),
    _rule("CN RO VN KZ CO EC", "6", r"(?<![\d+(.-])(?P<postal>\d{6})(?![\d-])"),
    _rule("DE FR ES IT FI MX TR EE RS HR MY UA LT MA DZ KW ME BA", "5", r"(?<![\d.,/+-])(?P<postal>\d{5})(?![\d-])" + _CITY, city_after=True),
    _rule("FR", "2", r"(?<![\d.,/+(-])(?<!\d\s)(?P<postal>\d{2}\s\d{3})(?=\s{1,2}[A-ZÀ-Þ][A-Za-zÀ-ÿ])", city_after=True),
    _rule("SE CZ SK GR", "53", r"(?<![\d.,/+(-])(?P<postal>\d{3}\s?\d{2})(?![\d-])" + _CITY, city_after=True),
    _rule("CZ SK GR SE", "3", r"(?<=[\w.,)])[\s,–-]{1,4}(?P<postal>\d{3}\s\d{2})(?=\.?$|[.,;)]?\s?[|;•·(]|[.,]?\s[-–—]\s|,\s[^\W\d])"),
    _rule("AT CH BE DK NO LU HU SI BG LI CY GE MK TN AL", "4", r"(?<![\d.,/+(-])(?P<postal>[1-9]\d{3}|0[0-9]\d\d)(?![\d.-]|,\S)" + _CITY, city_after=True),
    _rule("IS FO", "3", r"(?<![\d.,/+(-])(?P<postal>\d{3})(?![\d.,-])" + _CITY, city_after=True),
    _rule("AR", "4", r"(?<![\w-])\(?(?P<postal>[A-HJ-NP-Z]\d{4}[A-Z]{3}|[B-HJ-NP-Z]?\d{4}(?=\)?[\s,–-]{1,3}(?!(?:Piso|Of|Dto|Depto|Local|PB|Torre)\b)[A-ZÁÉÍÓÚ]))\)?(?![\w-])", city_after=True),
    _rule("MT", "4", r"(?<!\w)(?P<postal>[A-Z]{3}\s?\d{4})(?!\w)"),
    _rule("KY VG", "4", r"(?<!\w)(?P<postal>KY\d[-\s]\d{4}|VG\d{4})(?!\w)", strong=True, shapes=(b"AA0-0000", b"AA0 0000", b"AA0000")),
    _rule("KE", "5", r"(?<=\d)[\s–-]{1,3}(?P<postal>\d0\d00)(?=[\s,]{1,3}[A-Z]|\.?$)", city_after=True),
    _rule("LV LT EE AZ MD", "45", r"(?<!\w)(?P<postal>(?:LV|LT|MD|AZ)[-\s]\d{4,5})(?!\d)", strong=True, shapes=(b"AA-0000", b"AA 0000")),
    _rule("US TH TR MY ID KR SA EG IL PR IT ES FR UA PK PE MX GT VN", "5", r"(?<=[A-Za-zÀ-ɏ\u0370-\u04ff\u0e01-\u0e5b.,)])[\s,–-]{1,4}(?P<postal>\d{5}(?:-\d{4})?)(?![\w-]|\s\d)"),
    _rule("NZ AU ZA PH DK NO CH BD TN GE PY CY VE BG LV", "4", r"(?<=[A-Za-zÀ-ɏ\u0400-\u04ff.,)])[\s,–-]{1,4}(?P<postal>\d{4})(?![\w/-]|[.,]\d)"),
    _rule("ZA NZ AU PH BD GE", "4", r"^(?i:postal\scode|post\s?code)?[\s:]{0,3}(?P<postal>\d{4})\.?$"),
    _rule("US KR TH ID SA PK EG PR", "5", r"^(?i:zip(?:\scode)?|postal\scode)?[\s:]{0,3}(?P<postal>\d{5}(?:-\d{4})?)\.?$"),
    _rule("IN CN VN SG", "63", r"^(?i:pin(?:\s?code)?|postal\scode|zip)?[\s:–-]{0,4}(?P<postal>\d{3}\s?\d{3})\.?$"),
    _rule("DE FR ES IT FI GR HR EE TR MX", "5", r"^(?i:plz|cap|c\.?p\.?|code\spostal|c[oó]digo\spostal)?[\s:.]{0,3}(?P<postal>\d{5})$", city_after=True),
    _rule("CZ SK SE GR", "3", r"^(?i:psč|postnr|t\.?k\.?|τ\.?κ\.?)?[\s:.]{0,3}(?P<postal>\d{3}\s\d{2})$", city_after=True),
    _rule("BE AT CH DK NO HU SI", "4", r"^(?i:plz|postnr|postcode|code\spostal|npa|irsz)[\s:.]{1,3}(?P<postal>\d{4})$", city_after=True),
    _rule("BE AT CH DK NO LU HU SI", "4", r"^(?P<postal>[1-9]\d{3}|0[1-9]\d\d)$", city_after=True),
    _rule("CN TW KR", "63", r"(?:邮编|邮政编码|郵遞區號|우편번호)\s?[:：]?\s?(?P<postal>\d{6}|\d{5}|\d{3}-?\d{0,3})", strong=True, shapes=tuple(map(str.encode, "邮郵우"))),
    _rule("IL", "75", r"(?<![\d-])(?P<postal>\d{7}|\d{5})(?![\d-])"),
    _rule("TW", "356", r"(?<![\d\u4e00-\u9fff-])(?P<postal>\d{5,6}(?=[\s,]{0,2}[\u4e00-\u9fff])|\d{3}(?=[\s,]{0,2}[\u4e00-\u9fff]{1,3}[市縣县區区]))", city_after=True),
    _rule("TW", "356", r"(?<=[a-z,])[\s,]{1,3}(?P<postal>\d{3}(?:\d{2,3})?)(?![\d-])"),
)  # fmt: skip
