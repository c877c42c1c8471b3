"""Numbers under which companies are registered: VAT and trade registers, checked where they carry a check digit."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from worker.providers.website.checksums import VAT_CHECKS, abn, cnpj, luhn, siret
from worker.providers.website.fact import Fact
from worker.providers.website.rendering import Rendering
from worker.providers.website.text_keys import small

_SHAPES = {
    "AT": r"U\s?\d{8}", "BE": r"[01]\d{3}\.?\d{3}\.?\d{3}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{3}[\s./]?\d{3}[\s./]?\d{3}", "DK": r"\d{2}\s?\d{2}\s?\d{2}\s?\d{2}",
    "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9][\s-]?\d{2}\.?\d{3}\.?\d{2,3}[\s-]?[A-Z0-9]?", "FI": r"\d{7}-?\d", "FR": r"[0-9A-Z]{2}\s?\d{3}[\s.]?\d{3}[\s.]?\d{3}", "HR": r"\d{11}", "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}", "IT": r"\d{11}", "LT": r"\d{9}(?:\d{3})?", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"\d{4}\.?\d{2}\.?\d{3}\.?B\.?\d{2}", "PL": r"\d{3}-?\d{3}-?\d{2}-?\d{2}|\d{10}",
    "PT": r"\d{3}\s?\d{3}\s?\d{3}", "RO": r"\d{2,10}", "SE": r"\d{6}-?\d{4}\s?(?:01)?", "SI": r"\d{8}", "SK": r"\d{10}", "GB": r"\d{3}[\s.]?\d{4}[\s.]?\d{2}(?:\s?\d{3})?", "XI": r"\d{3}\s?\d{4}\s?\d{2}",
}  # fmt: skip
_VAT = re.compile(
    r"(?<![A-Z0-9])(?:"
    + "|".join(rf"(?P<{cc}>{cc}[\s.:-]{{0,2}}(?:{shape}))" for cc, shape in _SHAPES.items())
    + r")(?![A-Z0-9])"
)
_CHE = re.compile(r"(?<![A-Z])CHE[\s-]?(?P<digits>\d{3}[.\s]?\d{3}[.\s]?\d{3})(?:\s?(?:MWST|TVA|IVA|HR))?")
_NO_VAT = re.compile(r"(?<![A-Z0-9])(?:NO\s?)?(?P<digits>\d{3}\s?\d{3}\s?\d{3})\s?MVA(?!\w)")
_VAT_LABEL = (
    r"(?:vat(?:\s?(?:reg(?:istration)?|id|identification|number|nr|no|code))?|ust\.?\s?-?\s?id(?:ent)?\w{0,6}\.?(?:[\s-]?(?:nr|nummer))?|umsatzsteuer\s?-?\s?identifikations\s?-?\s?nummer|uid(?:[\s-]?(?:nr|nummer))?|mwst\.?(?:[\s-]?nr)?|n[°ºo.]{0,2}\s?(?:de\s)?tva|tva\s?(?:intra\w*)?|partita\s?iva|p\.?\s?iva|btw(?:[\s-]?(?:nr|nummer))?"
    r"|moms(?:reg)?\.?(?:[\s-]?(?:nr|nummer))?|cvr(?:[\s-]?(?:nr|nummer))?|alv|nip|nif|cif|c\.i\.f|n\.i\.f|nipc|contribuinte|dič|ič\s?dph|adószám|afm|α\.?φ\.?μ|oib|pvn|pvm|kmkr|gst(?:in)?)"
)
_LABELLED_VAT = re.compile(
    rf"(?<!\w){_VAT_LABEL}(?:\s(?:number|nummer|no|nr|n°|id|code|intracommunautaire|reg))?(?:\s?(?:e|/|&|y|-)\s?(?:c\.?\s?f\.?|cod\w{{0,4}}\.?\s?fisc\w{{0,4}}\.?))?[\s.:#/()\-–n°º]{{0,8}}(?P<number>[A-Z]?\d[\d\s.\-]{{5,14}}[\dA-Z](?:B\d\d)?)(?!\w)",
    re.I,
)
#: Register, signs of which one is in every match (in small letters, without dots), pattern with a group ``id``, check.
_REGISTERS: tuple[tuple[str, tuple[str, ...], re.Pattern[str], str], ...] = (
    ("HR", ("hr",), re.compile(r"(?<!\w)(?P<id>HR\s?[AB]\s?(?:-?\s?(?:Nr|Nummer|No)\.?\s?)?:?\s?\d{1,6}(?:\s?[A-Z]{1,2}(?!\w))?)", re.I), "hr"),
    ("FN", ("fn", "firmenbuch"), re.compile(r"(?<!\w)(?:FN|Firmenbuch\s?(?:nummer|nr)?\.?)[\s.:]{1,4}(?:FN\s?)?(?P<id>\d{4,6}\s?[a-z])(?!\w)", re.I), ""),
    ("SIRET", ("siret",), re.compile(r"(?<!\w)SIRET(?:\s(?:n°|no|num[eé]ro))?[\s.:n°]{0,6}(?P<id>\d{3}\s?\d{3}\s?\d{3}\s?\d{5})(?!\d)", re.I), "siret"),
    ("SIREN", ("siren", "rcs"), re.compile(r"(?<!\w)(?:SIREN|R\.?C\.?S\.?)(?:\s(?:n°|no)|\s[A-ZÀ-Ý][\w' -]{2,30}?(?:\s[AB])?)?[\s.:n°]{0,6}(?:[AB]\s)?(?P<id>\d{3}[\s.]?\d{3}[\s.]?\d{3})(?![\s.]?\d)", re.I), "luhn"),
    ("SIREN", ("rcs",), re.compile(r"(?P<id>\d{3}\s\d{3}\s\d{3})\sR\.?C\.?S(?!\w)", re.I), "luhn"),
    ("GB", ("company", "reg", "co no"), re.compile(r"(?<!\w)(?:company\s(?:reg(?:istration|istered)?\.?\s)?(?:no|number|nr|num)|registered\s(?:company\s)?(?:no|number|in\s(?:england|scotland|wales|northern\sireland|ireland)(?:\s(?:and|&)\s(?:england|wales))?(?:\s?(?:under|with|,|:|-))?(?:\s?(?:company|registration))?\s?(?:no|number)?)|reg(?:istration)?\.?\s(?:no|number)|co\.?\s(?:reg\.?\s)?no|company\sregistration)[\s.:#(]{0,4}(?P<id>(?:SC|NI|OC|SO|NC|R)?\s?\d{5,8})(?!\d)", re.I), "gb"),
    ("KVK", ("kvk",), re.compile(r"(?<!\w)K\.?v\.?K\.?(?:[\s-]?(?:nummer|nr|number|no|reg\w*)\.?)?(?:\s[A-Z][a-z]+)?[\s.:]{0,4}(?P<id>\d{2}\.?\d{3}\.?\d{3})(?!\d)", re.I), ""),
    ("KBO", ("kbo", "bce", "rpr", "rpm", "ondernemingsnummer", "entreprise"), re.compile(r"(?<!\w)(?:KBO|BCE|RPR|RPM|ondernemingsnummer|num[eé]ro\sd'entreprise)(?:\s[A-Z][a-z]+)?[\s.:n°]{0,5}(?:BE\s?)?(?P<id>[01]\d{3}\.?\d{3}\.?\d{3})(?!\d)", re.I), "be"),
    ("CIF", ("cif", "nif"), re.compile(r"(?<!\w)(?:C\.?I\.?F|N\.?I\.?F)\.?(?:\s(?:n[°ºo.]{1,2}|no))?[\s.:/-]{0,4}(?P<id>[A-HJNP-SUVW][\s-]?\d{2}\.?\d{3}\.?\d{3}|[A-HJNP-SUVW][\s-]?\d{7}[A-J0-9])(?!\w)", re.I), "es"),
    ("REA", ("rea",), re.compile(r"(?<!\w)R\.?E\.?A\.?(?:\s(?:n[°º.]{0,2}|di))?[\s.:]{0,3}(?P<id>[A-Z]{2}[\s-]{0,3}\d{5,7})(?!\d)", re.I), ""),
    ("ABN", ("abn",), re.compile(r"(?<!\w)A\.?B\.?N\.?[\s.:#]{0,4}(?P<id>\d{2}\s?\d{3}\s?\d{3}\s?\d{3})(?!\d)", re.I), "abn"),
    ("ACN", ("acn",), re.compile(r"(?<!\w)A\.?C\.?N\.?[\s.:#]{0,4}(?P<id>\d{3}\s?\d{3}\s?\d{3})(?!\d)", re.I), ""),
    ("NZBN", ("nzbn",), re.compile(r"(?<!\w)NZBN[\s.:#]{0,4}(?P<id>94\d{11})(?!\d)", re.I), ""),
    ("CNPJ", ("/",), re.compile(r"(?<!\w)(?:CNPJ(?:/MF)?[\s.:nº°]{0,6})?(?P<id>\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2})(?!\d)", re.I), "cnpj"),
    ("CUIT", ("cuit",), re.compile(r"(?<!\w)C\.?U\.?I\.?T\.?[\s.:nº°]{0,5}(?P<id>\d{2}-?\d{8}-?\d)(?!\d)", re.I), ""),
    ("RFC", ("rfc",), re.compile(r"(?<!\w)R\.?F\.?C\.?[\s.:]{1,4}(?P<id>[A-ZÑ&]{3}\d{6}[A-Z0-9]{3})(?!\w)"), ""),
    ("KRS", ("krs",), re.compile(r"(?<!\w)KRS(?:\s(?:nr|numer))?[\s.:]{0,4}(?P<id>\d{10})(?!\d)", re.I), ""),
    ("IČO", ("ič",), re.compile(r"(?<!\w)IČO?[\s.:]{1,4}(?P<id>\d{2,3}\s?\d{2,3}\s?\d{2,3})(?!\d)", re.I), ""),
    ("ORG", ("org",), re.compile(r"(?<!\w)org(?:anisations?)?\.?\s?-?\s?(?:nr|nummer|no)\.?[\s:]{0,4}(?:NO\s?|SE\s?)?(?P<id>\d{6}-\d{4}|\d{3}\s?\d{3}\s?\d{3})(?!\d)", re.I), ""),
    ("Y-tunnus", ("tunnus", "fo-nummer", "business"), re.compile(r"(?<!\w)(?:Y-?tunnus|FO-nummer|Business\sID)[\s.:]{0,4}(?P<id>\d{7}-\d)(?!\d)", re.I), "fi"),
    ("CVR", ("cvr", "se"), re.compile(r"(?<!\w)(?:CVR(?:[\s-]?(?:nr|nummer|no)\.?)?|SE[\s-]?(?:nr|nummer|no)\.?)[\s:.]{0,4}(?:DK\s?)?(?P<id>\d{2}\s?\d{2}\s?\d{2}\s?\d{2})(?!\d)", re.I), "dk"),
    ("NIPC", ("nipc", "nif", "contribuinte"), re.compile(r"(?<!\w)(?:NIPC|NIF|N\.?[º°]?\s?(?:de\s)?contribuinte|contribuinte)[\s.:nº°]{0,6}(?:PT\s?)?(?P<id>[1-9]\d{2}\s?\d{3}\s?\d{3})(?!\d)", re.I), "pt"),
    ("VR", ("vr",), re.compile(r"(?<!\w)(?P<id>VR\s?(?:Nr\.?\s?)?\d{2,6})(?!\w)"), ""),
    ("UEN", ("uen", "reg"), re.compile(r"(?<!\w)(?:UEN|Co\.?\sReg\.?\sNo)[\s.:]{0,4}(?P<id>\d{8,9}[A-Z])(?!\w)", re.I), ""),
    ("CIN", ("cin",), re.compile(r"(?<!\w)CIN(?:\sno)?[\s.:]{0,4}(?P<id>[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6})(?!\w)", re.I), ""),
    ("ОГРН", ("огрн", "ogrn"), re.compile(r"(?<!\w)(?:ОГРН|OGRN)[\s.:]{0,4}(?P<id>\d{13})(?!\d)", re.I), ""),
    ("ИНН", ("инн", "inn"), re.compile(r"(?<!\w)(?:ИНН|INN)[\s.:]{0,4}(?P<id>\d{10})(?!\d)", re.I), ""),
    ("法人番号", ("法人番号", "登録番号"), re.compile(r"(?:法人番号|登録番号)[\s.:：]{0,4}T?(?P<id>\d{13})(?!\d)"), ""),
    ("사업자등록번호", ("사업자",), re.compile(r"사업자\s?(?:등록)?\s?번호[\s.:：]{0,4}(?P<id>\d{3}-\d{2}-\d{5})(?!\d)"), ""),
    ("USCC", ("统一社会",), re.compile(r"(?:统一社会信用代码)[\s.:：]{0,4}(?P<id>[0-9A-Z]{18})(?!\w)"), ""),
)  # fmt: skip
_HINT_WORDS = frozenset(
    "vat ust uid umsatzsteuer identifikationsnummer ustid mwst tva iva btw moms mva cvr alv nip nif cif nipc dič dph gst gstin hr hrb hra fn firmenbuch firmenbuchnummer siret siren rcs company registered reg registration"
    " kvk kbo bce rpr rpm ondernemingsnummer rea abn acn nzbn cnpj cuit rfc krs ičo ič ic ico organisation organization org orgnr tunnus uen cin огрн инн che tax oib adószám afm vr vereinsregister entreprise αφμ piva partita cif 사업자등록번호 사업자 법인등록번호 法人番号 统一社会信用代码"
    " organisationsnummer organisasjonsnummer ustidnr steuernummer handelsregister identifikationsnummer contribuinte registro".split()
)
_WORD = re.compile(r"[^\W\d_]{2,30}")
#: Hints of two letters, with what makes them one.
_SHORT_HINTS = (
    "hr a",
    "hr b",
    "hra",
    "hrb",
    "fn ",
    "co no",
    "co. no",
    "co reg",
    "co. reg",
    "ič",
    "ic:",
    "ico:",
    "r.c.s",
    "r.e.a",
)
#: What follows belongs to the partner that is liable for a partnership, not to the partnership.
_PARTNER = re.compile(r"komplementär|persönlich\shaftend|general\spartner|commandité", re.I)
_BARE_NUMBER = re.compile(r"[A-Z](?<![A-Z0-9].)[A-Z]U?\s?\d{8}")
_BARE_SIGNS = (
    "CHE-", " MVA", "R.C.S", "K.v.K", "C.I.F", "N.I.F", "A.B.N", "R.F.C", "法人番号", "登録番号", "사업자", "统一社会"
)  # fmt: skip
#: The words of the signs in Latin letters: those of one are on every page with it.
_BARE_WORDS = tuple(frozenset(re.findall("[A-Za-z]+", sign)) for sign in _BARE_SIGNS if sign.isascii())


def find_registers(rendering: Rendering, regions: Sequence[str]) -> list[Fact]:
    """VAT and register numbers in lines of text; those with a check digit only when it is right."""
    found: list[Fact] = []
    seen: set[tuple[str, str]] = set()
    lines = rendering.lines
    hints = _HINT_WORDS & rendering.vocabulary
    bare = _may_be_bare(rendering)
    if not hints and not bare:
        return found
    for index in _candidates(rendering, hints, bare=bare):
        line = lines[index]
        if len(line) > 4000:
            continue
        joined, shift = line, 0
        if len(line) <= 24 and index and len(lines[index - 1]) <= 60 and not any(map(str.isdigit, lines[index - 1])):
            # A label on a line of its own belongs to the number below it.
            joined, shift = f"{lines[index - 1]} {line}", len(lines[index - 1]) + 1
        if _HINT_WORDS.isdisjoint(_WORD.findall(joined.lower())) and not _bare(joined):
            continue
        for field, value, start, end in _in_line(joined, regions):
            key = (field, re.sub(r"\W", "", value).upper())
            if key in seen or end <= shift:
                continue
            seen.add(key)
            column = max(0, start - shift)
            weight = 0.7 if _PARTNER.search(joined[:start]) else 1.0
            found.append(Fact(field, value, index, column, end - shift - column, weight=weight))
        if len(found) > 60:
            break
    return found


def _may_be_bare(rendering: Rendering) -> bool:
    """A quick look at the words of a page and its outline for what ``_bare`` finds."""
    return any(words <= rendering.exact for words in _BARE_WORDS) or rendering.may_show((b"00000000",))


def _bare(text: str) -> bool:
    """Whether there may be a register number that no word announces."""
    return any(sign in text for sign in _BARE_SIGNS) or _BARE_NUMBER.search(text) is not None


def _candidates(rendering: Rendering, hints: AbstractSet[str], *, bare: bool) -> list[int]:
    """Lines with a digit that hold a hint themselves or stand right below one."""
    words = [word for word in hints if len(word) > 2]
    near = rendering.lines_with(words if len(words) == len(hints) else [*words, *_SHORT_HINTS])
    if bare:
        near.update(rendering.line_at(match.start()) for match in islice(_BARE_NUMBER.finditer(rendering.text), 200))
        near |= rendering.lines_with(_BARE_SIGNS, exact=True)
    near |= {index + 1 for index in near}
    return [index for index in rendering.numbered if index in near]


def _in_line(line: str, regions: Sequence[str]) -> Iterator[tuple[str, str, int, int]]:
    for match in _VAT.finditer(line):
        country = match.lastgroup or ""
        body = re.sub(r"[\s.:\-/]", "", match.group())[2:]
        if vat_checks(country, body):
            yield "company_vat_id", country + body, match.start(), match.end()
    for match in _CHE.finditer(line):
        digits = re.sub(r"\D", "", match.group("digits"))
        if VAT_CHECKS["CHE"](digits):
            yield "company_registration_id", f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}", match.start(), match.end()
            number = f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}"
            yield (
                ("company_vat_id" if re.search("MWST|TVA|IVA", match.group()) else "company_registration_id"),
                number,
                match.start(),
                match.end(),
            )
    for match in _NO_VAT.finditer(line):
        digits = re.sub(r"\D", "", match.group("digits"))
        if VAT_CHECKS["NO"](digits):
            yield "company_vat_id", f"NO{digits}MVA", match.start(), match.end()
    for match in _LABELLED_VAT.finditer(line):
        body = re.sub(r"[\s.\-]", "", match.group("number")).upper()
        for country in regions[:3]:
            prefix = "EL" if country == "GR" else country
            shape = _SHAPES.get(prefix)
            if shape and re.fullmatch(shape, body) and prefix in VAT_CHECKS and vat_checks(prefix, body):
                yield "company_vat_id", prefix + body, match.start("number"), match.end("number")
                break
    lowered = small(line).replace(".", "")
    for name, signs, pattern, check in _REGISTERS:
        for match in pattern.finditer(line) if any(sign in lowered for sign in signs) else ():
            value = " ".join(match.group("id").split())
            plain = re.sub(r"[\s.\-/]", "", value).upper()
            if _checks(check, plain):
                shown = _shown(name, value, plain)
                yield "company_registration_id", shown, match.start("id"), match.end("id")


def vat_checks(country: str, body: str) -> bool:
    """Whether a VAT number's check digit is right; true where the country's scheme has none that is public."""
    check = VAT_CHECKS.get(country)
    try:
        return check is None or check(body)
    except (ValueError, IndexError):
        return False


def _checks(check: str, plain: str) -> bool:
    if not check or check == "hr":
        return True
    if check == "gb":
        return len(plain) >= 6
    if check == "luhn":
        return luhn(plain)
    if check == "siret":
        return siret(plain)
    if check == "abn":
        return abn(plain)
    if check == "cnpj":
        return cnpj(plain)
    return vat_checks(check.upper(), plain)


def _shown(name: str, value: str, plain: str) -> str:
    """A number as people of its country cite it: with its register where the number alone is not unique."""
    if name == "HR":
        return re.sub(
            r"(?i)^HR\s?([AB])\s?(?:-?\s?(?:Nr|Nummer|No)\.?\s?)?:?\s?", lambda m: f"HR{m.group(1).upper()} ", value
        )
    if name == "FN":
        return f"FN {plain[:-1]}{plain[-1].lower()}"
    if name == "GB":
        return plain.zfill(8) if plain.isdigit() and len(plain) == 7 else plain
    return value


__all__ = ["find_registers", "vat_checks"]
