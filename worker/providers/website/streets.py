"""What a street line looks like, in many languages."""

import re

_WORDS = (
    # English
    r"street|str|st|road|rd|avenue|ave|av|boulevard|blvd|drive|dr|lane|ln|way|court|ct|place|pl|square|sq|parkway|pkwy|pky|highway|hwy"
    r"|circle|cir|terrace|terr?|trail|trl|turnpike|tpke|plaza|plz|loop|alley|crescent|cres|close|grove|gardens?|mews|row|hill|walk|yard|wharf"
    r"|quay|embankment|bypass|freeway|expressway|route|rte|pike|broadway|park|parade|esplanade|house|building|bldg|tower|mall|arcade|centre|center|estate"
    r"|industrial|business\spark|floor|fl|suite|ste|unit|room|rm|level|apt|apartment|box|flat|green|common|bridge|gate|mill|court|works|campus|airport|village|path|crossing|ridge|valley|point|bay|p\.?o\.?b"
    # German, Dutch, Nordic
    r"|postfach|platz|allee|gasse|postbus|straat|laan|plein|weg|singel|gracht|kade|boks|postboks|gate|gata|gatan|vej|vägen|gade|plads|torg|katu|tie|box|haus|hof|markt|ring|am|im|an\sder|auf\sder|zum|zur|unter\sden|obere|untere|alte|neue"
    # Romance
    r"|rue|quai|chemin|ch|impasse|allée|all[ée]es|cours|place|zone|z\.?i\.?|z\.?a\.?|bp|b\.p|cedex|lieu-dit|faubourg|bd|bld|via|viale|v\.le|piazza|p\.zza|piazzale|corso|largo|vicolo|strada|contrada|località|loc|lungo\w+"
    r"|calle|c/|avda|avd|avenida|plaza|paseo|carretera|ctra|camino|pol[ií]gono|pol|ronda|travesía|urb|urbanizaci[oó]n|colonia|col|carrera|cra|cl|kra|diagonal|transversal|calz|calzada|blvr|pasaje|piso|local|edificio|km|of|oficina|nave"
    r"|rua|r\.|av|travessa|praça|alameda|estrada|rodovia|largo|andar|sala|loja|lote|quadra|conj|bairro"
    # Slavic, Baltic, Hungarian, Romanian, Turkish, Greek
    r"|ul|ulica|ulice|al|aleja|pl|plac|os|osiedle|nám|nám[eě]stí|námestie|třída|tř|nábřeží|trg|cesta|ulitsa|utca|u\.|út|útja|tér|körút|krt|bulevardul|bd|bl|str|strada|șos|sos|calea|sok|sokak|cad|caddesi|cd|mah|mahallesi|mh|bulvar[ıi]?|blv|no|kat|sitesi|han|iela|gatvė|g\.|pr|prosp"
    r"|ул|улица|вул|вулиця|пр|просп|проспект|пер|переулок|наб|шоссе|бул|пл|площадь|д\.|дом|корп|стр|офис|οδός|λεωφ|λεωφόρος"
    # Asia in Latin script
    r"|jalan|jl|jln|lorong|soi|moo|nagar|marg|chowk|sector|phase|plot|opp|near|block|blk|ku|shi|cho|chome|gun|dong|ro|gil|gu|lu|jie|xiang|nong|district|sec|section|barangay|brgy|gedung|lantai"
)
_STREET = re.compile(rf"(?<![^\W\d_])(?:{_WORDS})(?![^\W\d_])", re.I)
_SUFFIX = re.compile(
    r"[a-zäöüßåæøéœ]{2,30}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|damm|ufer|steig|chaussee|markt|graben|berg|feld|kamp|hof|tor|park|zeile|wall|stieg|winkel"
    r"|straat|laan|plein|kade|dijk|gracht|singel|baan|dreef|steenweg|lei|hof|park|pad"
    r"|gatan|vägen|gata|gränd|torget|gade|vej|veien|vegen|gaten|plads|katu|tie|kuja|polku|ranta|tori)(?![a-zäöüß])",
    re.I,
)
_CJK = re.compile("[丁番号路街弄區区市縣县町村通段巷号號樓楼階]|로\\s?\\d|길\\s?\\d|[시도군구동]\\s")
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
MAX_STREET = 90


def is_box(line: str) -> bool:
    """Whether a line names a post office box."""
    return bool(_BOX.search(line))


def street_score(line: str) -> int:
    """0 for no street line; 1 for a weak sign (a number in the right place, or a street word); 2 and more for both."""
    if not 3 <= len(line) <= MAX_STREET:
        return 0
    if _BOX.search(line):
        return 3
    if _NOT_STREET.search(line) or "@" in line or len(_PROSE.findall(line)) >= 2:
        return 0
    score = 0
    if _NUMBERED.search(line):
        score += 1
    if _SUFFIX.search(line) or _STREET.search(line):
        score += 1
        if any(c.isdigit() for c in line):
            score += 1
    elif not line.isascii() and _CJK.search(line):
        score += 2
    return score
