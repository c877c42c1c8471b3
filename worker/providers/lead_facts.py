"""Claims from search results: only where a title or an address itself agrees with the subject.

A result is a lead, not a fact. Its own address may be claimed (a site of the asked domain, a profile whose slug is
the asked name), and the part of its title that is the asked name; nothing is read out of a snippet, which only
serves as evidence that the page mentions the asked company.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from worker.domain.claim import Claim
from worker.domain.fields.web import SHARED_HOSTS
from worker.domain.names import company_key, fold, same_person
from worker.domain.subject import Subject
from worker.providers.agreement import (
    handle_of,
    host_of,
    names_company,
    profile_url,
    same_site,
    site_label,
    site_of,
    slug_of_person,
)
from worker.providers.lead import Lead
from worker.providers.panel_facts import NETWORKS
from worker.providers.voice import Voice

#: A shorter site name or company name begins too many others.
SHORTEST_LABEL: Final = 3
LONGEST_NAME_WORDS: Final = 5
#: How much of a site's name a title has to spell to be the name of its company.
MOST_OF_LABEL: Final = 0.6
_TITLE_BREAK: Final = re.compile(r"\s+[|·»:–—-]\s+|\s*\|\s*|:\s+")
_PERSON_BREAK: Final = re.compile(r"\s+[–—-]\s+")
_NETWORK_TAIL: Final = re.compile(r"\s*[|–—-]\s*LinkedIn\s*$", re.IGNORECASE)


def company_claims(leads: Iterable[Lead], subject: Subject, voices: "Voices") -> tuple[Claim, ...]:
    """Claims about a company: its site, its name as its own title spells it, its profiles."""
    found = tuple(leads)
    ours = subject.get("company_domain") or subject.get("company_website")
    claims = _site_claims(found, ours, known_names(subject), voices)
    told = [str(claim.value) for claim in claims if claim.field == "company_name"]
    names = (*filter(None, [subject.get("company_name")]), *told)
    networks: dict[str, list[Lead]] = {}
    for lead in found:
        if field := NETWORKS.get(site_of(lead.url) or ""):
            networks.setdefault(field, []).append(lead)
    for field, listed in networks.items():
        claims.extend(_profile_claims(listed, _Profile(field, subject.get(field), names, ours), voices))
    return tuple(claims)


def known_names(subject: Subject) -> tuple[str, ...]:
    """What the company is called, as far as known: its name, else the slug it is asked about by, else its site's."""
    if name := subject.get("company_name"):
        return (name,)
    if page := subject.get("company_linkedin_url"):
        return (handle_of(page),)
    site = subject.get("company_domain") or subject.get("company_website")
    return (site_label(site),) if site and site_label(site) else ()


class Voices:
    """A voice per lead: the page's host speaks, the engine brought it."""

    def __init__(self, engine: Voice) -> None:
        self.engine = engine

    def of(self, lead: Lead) -> Voice:
        """The voice of a lead's page."""
        engine = self.engine
        return Voice(engine.provider, host_of(lead.url) or "", engine.confidence, engine.observed_at, lead.url)


def _site_claims(leads: tuple[Lead, ...], ours: str | None, names: tuple[str, ...], voices: Voices) -> list[Claim]:
    """The company's own site: results on the asked domain, else the only site that is named like the company."""
    own = [lead for lead in leads if ours and same_site(lead.url, ours)]
    if not ours:
        own = [lead for lead in leads if _is_named_site(lead, names)]
        if len({site_of(lead.url) for lead in own}) != 1:
            return []
    claims: list[Claim] = []
    for lead in own:
        voice, parts = voices.of(lead), urlsplit(lead.url)
        if not claims and host_of(lead.url) == site_of(lead.url):
            root = f"{parts.scheme}://{parts.netloc}"
            claims += [
                voice.claim("company_website", root, "result:url", lead.url),
                voice.claim("company_domain", root, "result:url", lead.url),
            ]
        if title := title_name(lead.title, (*names, site_label(lead.url))) or home_name(lead):
            claims.append(voice.claim("company_name", title, "result:title", lead.title))
            break
    return claims


def _is_named_site(lead: Lead, names: tuple[str, ...]) -> bool:
    site = site_of(lead.url)
    return (
        site is not None
        and site not in SHARED_HOSTS
        and names_company(site_label(lead.url), names)
        and title_name(lead.title, names) is not None
    )


def title_name(title: str, names: Iterable[str]) -> str | None:
    """The part of a page's title that is one of the names, as the title spells it.

    >>> title_name("Home | Acme Robotics Ltd", ["acme-robotics"])
    'Acme Robotics Ltd'
    """
    wanted = tuple(names)
    return next((part for part in _TITLE_BREAK.split(title[:300]) if names_company(part, wanted)), None)


def home_name(lead: Lead) -> str | None:
    """The part of a home page's title that begins with the site's own name, or is most of its beginning.

    >>> home_name(Lead("https://acme.example/", "Robots that stack | Acme Robotics"))
    'Acme Robotics'
    >>> home_name(Lead("https://acme-robotics-uk.example/", "Acme Robotics - Home"))
    'Acme Robotics'
    """
    label = company_key(site_label(lead.url))
    if urlsplit(lead.url).path.strip("/") or len(label) < SHORTEST_LABEL:
        return None
    for part in _TITLE_BREAK.split(lead.title[:300]):
        key = company_key(part) if part.strip() and len(part.split()) <= LONGEST_NAME_WORDS else ""
        if key.startswith(label) or (len(key) > MOST_OF_LABEL * len(label) and label.startswith(key)):
            return part
    return None


@dataclass(frozen=True, slots=True)
class _Profile:
    """A network's field, the page there that is known, what the company is called, and its site."""

    field: str
    known: str | None
    names: tuple[str, ...]
    site: str | None

    def page_of(self, lead: Lead) -> str | None:
        """The lead's page in its canonical form; None when it is none, or not the known one."""
        page = profile_url(self.field, lead.url)
        return None if self.known and page != profile_url(self.field, self.known) else page

    def is_vouched(self, lead: Lead) -> bool:
        """Does the result mention the company's site?"""
        return self.site is not None and mentions_site(lead, self.site)

    def agrees(self, lead: Lead, page: str) -> bool:
        """Is the page named like the company?

        Its handle is the name, or begins with it under a title that is the name; the site's own name counts for a
        page that mentions the site.
        """
        if self.known:
            return True
        handle, vouched = handle_of(page), self.is_vouched(lead)
        names = (*self.names, site_label(self.site)) if vouched and self.site else self.names
        if names_company(handle, names):
            return True
        titled = title_name(lead.title, self.names)
        key = company_key(titled) if titled else ""
        return len(key) >= SHORTEST_LABEL and (vouched or company_key(handle).startswith(key))


def _profile_claims(leads: Sequence[Lead], profile: _Profile, voices: Voices) -> list[Claim]:
    """The company's one page on a network.

    Several that agree equally well are none, and so is one beside a namesake's, unless it mentions the site.
    """
    agreeing: dict[str, Lead] = {}
    vouched: set[str] = set()
    namesakes = False
    for lead in leads:
        page = profile.page_of(lead)
        if page is None:
            continue
        if profile.agrees(lead, page):
            agreeing.setdefault(page, lead)
            if profile.is_vouched(lead) or profile.known:
                vouched.add(page)
        elif title_name(lead.title, profile.names):
            namesakes = True
    pages = [page for page in agreeing if page in vouched] or list(agreeing)
    if len(pages) != 1 or (namesakes and not vouched):
        return []
    lead = agreeing[pages[0]]
    voice = voices.of(lead)
    claims = [voice.claim(profile.field, pages[0], "result:url", lead.url)]
    first = _TITLE_BREAK.split(lead.title[:300])[0].strip() if profile.known else ""
    if title := title_name(lead.title, (*profile.names, handle_of(pages[0]))) or first:
        claims.append(voice.claim("company_name", title, "result:title", lead.title))
    return claims


def mentions_site(lead: Lead, site: str) -> bool:
    """Does what the engine shows of a page name the asked domain, as a whole?

    >>> mentions_site(Lead("https://x.com/acme", "Acme", "Robots. www.acme.example"), "acme.example")
    True
    """
    domain = site_of(site)
    return domain is not None and bool(
        re.search(rf"(?<![\w-]){re.escape(domain)}(?![\w-])(?!\.\w)", lead.shown.casefold())
    )


def person_claims(leads: Iterable[Lead], subject: Subject, voices: Voices) -> tuple[Claim, ...]:
    """Claims about a person, from the one LinkedIn result that is theirs.

    Theirs is the known page, or the only page whose slug is the name and whose text mentions the employer.
    """
    known = subject.get("person_linkedin_url")
    theirs: dict[str, Lead] = {}
    for lead in leads:
        page = profile_url("person_linkedin_url", lead.url)
        if page is None:
            continue
        if page == profile_url("person_linkedin_url", known) if known else _is_person(lead, page, subject):
            theirs.setdefault(page, lead)
    if len(theirs) != 1:
        return ()
    ((page, lead),) = theirs.items()
    voice = voices.of(lead)
    return (
        voice.claim("person_linkedin_url", page, "result:url", lead.url),
        *(
            voice.claim(field, value, "result:title", lead.title)
            for field, value in person_title(lead.title, handle_of(page), subject.get("person_name"))
        ),
    )


def person_title(title: str, slug: str, name: str | None) -> tuple[tuple[str, str], ...]:
    """(field, value) from a LinkedIn result's title; ``Name - Title - Company | LinkedIn`` only in this full form.

    >>> person_title("Ada Ng - VP Sales - Acme Robotics | LinkedIn", "ada-ng", None)[1:]
    (('person_title', 'VP Sales'), ('person_company_name', 'Acme Robotics'))
    """
    parts = [part.strip() for part in _PERSON_BREAK.split(_NETWORK_TAIL.sub("", title[:300]))]
    if not (same_person(parts[0], name) if name else slug_of_person(slug, parts[0])):
        return ()
    facts = [("person_name", parts[0])]
    if len(parts) == 3 and all(parts) and not any(part.endswith(("...", "…")) for part in parts):
        facts += [("person_title", parts[1]), ("person_company_name", parts[2])]
    return tuple(facts)


def _is_person(lead: Lead, page: str, subject: Subject) -> bool:
    name = subject.get("person_name")
    if not name or not slug_of_person(handle_of(page), name):
        return False
    site = subject.get("person_company_domain") or subject.get("company_domain")
    employers = filter(None, (subject.get("person_company_name"), subject.get("company_name")))
    return bool(site and mentions_site(lead, site)) or any(_mentions_name(lead, employer) for employer in employers)


def _mentions_name(lead: Lead, name: str) -> bool:
    """Does the shown text hold the company's name, without legal form, as whole words?"""
    words = [word for word in re.split(r"\W+", fold(name)) if word]
    while len(words) > 1 and company_key(" ".join(words[:-1])) == company_key(name):
        words.pop()
    shown = re.split(r"\W+", fold(f"{lead.title} {lead.snippet}"))
    return bool(words) and any(shown[at : at + len(words)] == words for at in range(len(shown) - len(words) + 1))
