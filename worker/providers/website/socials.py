"""A company's own profiles on social networks, as opposed to share buttons and embedded posts."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from worker.providers.website.host_names import host_core
from worker.providers.website.hosts import authority_of
from worker.providers.website.rendering import FOOTER, HEADER, Rendering
from worker.providers.website.structured import Structured

#: Field, hosts, the path of a profile; its group is the profile's name.
_NETWORKS: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...] = (
    ("company_linkedin_url", frozenset({"linkedin.com"}), re.compile(r"^/(?:company|school|showcase|companies)/([^/?#]{1,100})", re.I)),
    ("company_facebook_url", frozenset({"facebook.com", "fb.com", "fb.me"}), re.compile(r"^/(?:pages/(?:category/)?([^/?#]{1,100}/[\d]{5,20})|(?:#!/)?(?:groups/)?([A-Za-z0-9.\-_À-ÿ%]{3,100})/?$|profile\.php\?id=(\d{5,20}))", re.I)),
    ("company_twitter_url", frozenset({"twitter.com", "x.com", "mobile.twitter.com"}), re.compile(r"^/(?:#!/)?@?([A-Za-z0-9_]{2,20})/?$")),
    ("company_instagram_url", frozenset({"instagram.com", "instagr.am"}), re.compile(r"^/([A-Za-z0-9_.]{2,40})/?$")),
    ("company_youtube_url", frozenset({"youtube.com", "m.youtube.com"}), re.compile(r"^/(?:(?:c|user|channel)/([^/?#]{2,100})|(@[\w.\-]{2,60})|([A-Za-z0-9][\w-]{3,40}))/?(?:$|videos|featured)")),
    ("company_tiktok_url", frozenset({"tiktok.com"}), re.compile(r"^/(@[\w.]{2,40})/?$")),
    ("company_xing_url", frozenset({"xing.com"}), re.compile(r"^/(?:companies|pages|company)/([^/?#]{2,100})", re.I)),
    ("company_github_url", frozenset({"github.com"}), re.compile(r"^/([A-Za-z0-9-]{2,40})/?$")),
    ("company_crunchbase_url", frozenset({"crunchbase.com"}), re.compile(r"^/organization/([^/?#]{2,100})", re.I)),
)  # fmt: skip
_HOSTS = {host: (field, pattern) for field, hosts, pattern in _NETWORKS for host in hosts}
_NOT_PROFILES = frozenset(
    "share sharer sharer.php share.php intent home login signup register search hashtag explore privacy terms about help tos legal i plugins dialog events watch embed results feed playlist login.php tr l.php policies policy ads business"
    " pages groups people photo.php permalink.php story.php settings messages notifications user channel c accounts p reel reels tv stories features pricing topics collections trending marketplace sponsors apps orgs enterprise sharearticle".split()
)
_SUBDOMAIN = re.compile(r"[a-z]{1,3}(?:-[a-z]{2,4})?")
_SHARE = re.compile(r"share|intent/|sharer|[?&](?:u|url|text|status|mini)=", re.I)
_VENDORS = frozenset(
    "wix wordpress squarespace shopify godaddy weebly jimdo facebook twitter instagram youtube linkedin google duda webflow elementor joomla drupal prestashop adobe microsoft".split()
)


def find_profiles(
    rendering: Rendering, structured: Structured, host: str, name_keys: Iterable[str]
) -> list[tuple[str, str, str, str]]:
    """The best profile per network: (field, address, path, link text).

    Where several profiles of one network are linked, the one that is named like the site wins, then the one in
    header or footer, then the first.
    """
    core = host_core(host)
    keys = [key for key in name_keys if len(key) >= 3]
    best: dict[str, tuple[float, str, str, str]] = {}
    networks = {authority for authority in rendering.authorities if _is_network(authority)}
    offers = [
        (link.href, "a[href]", link.text, 0.5 if link.bits & (FOOTER | HEADER) else 0.0)
        for link in (rendering.links if networks else ())
        if link.authority in networks
    ]
    offers += [
        (url, path, "", 1.0)
        for organisation in structured.organisations[:5]
        for url, path in organisation.same_as
        if _is_network(authority_of(url))
    ]
    seen: dict[tuple[str, str], int] = {}
    for href, path, text, bonus in offers:
        profile = profile_of(href)
        if profile is None:
            continue
        field, url, handle = profile
        plain = re.sub(r"[^a-z0-9]", "", handle.lower())
        if plain in _VENDORS and plain != core:
            continue
        seen[field, url] = seen.get((field, url), 0) + 1
        score = bonus + 0.1 * seen[field, url]
        if core and (core in plain or (len(plain) >= 4 and plain in core)):
            score += 2.0
        elif any(key in plain or (len(plain) >= 4 and plain in key) for key in keys):
            score += 1.5
        if field not in best or score > best[field][0]:
            best[field] = (score, url, path, text)
    return [(field, url, path, text) for field, (_, url, path, text) in best.items()]


def _is_network(authority: str) -> bool:
    """A quick look at the host, before the address is taken apart."""
    return ".".join(authority.rsplit(".", 2)[-2:]) in _HOSTS


@lru_cache(maxsize=4096)
def profile_of(href: str) -> tuple[str, str, str] | None:
    """(field, canonical address, handle) when a link is a company's profile; None for anything else."""
    if "." not in href or len(href) > 300 or (href[:4].lower() != "http" and href[:2] != "//"):
        return None
    try:
        parts = urlsplit(href.strip() if href[:2] != "//" else f"https:{href}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    entry = _HOSTS.get(host)
    if entry is None:
        base = host.partition(".")[2]
        entry = _HOSTS.get(base)
        if entry is None or _SUBDOMAIN.fullmatch(host.partition(".")[0]) is None:
            return None
        host = base
    if _SHARE.search(href):
        return None
    field, pattern = entry
    path = unquote(parts.path) + (f"?{parts.query}" if "profile.php" in parts.path else "")
    if parts.fragment.startswith("!/"):
        path = parts.fragment[1:]
    match = pattern.match(path)
    if match is None:
        return None
    handle = next(group for group in match.groups() if group)
    if handle.lower().strip("/@") in _NOT_PROFILES:
        return None
    return (
        field,
        f"https://{'www.' if host not in {'x.com', 'github.com'} else ''}{host}{match.group().rstrip('/')}",
        handle,
    )
