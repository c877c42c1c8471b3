"""Signs inside an address: labels, cities, counties, secondary lines, and what is none of it."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re

from worker.providers.website.legal_forms import STRONG, has_strong_form
from worker.providers.website.streets import street_score

LABEL = re.compile(
    r"^\W{0,3}(?:(?:our|mailing|postal|street|visiting|business|physical|our\smailing|head\s?office|office|main|corporate|registered(?:\soffice)?|company|shipping|return|billing|store|post|besuchs|firmen|geschäfts|liefer|unsere|notre|nuestra|nostro|nossa?|наш|юридический|фактический|почтовый|юр\.|факт\.|поштова|юридична|наша|adres\ssiedziby)\s?)?"
    r"(?:address(?:es)?|adress?e[ns]?|anschrift|hausanschrift|postanschrift|postadress\w?|sitz|adresse\spostale|direcci[oó]n|domicilio|indirizzo|sede(?:\s(?:legale|operativa))?|endere[cç]o|morada|adres|besøksadresse|besöksadress|kontaktadresse"
    r"|osoite|käyntiosoite|postiosoite|cím|adresa|adresă|sídlo|адрес|адреса|διεύθυνση|location|located\sat|visit\sus(?:\sat)?|mail(?:\sto)?|by\s(?:post|mail)|write\s(?:to\s)?us(?:\sat)?|street|city|zip(?:\scode)?|post\s?code|siège(?:\ssocial)?|ort|plz|town|state"
    r"|住所|所在地|本社|地址|주소|ubicaci[oó]n|headquarters|hq)\s{0,2}[:：.\-–]{1,2}\s{0,3}",
    re.I,
)
#: "whose registered office is located at" and the like: the street begins behind it.
PROSE_LEAD = re.compile(
    r"^.{0,400}\b(?:situ[ée]e?s?(?:\sau|\sà)?|located\sat|based\sat|offices?\s(?:is\s)?at|address(?:\sis|\sat|\sin)(?:\sat)?|at(?=:?\s\d{1,5}\s[A-Z])|mit\ssitz\sin(?:\sder)?|con\ssede\s(?:legale\s)?in|domicili(?:o|ada|ado)\s(?:social\s)?en|gevestigd\s(?:te|aan)|visit\sus\sat|find\sus\s(?:at|on|in)|besuchen\ssie\suns(?:\sin\s(?:der|den)|\s(?:in|am|an|auf)(?:\sder|\sdem)?)?|retrouvez[\s-]nous\s(?:au|à)|nous\strouver\s?:|encu[ée]ntranos\sen|vis[ií]tenos\sen|ci\strovate\sin|bezoek\sons\s(?:op|aan)|write\sto(?:\sus\sat)?"
    r"|mail\sto|send\sto|siège\ssocial|registered\soffice|è\sin|si\strova\sin|com\s(?:domic[ií]lio|sede)\s(?:em|na|no)|con\s(?:domicilio|sede)\s(?:social\s)?en|sit[oa]\s(?:en|in|em|na|no)|situad[oa]\s(?:en|em|na|no)|ubicad[oa]s?\sen|z\ssiedzibą\s(?:w|przy)|rights\sreserved|rechte\svorbehalten|droits\sréservés|diritti\sriservati|d(?:ireitos|erechos)\sreservados)\s?[:,.|–-]{0,2}\s{0,2}(?=\S)",
    re.I,
)
STREET_CITY = re.compile(
    r"^(?P<street>.{3,70}?\b(?:street|st|road|rd|avenue|ave|boulevard|blvd|drive|dr|lane|ln|way|court|ct|place|pl|square|sq|parkway|pkwy|highway|hwy|circle|cir|terrace|trail|plaza|broadway|loop|pike)\b\.?"
    r"(?:\s(?:[NSEW]\.?[EW]?\.?|north|south|east|west)(?=\s|,))?(?:,?\s(?:#\s?|suite|ste\.?|unit|apt\.?|room|rm\.?|floor|fl\.?|bldg\.?|building|no\.?)\s?[\w-]{1,8})?)\s+(?P<city>[A-Z][A-Za-z.' -]{2,30})$",
    re.I,
)
#: "© 2014" before a company's name and its address in a footer.
COPYRIGHT = re.compile(
    r"^.{0,80}?(?:©|\(c\)|\bcopyright\b)[\s©]{0,3}(?:(?:19|20)\d\d(?:\s?[-–,]\s?(?:(?:19|20)\d\d|\d\d\b))?)?[\s.,:|–-]{0,4}",
    re.I,
)
#: Words that call what follows a postal code.
CODE_WORD = re.compile(
    r"(?<![^\W\d_])(?:c\.?\s?p\.?|cep|cap|plz|npa|psč|irsz\.?|pin(?:\s?code)?|zip(?:\s?code)?|post\s?code|postal\s(?:code|index)|post\s?(?:nr|nummer)\.?|code\spostal|c[oó]d(?:igo|\.)?\spostal|cod\s?po[sșş]tal|kod\spocztowy|eircode|[τt]\.\s?[κk]\.?|п\.\s?к\.|(?:почтовый\s|поштовий\s)?[иі]ндекс|postleitzahl)\s?[.:#]{0,2}\s{0,3}[-–]?\s{0,2}$",
    re.I,
)
#: A line or a cell that only names the part of an address in the next one.
PART_ONLY = re.compile(
    r"^\W{0,2}(?:post(?:al)?\s?code|zip(?:\s?code)?|plz|npa|code\spostal|c[oó]digo\spostal|c\.?p\.?|cap|cep|postnummer|postnr\.?|irányítószám|irsz\.?|kod\spocztowy|psč|pin\s?code|eircode|ort|stadt|city|town|suburb|gemeente|plaats|woonplaats|ville|localit[ée]|ciudad|localidad|poblaci[oó]n|citt[àa]|comune|cidade|localidade|by|poststed|ort|miasto|miejscowość|město|mesto|város|helység|oraș|localitate|state|province|provincia|county|land|pays|pa[ií]s|paese|country|postcode\s(?:en|/|&)\s?(?:plaats|woonplaats)|plz\s?[/,]\s?ort|zip\s?[/,]\s?city)\s?[:：]?$",
    re.I,
)
#: A floor, a flat, a sector: the street stands above it.
PART_OF_HOUSE = re.compile(
    r"^(?:sector(?:ul)?|edif(?:icio|ício)?\.?|nave|bloque|bloco|b[âa]t(?:iment)?\.?|gebäude|stiege|top|local|lote|floor|suite|ste\.?|unit|level|lvl|apt\.?|apartment|room|building|bldg\.?|block|etaj|piso|planta|sala|oficina|of\.|office|bus|bte|appt\.?|[ée]tage|\d{1,2}(?:st|nd|rd|th|e|er|[èe]me|[ºªo°])?\.?\s(?:floor|fl|[ée]tage|stock|og|piso|andar|kat|piętro|sal|tr|krs|em|etaj))\b[\s.#:]{0,3}[\w-]{0,6}$",
    re.I,
)
BOX_END = re.compile(
    r"(?:box|postfach|postbus|postboks|apartado|casilla|case\spostale|\bb\.?p\.?|\bcs|\btsa|skr\.?\spoczt\.?|pf\.?|a/я|suite|unit|room|no\.?|nr\.?|n[º°]|#)\s{0,2}[:.#]?\s{0,2}$",
    re.I,
)
CARE = re.compile(r"^(?:c/o|attn\.?|att\.?|attention|z\.?\s?hd\.?|z\.\s?h\.|à\sl'attention)\b", re.I)
COUNTY = re.compile(
    r"^(?:[A-Z]{2}|[A-Z][a-z]+shire|(?:Co\.?|County|West|East|North|South|Greater)\s\w+|Kent|Essex|Surrey|Sussex|Devon|Cornwall|Dorset|Norfolk|Suffolk|Somerset|Cumbria|Merseyside|Middlesex|Herts|Hants|Bucks|Beds|Berks|Northants|Oxon|Wilts|Lancs|Lincs|Notts|Staffs|Cambs|Glos|Avon|Cleveland|Tyne\s(?:and|&)\sWear)\.?$",
    re.I,
)
#: A house number alone, as in front of a comma and its street: "12", "32-36", "4 bis".
BARE_NUMBER = re.compile(r"^\d{1,5}(?:\s?[-–/]\s?\d{1,5})?\s?(?:[a-zA-Z]|bis|ter|quater)?$")
CITY_PREFIX = re.compile(r"^(?:г\.|г\s|гр\.|м\.|город\s|місто\s|град\s)\s?")
#: Cities whose districts have numbers that are written behind the name.
DISTRICT = re.compile(
    r"^(?:Praha|Prague|Prag|Brno|Plzeň|Ostrava|Bratislava|Košice)\s\d{1,2}(?!\d)(?:\s?[-–]\s?[^\W\d_][^\d,]{1,24})?$"
)
_CITY_ONLY = re.compile(r"^[^\W\d_][^\d:;@|()<>£$€?!]*$")
_NOT_CITY = re.compile(
    r"\b(?:the|our|your|you|we|are|is|was|will|please|that|this|with|from|have|has|used|taken|online|call|fax|tel(?!\saviv)|phone|copyright|rights|hours?|since|suite|floor|box|[kmgt]b|[mg]hz|watts?|volts?|days|mah|usd|eur|led|rpm|dpi|px)\b",
    re.I,
)
DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre)\.?,?\s+(?:\d{1,2},?\s+)?(?:19|20)\d\d$|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d$|(?:©|\(c\)|copyright)[\s\d,–-]*$",
    re.I,
)
YEARISH = re.compile(r"^(?:19\d\d|20[0-4]\d)$")
NOT_PLACE = re.compile(r"[£$€®™©!?=_{}]|\b(?:copyright|rights\sreserved|edition|limited\sedition|powered\sby)\b", re.I)
_NUMBER_END = re.compile(r"\d\s?[a-zA-Z]?$")
PRICE = re.compile(r"[£$€]\s?\d|\d\s?[£$€]|\d\s?%")
SECONDARY = re.compile(
    r"^(?:(?:\d{1,3}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|ground|top)\s?(?:floor|fl)\b|(?:suite|ste|unit|floor|level|apt|apartment|room|rm|bldg|building|#)\b|p\.?\s?o\.?\s?box)",
    re.I,
)


def is_prose(text: str) -> bool:
    """Whether a would-be street is part of a sentence or a product's name."""
    if NOT_PLACE.search(text):
        return True
    small = sum(1 for word in text.split() if word[:1].islower() and len(word) > 3)
    return small >= 4 and not _NUMBER_END.search(text)


_UNIT = re.compile(r"^(?:[kmgt]b|[mg]hz|watts?|volts?|days|tage|mah|lumen|rpm|dpi|px|stück|pcs)\b", re.I)


def is_unit(text: str) -> bool:
    """Whether what stands behind a number measures something."""
    return bool(_UNIT.match(text))


def is_city(text: str) -> bool:
    """Whether a text may be a city's name: a few words, no prose, no digits."""
    return (
        2 <= len(text) <= 40
        and len(text.split()) <= 5
        and bool(_CITY_ONLY.match(text) or DISTRICT.match(text))
        and not _NOT_CITY.search(text)
    )


_PARTICLES = frozenset(
    "am an der den dem im in bei de la le les sur sous en du des di del della delle dei da do dos das upon on under the y i nad pod v w u aan op ob ved vor zu zur a al el los las d l s van het ter ten auf unter und et e by near lès les aux au".split()
)


def city_only(text: str) -> str:
    """A city without the sentence that goes on behind it: small words that no city's name holds end it.

    >>> city_only("Hamburg oder rufen Sie an"), city_only("Frankfurt am Main"), city_only("den Haag")
    ('Hamburg', 'Frankfurt am Main', 'den Haag')
    """
    words = text.split(" ")
    for number, word in enumerate(words):
        if number and word.isalpha() and word[0].islower() and word not in _PARTICLES:
            words = words[:number]
            break
    while len(words) > 1 and words[-1] in _PARTICLES:
        words.pop()
    return " ".join(words)


#: "Visit:", "Köln:" and the like before a street.
WORD_LABEL = re.compile(r"^[^\W\d_]{2,24}(?:\s[^\W\d_]{2,16}){0,2}\s?:\s{1,3}(?=\S)")
_SENTENCE_END = re.compile(r"(?P<word>[^\W\d_]{4,})\.\s{1,2}(?=[^\W\d_a-zà-ÿ]|\d)")
_NO_STREET = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|siden|sedan)\s\d{4}|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)s?\b",
    re.I,
)
_COMPANY = re.compile(r"\bCo\.?\s(?=\d)")
_PLACEHOLDER = re.compile(
    r"\bstreet\sname\b|\byour\s(?:street|address|city|company)\b|\bcity,?\sstate\b|\banytown\b|\blorem\b", re.I
)


def street_only(pieces: list[str]) -> list[str]:
    """A street's pieces without what else stood on its lines: labels, sentences, the company's name, hours."""
    kept = list(pieces)
    while (
        len(kept) > 1 and (has_strong_form(kept[0]) or _NO_STREET.search(kept[0])) and any(map(street_score, kept[1:]))
    ):
        kept.pop(0)
    if not kept:
        return kept
    first = WORD_LABEL.sub("", kept[0])
    for match in reversed(list(_SENTENCE_END.finditer(first))):
        if not street_score(f"1 {match.group('word')}") >= 2 and street_score(first[match.end() :]):
            first = first[match.end() :]
            break
    named = STRONG.search(first) or _COMPANY.search(first)
    if named and street_score(first[named.end() :].strip(" ,")) >= 2:
        first = first[named.end() :].strip(" ,")
    kept[0] = first
    return kept


def is_placeholder(text: str) -> bool:
    """Whether an address is a template that nobody filled in."""
    return bool(_PLACEHOLDER.search(text))
