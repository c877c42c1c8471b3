"""What a street line looks like, in many languages."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from functools import lru_cache

_WORDS = frozenset(
    "airport al alameda aleja allee allees alley allée allées alte am andar apartment apt arcade av avd avda ave avenida avenue bairro barangay bay bd bl"
    " bld bldg blk block blv blvd blvr boks boulevard box bp brgy bridge broadway building bulevardul bulvari bulvarı bypass cad caddesi calea calle calz"
    " calzada camino campus carrera carretera cd cedex center centre cesta ch chemin cho chome chowk cir circle cl close col colonia common conj contrada"
    " corso cours court cra cres crescent crossing ct ctra diagonal district dong dr drive dům edificio embankment esplanade estate estrada expressway"
    " faubourg fl flat floor freeway gade garden gardens gasse gata gatan gate gatvė gedung gil gracht green grove gu gun han haus highway hill hof house"
    " hwy iela im impasse industrial jalan jie jl jln kade kat katu km kra krt ku körút laan lane lantai largo level ln loc local località loja loop lorong"
    " lote lu lungarno lungomare lungotevere mah mahallesi mall marg markt mews mh mill moo nagar namestie nave near neue no nong nábřeží nám námestie"
    " náměstí obere oficina opp os osiedle parade park parkway pasaje paseo path phase piazza piazzale pike piso pkwy pky pl plac place plads platz"
    " plaza plein plot plz point pol poligono polígono postboks postbus postfach pr praça prosp quadra quai quay rd ridge ring rm ro road rodovia ronda"
    " room route row rte rua rue sala sec section sector shi singel sitesi soi sok sokak sos sq square st ste str straat strada street suite ter terr"
    " terrace tie torg tower tpke trail transversal travessa travesía trg trl turnpike tér tř třída ul ulica ulice ulitsa unit untere urb urbanizacion"
    " urbanización utca valley vej via viale vicolo village vägen walk way weg wharf works xiang yard zone zum zur út útja șos λεωφ λεωφόρος οδός бул вул"
    " вулиця дом корп наб офис пер переулок пл площадь пр просп проспект стр ул улица шоссе ш бульв д кв оф алл буд узвіз пров сквер набережная проезд тупик тракт мкр"
    " acceso alley andador beco borgo bou bulevar calata canal canale carrer cerrada cesty chácara cité circonvallazione circuito clos condomínio contrada cours cuesta domaine drumul eje fondamenta frazione galleria glorieta hameau impasse intrarea jardim jirón largo lotissement malecón montée parc parque pasadizo passage passeig pátio periferico periférico piața pisos privada prolongacion prolongación quartier quinta rambla rang ravelin residencial residence résidence rodovia rotonda rondpoint salita sentier setor soseaua splaiul stretto traverse traversa traversale trevo vial viaduto viaducto voie zac château chateau finca castello cascina podere tenuta cortijo masia bourg lieudit ote pte nte poniente dul bdul calç calçada bulevardi turg mnt puiestee prospekt"
    " aleea streets avenues sts corner cnr edifício palazzo vía gård"
    " bagh chs cross ganj gali marg midc nivas phase salai vihar đường duong phố phường phuong quận huyện huyen tỉnh ngõ hẻm lầu tầng tòa toà kcn lô"
    " רחוב רח שדרות שד דרך כיכר ככר סמטת משעול".split()
)
#: Endings of words that are streets in German, Dutch and the Nordic languages.
_ENDINGS = tuple(
    "straße strasse str weg platz allee gasse ring damm ufer steig chaussee markt graben berg feld kamp hof tor park zeile wall stieg winkel straat laan plein kade dijk gracht singel baan dreef steenweg lei pad"
    " gatan vägen gata gränd torget gade vej veien vegen gaten plads pladsen plassen katu tie kuja polku ranta tori utca tér körút"
    " stigen stien stræde strædet backen kajen parken gården lunden vangen bakken steeg dreef boulevard passage promenade zijde terras halde gässli gässle twiete redder brücke tiet väg allé toften parken høj højen".split()
)
_TOKEN = re.compile(r"[^\W\d_]+")
_PHRASE = re.compile(
    r"(?<!\w)(?:c/|b\.?p\.?\s?\d|z\.?[ia]\.?(?!\w)|v\.le|p\.zza|r\.\s|u\.\s|lieu-dit\b|corner\sof\b|b-dul\b|d\.\s?\d|g\.\s|p\.?o\.?b|p\.b\.\s?\d|r[nd]\s?\d)",
    re.I,
)
_CJK = re.compile(
    "[丁番号路街弄區区市縣县町村通段巷号號樓楼階]|로\\s?\\d|길\\s?\\d|[시도군구동]\\s|ถนน|ถ\\.|ซอย|ซ\\.|หมู่|ตำบล|ต\\.|แขวง|อำเภอ|อ\\.|เขต"
)
_NUMBERED = re.compile(
    r"^(?:No\.?\s?|Nr\.?\s?|#\s?|№\s?)?\d{1,6}(?:\s?[-–/&]\s?\d{1,6}){0,3}[A-Za-z]?(?:\s?1/2|½)?[,.]?\s+(?:[NSEW]\.?[EW]?\.?\s+)?[^\W\d_]|[^\W\d_]{2}[\w.'’)-]*,?\s+(?:n[°ºr.]{0,2}\s?|no\.?\s?|nr\.?\s?|#\s?|№\s?|s/n|д\.?\s?)?\d{1,5}\s?(?:[-–/+]\s?\d{1,5})?\s?[A-Za-z]?(?:\s?[/,]\s?\d{1,4})?(?:\s?bis|\s?ter)?$",
    re.I,
)
_BOX = re.compile(
    r"(?<!\w)(?:p\.?\s?o\.?\s?(?:box|b\.?)|post\s?(?:office\s)?box|postfach|postbus|post(?:boks|box)|bo[iî]te\spostale|b\.?p\.?\s?\d|apartado|apdo\.?|casilla|caixa\spostal|casella\spostale|c\.p\.\s?\d|skr\.?\s?poczt|pf\.?\s?\d|private\sbag|locked\sbag|gpo\sbox|a/я)",
    re.I,
)
_PROSE = re.compile(
    r"(?<!\w)(?:the|our|your|you|we|are|is|was|will|please|that|this|with|from|have|has|wir|sie|ist|sind|nous|vous|est|sont|por\sfavor|nuestr[oa]s?|siamo|questo|click|here|more|copyright|rights|reserved)(?!\w)",
    re.I,
)
_NOT_STREET = re.compile(
    r"(?<!\w)(?:tel|fax|phone|e-?mail|hours?|uhr|mon|tues?|wed|thu|fri|sat|sun|vat|www|http|usd|price)(?!\w)[\s.:]|\d\s?[ap]\.?m(?!\w)",
    re.I,
)
#: "without a number": Spaniards, Portuguese and Italians say so.
_NO_NUMBER = re.compile(r"(?<!\w)(?:s/n[ºo°]?|s\.\s?n\.|snc|sn)(?!\w)", re.I)
MAX_STREET = 90


def is_box(line: str) -> bool:
    """Whether a line names a post office box."""
    return bool(_BOX.search(line))


def _names_street(line: str) -> bool:
    """Whether a word on the line says street, square, house, floor and the like."""
    tokens = _TOKEN.findall(line.lower())
    if not _WORDS.isdisjoint(tokens):
        return True
    return any(token.endswith(_ENDINGS) and len(token) >= 6 for token in tokens) or bool(_PHRASE.search(line))


@lru_cache(maxsize=2048)
def street_score(line: str) -> int:
    """0 for no street line; 1 for a weak sign (a number in the right place, or a street word); 2 and more for both."""
    line = line.rstrip(" ,;")
    if not 3 <= len(line) <= MAX_STREET:
        return 0
    if _BOX.search(line):
        return 3
    if _NOT_STREET.search(line) or "@" in line or len(_PROSE.findall(line)) >= 2:
        return 0
    score = 0
    if _NUMBERED.search(line):
        score += 1
    if _names_street(line):
        score += 1
        if any(c.isdigit() for c in line) or _NO_NUMBER.search(line):
            score += 1
    elif not line.isascii() and _CJK.search(line):
        score += 2
    return score


def names_street(line: str) -> bool:
    """Whether a line is a street without a house number: few words, one of which says street, square or the like.

    >>> names_street("Place de la Bourse"), names_street("See the place where we are")
    (True, False)
    """
    return (
        len(line) <= 50
        and len(line.split()) <= 7
        and line[-1:] not in ".!?"
        and street_score(line) == 1
        and _names_street(line)
    )
