"""Does an answer speak about the subject that was asked about? Hosts, names and profile addresses compared.

Only plain yes-or-no rules live here; weighing agreement and refusing claims is the pipeline's work.
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

from worker.domain.fields import FIELDS, InvalidValue
from worker.domain.fields.web import registrable_domain, split_url
from worker.domain.names import company_key, person_words
from worker.domain.subject import Subject
from worker.providers.anchor import is_known_by


@lru_cache(maxsize=16_384)
def host_of(address: str) -> str | None:
    """The host of an address, in lower-case ASCII without ``www.``; a missing scheme is forgiven. None without one.

    >>> host_of("WWW.Acme.example/about")
    'acme.example'
    """
    try:
        host = (split_url(address).hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host if "." in host else None


def site_of(address: str) -> str | None:
    """The registrable domain of an address or host; None when it has none.

    >>> site_of("https://shop.acme.example/"), site_of("10.0.0.1")
    ('acme.example', None)
    """
    host = host_of(address)
    try:
        return registrable_domain(host) if host else None
    except InvalidValue:
        return None


def same_site(left: str, right: str) -> bool:
    """Do two addresses or hosts belong to one registrable domain?

    >>> same_site("https://www.acme.example/", "shop.acme.example")
    True
    """
    site = site_of(left)
    return site is not None and site == site_of(right)


def site_label(address: str) -> str:
    """A site's own name: ``acme-robotics`` of ``www.acme-robotics.co.uk``; empty when there is none."""
    return (site_of(address) or "").partition(".")[0]


def same_company_name(left: str, right: str) -> bool:
    """Are two company names the same but for legal form, case and punctuation?

    >>> same_company_name("acme-robotics-inc", "Acme Robotics")
    True
    """
    key = company_key(left) if left.strip() else ""
    return bool(key) and bool(right.strip()) and key == company_key(right)


def names_company(text: str, names: Iterable[str]) -> bool:
    """Is the text (a name, a slug, a handle) one of the names or site labels?"""
    return any(same_company_name(text, name) for name in names)


@lru_cache(maxsize=16_384)
def profile_url(field: str, address: str) -> str | None:
    """The canonical form of a profile's address, by the field's own normaliser; None when it is no such profile.

    >>> profile_url("company_linkedin_url", "uk.linkedin.com/company/Acme-Robotics/about?trk=x")
    'https://www.linkedin.com/company/acme-robotics'
    """
    try:
        return str(FIELDS[field].normalise(address))
    except ValueError:
        return None


def linkedin_page(address: str) -> str | None:
    """The canonical address of a company's or person's LinkedIn page; None for anything else."""
    return profile_url("company_linkedin_url", address) or profile_url("person_linkedin_url", address)


def same_linkedin(left: str, right: str) -> bool:
    """Are two addresses the same LinkedIn page?"""
    page = linkedin_page(left)
    return page is not None and page == linkedin_page(right)


def handle_of(address: str) -> str:
    """The last part of a profile's address: the slug or handle, decoded and without ``@``.

    >>> handle_of("https://www.tiktok.com/@acme")
    'acme'
    """
    return unquote(address.rstrip("/").rpartition("/")[2]).lstrip("@")


def slug_of_person(slug: str, name: str) -> bool:
    """Does a profile's slug hold all words of a person's name? A tail that tells namesakes apart is allowed.

    >>> slug_of_person("ada-ng-4b1a2", "Ada Ng"), slug_of_person("ada-nguyen", "Ada Ng")
    (True, False)
    """
    wanted = person_words(name)
    words = person_words(slug.replace("-", " ").replace("_", " ").replace(".", " "))
    if len(wanted) < 2:
        return False
    rest = [word for word in words if word not in wanted]
    spelled = set(wanted) <= set(words) and all(any(char.isdigit() for char in word) for word in rest)
    return spelled or "".join(words) == "".join(wanted)


def with_scheme(address: str) -> str:
    """An address with ``https://`` in front where a provider leaves the scheme away."""
    stripped = address.strip()
    return stripped if "://" in stripped[:10] else f"https://{stripped.lstrip('/')}"


def other_company(subject: Subject, website: str | None, page: str | None, aliases: Iterable[str] = ()) -> str:
    """Why an answer with this website and LinkedIn page is about another company; empty when it may be the same.

    A website of another domain than the subject's contradicts, unless that is among the company's ``aliases`` or
    the LinkedIn page is the very identifier that the subject is known by.
    """
    ours = subject.get("company_domain") or subject.get("company_website")
    if not website or not ours or same_site(website, ours) or any(same_site(alias, ours) for alias in aliases):
        return ""
    if page and is_known_by(subject, linkedin_page(page) or page):
        return ""
    return f"the answer is about {host_of(website) or 'another site'}, not {host_of(ours) or ours}"
