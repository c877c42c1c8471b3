"""Words that say what the number beside them is: phone, fax, or something that only looks like a phone number."""

import re

_PHONE_WORDS = (
    r"tele?(?:ph|f)[oóôøò]?n\w{0,5}|t[ée]l[ée]phone\w?|telefax\s?/\s?telefon|phones?|tel[s\.]?|t[ée]l\.?|tlf\w?|tlph|telf\w?|tfno"
    r"|tfn|t[ée]l[ée]f|tele|ph|phn|call(?:\s+us)?|dial|mobiles?|mobil\w{0,6}|m[oó]vil\w{0,2}|mob|cell\w{0,4}|celular\w{0,2}"
    r"|cel|handy|gsm|natel|whats\s?app|viber|hot\s?line|help\s?line|helpdesk|info\s?line|toll[\s-]?free|free\s?(?:phone|call)"
    r"|freefone|lo-?call|n[uú]mero\s+verde|numero\s+verde|num[ée]ro\s+vert|switchboard|standard|centrale|zentrale|conmutador"
    r"|central\s+telef\w+|linea|l[ií]nea|puh\w{0,8}|gsm|vaihde|sentralbord|växel|v[aä]xel|rufnummer|fono|fon|fone|tlp|telp"
    r"|telepon|điện\s+thoại|đt|hotlines?|тел\w{0,7}|моб\w{0,8}|телефон\w{0,2}|τηλ\w{0,8}|κιν\w{0,4}|טל(?:פון)?|هاتف|تلفن|جوال|"
    r"电话|電話(?:番号)?|電\s?話|電话|手机|手機|热线|熱線|專線|전화(?:번호)?|대표(?:전화|번호)?|휴대폰|โทร\w{0,6}|ＴＥＬ|☎|☏|📞|✆|📱|℡"
    r"|phone\s+number|contact\s+number|after\s+hours|emergency|reservations?|customer\s+service|sales|support|office"
    r"|main|direct|local|international|outside|within|inquiries|enquiries|orders?|booking|front\s+desk|text|sms|skype"
)
_FAX_WORDS = (
    r"(?:tele|i|e-?)?fax\w{0,4}|facsimile|t[ée]l[ée]copi\w{0,4}|fa[kc]s\w{0,2}|faksi?|факс\w?|传真|傳真|ファックス|ファクス|"
    r"ＦＡＸ|팩스|φαξ|פקס|فاکس|فاكس|belge\s?geçer|belgegeçer|โทรสาร|แฟกซ์|фах|📠|℻"
)
_VETO_WORDS = (
    r"vat|ust|uid|u?st\.?-?(?:id|nr)\w{0,6}|umsatzsteuer\w{0,12}|steuer\w{0,8}|mwst|tva|iva|btw|moms|alv|kdv|gst|hst|pst|nip|regon|krs"
    r"|di[cč]|i[cč]o?|e?ik|cui|cif|nif|nie|rut|ruc|cuit|rfc|cnpj|cpf|inn|kpp|ogrn|инн|кпп|огрн|окпо|р/с|к/с|бик|ein|abn|acn|arbn|nzbn"
    r"|siren|siret|rcs|naf|ape|kvk|kbo|bce|hrb|hra|hrn|handelsregister\w{0,8}|registergericht|org\.?\s?(?:nr|no|number)?|organi[sz]ation\w{0,4}snummer"
    r"|cvr|y-tunnus|lei|duns|naics|npi|cage|dot|mc|usdot|iban|bic|swift|bank|konto\w{0,10}|kto|blz|sort\s?code|account|acct|a/c"
    r"|isbn|issn|iso|din|gtin|ean|upc|asin|sku|part|item|model|serial|s/n|art(?:ikel)?\.?-?(?:nr|no)?|artikelnummer|order\s+(?:no|number|nr|id)|invoice|ref(?:erence)?"
    r"|reg(?:istration|istered|istrierung|istro|\.)?(?:\s+(?:no|nr|number|company|charity|in\s+england))?|company\s+(?:no|number|reg\w*)|incorporation|charity|licen[cs]e|lic|permit|patents?|p\.?o\.?\s?box"
    r"|postfach|pob|box|bp|b\.p|cs|casilla|apartado|apdo|apto|zip|plz|cep|c\.?p|cap|postcode|postal|codice\s+fiscale|c\.f|p\.?\s?iva|partita\s+iva|rea"
    r"|copyright|©|since|est|established|gegründet|founded|version|ver|id|icp\w{0,3}|备案\w{0,3}|号|lat\w{0,5}|lon\w{0,6}|lng|gps|km|kg|mm|cm|usd|eur|gbp|price|prix|preis|precio|total"
    r"|пн|hours?|öffnungszeiten|horaires?|horario|open|mon|tue|wed|thu|fri|sat|sun|date|datum|事業者番号|登録番号|法人番号|사업자\w{0,8}|통신판매\w{0,6}|許可\w{0,4}|统一\w{0,8}|統一編號"
    r"|\$|€|£|¥|%"
)
_LABEL = re.compile(
    rf"(?<![^\W\d_])(?:(?P<fax>{_FAX_WORDS})|(?P<veto>{_VETO_WORDS})|(?P<phone>{_PHONE_WORDS}))(?![^\W\d_])",
    re.I,
)
_LETTER = re.compile(r"(?:^|[\s(|,;/·•])(?:(?P<fax>[Ff])|(?P<phone>[TtPpMmDdOoWwCcHhVv]))\s?[.:)|]?\s{0,3}$")
_BOTH = re.compile(
    rf"(?:(?:{_PHONE_WORDS})[\s.:]{{0,3}}(?:/|&|\+|,|-|and|und|et|y|e|og|och|i|ou|or|o|u|a)\s?(?:{_FAX_WORDS})"
    rf"|(?:{_FAX_WORDS})[\s.:]{{0,3}}(?:/|&|\+|,|-|and|und|et|y|e|og|och|i|ou|or)\s?(?:{_PHONE_WORDS})|[TtPp]\s?[/&]\s?[Ff])[\s.:/#nrNoº°)]{{0,6}}$",
    re.I,
)
_AFTER = re.compile(
    rf"^[\s\-–—,|:]{{0,3}}[(\[]?\s?(?:(?P<fax>{_FAX_WORDS})|(?P<phone>{_PHONE_WORDS}))(?![^\W\d_])", re.I
)
PREFIX_REACH = 48


def label_before(prefix: str) -> str:
    """``phone``, ``fax``, ``both``, ``veto`` or nothing: what the text before a number calls it; the nearest wins.

    >>> label_before("Tel: 1 | Fax: ")
    'fax'
    """
    prefix = prefix[-PREFIX_REACH:]
    if not prefix or prefix.isspace():
        return ""
    letter = _LETTER.search(prefix)
    if letter is not None and letter.lastgroup is not None:
        return "both" if _BOTH.search(prefix) else letter.lastgroup
    kind = ""
    for match in _LABEL.finditer(prefix):
        kind = match.lastgroup or ""
    if kind in {"phone", "fax"} and _BOTH.search(prefix):
        return "both"
    return kind


def label_after(suffix: str) -> str:
    """The same for text behind a number: ``555 0100 (fax)``."""
    match = _AFTER.search(suffix[:24])
    return (match.lastgroup or "") if match else ""
