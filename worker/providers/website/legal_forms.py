"""Legal forms of companies in many countries, as they end (or begin) a name.

Names after GLEIF's list of entity legal forms (ISO 20275), reduced to what company pages write.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import itertools
import re
from functools import lru_cache

#: Written form (lower case, no dots) to the form's short name.
FORMS: dict[str, str] = {
    form: form for form in (
        # English-speaking
        "inc", "incorporated", "corp", "corporation", "llc", "l l c", "llp", "lllp", "lp", "ltd", "limited", "ltda", "plc", "pllc", "pc", "p c", "pa", "co", "company",
        "pty ltd", "pty limited", "pty", "proprietary limited", "pte ltd", "pte limited", "pte", "pvt ltd", "pvt limited", "private limited", "(pvt) ltd", "cic", "cio", "n a", "na", "dac", "unlimited",
        # German-speaking
        "gmbh", "ggmbh", "mbh", "gmbh & co kg", "gmbh & co kgaa", "gmbh & co ohg", "ag", "ag & co kg", "ag & co kgaa", "kg", "ohg", "gbr", "ug", "ug (haftungsbeschränkt)",
        "e k", "ek", "e kfm", "e v", "ev", "eg", "kgaa", "se", "se & co kg", "partg", "partg mbb", "partgmbb", "gesmbh", "ges m b h", "e u", "og", "sàrl", "sarl", "stiftung", "se & co kgaa",
        # Romance
        "sa", "s a", "sas", "s a s", "sasu", "eurl", "snc", "s n c", "sci", "scop", "selarl", "s à r l", "s a r l", "srl", "s r l", "srls", "s r l s", "spa", "s p a", "scrl", "sprl", "bvba", "s l", "sl",
        "s l u", "slu", "sll", "s a u", "sau", "s c", "sc", "scp", "s coop", "s de rl de cv", "s de r l de c v", "sa de cv", "s a de c v", "sapi de cv", "s a p i de c v", "s c r l", "sociedad limitada", "sociedad anónima",
        "lda", "unipessoal lda", "ltda me", "me", "mei", "eireli", "s/a", "epp", "asbl", "aisbl", "vzw", "sas di", "scarl", "s c a r l", "soc coop", "sca", "kft", "bt", "zrt", "nyrt", "rt", "s r l u",
        # Dutch, Nordic, Baltic
        "bv", "b v", "nv", "n v", "cv", "c v", "vof", "v o f", "ab", "hb", "aktiebolag", "aktiengesellschaft", "u a", "合資会社", "a/s", "as", "aps", "i/s", "k/s", "asa", "da", "ans", "oy", "oyj", "oy ab", "ky", "ry", "tmi", "ehf", "hf", "oü", "uab", "sia", "mb",
        # Slavic, Greek, Turkish
        "sp z o o", "spółka z o o", "sp j", "sp k", "s k", "spółka akcyjna", "s c", "s r o", "spol s r o", "sro", "a s", "v o s", "k s", "z s", "d o o", "doo", "d d", "j d o o", "s p", "e o o d", "eood", "ood", "ad", "ead",
        "ooo", "ооо", "оао", "зао", "пао", "ао", "ип", "тов", "тоо", "пп", "пат", "a e", "ae", "e p e", "epe", "ike", "a ş", "aş", "a.ş", "ltd şti", "san tic ltd şti", "san ve tic a ş", "anonim şirketi", "limited şirketi",
        # Asia and elsewhere
        "co ltd", "co limited", "company limited", "co inc", "kk", "k k", "gk", "株式会社", "有限会社", "合同会社", "㈱", "(株)", "（株）", "주식회사", "(주)", "㈜", "有限公司", "股份有限公司", "有限责任公司", "sdn bhd", "bhd", "pt", "tbk", "pcl", "jsc", "joint stock company",
        "fze", "fzc", "fz-llc", "fzco", "w l l", "wll", "k s c", "s a l", "s a e", "s a o c", "jsc", "cc", "npc", "rf",
    )
}  # fmt: skip

#: Forms too short or ambiguous to prove that words before them are a company.
_WEAK = frozenset(
    "co company sa s a pa na n a pc as me da se sc s c ad ae cc rf mb og eg cv bt rt pt ev ip la sl sp s p ab hb ky ry a s k s z s rt s k d d ag kg ek e k lp dac ans unlimited stiftung".split()
)

_ONE = r"[\s,.]{0,3}"
_TAIL_FORMS = sorted(FORMS, key=len, reverse=True)


def _flexible(form: str) -> str:
    """A pattern for a form that allows dots and spaces between its letters where the form has spaces."""
    if re.search(r"[^\x00-\x7f]", form) and " " not in form and not re.search(r"[a-zà-ÿşü]", form):
        return re.escape(form)
    parts = [re.escape(part) for part in form.split(" ")]
    if all(len(part) <= 2 for part in parts) and len(parts) > 1:
        return r"\.?\s?".join(parts) + r"\.?"
    if len(parts) == 1 and 2 <= len(form) <= 4 and form.isalpha() and form.isascii():
        return r"\.?".join(form) + r"\.?"
    return r"\.?,?\s{1,2}".join(parts) + r"\.?"


_ANY = "|".join(_flexible(form) for form in _TAIL_FORMS)
_END = re.compile(rf"(?:^|[\s,.\-(]{{1,3}}|(?<=[\u3000-\u9fff\uac00-\ud7a3]))(?P<form>{_ANY})\)?\.?$", re.I)
_BEGIN = re.compile(
    r"^(?P<form>株式会社|有限会社|合同会社|㈱|\(株\)|（株）|주식회사|\(주\)|㈜|ООО|ОАО|ЗАО|ПАО|АО|ИП|ТОВ|ТОО|PT\.?|UAB|SIA|SARL|SAS|S\.A\.S\.|EURL|OÜ|AB|AS)[\s«\"“]{0,3}"
)

#: The last letters of every form, to leave names without one alone quickly.
_LAST = re.compile(r"[^\W_]+(?=[\W_]{0,4}$)")
_HOST_END = re.compile(r"(?:^|\s)(?:www\.)?[\w-]{2,40}\.(?!(?:inc|ltd|llc|co|ag|kg|sa|bv|nv)$)[a-z]{2,4}$")
_LAST_WORDS = frozenset(word.group() for form in FORMS if (word := _LAST.search(form))) | frozenset(
    form.replace(" ", "") for form in FORMS
)

#: Words as written of which one stands in every form that ``STRONG`` finds, but for the dotted forms below.
FORM_WORDS = frozenset(
    "PLLC DAC LLLP Aktiengesellschaft Inc INC Incorporated Corp CORP Corporation LLC LLP Ltd LTD Limited PLC plc Pty Pte Pvt GmbH gGmbH GMBH mbH AG KG OHG GbR UG eG KGaA PartG SARL Sarl SàRL Sàrl SAS SASU EURL SNC SpA SPA SRL Srl Srls SPRL BVBA SL SLU Lda LDA Ltda LTDA EIRELI"
    " BV NV AB AS ApS APS ASA Oy OY Oyj OÜ UAB SIA ehf Sp sp spol Kft Zrt Nyrt Bt EOOD ЕООД ООД АД AŞ Co Company Sdn Bhd JSC FZE FZCO FZ WLL CIC VZW vzw ASBL asbl Ges GesmbH GesmbH".split()
)
DOTTED_FORMS = ("L.L.C", "L.L.P", "S.A", "S.p.A", "S.P.A", "S.r.l", "S.R.L", "S.n.c", "s.n.c", "s.a.s", "s.r.l", "S.L", "S. de", "B.V", "N.V", "V.O.F", "v.o.f", "A/S", "S/A", "e.K", "e. K", "e.V", "e. V", "e.U", "s.r.o", "s. r. o", "a.s", "d.o.o", "S.K.A",
                "K.K", "A.Ş", "W.L.L", "N.A", "U.A", "S.à", "S.a.r", "S.A.R")  # fmt: skip
_AROUND_DOT = {form[:3]: tuple(other for other in DOTTED_FORMS if other[:3] == form[:3]) for form in DOTTED_FORMS}

STRONG = re.compile(
    r"(?<!\w)(?:Inc|Incorporated|PLLC|DAC|LLLP|Aktiengesellschaft|U\.A|合資会社|Corp|Corporation|L\.?L\.?C|L\.?L\.?P|Ltd|Limited|PLC|plc|Pty\.?\s(?:Ltd|Limited)|Pte\.?\s(?:Ltd|Limited)|Pvt\.?\s(?:Ltd|Limited)"
    r"|g?GmbH(?:\s(?:&|und|u\.)\sCo\.?\s?(?:KG(?:aA)?|OHG))?|mbH|Ges\.?\s?m\.?\s?b\.?\s?H|AG(?:\s&\sCo\.?\s?KG)?|KG|OHG|GbR|UG\s?\(haftungsbeschränkt\)|UG|e\.\s?K|e\.\s?V|eG|KGaA|PartG(?:\s?mbB)?|e\.U"
    r"|S\.?[aàA]\.?[rR]\.?[lL]|SAS|S\.A\.S|SASU|EURL|SNC|S\.A|S\.?[pP]\.?[aA]|S\.?[rR]\.?[lL](?:\.?[sS])?|S\.n\.c|s\.n\.c|s\.a\.s|SPRL|BVBA|S\.L(?:\.U)?|SLU?|S\.A\.U|S\.?A\.?\sde\sC\.?V|S\.\sde\sR\.\s?L\.\sde\sC\.\s?V"
    r"|Lda|LDA|Ltda|LTDA|EIRELI|S/A|B\.?V|N\.?V|V\.?O\.?F|AB|A/S|AS|ApS|APS|ASA|Oy|OY|Oyj|Oy\sAb|OÜ|UAB|SIA|ehf|Sp\.?\s?z\s?o\.?\s?o|sp\.?\s?z\s?o\.?\s?o|S\.K\.A|spol\.\ss\s?r\.\s?o|s\.\s?r\.\s?o|a\.\s?s|d\.\s?o\.\s?o|Kft|Zrt|Nyrt|Bt"
    r"|EOOD|ЕООД|ООД|АД|A\.?Ş|Ltd\.?\sŞti|Co\.?,?\s?Ltd|Company\sLimited|Co\.?,?\sInc|K\.K|Sdn\.?\sBhd|Bhd|JSC|FZE|FZCO|FZ-LLC|W\.?L\.?L|CIC|VZW|vzw|ASBL|asbl|N\.A)(?!\w)\.?"
)
CJK_FORM = re.compile(r"株式会社|有限会社|合同会社|㈱|（株）|\(株\)|주식회사|\(주\)|㈜|有限公司|有限责任公司")


@lru_cache(maxsize=16384)
def split_legal_form(name: str) -> tuple[str, str]:
    """A name without its legal form, and the form as written (empty when there is none).

    >>> split_legal_form("Muster Bau GmbH & Co. KG")
    ('Muster Bau', 'GmbH & Co. KG')
    """
    text = name.strip()
    forms: list[str] = []
    for _ in range(3):
        last = _LAST.search(text)
        if last is None or (last.group().isascii() and last.group().lower() not in _LAST_WORDS):
            break
        if _HOST_END.search(text[-48:]):
            # "Acme.pt" is a site's name; PT is a form in Jakarta only.
            break
        match = _END.search(text[-48:])
        if not match or match.start() + max(0, len(text) - 48) < 2:
            break
        cut = len(text) - len(text[-48:]) + match.start()
        forms.insert(0, text[cut:].strip(" ,"))
        text = text[:cut].rstrip(" ,.-(&")
    if not forms:
        match = _BEGIN.match(text)
        if match and len(text) > match.end() + 1:
            return text[match.end() :].strip(' «»"“”'), match.group("form").strip()
    return text, " ".join(forms)


@lru_cache(maxsize=4096)
def has_strong_form(name: str) -> bool:
    """Whether a name ends in a form that only companies carry."""
    _, form = split_legal_form(name)
    return bool(form) and form.lower().replace(".", " ").strip(" ,").replace("  ", " ") not in _WEAK


def dotted_forms(text: str) -> list[str]:
    """Those of ``DOTTED_FORMS`` that are in a text.

    >>> dotted_forms("Acme S.p.A. and Zenith A/S")
    ['A/S', 'S.p.A']
    """
    pieces = text.split(".")
    pairs = {f"{left[-1:]}.{right[:1]}" for left, right in itertools.pairwise(pieces)}
    pairs.update(form for form in ("A/S", "S/A") if form in text)
    return [form for pair in sorted(pairs & _AROUND_DOT.keys()) for form in _AROUND_DOT[pair] if form in text]
