"""The name of the organisation whose page it is: candidates from many places, ranked by agreement.

Every candidate is something that is written somewhere as a name; nothing is put together from running text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from worker.providers.website.addresses import Address
from worker.providers.website.document import Document
from worker.providers.website.legal_forms import (
    CJK_FORM,
    DOTTED_FORMS,
    FORM_WORDS,
    STRONG,
    has_strong_form,
    split_legal_form,
)
from worker.providers.website.postal import US_STATES
from worker.providers.website.rendering import FOOTER, H1, HEADING, Rendering, attribute
from worker.providers.website.structured import Structured
from worker.providers.website.text_keys import fold, name_key, words

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
    " контакты контакти главная основная нас компании お問い合わせ お問合せ 会社概要 アクセス ホーム トップページ 联系我们 首页 关于我们 聯絡我們 首頁 연락처 회사소개 오시는길 us data top back backtotop readmore more next previous moreinfo general sales marketing administration department departments headquarters mainoffice headoffice corporateoffice cityhall reservations accommodations rates gallery photos events calendar links resources media press blog2 community download downloads account myaccount signup subscribe newsletter followus follow share facebook twitter youtube linkedin instagram english2 customers partners solutions company overview history mission copyright allrightsreserved webmaster address2 mailingaddress telephone2 emailaddress print close ok yes no submit send name message subject welcome2 bienvenue willkommen benvenuti welkom bienvenido bienvenidos wordpress joomla drupal shopify wix homemade home3 startpage start frontpage front intro enter skip skiptocontent skiptomaincontent maincontent content navigation mainmenu toggle togglenavigation loading error notfound pagenotfound home2 en de fr es it english deutsch menu".split()
)
_LEADING = re.compile(
    r"^(?:welcome\s+to(?:\s+the\s+(?:official\s+)?(?:web\s?site|site|home\s?page)\s+of)?|contact(?:\s+us)?(?:\s+at)?|about(?:\s+us)?|contacting|how\s+to\s+contact|kontakt(?:ieren\s+sie)?(?:\s+(?:zu|mit|bei))?|impressum(?:\s+(?:von|der|des))?"
    r"|willkommen\s+(?:bei|auf|im|in)(?:\s+(?:der|dem|den))?|bienvenue\s+(?:chez|sur|à)|bienvenidos?\s+a|benvenuti?\s+(?:su|in|da|nel)|contacte[rz]?(?:-nous)?|nous\s+contacter|contacto|contacta(?:r)?(?:\s+con)?|contatti|über|the\s+official\s+(?:web)?\s?site\s+of|official\s+(?:web)?\s?site\s+of"
    r"|home\s+(?:page\s+)?of|directions\s+to|hours\s+(?:and|&)\s+directions|write\s+to|visit|email|call|locations?\s+of|map\s+of)\s*[:\-–]?\s+",
    re.I,
)
_TRAILING = re.compile(
    r"\s*[-–:,|]?\s+(?:contact(?:\s+(?:us|information|info|page|details|form))?|home\s?page|official\s+(?:web\s?)?site|web\s?site|online(?=$)|kontakt|impressum|logo|home|contacts?|locations?|homepage|customer\s+(?:service|support|care)|about\s+us|inc\.?\s+home|store\s+locator|directions|headquarters)$",
    re.I,
)
_COPYRIGHT = re.compile(
    r"(?:©|\(\s?c\s?\)(?=\s?(?:\d|copyright|[A-Z]))|copyright|copr\.|℗|tous\sdroits\sréservés\s?[-–:]|todos\slos\sderechos\sreservados\s?[-–:])[\s©:,.]{0,4}(?:\(c\))?\s{0,2}(?:copyright\s{0,3})?(?:(?:\d{4}|’\d\d)[\s,–—/&-]{0,4}){0,6}(?:by|of|to)?[\s:,.|–-]{0,4}(?P<name>[^|©•·\n]{2,90})",
    re.I,
)
_RIGHTS = re.compile(
    r"[\s,.;–|(-]{0,4}\b(?:all\s+rights?|alle\s+rechte|tous\s+droits|todos\s+(?:los\s+)?(?:derechos|direitos)|tutti\s+i\s+diritti|alle\s+rechten|rights\s+reserved|copyright|with\s+all|unless|privacy|terms|designed|site\s+(?:by|design|map)|web\s?(?:site|design)|powered|and\s+its|or\s+its|and/or|is\s+a\s|are\s|\d{4}|p\.?\s?iva|all\s+content|reserved|disclaimer|legal|no\s+part|developed|impressum|datenschutz|hosted|created|contact|use\s+of|all\s+trade).*$",
    re.I,
)
_LOGO = re.compile(r"logo|brand|masthead|site-?title|header", re.I)
_ALT_NOISE = re.compile(
    r"\s*\b(?:logo(?:type)?|home\s?page|homepage|image|banner|header|graphic|go\s+to|back\s+to|return\s+to|click\s+here.*|link\s+to|home)\b\s*",
    re.I,
)
FREE_MAIL = frozenset(
    "gmail yahoo hotmail aol outlook live msn icloud gmx web t-online mail comcast verizon att sbcglobal earthlink bellsouth me mac ymail googlemail wanadoo orange free sfr laposte libero tin alice virgilio tiscali interia wp o2 onet seznam centrum yandex rambler bk list inbox qq 163 126 sina naver daum hanmail nate docomo ezweb softbank btinternet btconnect ntlworld sky talktalk virgin blueyonder bigpond optusnet xtra rogers shaw sympatico telus telenet skynet ziggo kpnmail planet hetnet terra uol bol ig hushmail protonmail proton zoho fastmail rediffmail".split()
)
_YEARS = re.compile(
    r"^(?:all\s+content\s*)?(?:©|\(c\)|copyright)?[\s©]*(?:(?:19|20)\d\d[\s,–-]*)+(?=\D)|^(?:all\s+content\s*)?(?:©|\(c\)\s|copyright\s)[\s©]*|[\s,–-]+(?:©\s?)?(?:19|20)\d\d$",
    re.I,
)
_HOSTLIKE = re.compile(r"^(?:https?://)?(?:[\w-]{1,60}\.){1,4}[a-z]{2,12}/?$", re.I)
_CODE = re.compile(
    r"_|\.(?:jpe?g|gif|png|svg)$|^[a-z]+[A-Z]\w*\d|\b(?:img|jpg|png|gif|px|banner\d|white background|untitled)\b", re.I
)
_STATE_TAIL = re.compile(rf"(?<=\w\w),\s(?:{'|'.join(US_STATES.values())}|USA|Inc\. Home)$")
_SENTENCE = re.compile(
    r"[.!?]\s+[A-Z]|(?<!\w)(?:is|are|was|were|our|your|we|you|please|click|here|how|why|what|ist|sind|sie|wir|nous|vous|est|siamo|sono)(?!\w)",
    re.I,
)
_BAD = re.compile(
    r"@|https?:|www\.|\d{3}[-.\s)]\d{3}|^[\d\W]+$|[{}<>=]|^(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?\b", re.I
)
_LEGAL_MENTION = re.compile(
    r"(?:(?<=^)|(?<=[\s(\"“„«,;:|]))(?:[A-ZÀ-ÞŁŚŻŹČŠŽŘĎŤŇĐŐŰİŞĞА-ЯЁ0-9][\w&.'’+/-]{0,30}|&|\+|and|und|et|of|de|for|the|y|e|i|di|do|da|dos|das|del|della|dei|des|du|la|le|les|los|van|von|der|den|zu|zur|zum|am|im|op|het)$"
)

#: Takes (text, place, where).
Offer = Callable[[str, str, tuple[int, int] | str], None]
#: What each place is worth on its own.
WEIGHTS = {
    "structured": 5.0, "structured-legal": 4.0, "site_name": 4.5, "website": 3.5, "application": 2.0, "title": 2.2, "title-first": 0.6, "title-last": 0.9, "h1": 1.3, "heading": 0.5, "logo": 3.0, "image-home": 1.6,
    "copyright": 3.2, "legal": 1.6, "address": 2.0, "og_title": 1.0, "home-link": 1.0, "hcard": 3.0, "imprint": 2.5,
}  # fmt: skip
MAX_NAME = 80


@dataclass(slots=True)
class Candidate:
    """A name and what speaks for it. ``places`` maps a kind of place to (line, column) or a structured path."""

    text: str
    key: str
    places: dict[str, tuple[int, int] | str] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    score: float = 0.0
    agreement: float = 0.0
    alone: int = 0


def rank_names(
    document: Document, rendering: Rendering, structured: Structured, hosts: Sequence[str], addresses: Sequence[Address]
) -> list[Candidate]:
    """Candidates, likeliest first. ``hosts`` are the site's own host and other hosts that may be its own."""
    pool: dict[str, Candidate] = {}

    def offer(text: str, place: str, where: tuple[int, int] | str) -> None:
        text = tidy(text)
        if not text or not plausible(text):
            return
        key = name_key(text)
        if len(key) < 2 or key in _GENERIC or fold(text).replace(" ", "") in _GENERIC:
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
    alone = _alone_counts(rendering)
    for candidate in pool.values():
        candidate.alone = sum(alone.get(form.lower().strip(" .,®™©"), 0) for form in candidate.forms)
        candidate.agreement = max(
            (agreement(candidate.text, core) * (1.0 if n == 0 else 0.6) for n, core in enumerate(cores)), default=0.0
        )
    ranked = _score(pool)
    for candidate in ranked:
        candidate.text = _best_form(candidate)
    return ranked


def tidy(text: str) -> str:
    """A candidate without greetings, "contact" and such around the name."""
    text = " ".join(text.split()).strip(" \t|:;,-–—•·*\"“”„«»'()[]>_#~^")
    text = _YEARS.sub("", text)
    for _ in range(2):
        match = _LEADING.match(text)
        if match and len(text) > match.end():
            text = text[match.end() :]
        match = _TRAILING.search(text)
        if match and match.start() > 1:
            text = text[: match.start()]
    text = _STATE_TAIL.sub("", text)
    if text.endswith(".") and not re.search(
        r"(?:\b\w|\b(?:Inc|Ltd|Co|Corp|Bros|Assoc|St|Dr|Jr|Sr)|\.\w)\.$", text, re.I
    ):
        text = text[:-1]
    return text.strip(" \t|:;,-–—•·*\"“”„«»'[]>_#~^!")


def plausible(text: str) -> bool:
    """Whether a text may be a name at all."""
    if not 2 <= len(text) <= MAX_NAME or _BAD.search(text) or not any(c.isalpha() for c in text):
        return False
    count = len(text.split())
    return count <= 10 and not (count > 3 and len(_SENTENCE.findall(text)) >= 1 and not has_strong_form(text))


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


def _from_body(rendering: Rendering, hosts: Sequence[str], addresses: Sequence[Address], offer: Offer) -> None:
    lines, bits = rendering.lines, rendering.bits
    text = rendering.text
    forms = [*(FORM_WORDS & rendering.exact), *(form for form in DOTTED_FORMS if form in text)]
    wide = not text.isascii()
    claimed = "©" in text or "(c)" in text or "opyright" in text or "(C)" in text or "COPYRIGHT" in text
    for index, line in enumerate(lines):
        size = len(line)
        if size > 3000:
            continue
        mark = bits[index]
        if mark & H1 and size <= 100:
            offer(line, "h1", (index, 0))
            for segment in _SEGMENT.split(line):
                if segment != line:
                    offer(segment, "h1", (index, line.find(segment)))
        elif mark & HEADING and size <= 80:
            offer(line, "heading", (index, 0))
        if claimed and ("©" in line or "(c)" in line or "opyright" in line or "(C)" in line or "COPYRIGHT" in line):
            for match in _COPYRIGHT.finditer(line):
                name = _RIGHTS.sub("", match.group("name"))
                name = re.split(r"\.\s+(?=[A-Z])|\s[-–|]\s", name)[0]
                offer(re.sub(r"[\s,]*\d{4}.*$", "", name), "copyright", (index, match.start("name")))
                if index + 1 < len(lines) and not name.strip(" .,"):
                    offer(lines[index + 1], "copyright", (index + 1, 0))
        if (
            size <= 400
            and forms
            and any(form in line for form in forms)
            or wide
            and ("株式" in line or "有限" in line or "주식" in line or "㈜" in line)
        ):
            for name, column in legal_mentions(line):
                offer(name, "legal", (index, column))
    for address in addresses[:12]:
        if address.line > 0:
            _above(address, rendering, offer)
    own = {host.removeprefix("www.") for host in hosts[:1]}
    for image in rendering.images[:200]:
        alt = attribute(image.tag, "alt") or attribute(image.tag, "title")
        if not alt or len(alt) > 120:
            continue
        home = image.link is not None and _is_home(image.link, own)
        if _LOGO.search(image.tag):
            place = "logo"
        elif home:
            place = "image-home"
        else:
            continue
        text = _ALT_NOISE.sub(" ", alt).strip()
        offer(text, place, f"img[{image.line}].alt")
        for segment in _SEGMENT.split(text):
            if segment != text:
                offer(segment, place, f"img[{image.line}].alt")
    for link in rendering.links:
        if 1 < len(link.text) <= 60 and _is_home(link.href, own):
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
        if len(text) <= 70 and not text.rstrip().endswith(":") and sum(c.isdigit() for c in text) < 3:
            offer(text, "address", (index, 0))
            return


def legal_mentions(line: str) -> Iterable[tuple[str, int]]:
    """Names in front of a legal form inside a line: (name with form, column)."""
    for match in STRONG.finditer(line):
        end = match.end()
        start = match.start()
        taken = 0
        while taken < 7:
            head = line[max(0, start - 40) : start].rstrip(" ,")
            if not head:
                break
            token = re.search(r"[^\s,;:|(\"“„«©®]{1,32}$", head)
            if token is None or not _LEGAL_MENTION.search(" " + token.group()):
                break
            gap = line[max(0, start - 40) + len(head) : start]
            if taken and "," in gap:
                break
            start = max(0, start - 40) + token.start()
            taken += 1
        name = line[start:end].strip(" ,")
        name = re.sub(r"^(?:and|und|et|of|de|for|the|y|e|i|di|by|&|©)\s+", "", name)
        if taken and len(split_legal_form(name)[0]) > 1:
            yield name, line.find(name, start)
    if not line.isascii():
        for match in CJK_FORM.finditer(line):
            before = re.search(r"[\w・ー＆&]{1,30}$", line[max(0, match.start() - 30) : match.start()])
            after = re.match(r"\s?[\w・ー＆&]{2,30}", line[match.end() :])
            if after and not before:
                yield match.group() + after.group(), match.start()
            elif before:
                yield before.group() + match.group(), match.start() - len(before.group())


def _is_home(href: str, own: set[str]) -> bool:
    target = href.partition("?")[0].partition("#")[0].lower()
    if target in {
        "/",
        "./",
        "../",
        "index.html",
        "/index.html",
        "index.htm",
        "/index.htm",
        "index.php",
        "/index.php",
        "default.aspx",
        "/default.aspx",
        "home.html",
        "../index.html",
        "/home",
        "default.asp",
        "index.asp",
        "/en",
        "/en/",
        "/de/",
        "/fr/",
    }:
        return True
    if target.startswith(("http://", "https://", "//")):
        host, _, path = target.partition("//")[2].partition("/")
        return host.removeprefix("www.") in own and path in {
            "",
            "index.html",
            "index.php",
            "index.htm",
            "en",
            "en/",
            "home",
        }
    return False


def _alone_counts(rendering: Rendering) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in rendering.lines:
        if len(line) <= MAX_NAME:
            key = line.lower().strip(" .,®™©")
            counts[key] = counts.get(key, 0) + 1
    for text, _, _, _ in rendering.runs:
        key = text.lower().strip(" .,®™©")
        counts[key] = counts.get(key, 0) + 1
    return counts


def host_core(host: str) -> str:
    """The label of a host that names its owner, folded: ``www.acme-tools.co.uk`` is ``acmetools``.

    >>> host_core("www.acme-tools.co.uk")
    'acmetools'
    """
    labels = [label for label in host.lower().removeprefix("www.").split(".") if label]
    if len(labels) < 2:
        return ""
    position = -2
    if len(labels) >= 3 and (
        labels[-2]
        in {
            "co",
            "com",
            "org",
            "net",
            "gov",
            "edu",
            "ac",
            "or",
            "ne",
            "go",
            "gob",
            "gouv",
            "in",
            "nom",
            "plc",
            "ltd",
            "me",
            "id",
            "web",
        }
        and len(labels[-1]) <= 3
    ):
        position = -3
    return fold(labels[position]).replace("-", "")


@lru_cache(maxsize=4096)
def agreement(name: str, core: str) -> float:
    """How well a name fits a host's core label: 1 for the same letters, less for acronyms, parts and prefixes.

    >>> agreement("Acme Tools Ltd", "acmetools"), agreement("North Harbour Freight", "nhf"), agreement("Acme", "zebra")
    (1.0, 0.8, 0.0)
    """
    if len(core) < 2:
        return 0.0
    bare, _ = split_legal_form(name)
    parts = list(words(bare))
    whole = list(words(name))
    if not parts:
        return 0.0
    joined = "".join(parts)
    if joined == core or "".join(whole) == core or ("the" + joined) == core or joined == "the" + core:
        return 1.0
    if "&" in name or " and " in name.lower():
        with_and = "".join(re.findall(r"[^\W_]+", fold(name).replace("&", " and ").replace("'", "")))
        if core in {with_and, with_and.removeprefix("the")}:
            return 1.0
    for size in range(len(parts) - 1, 0, -1):
        front = "".join(parts[:size])
        if front == core and len(core) >= 3:
            return 0.85 if size > 1 or len(parts) <= 4 else 0.7
    if len(parts) >= 2:
        letters = "".join(p[0] for p in parts)
        if (
            core == letters
            or core == "".join(p[0] for p in whole)
            or ("&" in bare or " " in bare)
            and core == "".join(p[0] for p in re.findall(r"[^\W_]+", fold(bare)))
        ):
            return 0.8 if len(core) >= 3 else 0.6
        if len(letters) >= 3 and core.startswith(letters) and len(core) - len(letters) <= 4:
            return 0.55
    if core.startswith(joined) and len(joined) >= 4:
        return 0.45 + 0.4 * len(joined) / len(core)
    if joined.startswith(core) and len(core) >= 4:
        return 0.65
    if _prefixes(parts, core):
        return 0.7
    if len(joined) >= 5 and joined in core:
        return 0.4 + 0.35 * len(joined) / len(core)
    covered = sum(len(p) for p in set(parts) if len(p) >= 4 and p in core)
    if covered >= 4:
        return min(0.6, 0.55 * covered / len(core) + 0.25 * covered / len(joined))
    return 0.0


def _prefixes(parts: Sequence[str], core: str) -> bool:
    """Whether the core is made of prefixes of the words, in order: ``intlbank`` of International Bank."""
    reach = {0}
    used = 0
    for part in parts[:8]:
        grown = set()
        for at in reach:
            size = 0
            while size < len(part) and at + size < len(core) and part[size] == core[at + size]:
                size += 1
                grown.add(at + size)
        if grown:
            used += 1
            reach |= grown
    return len(core) in reach and used >= 2 and len(core) >= 4


def _score(pool: dict[str, Candidate]) -> list[Candidate]:
    for candidate in pool.values():
        base = sum(WEIGHTS[place] for place in candidate.places)
        score = base + 5.0 * candidate.agreement + min(1.5, 0.4 * candidate.alone)
        if len(candidate.places) >= 3:
            score += 0.8
        if any(has_strong_form(form) for form in candidate.forms):
            score += 0.9
        count = len(candidate.text.split())
        if count > 6:
            score -= 0.5 * (count - 6)
        if candidate.text.islower() and " " in candidate.text:
            score -= 0.6
        if _HOSTLIKE.match(candidate.text) and candidate.text.count(".") >= (
            1 if not candidate.text[:1].isupper() else 2
        ):
            score *= 0.55
        if _CODE.search(candidate.text):
            score *= 0.5
        if "," in candidate.text and not has_strong_form(candidate.text):
            score *= 0.85
        candidate.score = score
    # A short name that a longer one begins with lends it support, and the other way round.
    ordered = sorted(pool.values(), key=lambda c: -c.score)[:60]
    boosts = [0.0] * len(ordered)
    for n, one in enumerate(ordered):
        for m, other in enumerate(ordered):
            if n != m and len(one.key) >= 3 and len(other.key) > len(one.key) and other.key.startswith(one.key):
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
