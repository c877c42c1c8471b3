"""The website provider against recorded pages of fictional sites."""
# ruff: noqa: E501 - recorded pages are easier to read unbroken

import orjson
import pytest

from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import Ask, PageRefused, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.website import open_provider

HTML = {"content-type": "text/html; charset=utf-8"}
START = """<html lang="en"><head><title>Acme Rope Works | Ropes since 1921</title>
<meta name="description" content="Acme Rope Works makes ropes for ships, cranes and theatres."></head>
<body><header><img class="logo" src="/logo.png" alt="Acme Rope Works"></header>
<nav><a href="/contact">Contact</a> <a href="/about">About us</a>
<a href="/team">Team</a><a href="/news/1">News</a></nav><p>Ropes for every load. We have made ropes for a hundred years.</p>
<footer>© 2026 Acme Rope Works Ltd</footer></body></html>"""
CONTACT = """<html><head><title>Contact - Acme Rope Works</title></head><body><h1>Contact</h1>
<p>Acme Rope Works Ltd<br>12 Harbour Road<br>Bristol<br>BS1 4ZZ<br>United Kingdom</p>
<p>Tel: 0117 496 0123<br>Fax: 0117 496 0124<br><a href="mailto:info@acme-rope.example">info@acme-rope.example</a></p>
<p>Company number: 01234567. VAT number GB 123 4567 82.</p></body></html>"""
TEAM = "<html><body><h1>Team</h1><p>Ada Quill, Managing Director</p><p>Ben Marlow - Founder</p></body></html>"


class Settings(dict[str, str]):
    """Options from a mapping."""


def provider(**settings: str) -> Provider:
    """The provider as configured."""
    opened = open_provider(Settings(settings))
    assert isinstance(opened, Provider)
    return opened


def ask(**identifiers: str) -> Ask:
    """A question about a company."""
    subject = Subject(Entity.COMPANY, f"company:{identifiers.get('company_domain', 'x')}", identifiers)
    return Ask("default", subject, frozenset({"company_name"}))


def reply(html: str, status: int = 200, **headers: str) -> Reply:
    """A recorded page."""
    return Reply(status, {**HTML, **headers}, html.encode())


PAGES = {
    "https://acme-rope.example/": reply(START),
    "https://acme-rope.example/contact": reply(CONTACT),
    "https://acme-rope.example/team": reply(TEAM),
}


async def test_a_site_is_read_from_its_start_contact_and_about_pages() -> None:
    """Facts of several pages become one finding, with the pages' text for later stages."""
    gateway = ScriptedGateway(pages=PAGES)
    finding = await provider().lookup(ask(company_domain="acme-rope.example"), gateway)
    values = {claim.field: claim.value for claim in reversed(finding.claims)}
    assert finding.outcome is Outcome.HIT
    assert values["company_name"] == "Acme Rope Works"
    assert values["company_legal_name"] == "Acme Rope Works Ltd"
    assert values["company_phone"] == "+441174960123"
    assert values["company_fax"] == "+441174960124"
    assert values["company_email"] == "info@acme-rope.example"
    assert (values["company_street"], values["company_city"], values["company_postal_code"]) == (
        "12 Harbour Road",
        "Bristol",
        "BS1 4ZZ",
    )
    assert values["company_country"] == "GB"
    assert values["company_registration_id"] == "01234567"
    assert finding.identifiers["company_name"] == "Acme Rope Works"
    assert [page.url for page in finding.pages] == [
        "https://acme-rope.example/",
        "https://acme-rope.example/contact",
        "https://acme-rope.example/team",
    ]


async def test_every_quote_stands_where_its_offsets_say() -> None:
    """Offsets of evidence count code points in the text of the page that is handed on."""
    finding = await provider().lookup(ask(company_domain="acme-rope.example"), ScriptedGateway(pages=PAGES))
    texts = {page.page_hash: page.text for page in finding.pages}
    located = [evidence for claim in finding.claims for evidence in claim.evidence if evidence.start is not None]
    assert len(located) >= 6
    for evidence in located:
        assert texts[evidence.page_hash][evidence.start : evidence.end] == evidence.quote
        assert evidence.rendering


async def test_the_page_budget_holds() -> None:
    """No more pages are fetched than WEBSITE_MAX_PAGES allows."""
    gateway = ScriptedGateway(pages=PAGES)
    await provider(WEBSITE_MAX_PAGES="2").lookup(ask(company_domain="acme-rope.example"), gateway)
    assert gateway.visited == ["https://acme-rope.example/", "https://acme-rope.example/contact"]


async def test_the_question_is_the_same_whatever_is_wanted() -> None:
    """Equal sites give equal identities, so that a stored crawl is found again."""
    one, other = ScriptedGateway(pages=PAGES), ScriptedGateway(pages=PAGES)
    await provider().lookup(ask(company_domain="acme-rope.example"), one)
    question = ask(company_domain="acme-rope.example", company_name="Acme")
    await provider().lookup(Ask("default", question.subject, frozenset({"company_phone"})), other)
    assert one.calls[0].identity == other.calls[0].identity
    assert (one.calls[0].provider, one.calls[0].operation) == ("website", "crawl")


async def test_a_stored_crawl_is_read_back_without_the_network() -> None:
    """What perform returns is all that is needed: the same claims come out of the stored bytes."""
    kept: list[Reply] = []

    class Keeping(ScriptedGateway):
        async def perform(self, call, send, read):  # type: ignore[no-untyped-def]
            async def stored() -> Reply:
                if not kept:
                    kept.append(await send())
                return Reply(200, {}, orjson.dumps(orjson.loads(kept[0].body)))

            return await super().perform(call, stored, read)

    site = provider()
    first = await site.lookup(ask(company_domain="acme-rope.example"), Keeping(pages=PAGES))
    second = await site.lookup(ask(company_domain="acme-rope.example"), Keeping(pages={}))
    assert first.claims == second.claims
    assert first.pages == second.pages


@pytest.mark.parametrize(
    ("html", "outcome", "reason"),
    [
        ("<title>acme.example</title><p>This domain is for sale. Make an offer.</p>", Outcome.MISS, "for sale"),
        (
            "<title>Just a moment...</title><p>Checking your browser before accessing the site.</p>",
            Outcome.BLOCKED,
            "challenge",
        ),
        ("<title>App</title><div id=root></div><script src=/a.js></script>", Outcome.MISS, "JavaScript"),
        (
            "<title>Page not found</title><p>The page you are looking for does not exist.</p>",
            Outcome.MISS,
            "does not exist",
        ),
        ("<p>This domain is parked free, courtesy of the registrar.</p>", Outcome.MISS, "parked"),
        ("<title>Login</title><form><input type=password></form><p>Login</p>", Outcome.BLOCKED, "login"),
    ],
)
async def test_pages_of_no_company_say_so(html: str, outcome: Outcome, reason: str) -> None:
    """A page that is no company's gives no claims, and the reason."""
    gateway = ScriptedGateway(pages={"https://gone.example/": reply(html)})
    finding = await provider().lookup(ask(company_website="https://gone.example/"), gateway)
    assert finding.outcome is outcome
    assert reason in finding.reason
    assert finding.claims == ()


async def test_a_refused_start_page_ends_the_crawl_with_its_reason() -> None:
    """What robots.txt forbids is not fetched by another way."""
    refusal = PageRefused(Outcome.BLOCKED, "robots.txt forbids it")
    gateway = ScriptedGateway(pages={"https://acme-rope.example/": refusal})
    finding = await provider().lookup(ask(company_domain="acme-rope.example"), gateway)
    assert (finding.outcome, finding.reason) == (Outcome.BLOCKED, "robots.txt forbids it")
    assert gateway.visited == ["https://acme-rope.example/"]


async def test_plain_http_is_tried_where_https_cannot_be_had() -> None:
    """A domain that only answers on http is still read."""
    gateway = ScriptedGateway(pages={"http://acme-rope.example/": reply(CONTACT)})
    finding = await provider().lookup(ask(company_domain="acme-rope.example"), gateway)
    assert finding.outcome is Outcome.HIT


async def test_a_person_gets_the_role_that_the_site_gives() -> None:
    """People are found by name on a company's site, with their role."""
    subject = Subject(
        Entity.PERSON,
        "person:mailto:ada@acme-rope.example",
        {"person_name": "Ada Quill", "person_company_domain": "acme-rope.example"},
    )
    finding = await provider().lookup(
        Ask("default", subject, frozenset({"person_title"})), ScriptedGateway(pages=PAGES)
    )
    assert [(claim.field, claim.value) for claim in finding.claims] == [("person_title", "Managing Director")]


def test_without_an_address_there_is_nothing_to_crawl() -> None:
    """A company whose site is not known cannot be asked about here."""
    assert provider().cannot(Subject(Entity.COMPANY, "company:x", {"company_name": "X"})) == "no website"
