"""Words that say what the number beside them is: phone, fax, or something that only looks like a phone number."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re
from functools import lru_cache

from worker.providers.website.text_keys import small

_PHONE_WORDS = (
    r"t[eé]l[eé]?(?:ph|f)[oóôøò]{0,2}n\w{0,8}|t[ée]l[ée]phone\w?|telefax\s?/\s?telefon|phones?|tel[s\.]?|t[ée]l\.?|tlf\w?|tlph|telf\w?|tfno"
    r"|tfn|t[ée]l[ée]f|telem\w{0,6}|telm|t[āa]lr\w{0,6}|s[ií]mi|pa?bx|port\.(?=\s?:)|portable|infolini?\w{1,2}|行動(?:電話)?|携帯(?:電話)?|フリーダイヤル|免付費\w{0,3}|服务热线|centralino|central[ií]ta|kom(?:[óo]rk\w{1,3})?(?=[\s.:]{1,3}[\d+(]|[\s.:]{1,3}$)|mobilfunk|tele|ph|phn|mobiles?|mobil\w{0,6}|m[oó]vil\w{0,2}|mob|cell\w{0,4}|celular\w{0,2}"
    r"|cel|handy|gsm|natel|whats\s?app|viber|hot\s?lines?|help\s?line|info\s?line|toll[\s-]?free|free\s?(?:phone|call)"
    r"|freefone|lo-?call|n[uú]mero\s+verde|num[ée]ro\s+vert|switchboard|sentralbord|v[aä]xel|vaihde|rufnummer|fono|fon|fone|tlp|telp"
    r"|telepon|điện\s+thoại|đt|puh\w{0,8}|call\s+us|тел(?:ефон\w{0,3}|\.|:|(?=\s?[\d+(/]))|т\.|моб\w{0,8}|τηλ\w{0,8}|κιν\w{0,4}|טל(?:פון)?|هاتف|تلفن|جوال"
    r"|电话|電話(?:番号)?|電\s?話|手机|手機|热线|熱線|專線|전화(?:번호)?|대표(?:전화|번호)?|휴대폰|โทร\w{0,6}|ｔｅｌ|☎|☏|📞|✆|📱|℡|voice"
)
#: Words that often stand before a phone number but before a fax number as well.
_WEAK_WORDS = (
    r"call|dial|number|numbers?|contact|after\s+hours|emergency|reservations?|customer\s+service|sales|support|office|main|direct|local"
    r"|international|outside|within|inquiries|enquiries|orders?|booking|front\s+desk|text|sms|zentrale|centrale|standard|conmutador|nummer|numéro|linea|l[ií]nea|atenci[oó]n|cliente\w?|kund\w{2,12}|r[ée]servations?|bestell\w{0,8}|servizio|assistenza|klant\w{0,10}|afspraak|bel|ring|ruf\w{0,3}|appel\w{0,3}|llam\w{1,4}|chiam\w{1,5}|ligue|zadzwo\w{1,4}|volej\w{0,3}|soita|erreich\w{0,6}"
)
_FAX_WORDS = (
    r"(?:t[eé]l[eé]|i|e-?)?fax\w{0,4}|tele?fa[kc]s\w{0,2}|facsimile|t[ée]l[ée]copi\w{0,4}|fa[kc]s\w{0,2}|faksi?|факс\w?|传真|傳真|ファックス|ファクス|ファクシミリ|"
    r"ｆａｘ|팩스|φαξ|פקס|فاکس|فاكس|belge\s?geçer|belgegeçer|โทรสาร|แฟกซ์|📠|℻"
)
#: In any case of letters.
_VETO_WORDS = (
    r"vat|ust\.?-?\s?id\w{0,6}|ust\.?-?(?:id|nr)\w{0,6}|umsatzsteuer\w{0,20}|steuer\w{0,10}|mwst|p\.?\s?iva|partita\s+iva|codice\s+fiscale|kvk|handelsregister\w{0,8}|registergericht"
    r"|org(?:anisations?)?\.?\s?-?\s?(?:nr|number|nummer)|cvr|y-tunnus|siren|siret|naics|duns|iban|bic|swift|konto\w{0,10}|blz|sort\s?code|account|acct|isbn|issn|upc|asin|sku|ean|gtin"
    r"|(?:kunden|kund|bestell|auftrags|artikel|rechnungs|mitglieds|vorgangs|produkt|modell|serien|vertrags|konto|steuer|register|lizenz|order|commande)\s?-?(?:nummer|nr|number|n°)|cod(?:ice)?\.?\s{0,2}fisc(?:ale)?|r[ée]f[ée]rence"
    r"|part|model|serial|art(?:ikel)?\.?-?(?:nr|no)|artikelnummer|order\s+(?:no|number|nr|id)|invoice|reference|reg(?:istration|istered|istro)?\.?\s+(?:no|nr|number|company|charity)|registration|register\s+(?:no|nr|number)|company\s+(?:no|number|reg\w*)|id(?:entification)?[\s-]?(?:number|no|nr|nummer)|cnil|kt|kennitala|bankgiro|plusgiro|postgiro|bankkonto\w*|kontonr|rachun\w+|adószám|cégjegyzékszám|(?:bank)?számlaszám|tilinumero|rekening\w*|nipc|contribuinte|routing\s+(?:no|number|#)|nmls|cui|vergi\s?(?:no|dairesi)?|αφμ|γεμη|еик|булстат|едрпоу|рнокпп|кодас|kodas|registrikood|reg\.?\s?kood|reg\.\s?nr|cap(?:itale?)?\.?\s?soc(?:iale?)?|許可番号|免許|公网安备|許可證|계좌"
    r"|charity(?:\s+(?:no|number))?|licen[cs]e|permit|patents?|p\.?\s?o\.?\s?box|postfach|casilla|apartado|zip(?:\s?code)?|postcode|postal(?:\s+code)?|c[oó]digo\s+postal|cep|version|latitude|longitude|gps|price|prix|preis|total|tax\s+id|gst|abn|acn|ein|cnpj|cpf|cuit|rfc|nip|regon|krs|ičo?|dič|инн|кпп|огрн|окпо"
    r"|事業者番号|登録番号|法人番号|사업자\w{0,8}|통신판매\w{0,6}|統一編號|统一\w{0,8}|icp备|许可\w{0,4}|vkn|mersis|sicil|item|ref|reg|tracking|certificate|afsl|acct|creci|oab|crea|inscri[çc][ãa]o\s+(?:estadual|municipal)|chy|qq|wechat|微信|skype|α\.\s?φ\.\s?μ|mst|oib|pib|nit|tin|gstin|pan\s?no|uen|npwp|brn|mã\s+số\s+thuế|matični\s+broj|matična\s+številka|č\.\s?ú|nr\s+konta|n[º°]\s+registro"
)
#: Only in capitals: these letters are words elsewhere.
_VETO_CAPITALS = r"UID|TVA|IVA|BTW|NIF|CIF|NIE|RUT|RUC|RCS|APE|NAF|HRB|HRA|LEI|NPI|CAGE|USDOT|MC|DOT|CP|BP|CS|REA|ISO|DIN|USD|EUR|GBP|ID|BSB|FN|CHE|N\.I\.F|C\.I\.F|C\.F|P\.\s?I|P\.\s?IVA"
#: This and ``_ONLY`` are for text in small letters: where case counts, a search leaps over words that begin otherwise.
_LABEL = re.compile(
    rf"(?:(?<![^\W\d_])|(?<=[\u3041-\u30fe\u4e00-\u9fff\uac00-\ud7a3]))(?:(?P<fax>{_FAX_WORDS})|(?P<veto>{_VETO_WORDS})|(?P<phone>(?!tel\saviv)(?:{_PHONE_WORDS}))|(?P<weak>{_WEAK_WORDS}))(?![^\W\d_])"
)
_CAPITALS = re.compile(
    rf"(?<!\w)(?:{_VETO_CAPITALS})[\s.:#º°-]{{0,4}}(?:[Nn][or°º]?\.?[\s:]{{0,2}})?(?:[A-Z]{{2}}\s?)?$|[$€£¥№]\s?$|(?:\d|\b)%\s?$"
)
_VETO_GAP = re.compile(
    r"^[\s.:：#()/\-–nrNRo°º,]{0,12}(?:is|ist|nummer|number|no|code|id)?[\s.:：#]{0,4}(?:[A-Z]{1,3}[\s-]?)?$", re.I
)
_WEAK_GAP = re.compile(r"^[^\d,;]{0,24}$")
_LETTER = re.compile(r"(?:^|[\s(|,;/·•])(?:(?P<fax>[Ff])|(?P<phone>[TtPpMmDdOoWwCcHhVv]))\s?[.:)|]?\s{0,3}$")
_AND = r"(?:\s?[/&+,]\s?|\s?-\s?|\s(?:and|und|et|y|e|og|och|i|ou|or|o|u|a)\s)"
_BOTH = re.compile(
    rf"(?:(?:{_PHONE_WORDS})[.:]?{_AND}(?:{_FAX_WORDS})|(?:{_FAX_WORDS})[.:]?{_AND}(?:{_PHONE_WORDS})|[TtPp]\s?[/&]\s?[Ff])[\s.:/#nrNoº°)]{{0,6}}$",
    re.I,
)
_AFTER = re.compile(
    rf"^[\s\-–—,|:]{{0,3}}[(\[]?\s?(?:main\s|direct\s|\w{{2,12}}\s){{0,2}}?(?:(?P<fax>{_FAX_WORDS})|(?P<phone>{_PHONE_WORDS}))(?![^\W\d_])",
    re.I,
)
_AFTER_LETTER = re.compile(r"^\s?[(\[]\s?(?:(?P<fax>[Ff])|(?P<phone>[TtPpMmOoCcVvWwHh]))\s?[)\]]")
_ONLY = re.compile(
    rf"^\W{{0,3}}(?:(?:our|local|main|office|business|general|international|direct)\s)?(?:(?P<fax>{_FAX_WORDS})|(?P<phone>{_PHONE_WORDS}))\s?(?:numbers?|nos?\.?|nr\.?|nummern?|lines?|us)?\s?(?:\([^)]{{0,20}}\))?\W{{0,4}}$"
)
PREFIX_REACH = 48


def label_before(prefix: str) -> str:
    """``phone``, ``fax``, ``both``, ``weak``, ``veto`` or nothing: what the text before a number calls it.

    The nearest word wins, but a vague one (``call``, ``office``) gives way to a clear one before it.

    >>> label_before("Tel: 1 | Fax: "), label_before("Fax (main office): "), label_before("VAT no. ")
    ('fax', 'fax', 'veto')
    """
    prefix = prefix[-PREFIX_REACH:]
    return "" if not prefix or prefix.isspace() else _label_in(prefix)


@lru_cache(maxsize=4096)
def _label_in(prefix: str) -> str:
    """What is asked of one number several times, and alike of many: most stand behind "Tel: " or "Fax: "."""
    if _CAPITALS.search(prefix):
        return "veto"
    letter = _LETTER.search(prefix)
    if letter is not None and letter.lastgroup is not None:
        return "both" if _BOTH.search(prefix) else letter.lastgroup
    kind = ""
    for match in _LABEL.finditer(small(prefix)):
        found = match.lastgroup or ""
        if found == "veto" and not _VETO_GAP.match(prefix[match.end() :]):
            continue
        if found == "weak" and not _WEAK_GAP.match(prefix[match.end() :]):
            continue
        if found == "weak" and kind in {"fax", "phone", "veto"}:
            continue
        kind = found
    if kind in {"phone", "fax"} and _BOTH.search(prefix):
        return "both"
    return kind


def label_after(suffix: str) -> str:
    """The same for text behind a number: ``555 0100 (fax)``."""
    letter = _AFTER_LETTER.match(suffix[:8])
    if letter is not None:
        return letter.lastgroup or ""
    match = _AFTER.search(suffix[:40])
    return (match.lastgroup or "") if match else ""


@lru_cache(maxsize=4096)
def label_alone(line: str) -> str:
    """``phone`` or ``fax`` when a line is nothing but such a label, else nothing."""
    if len(line) > 40:
        return ""
    match = _ONLY.match(small(line))
    return (match.lastgroup or "") if match else ""
