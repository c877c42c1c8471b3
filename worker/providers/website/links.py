"""Which of a page's links lead to facts about its owner: contact, imprint, about, team, legal, in many languages."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain
from urllib.parse import urldefrag

from worker.providers.website.document import Document, host_of
from worker.providers.website.found import PageLink
from worker.providers.website.hosts import host_in
from worker.providers.website.rendering import FOOTER, NAV, Link, Rendering
from worker.providers.website.text_keys import fold, small_letters

#: Subject of a page, its worth, words in addresses and link texts (folded).
_SUBJECTS: tuple[tuple[str, float, str], ...] = (
    ("imprint", 9.0, r"impressum|imprint|legal[\s_-]?notice|mentions?[\s_-]?legales|aviso[\s_-]?legal|note[\s_-]?legali|colofon|impresszum|impresum|legal[\s_-]?information|informacion[\s_-]?legal|特定商取引\w*|会社概要|company[\s_-]?profile|anbieterkennzeichnung|dati[\s_-]?societari|firmeninfo\w*|offenlegung|informacje[\s_-]?prawne|informacion[\s_-]?corporativa|informazioni[\s_-]?legali|juridische[\s_-]?info\w*|사업자정보"),
    ("contact", 10.0, r"contact\w{0,3}|kontakt\w{0,6}|contacto|contactenos|contattaci|contatti|contato|fale[\s_-]?conosco|get[\s_-]?in[\s_-]?touch|reach[\s_-]?us|yhteystiedot|ota[\s_-]?yhteytta|kapcsolat|iletisim|kontakty|контакт\w*|επικοινωνια|お問い?合わ?せ|联系\w{0,3}|聯絡\w{0,3}|연락처|오시는\s?길|문의|アクセス|find[\s_-]?us|locations?|standorte?|anfahrt|nous[\s_-]?trouver|ubicacion|dove[\s_-]?siamo|offices|vestigingen|lien[\s_-]?he|hubungi|contatt\w{1,6}|elerhetoseg\w*|bize[\s_-]?ulasin|yhteydenotto|hafa[\s_-]?samband|связ\w*|adresa|anschrift|plan[\s_-]?d[\s_-]?acces|donde[\s_-]?estamos|como[\s_-]?llegar|onde[\s_-]?estamos|localizacao|localizacion|filialen|filiali|agences|nos[\s_-]?agences|sucursales|sedi|oddzialy|pobocky|hitta[\s_-]?hit|hitta[\s_-]?oss|find[\s_-]?vej|routebeschrijving|wegbeschreibung|visit[\s_-]?us|directions|צור[\s_-]?קשר|اتصل[\s_-]?بنا|ติดต่อ\w*|所在地|問合せ"),
    ("about", 8.0, r"about([\s_-]?us)?|ueber[\s_-]?uns|uber[\s_-]?uns|unternehmen|wir[\s_-]?ueber|a[\s_-]?propos|qui[\s_-]?sommes|quienes[\s_-]?somos|sobre([\s_-]?nosotros|[\s_-]?nos)?|nosotros|empresa|chi[\s_-]?siamo|azienda|over[\s_-]?ons|om[\s_-]?oss|om[\s_-]?os|meista|yritys|o[\s_-]?nas|o[\s_-]?firmie|rolunk|hakkimizda|kurumsal|company|entreprise|societe|quem[\s_-]?somos|о[\s_-]?компании|о[\s_-]?нас|про[\s_-]?нас|关于\w{0,3}|關於\w{0,3}|회사소개|企業情報|会社情報|who[\s_-]?we[\s_-]?are|our[\s_-]?story|profile|gioi[\s_-]?thieu|tentang|wer[\s_-]?wir[\s_-]?sind|acerca([\s_-]?de)?|conocenos|institucional|notre[\s_-]?histoire|cine[\s_-]?suntem|despre([\s_-]?noi)?|apie([\s_-]?mus)?|bedrijf|virksomheden|foretaget|bedriften|firmenprofil|o[\s_-]?nama|za[\s_-]?nas|o[\s_-]?podjetju|o[\s_-]?spolecnosti|o[\s_-]?spolocnosti|εταιρεια|ποιοι[\s_-]?ειμαστε|会社案内|公司简介|公司簡介|企业简介|소개"),
    ("about", 4.5, r"history|historie|geschichte|histoire|storia|historia|tarihce|historique|tradition|traditie|philosophie|philosophy|filosofia|mission|werkstatt|manufaktur|atelier|workshop|kanzlei|betrieb|portrait|presentation|presentacion|the[\s_-]?firm|firma|沿革|历史|연혁"),
    ("team", 5.0, r"team|unser[\s_-]?team|equipe|equipo|our[\s_-]?people|people|leadership|management|staff|personnel|ansprechpartner|geschaeftsfuehrung|mitarbeiter|board|directors|founders|medarbetare|ansatte|tiimi|zespol|directory|faculty|wer[\s_-]?ist[\s_-]?wer|who[\s_-]?is[\s_-]?who|kollegium|organigramm\w?|medarbejdere|medewerkers|zarzad|vedeni|vezetoseg|ekibimiz|equipa|nasi[\s_-]?lide|команда|役員\w*|チーム"),
    ("legal", 3.0, r"privacy|datenschutz\w*|agb|terms|conditions|legal|cgv|cgu|privacidad|rgpd|gdpr|privatlivspolitik|integritet\w*|tietosuoja\w*|polityka|プライバシー\w*"),
    ("jobs", 1.0, r"careers?|jobs?|karriere|stellen\w*|emploi|trabaja|lavora|vacatures"),
)  # fmt: skip
_PATTERNS: tuple[tuple[str, float, re.Pattern[str]], ...] = tuple(
    (about, worth, re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.I)) for about, worth, words in _SUBJECTS
)
_ALL = tuple(range(len(_PATTERNS)))
#: The first letters of every expression, each with the numbers of the subjects that it may say: most links have no word
#: that begins so.
_HINTS: dict[str, tuple[int, ...]] = {}
for _number in _ALL:
    for _phrase in _SUBJECTS[_number][2].split("|"):
        if _first := re.match(r"[a-z]{3,4}", _phrase):
            _known = _HINTS.get(_first.group(), ())
            _HINTS[_first.group()] = (*(number for number in _known if number != _number), _number)
_HINTS["job"] = _HINTS["jobs"]
#: The same for what begins with a shorter word, or leaves out the space behind one: ``_SHORT`` has to say.
_HINTS.update(dict.fromkeys(("a", "o", "om", "za", "apro", "omos", "chis"), ()) | _HINTS)
_FOREIGN = re.compile(
    "контакт|компани|о нас|про нас|команда|επικοινων|お問|会社|企業|アクセス|特定商|役員|チーム|プライバ|联系|聯絡|关于|關於|연락|오시는|회사|문의|사업자|소개|연혁|связ|εταιρεια|ποιοι|צור|اتصل|ติดต่อ|所在|問合|公司|企业|沿革|历史"
)
#: "à propos", "o nas", "om oss", "chisiamo".
_SHORT = re.compile(
    r"(?<![a-z])(?:a[\s_-]?propos|o(?:[\s_-](?:nas|nama|firmie|podjetju|spol|компании)|m[\s_-]?oss?)|chisiamo|za[\s_-]nas)"
)
#: Letters of other scripts, as addresses carry them.
_ENCODED = re.compile(r"%[de]")
#: What no link holds, so that no expression reaches from one into the next.
_BETWEEN = "\x00"
_FILES = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|zip|docx?|xlsx?|pptx?|mp[34]|exe|dmg|ics|vcf|xml|rss|css|js)(?:$|\?)", re.I
)
_NOISE = re.compile(
    r"(?:/(?:tag|category|product|produkt|shop|cart|blog|news|wp-content|login|signin|account|wishlist|search)s?/|[?&](?:add-to-cart|sort|replytocom)=)",
    re.I,
)
MAX_LINKS = 40
#: Of very many links those at the top and at the bottom lead to the company; those between are its goods.
MAX_EACH_END = 200


def links_of(document: Document, rendering: Rendering, host: str) -> tuple[PageLink, ...]:
    """Links of the same site that lead on, best first; each address once."""
    best: dict[str, PageLink] = {}
    own = _site(host)
    here = urldefrag(document.url).url.rstrip("/")
    tried: set[tuple[str, str]] = set()
    links = rendering.links
    if len(links) > 2 * MAX_EACH_END:
        links = links[:MAX_EACH_END] + links[-MAX_EACH_END:]
    inside = {"", *(name for name in rendering.authorities if _site(host_in(name)) == own)}
    links = [link for link in links if link.authority in inside]
    for index, subjects in _promising(links):
        link = links[index]
        key = (link.href, link.text)
        if key in tried:
            continue
        tried.add(key)
        href = link.href.strip()
        if not href or href[0] == "#" or href[:11].lower().startswith(("javascript:", "mailto:", "tel:")):
            continue
        if len(href) > 400:
            continue
        found = _about(href[-80:] if "//" not in href else _path(href), link.text[:60], subjects)
        if found is None or _FILES.search(href) or _NOISE.search(href):
            continue
        url = document.absolute(href)
        if "#" in url:
            url = urldefrag(url).url
        if (
            not url.startswith(("http://", "https://"))
            or _site_of("/".join(url.split("/", 3)[:3])) != own
            or url.rstrip("/") == here
        ):
            continue
        about, rank = found
        if link.bits & (FOOTER | NAV):
            rank += 0.4
        rank -= 0.3 * max(0, url.count("/") - 4) + 0.2 * ("?" in url)
        earlier = best.get(url)
        if earlier is None or earlier.rank < rank:
            best[url] = PageLink(url, about, round(rank, 2))
    return tuple(sorted(best.values(), key=lambda link: -link.rank)[:MAX_LINKS])


def _promising(links: Sequence[Link]) -> list[tuple[int, tuple[int, ...]]]:
    """Links whose address or text may say a subject, and which, by number. All are looked through as one text."""
    said = [f"{link.href.strip()[-50:]} {link.text[:40]}" for link in links]
    text = _BETWEEN.join(said)
    if text.isascii():
        text = text.lower()
    else:
        folded = iter(fold(_BETWEEN.join([one for one in said if not one.isascii()])).split(_BETWEEN))
        text = _BETWEEN.join([one.lower() if one.isascii() else next(folded) for one in said])
    parts = text.split(_BETWEEN)
    found: dict[int, tuple[int, ...]] = {}
    hints = _HINTS.get
    for index, words in enumerate(small_letters(text).split(_BETWEEN)):
        hinted = [subjects for word in words.split() if (subjects := hints(word[:4])) is not None]
        if hinted:
            found[index] = tuple(dict.fromkeys(chain.from_iterable(hinted)))
    for index in [index for index, subjects in found.items() if not subjects]:
        found[index] = _ALL if _SHORT.search(parts[index]) else ()
    others = [] if text.isascii() else [match.start() for match in _FOREIGN.finditer(text)]
    if "%d" in text or "%e" in text:
        others += [match.start() for match in _ENCODED.finditer(text)]
    starts = [0, *accumulate(len(part) + 1 for part in parts)] if others else []
    for at in others:
        index = bisect_right(starts, at) - 1
        found[index] = found.get(index) or _ALL
    return sorted((index, subjects) for index, subjects in found.items() if subjects)


def _path(href: str) -> str:
    return href.rpartition("//")[2].partition("/")[2][-80:].replace("%20", " ")


@lru_cache(maxsize=4096)
def _about(path: str, text: str, subjects: tuple[int, ...]) -> tuple[str, float] | None:
    """What a link leads to and how surely, by its address and its text. Menus are the same on all pages of a site."""
    path, label = fold(path), fold(text)
    best: tuple[str, float] | None = None
    for about, worth, pattern in [_PATTERNS[number] for number in subjects]:
        rank = 0.0
        shown = pattern.search(label) if label else None
        if shown:
            # The whole text says it better than one word of a sentence does.
            rank = worth * (1.0 if len(shown.group()) * 2 >= len(label) else 0.6)
        if path and pattern.search(path):
            rank = max(rank, worth * 0.8) + 0.2 * worth
        if rank and (best is None or rank > best[1]):
            best = (about, rank)
    return best


@lru_cache(maxsize=1024)
def _site_of(beginning: str) -> str:
    """The site that an address belongs to, by its scheme and host: those of a page's links are few."""
    return _site(host_of(beginning))


def _site(host: str) -> str:
    return host.lower().removeprefix("www.")
