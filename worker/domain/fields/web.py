"""Normalisers for domains, URLs, profiles and email addresses."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from worker.domain.claim import Value
from worker.domain.fields.field import Context, InvalidValue, Read
from worker.domain.fields.text import squeeze

if TYPE_CHECKING:
    from tldextract import TLDExtract

#: Hosts on which many companies and people have a page each: the host alone names none of them.
SHARED_HOSTS: Final = frozenset(
    {"facebook.com", "instagram.com", "x.com", "twitter.com", "youtube.com", "tiktok.com", "linkedin.com", "xing.com",
     "linktr.ee", "github.com", "crunchbase.com", "pinterest.com", "medium.com", "google.com", "bit.ly", "t.co",
     "goo.gl", "yelp.com", "wikipedia.org", "threads.net", "vk.com", "whatsapp.com", "wa.me", "t.me"}
)  # fmt: skip
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")


@lru_cache(maxsize=1)
def _suffixes() -> "TLDExtract":
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def top_level_domains() -> frozenset[str]:
    """The last labels of all endings on the Public Suffix List bundled with tldextract: ``com``, ``uk``."""
    return frozenset(suffix.rpartition(".")[2] for suffix in _suffixes().tlds)


@lru_cache(maxsize=16_384)
def ascii_host(host: str) -> str:
    """A host name in lower-case ASCII (IDNA 2008, UTS 46). Raises InvalidValue when it is none.

    >>> ascii_host("MÜNCHEN.example.")
    'xn--mnchen-3ya.example'
    """
    name = host.strip().rstrip(".").casefold()
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError as problem:
            raise InvalidValue(f"{host[:60]!r} is no host name") from problem
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        raise InvalidValue(f"{host[:60]!r} is no host name")
    return name


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """The part of a host name that somebody registered, by the Public Suffix List bundled with tldextract.

    Endings that the list does not know count as suffixes (the list's own default rule), so ``.example`` works.
    Private suffixes count too: ``acme.github.io`` is a domain of its own. Raises InvalidValue for addresses,
    bare suffixes and single labels.

    >>> registrable_domain("www.acme.co.uk"), registrable_domain("shop.acme.example")
    ('acme.co.uk', 'acme.example')
    """
    name = ascii_host(host)
    try:
        ip_address(name)
    except ValueError:
        pass
    else:
        raise InvalidValue(f"{name} is an address, not a domain")
    if "." not in name or name.rsplit(".", 1)[-1].isdigit():
        raise InvalidValue(f"{name!r} is no public domain")
    parts = _suffixes().extract_str(name)
    if not parts.suffix:
        return ".".join(name.split(".")[-2:])
    if not parts.domain:
        raise InvalidValue(f"{name!r} is a public suffix, not a domain")
    return f"{parts.domain}.{parts.suffix}"


def split_url(raw: Any) -> SplitResult:
    """A web address taken apart, its host in ASCII; ``https://`` is assumed. Raises InvalidValue."""
    return _split(squeeze(raw))


@lru_cache(maxsize=4096)
def _split(line: str) -> SplitResult:
    if len(line) > 2048:
        raise InvalidValue("longer than 2048 characters")
    if " " in line:
        raise InvalidValue("a web address has no spaces")
    if line.startswith("//"):
        line = f"https:{line}"
    elif not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", line):
        if re.match(r"(?:mailto|tel|javascript|data|ftp|file|sms):", line, re.IGNORECASE):
            raise InvalidValue("not an http or https address")
        line = f"https://{line}"
    try:
        parts = urlsplit(line)
        host, port = parts.hostname, parts.port
    except ValueError as problem:
        raise InvalidValue("not a web address") from problem
    if parts.scheme not in {"http", "https"}:
        raise InvalidValue("not an http or https address")
    if not host:
        raise InvalidValue("no host in it")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("user names in web addresses are refused")
    name = ascii_host(host) if ":" not in host else f"[{host}]"
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = name if port in (None, default) else f"{name}:{port}"
    return SplitResult(parts.scheme, netloc, parts.path, parts.query, "")


def url(raw: Any, _: Context) -> Value:
    """A web address without fragment, default port and trailing slash at the root."""
    parts = split_url(raw)
    path = quote(unquote(parts.path), safe="/%:@!$&'()*+,;=~-._") if not parts.path.isascii() else parts.path
    query = quote(parts.query, safe="/?%:@!$&'()*+,;=~-._") if not parts.query.isascii() else parts.query
    return SplitResult(parts.scheme, parts.netloc, "" if path == "/" else path, query, "").geturl()


def url_key(value: Value) -> str:
    """Scheme, ``www.`` and a trailing slash make no difference between two addresses."""
    return re.sub(r"^https?://(?:www\.)?", "", str(value)).rstrip("/").casefold()


def website(raw: Any, context: Context) -> Value:
    """A company's own web address; pages on shared hosts (social networks, link lists) are refused."""
    address = str(url(raw, context))
    host = urlsplit(address).hostname or ""
    if registrable_domain(host) in SHARED_HOSTS:
        raise InvalidValue(f"{host} is not a website of its own")
    return address


def website_key(value: Value) -> str:
    """Websites compare by registrable domain."""
    try:
        return registrable_domain(urlsplit(str(value)).hostname or "")
    except InvalidValue:
        return url_key(value)


def domain(raw: Any, _: Context) -> Value:
    """A registrable domain, from a domain, a host name, a web address or an email address."""
    line = squeeze(raw)
    if "@" in line and "/" not in line:
        line = line.rsplit("@", 1)[1]
    found = registrable_domain(split_url(line).hostname or "")
    if found in SHARED_HOSTS:
        raise InvalidValue(f"{found} belongs to no single company")
    return found


def email(raw: Any, _: Context) -> Value:
    """An email address in lower case (RFC 5321 lets the local part differ by case; no provider of note does)."""
    return _email(squeeze(raw).strip("<>").removeprefix("mailto:").removeprefix("MAILTO:").partition("?")[0])


@lru_cache(maxsize=4096)
def _email(line: str) -> str:
    """What stands on one page of a site stands on most of them."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(line, check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        raise InvalidValue(str(problem)) from problem
    return (found.ascii_email or found.normalized).casefold()


_HANDLE: Final = re.compile(r"@?([A-Za-z0-9_.\-]{1,100})\Z")
_NOT_A_PROFILE: Final = frozenset(
    {"share", "sharer", "sharer.php", "intent", "home", "login", "signup", "search", "hashtag", "dialog", "plugins",
     "privacy", "policies", "about", "help", "watch", "embed", "results", "tr", "explore", "i", "feed", "p", "reel",
     "legal", "terms", "sharearticle", "sharing", "widgets", "tos"}
)  # fmt: skip


def profile(hosts: tuple[str, ...], form: str, *, below: tuple[str, ...] = (), deep: tuple[str, ...] = ()) -> Read:
    """A normaliser for a profile on one network.

    ``hosts`` are the network's domains, ``form`` the canonical address with ``{}`` for the handle. ``below`` lists
    path parts one of which must stand before the handle; ``deep`` those that may stand there and belong to it.
    Share buttons, posts and the network's own pages are refused.
    """

    def read(raw: Any, _: Context) -> Value:
        line = squeeze(raw)
        if not below and not deep and (bare := _HANDLE.match(line)) and (line.startswith("@") or "." not in line):
            return form.format(bare[1].casefold())
        parts = split_url(line)
        if registrable_domain(parts.hostname or "") not in hosts:
            raise InvalidValue(f"not on {hosts[0]}")
        path = [unquote(part).strip() for part in parts.path.split("/") if part.strip()]
        prefix = ""
        if path and path[0].casefold() in below:
            path = path[1:]
        elif path and path[0].casefold() in deep:
            prefix, path = f"{path[0].casefold()}/", path[1:]
        elif below:
            raise InvalidValue(f"expected an address like {form.format('name')}")
        if not path or (not below and not prefix and path[0].casefold() in _NOT_A_PROFILE):
            raise InvalidValue("a page of the network, not a profile")
        handle = path[0].lstrip("@") if not prefix else path[0]
        if not handle or len(handle) > 100 or re.search(r"[\s<>\"'{}|\\^`]", handle) or handle.endswith(".php"):
            raise InvalidValue("no profile name in the address")
        # A channel's id is the one handle in which case matters.
        handle = handle if prefix == "channel/" else handle.casefold()
        return form.format(prefix + quote(handle, safe="@.-_~"))

    return read


linkedin_person: Final = profile(("linkedin.com",), "https://www.linkedin.com/in/{}", below=("in", "pub"))
_linkedin_company: Final = profile(
    ("linkedin.com",), "https://www.linkedin.com/company/{}", below=("company", "organization")
)
_linkedin_other: Final = profile(("linkedin.com",), "https://www.linkedin.com/{}", deep=("school", "showcase"))


def linkedin_company(raw: Any, context: Context) -> Value:
    """A company, school or showcase page on LinkedIn."""
    path = split_url(raw).path.lstrip("/").casefold()
    return (_linkedin_other if path.startswith(("school/", "showcase/")) else _linkedin_company)(raw, context)


def tail_key(keep: int) -> Callable[[Value], str]:
    """Profiles compare by the last ``keep`` parts of their path."""

    def key(value: Value) -> str:
        return "/".join(unquote(str(value)).rstrip("/").split("/")[-keep:]).casefold()

    return key
