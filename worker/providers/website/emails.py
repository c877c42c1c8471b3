"""Email addresses in text and links, plain and disguised."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

import msgspec

from worker.domain.fields.web import top_level_domains
from worker.providers.website.rendering import Link, Rendering

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00c0-\u024f]{1,64}\Z")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f-]{0,61}[A-Za-z0-9\u00c0-\u024f])?\.){1,6}[A-Za-z]{2,18}(?![A-Za-z0-9])"
)
_DISGUISED = re.compile(
    r"(?<![\w.+-])(?P<local>[A-Za-z0-9][\w.+-]{0,63})\s{0,2}"
    r"(?:\s?[\[({<|]\s{0,2}(?:at|@|ät|アットマーク|アット|arroba|arobase|chiocciola|chez|a|æt|snabel-?a|kukac|malpa)\s{0,2}[\])}>|]\s?|\s(?:at|AT|\(at\)|chiocciola|arroba|arobase)\s(?=[\w-]{1,63}\s{0,2}[\[({]|[\w-]{1,63}\s(?:dot|DOT|punkt|punto|point|ponto)\s)|\s@\s|\s@|@\s)"
    r"\s{0,2}(?P<domain>[A-Za-z0-9][A-Za-z0-9-]{0,62}(?:\s{0,2}(?:\.|[\[({]\s{0,2}(?:dot|\.|punkt|punto|point|ponto|pt|d0t)\s{0,2}[\])}]|\s(?:dot|DOT|punkt|punto|point|ponto)\s)\s{0,2}[A-Za-z0-9-]{1,63}){1,5})",
    re.I,
)
#: One of these is in every text with a disguised address: words, what stands around an "@", what begins in brackets.
_HINT_WORDS = frozenset({
    "æt", "ät", "アット", "アットマーク", "arroba", "arobase", "chiocciola", "chez", "snabel", "kukac", "malpa",
    "dot", "punkt", "punto", "point",
})  # fmt: skip
_AT_HINTS = (" @", "@ ", "(@", "[@", "{@", "<@")
_BRACKET_HINT = re.compile(r"[\[({<|](?:at|(?<=[\[({]) at|(?<=\()a\)|(?<=\[)a\])")
#: What every disguised address has, to leave other lines alone.
_DISGUISE = re.compile(
    r"[\[({<|]\s{0,2}(?:at|@|ät|アットマーク|アット|arroba|arobase|chiocciola|chez|a|æt|snabel-?a|kukac|malpa)\s{0,2}[\])}>|]|\s(?:at|chiocciola|arroba|arobase)\s[\w-]{1,63}\s?(?:dot|punkt|punto|point|[\[({])|\w\s?@\s\w|\w\s@\s?\w",
    re.I,
)
_DOT = re.compile(
    r"\s{0,2}(?:[\[({]\s{0,2}(?:dot|\.|punkt|punto|point|ponto|pt|d0t)\s{0,2}[\])}]|\s(?:dot|punkt|punto|point)\s)\s{0,2}",
    re.I,
)
_CLOUDFLARE = re.compile(r"(?:data-cfemail=\"|/cdn-cgi/l/email-protection#)([0-9a-fA-F]{6,400})")
_EDGES = re.compile(r"^[\s.,;:<>()\[\]'\"]+|[\s.,;:<>()\[\]'\"]+$")
_FILE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|css|js|php|html?|pdf|ico|bmp|aspx?)$", re.I)
#: Domains that only stand for one's own, in many languages, and local parts that only stand for a name.
_DUMMY_DOMAIN = re.compile(
    r"@(?:(?:your|my|ihre?|deine?|votre|mon|tu|su|seu|vostro|jouw|uw)-?(?:domain\w{0,2}|company|firma|email|site|website|empresa|dominio|domaine|entreprise|azienda|bedrijf)"
    r"|domain|dominio|domaine|beispiel|exemple|ejemplo|esempio|exemplo|voorbeeld|muster|musterfirma|mustermann|xyz|test)\.[a-z]{2,4}$",
    re.I,
)
_DUMMY_LOCAL = re.compile(
    r"^(?:tu|su|seu|votre|ihre?|uw|jouw|nombre|nom|nome|name|naam|usuario|user|utente|utilisateur|correo|email|mail|ejemplo|exemple|esempio|exemplo|beispiel|muster|max\.?muster\w{0,4}|mustermann|prenom\.nom|nome\.cognome)(?:[._-]?(?:email|mail|nombre|nom|nome|name|naam|correo|adresse|\d{1,3}))?"
    r"@(?:correo|courriel|email|mail|site|web|empresa|sitio|posta|adres|adresse)\.[a-z]{2,4}$",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"^(?:(?:your|you|name|email|e-mail|user|username|someone|somebody|example|test|jane|john|john\.?doe|jane\.?doe|vorname\.nachname|firstname\.lastname|ihre|votre|tu|seu)[\w.]{0,12}"
    r"@(?:(?:your|my)?(?:domain|company|email|site|website|mail)\.\w{2,6}|example\.(?:com|org|net)|(?:provider|address|beispiel|exemple|ejemplo)\.\w{2,6}))$",
    re.I,
)
#: Addresses of an office rather than a person, and those of whoever looks after the website.
_OFFICE = re.compile(
    r"(?:info\w{0,8}|contact\w{0,4}|kontakt\w{0,3}|contato|contacto|office|mail|e-?mail|post(?:a|en|bus|kasse|e)?|hello|hallo|hola|ciao|bonjour|sales|ventas?|vendas|vertrieb|verkauf"
    r"|commercial\w?|comercial|support|service|help(?:desk)?|booking\w?|reservations?|reservas?|reception|rezeption|recepcion|accueil|secretar\w{0,6}|segreteria|amministrazione|administra\w{0,8}|admin|enquir(?:y|ies)|inquir(?:y|ies)"
    r"|customer\w{0,8}|kunden\w{0,8}|zentrale|buero|büro|team|press|presse|media|marketing|jobs|careers|firma|biuro|sekretariat|iletisim|bilgi|toimisto|asiakaspalvelu|myynti|kundservice|kundeservice|iroda|ugyfelszolgalat|obchod|recepce)"
    r"(?:[._+-]\w{1,20}|\d{1,3})?@",
    re.I,
)
_MACHINE_ROOM = re.compile(
    r"(?:web-?(?:master|admin|site|team)|postmaster|hostmaster|abuse|no-?reply|do-?not-?reply)\w{0,4}@", re.I
)
MAX_FOUND = 500
MAX_OFFICES = 5
_GLUED = frozenset({"tel", "fax", "phone", "www", "web", "website", "e", "mobile", "http", "https"})


class Email(msgspec.Struct, frozen=True, gc=False):
    """An email address, lower-case domain, and where it stands; ``line`` is -1 for one that no line spells out.

    ``shown`` tells whether readers see it; a link with other words on it keeps its address to itself.
    """

    address: str
    line: int
    column: int
    length: int
    path: str = ""
    shown: bool = True


def find_emails(rendering: Rendering, html: str) -> list[Email]:
    """Every address once, in the order of the page: text first, then links, then scrambled ones."""
    found: dict[str, Email] = {}
    budget = MAX_FOUND * 4
    disguised = _may_disguise(rendering) and _DISGUISE.search(rendering.text) is not None
    for index, line in enumerate(rendering.lines if disguised or "@" in rendering.text else ()):
        if "@" in line:
            budget -= line.count("@")
            for email in _plain(line, index):
                found.setdefault(email.address.lower(), email)
        if disguised and len(line) < 2000 and _DISGUISE.search(line):
            for email in _disguised(line, index):
                found.setdefault(email.address.lower(), email)
        if len(found) >= MAX_FOUND or budget < 0:
            break
    for link in rendering.schemed:
        if link.href[:7].lower() == "mailto:":
            for address in _in_mailto(link):
                shown = _spells(link.text, address)
                found.setdefault(address.lower(), Email(address, -1, 0, 0, path="a[href^=mailto]", shown=shown))
    if "data-cfemail" in html or "email-protection#" in html:
        for match in _CLOUDFLARE.finditer(html):
            plain = uncloudflare(match.group(1))
            if plain:
                found.setdefault(plain.lower(), Email(plain, -1, 0, 0, path="data-cfemail"))
    return list(found.values())[:MAX_FOUND]


def _may_disguise(rendering: Rendering) -> bool:
    text = rendering.lowered
    return (
        not _HINT_WORDS.isdisjoint(rendering.vocabulary)
        or ("@" in text and any(hint in text for hint in _AT_HINTS))
        or _BRACKET_HINT.search(text) is not None
    )


def given(emails: Sequence[Email]) -> tuple[str, ...]:
    """The addresses that a page gives its readers: those that it shows; where it shows none, what its links hold for
    everybody: an office's address, or the only one there is. Several people's names are a directory."""
    shown = tuple(email.address for email in emails if email.shown)
    if shown:
        return shown
    linked = [email.address for email in emails if not _MACHINE_ROOM.match(email.address)]
    offices = tuple(address for address in linked if _OFFICE.match(address))
    return offices[:MAX_OFFICES] or (tuple(linked) if len(linked) == 1 else ())


def _spells(text: str, address: str) -> bool:
    """Whether a link's text is its address in a writing that was not understood: "info ( a t ) acme"."""
    local, _, domain = address.lower().partition("@")
    lowered = text.lower()
    return len(text) <= 120 and local in lowered and domain.partition(".")[0] in lowered.replace(local, "", 1)


@lru_cache(maxsize=1)
def _top_level() -> frozenset[str]:
    """Top-level domains of the bundled public suffix list, and the names reserved for examples (RFC 2606)."""
    return top_level_domains() | {"example", "test", "invalid", "onion"}


def _known_domain(domain: str) -> str | None:
    """The domain, cut where a following word was glued to it; None when no top-level domain is in sight.

    >>> _known_domain("acme.example.comTel")
    'acme.example.com'
    """
    head, _, ending = domain.rpartition(".")
    known = _top_level()
    if ending.lower() in known:
        return domain
    for size in range(min(len(ending) - 1, 10), 1, -1):
        if ending[:size].lower() in known and (ending[size].isupper() or ending[size:].lower() in _GLUED):
            return f"{head}.{ending[:size]}"
    return None


def uncloudflare(code: str) -> str | None:
    """Cloudflare's scrambling: the first byte is the key, the rest is XORed with it."""
    try:
        data = bytes.fromhex(code)
    except ValueError:
        return None
    text = bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace").partition("?")[0]
    return valid_address(text)


def valid_address(text: str) -> str | None:
    """The address in canonical writing, or None for what is none: file names, placeholders, wrong shapes."""
    local, at, domain = _EDGES.sub("", text[:400]).rpartition("@")
    if not at or not local or len(local) > 64:
        return None
    local = local.lstrip("./'=&?*`|").rstrip(".'")
    if not local or ".." in local or not _LOCAL.match(local) or not _DOMAIN.fullmatch(domain):
        return None
    known = _known_domain(domain)
    if known is None:
        return None
    address = f"{local}@{known.lower()}"
    if (
        _FILE.search(address)
        or _PLACEHOLDER.match(address)
        or _is_dummy(address)
        or re.fullmatch(r"[0-9a-f]{32}", local)
    ):
        return None
    return address


def _is_dummy(address: str) -> bool:
    """Whether an address only shows how one is written."""
    return bool(_DUMMY_DOMAIN.search(address) or _DUMMY_LOCAL.match(address))


def _plain(line: str, index: int) -> Iterator[Email]:
    at = line.find("@")
    seen = 0
    while at >= 0 and seen < MAX_FOUND:
        seen += 1
        domain = _DOMAIN.match(line, at + 1)
        if domain:
            local = _LOCAL.search(line[max(0, at - 64) : at])
            if local:
                address = valid_address(f"{local.group()}@{domain.group()}")
                if address:
                    length = len(address)
                    yield Email(address, index, at - address.rindex("@"), length)
            at = line.find("@", domain.end())
        else:
            at = line.find("@", at + 1)


def _disguised(line: str, index: int) -> Iterator[Email]:
    for match in _DISGUISED.finditer(line):
        domain = re.sub(r"\s", "", _DOT.sub(".", match.group("domain")))
        address = valid_address(f"{match.group('local')}@{domain}")
        if address:
            yield Email(address, index, match.start(), match.end() - match.start(), path="disguised")


def _in_mailto(link: Link) -> Iterator[str]:
    target = unquote(link.href[7:].partition("?")[0])
    for part in re.split(r"[,;]", target[:500]):
        name = part.strip()
        if "<" in name:
            name = name.partition("<")[2].partition(">")[0]
        address = valid_address(re.sub(r"\s", "", name))
        if address:
            yield address
