"""The name of the organisation whose page it is: candidates from many places, ranked by agreement.

Every candidate is something that is written somewhere as a name; nothing is put together from running text.
"""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from worker.providers.website.address import Address
from worker.providers.website.document import Document
from worker.providers.website.host_names import agreement, host_core
from worker.providers.website.legal_forms import (
    FORM_WORDS,
    dotted_forms,
    has_strong_form,
)
from worker.providers.website.legal_mentions import legal_mentions
from worker.providers.website.name_text import MAX_NAME, plausible, tidy
from worker.providers.website.rendering import H1, HEADING, Rendering
from worker.providers.website.serialised import attribute
from worker.providers.website.streets import street_score
from worker.providers.website.structured import Structured
from worker.providers.website.text_keys import fold, name_key, small

_SEGMENT = re.compile(
    r"\s+[|–—•·»«>‹›/~]+\s+|\s+-{1,3}\s+|\s*[|»«│┃‖]+\s*|\s*::+\s*|:\s+|\s+-\s*|\s*[–—]\s+|\s{3,}|。|｜|\s+@\s+"
)
_GENERIC = frozenset(
    "home homepage welcome contact contacts contactus kontakt kontakte kontaktformular impressum imprint contacto contactenos contactez contattaci contatti contato contatos contactez-nous"
    " about aboutus uberuns ueberuns uber apropos chisiamo quienessomos sobre information info directions locations location map maps offices office ouroffices feedback support help faq faqs customerservice"
    " customersupport customercare service services products product news blog login signin register shop store cart checkout privacy privacypolicy terms sitemap search index mainpage page untitled untitleddocument default newpage"
    " getintouch reachus emailus callus writetous findus visitus ouraddress address phone email mail form contactform contactinformation contactinfo contactdetails contactpage team ourteam staff careers jobs"
    " startseite accueil inicio inici principal pagina paginaprincipal hem forside etusivu strona glowna stronaglowna kezdolap domov uvod uvodni anasayfa iletisim kapcsolat yhteystiedot kontaktoss kontaktossos kontaktaoss otayhteytta"
    " contactanos contacte contactar contate faleconosco fale telephone telefon tel fax officialsite officialwebsite website site welcometo hours openinghours generalinformation ourlocations storelocator storelocations"
    " контакты контакти главная основная нас компании お問い合わせ お問合せ 会社概要 アクセス ホーム トップページ 联系我们 首页 关于我们 聯絡我們 首頁 연락처 회사소개 오시는길 us data top back backtotop readmore more next previous moreinfo general sales marketing administration department departments headquarters mainoffice headoffice corporateoffice cityhall reservations accommodations rates gallery photos events calendar links resources media press blog2 community download downloads account myaccount signup subscribe newsletter followus follow share facebook twitter youtube linkedin instagram english2 customers partners solutions company overview history mission copyright allrightsreserved webmaster address2 mailingaddress telephone2 emailaddress print close ok yes no submit send name message subject welcome2 bienvenue willkommen benvenuti welkom bienvenido bienvenidos wordpress joomla drupal shopify wix homemade home3 startpage start frontpage front intro enter skip skiptocontent skiptomaincontent maincontent content navigation mainmenu toggle togglenavigation loading error notfound pagenotfound home2 en de fr es it english deutsch menu"
    " alle-rechte-vorbehalten allerechtevorbehalten tousdroitsreserves tuttiidirittiriservati todoslosderechosreservados todososdireitosreservados wszelkieprawazastrzezone vsechnapravavyhrazena vsetkypravavyhradene mindenjogfenntartva toatedrepturilerezervate"
    " всеправазащищены всіправазахищені visosteisessaugomos allerettighederforbeholdes kaikkioikeudetpidatetaan allerechtenvoorbehouden tumhaklarısaklıdır tumhaklarisaklidir registration title createaccount directory verzeichnis 회원가입 лентановостей login2 signin logon aktuelles latestnews noticias actualites nieuws".split()
)
_COPYRIGHT = re.compile(
    r"(?:©|\(\s?c\s?\)(?=\s?(?:\d|copyright|[A-Z]))|copyright|copr\.|℗|tous\sdroits\sréservés\s?[-–:]|todos\slos\sderechos\sreservados\s?[-–:])[\s©:,.]{0,4}(?:\(c\))?\s{0,2}(?:copyright\s{0,3})?(?:(?:\d{4}|’\d\d)[\s,–—/&-]{0,4}){0,6}(?:by|of|to)?[\s:,.|–-]{0,4}(?P<name>[^|©•·\n]{2,90})",
    re.I,
)
_RIGHTS = re.compile(
    r"[\s,.;–|(-]{0,4}\b(?:all\s+rights?|alle\s+rechte|tous\s+droits|todos\s+(?:los\s+)?(?:derechos|direitos)|tutti\s+i\s+diritti|alle\s+rechten|rights\s+reserved|copyright|with\s+all|unless|privacy|terms|designed|site\s+(?:by|design|map)|web\s?(?:site|design)|powered|and\s+its|or\s+its|and/or|is\s+a\s|are\s|\d{4}|p\.?\s?iva|all\s+content|reserved|disclaimer|legal|no\s+part|developed|impressum|datenschutz|hosted|created|contact|use\s+of|all\s+trade).*$",
    re.I,
)
_EDGES = " .,®™©"
_CLAIM_SIGNS = ("©", "(c)", "opyright", "(C)", "COPYRIGHT")
_WIDE_FORMS = ("株式", "有限", "주식", "㈜")
_LOGO = ("logo", "brand", "masthead", "site-title", "sitetitle", "header")
_ALT_NOISE = re.compile(
    r"\s*\b(?:logo(?:type)?|home\s?page|homepage|image|banner|header|graphic|go\s+to|back\s+to|return\s+to|click\s+here.*|link\s+to|home)\b\s*",
    re.I,
)
FREE_MAIL = frozenset(
    "gmail yahoo hotmail aol outlook live msn icloud gmx web t-online mail comcast verizon att sbcglobal earthlink bellsouth me mac ymail googlemail wanadoo orange free sfr laposte libero tin alice virgilio tiscali interia wp o2 onet seznam centrum yandex rambler bk list inbox qq 163 126 sina naver daum hanmail nate docomo ezweb softbank btinternet btconnect ntlworld sky talktalk virgin blueyonder bigpond optusnet xtra rogers shaw sympatico telus telenet skynet ziggo kpnmail planet hetnet terra uol bol ig hushmail protonmail proton zoho fastmail rediffmail".split()
)
#: Words of a line on which a company names itself with its register.
_REGISTERED = re.compile(
    r"\b(?:cnpj|cif|nif|kvk|hr[ab]|rcs|siren|siret|p\.?\s?iva|partita\siva|vat|btw|ust-?id|uid|cvr|nip|krs|ičo|org\.?\s?nr|registered\s(?:in|office|company|charity|no|number)|company\s(?:no|number|reg)|trading\sname\sof|trading\sas|abn|инн|огрн)\b",
    re.I,
)
_OTHERS = re.compile(
    r"h[ée]berge|hosting|webdesign|web\s?design|designed|developed|umsetzung|realisi|agentur|agency", re.I
)
#: "Used cars for sale at Carfield": who sells stands last.
_SOLD_AT = re.compile(r"\s(?:bei|på|na|chez|auf|hos|su|op|on|на|sur|en)\s(?P<name>[^\s]{3,40})$")
_HOSTLIKE = re.compile(r"^(?:https?://)?(?:[\w-]{1,60}\.){1,4}[a-z]{2,12}/?$", re.I)
#: Names of files and such, in small letters.
_CODE = re.compile(
    r"_|\.(?:jpe?g|gif|png|svg)$|^[a-z]{2}\w*\d|\b(?:img|jpg|png|gif|px|banner\d|white background|untitled)\b"
)
#: Where a site's own pages find its start page: addresses relative to the page, and paths behind the own host.
_HOMES = frozenset(
    "/ ./ ../ index.html /index.html index.htm /index.htm index.php /index.php default.aspx /default.aspx home.html ../index.html /home"
    " default.asp index.asp /en /en/ /de/ /fr/".split()
)
_LONGEST_HOME = max(map(len, _HOMES))
_HOME_PATHS = frozenset({"", "index.html", "index.php", "index.htm", "en", "en/", "home"})

#: Takes (text, place, where).
Offer = Callable[[str, str, tuple[int, int] | str], None]
#: Minor headings that are looked at, and candidates that are compared with each other.
MAX_HEADINGS, MAX_COMPARED = 10, 28
#: Characters up to which a text is remembered with the name in it.
MAX_REMEMBERED = 200
#: What each place is worth on its own.
WEIGHTS = {
    "structured": 5.0, "structured-legal": 4.0, "site_name": 4.5, "website": 3.5, "application": 2.0, "title": 2.2, "title-first": 0.6, "title-last": 0.9, "h1": 1.3, "heading": 0.5, "logo": 3.0, "image-home": 1.6,
    "copyright": 3.2, "legal": 1.6, "address": 2.0, "og_title": 1.0, "home-link": 1.0, "hcard": 3.0, "imprint": 0.0,
}  # fmt: skip


class Candidate(msgspec.Struct, gc=False):
    """A name and what speaks for it. ``places`` maps a kind of place to (line, column) or a structured path."""

    text: str
    key: str
    places: dict[str, tuple[int, int] | str] = {}
    forms: dict[str, int] = {}
    score: float = 0.0
    agreement: float = 0.0
    alone: int = 0


def rank_names(
    document: Document, rendering: Rendering, structured: Structured, hosts: Sequence[str], addresses: Sequence[Address]
) -> list[Candidate]:
    """Candidates, likeliest first. ``hosts`` are the site's own host and other hosts that may be its own."""
    pool: dict[str, Candidate] = {}

    def offer(text: str, place: str, where: tuple[int, int] | str) -> None:
        text, key = _as_name(text) if len(text) <= MAX_REMEMBERED else _as_name.__wrapped__(text)
        if not key:
            return
        candidate = pool.get(key)
        if candidate is None:
            if len(pool) > 400:
                return
            candidate = pool[key] = Candidate(text, key)
        candidate.places.setdefault(place, where)
        candidate.forms[text] = candidate.forms.get(text, 0) + 1

    _from_structure(structured, offer)
    _from_head(document, offer)
    _from_body(rendering, hosts, addresses, offer)
    cores = [core for host in hosts if (core := host_core(host))]
    alone = _alone_counts(rendering, {_bare(form) for candidate in pool.values() for form in candidate.forms})
    for candidate in pool.values():
        candidate.alone = sum([alone[_bare(form)] for form in candidate.forms])
        candidate.agreement = max(
            (agreement(candidate.text, core) * (1.0 if n == 0 else 0.6) for n, core in enumerate(cores)), default=0.0
        )
    ranked = _score(pool)
    for candidate in ranked:
        candidate.text = _best_form(candidate)
    return ranked


@lru_cache(maxsize=4096)
def _as_name(text: str) -> tuple[str, str]:
    """(the name inside a text, its key), or two empty strings. Titles, logos and footers of a site's pages repeat."""
    text = tidy(text)
    if not text or not plausible(text):
        return "", ""
    key = name_key(text)
    if len(key) < 2 or key in _GENERIC or fold(text).replace(" ", "") in _GENERIC:
        return "", ""
    return text, key


def _from_structure(structured: Structured, offer: Offer) -> None:
    for number, organisation in enumerate(structured.organisations[:12]):
        for n, (name, path) in enumerate(organisation.names):
            weight = "hcard" if path.startswith("hcard") else "structured" if number == 0 else "heading"
            offer(name, weight if n == 0 or not path.endswith("legalName") else "structured-legal", path)
    for name, path in structured.site_names[:2]:
        offer(name, "website", path)


def _from_head(document: Document, offer: Offer) -> None:
    meta = document.meta
    for key, place in (
        ("og:site_name", "site_name"),
        ("application-name", "application"),
        ("apple-mobile-web-app-title", "application"),
        ("author", "heading"),
        ("copyright", "application"),
        ("dc.publisher", "application"),
        ("publisher", "heading"),
        ("twitter:title", "heading"),
    ):
        if meta.get(key):
            value = meta[key]
            match = _COPYRIGHT.search(value)
            offer(_RIGHTS.sub("", match.group("name")) if match else value, place, f"meta:{key}")
    for title, base in ((document.title, "title"), (meta.get("og:title", ""), "og_title")):
        if not title:
            continue
        path = "title" if base == "title" else "meta:og:title"
        segments = [segment for segment in _SEGMENT.split(title[:300]) if segment and segment.strip()]
        for n, segment in enumerate(segments[:8]):
            offer(segment, base, path)
            if base == "title" and len(segments) > 1:
                if n == len(segments) - 1:
                    offer(segment, "title-last", path)
                elif n == 0:
                    offer(segment, "title-first", path)
            if "," in segment:
                offer(segment.split(",")[0], base, path)
                for name, _ in legal_mentions(segment):
                    offer(name, base, path)
            if " by " in segment or " in " in segment or " at " in segment:
                parts = re.split(r"\s(?:in|at|by)\s", segment)
                offer(parts[0], base, path)
                if " at " in segment or " by " in segment:
                    offer(parts[-1], base, path)
            behind = _SOLD_AT.search(segment)
            if behind:
                offer(behind.group("name"), base, path)


def _from_body(rendering: Rendering, hosts: Sequence[str], addresses: Sequence[Address], offer: Offer) -> None:
    lines, bits = rendering.lines, rendering.bits
    text = rendering.text
    forms = [*(FORM_WORDS & rendering.exact), *dotted_forms(text)]
    claimed = rendering.lines_with(_CLAIM_SIGNS, exact=True)
    formal = rendering.lines_with(forms, exact=True)
    formal_wide = rendering.lines_with(_WIDE_FORMS, exact=True) if not text.isascii() else set()
    headings = 0
    headed = [index for index, mark in enumerate(bits) if mark & HEADING]
    for index in sorted(claimed.union(formal, formal_wide, headed)):
        line = lines[index]
        size = len(line)
        if size > 3000:
            continue
        mark = bits[index]
        if mark & H1 and size <= 100:
            offer(line, "h1", (index, 0))
            for segment in _SEGMENT.split(line):
                if segment != line:
                    offer(segment, "h1", (index, line.find(segment)))
        elif mark & HEADING and size <= 80 and headings < MAX_HEADINGS:
            headings += 1
            offer(line, "heading", (index, 0))
        if index in claimed:
            for match in _COPYRIGHT.finditer(line):
                name = _RIGHTS.sub("", match.group("name"))
                name = re.split(r"\.\s+(?=[A-Z])|\s[-–|]\s", name)[0]
                head, comma, behind = name.partition(", ")
                if comma and street_score(behind.partition(",")[0]) >= 1:
                    name = head
                offer(re.sub(r"[\s,]*\d{4}.*$", "", name), "copyright", (index, match.start("name")))
                if index + 1 < len(lines) and not name.strip(" .,"):
                    offer(lines[index + 1], "copyright", (index + 1, 0))
        if (size <= 400 and index in formal) or index in formal_wide:
            registered = _REGISTERED.search(line) is not None and not _OTHERS.search(line)
            for name, column in legal_mentions(line):
                offer(name, "legal", (index, column))
                if registered:
                    offer(name, "imprint", (index, column))
    for address in addresses[:12]:
        if address.line > 0:
            _above(address, rendering, offer)
    own = {host.removeprefix("www.") for host in hosts[:1]}
    for image in rendering.images[:200]:
        tag = image.tag.lower()
        if any(sign in tag for sign in _LOGO):
            place = "logo"
        elif image.link is not None and _is_home(image.link, own):
            place = "image-home"
        else:
            continue
        alt = attribute(image.tag, "alt") or attribute(image.tag, "title")
        if not alt or len(alt) > 120:
            continue
        text = _ALT_NOISE.sub(" ", alt).strip()
        offer(text, place, f"img[{image.line}].alt")
        for segment in _SEGMENT.split(text):
            if segment != text:
                offer(segment, place, f"img[{image.line}].alt")
    here = {"", *own, *(f"www.{host}" for host in own)}
    for link in rendering.links:
        if link.authority in here and 1 < len(link.text) <= 60 and _is_home(link.href, own):
            offer(link.text, "home-link", (link.line, link.column))


def _above(address: Address, rendering: Rendering, offer: Offer) -> None:
    """The line above a street often names who sits there."""
    line = rendering.lines[address.line]
    head = line[: address.column].strip(" ,:|-–")
    if len(head) > 3:
        offer(head, "address", (address.line, 0))
        return
    for back in (1, 2):
        index = address.line - back
        if index < 0:
            return
        text = rendering.lines[index]
        if len(text) <= 70 and not text.rstrip().endswith(":") and sum(map(str.isdigit, text)) < 3:
            offer(text, "address", (index, 0))
            return


def _is_home(href: str, own: set[str]) -> bool:
    if "?" in href or "#" in href:
        href = href.partition("?")[0].partition("#")[0]
    if len(href) > _LONGEST_HOME and "//" not in href:
        return False
    target = href.lower()
    if target in _HOMES:
        return True
    if target.startswith(("http://", "https://", "//")):
        host, _, path = target.partition("//")[2].partition("/")
        return path in _HOME_PATHS and host.removeprefix("www.") in own
    return False


def _bare(form: str) -> str:
    return form.lower().strip(_EDGES)


def _alone_counts(rendering: Rendering, forms: set[str]) -> Counter[str]:
    """How often each of the forms fills a line, or an element of its own inside of one."""
    texts = rendering.lowered.split("\n")
    texts += "\n".join(rendering.runs).lower().split("\n")
    return Counter([bare for text in texts if (bare := text.strip(_EDGES)) in forms and len(text) <= MAX_NAME])


def _score(pool: dict[str, Candidate]) -> list[Candidate]:
    for candidate in pool.values():
        base = sum([WEIGHTS[place] for place in candidate.places])
        score = base + 5.0 * candidate.agreement + min(1.5, 0.4 * candidate.alone)
        if len(candidate.places) - ("imprint" in candidate.places) >= 3:
            score += 0.8
        if any(has_strong_form(form) for form in candidate.forms):
            score += 0.9
        count = len(candidate.text.split())
        if count > 6:
            score -= 0.5 * (count - 6)
        if candidate.text.islower() and " " in candidate.text:
            score -= 0.6
        dots = candidate.text.count(".")
        if dots >= (2 if candidate.text[:1].isupper() else 1) and _HOSTLIKE.match(candidate.text):
            score *= 0.55
        if _CODE.search(small(candidate.text)):
            score *= 0.5
        if "," in candidate.text and not has_strong_form(candidate.text):
            score *= 0.85
        candidate.score = score
    # A short name that a longer one begins with lends it support, and the other way round.
    ordered = sorted(pool.values(), key=lambda c: -c.score)[:MAX_COMPARED]
    boosts = [0.0] * len(ordered)
    for n, one in enumerate(ordered):
        if len(one.key) < 3:
            continue
        for m, other in enumerate(ordered):
            if other.key.startswith(one.key) and len(other.key) > len(one.key):
                boosts[m] = max(boosts[m], 0.25 * one.score)
                boosts[n] = max(boosts[n], 0.15 * other.score)
    for candidate, boost in zip(ordered, boosts, strict=True):
        candidate.score += boost
    return sorted(ordered, key=lambda c: -c.score)


def _best_form(candidate: Candidate) -> str:
    """The writing to show: mixed case before capitals, the commonest before the rare."""

    def quality(form: str) -> tuple[int, int, int]:
        mixed = not (form.isupper() or form.islower())
        return (int(mixed or len(form) <= 5), candidate.forms[form], len(form))

    return max(candidate.forms, key=quality)
