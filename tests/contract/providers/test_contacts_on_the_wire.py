"""Contact providers against the simulated services over HTTP: what is sent is understood, what comes later comes."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from simulator import Simulator
from simulator.world import Company, Person
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, OpenProvider, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import apollo, apollo_bulk, apollo_wire, clearbit, email_check, hunter
from worker.providers.delivery import Delivered


class Wire(ScriptedGateway):
    """A gateway that sends, and remembers nothing."""

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """The reply over HTTP, classified by the adapter's own ``read``."""
        self.calls.append(call)
        self.requests.append(request)
        return self._answer(await send(request), read)


async def send(request: HttpRequest) -> Reply:
    """One request as the gateway sends it."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            request.method, URL(request.url).update_query(request.params), headers=request.headers, data=request.body
        ) as response,
    ):
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, await response.read())


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """The outside world, in which everybody knows everybody."""
    coverage = {"hunter": 1.0, "apollo": 1.0, "clearbit": 1.0}
    async with Simulator(latency_ms=0, jitter_ms=0, companies=12, coverage=coverage) as running:
        yield running


def opened(open_provider: OpenProvider, sim: Simulator, **more: str) -> Provider:
    """A provider switched on for the simulated world."""
    provider = open_provider({**sim.env, **sim.keys, "EMAIL_DNS_SERVERS": sim.dns.address, **more})
    assert isinstance(provider, Provider)
    return provider


def somebody(sim: Simulator) -> tuple[Person, Company]:
    """A person whom a mail server knows, with a phone, and the company."""
    for person in sim.world.people:
        company = sim.world.company(domain=person.domain)
        if company and person.phone and person.email_state == "valid" and not person.suppressed:
            return person, company
    raise AssertionError("the world holds nobody")


def mailbox(email: str) -> Subject:
    """Somebody known by address."""
    return Subject(Entity.PERSON, f"person:mailto:{email}", {"person_email": email})


def firm(company: Company) -> Subject:
    """A company known by domain."""
    return Subject(Entity.COMPANY, f"company:{company.domain}", {"company_domain": company.domain})


async def ask(provider: Provider, subject: Subject, *fields: str, gateway: Wire | None = None) -> Finding:
    """One lookup."""
    return await provider.lookup(Ask("default", subject, frozenset(fields)), gateway or Wire())


def values(finding: Finding) -> dict[str, Any]:
    """The first normalised value of each field."""
    found: dict[str, Any] = {}
    for claim in finding.claims:
        found.setdefault(claim.field, FIELDS[claim.field].normalise(claim.value))
    return found


async def test_hunter_verifies_after_a_while(sim: Simulator) -> None:
    """The same question is asked again until the verifier is done; only the answer is billed."""
    sim.house.settings["hunter_polls"] = 2
    person, _ = somebody(sim)
    provider = opened(hunter.open_provider, sim)
    outcomes: list[Outcome] = []
    while not outcomes or outcomes[-1] is Outcome.PENDING:
        finding = await ask(provider, mailbox(person.email), "person_email_status")
        outcomes.append(finding.outcome)
    assert outcomes == [Outcome.PENDING, Outcome.PENDING, Outcome.HIT]
    assert values(finding)["person_email_status"] == "valid"
    assert finding.charged_micros == sim.bill.total_micros()


async def test_hunter_finds_people_and_companies(sim: Simulator) -> None:
    """An address by name and domain, a company by domain; the charges are what the service bills."""
    person, company = somebody(sim)
    provider = opened(hunter.open_provider, sim)
    subject = Subject(Entity.PERSON, "person:x", {"person_name": person.name, "person_company_domain": company.domain})
    found = await ask(provider, subject, "person_email")
    firm_found = await ask(provider, firm(company), "company_name", "company_email")
    assert values(found)["person_email"] == person.email
    assert values(firm_found)["company_name"] == company.name
    assert found.charged_micros + firm_found.charged_micros == sim.bill.total_micros()


async def test_apollo_matches_and_delivers_phones(sim: Simulator) -> None:
    """A match at once, the phone by polling; charges agree with the bill."""
    sim.house.settings["apollo_webhook_s"] = 0.0
    person, _ = somebody(sim)
    provider = opened(apollo.open_provider, sim, APOLLO_REVEAL_PHONES="true", PUBLIC_URL=f"{sim.api}/_hook/204")
    finding = await ask(provider, mailbox(person.email), "person_title", "person_phone")
    assert values(finding)["person_title"] == person.title
    assert values(finding)["person_phone"] == FIELDS["person_phone"].normalise(person.phone)
    assert finding.charged_micros == sim.bill.total_micros()


async def test_apollo_organisations_and_misses(sim: Simulator) -> None:
    """A company by domain is one credit; an unknown one is free."""
    _, company = somebody(sim)
    provider = opened(apollo.open_provider, sim)
    finding = await ask(provider, firm(company), "company_name")
    assert values(finding)["company_employee_count"] == company.employee_count
    nobody = Subject(Entity.COMPANY, "company:none.example", {"company_domain": "none.example"})
    assert (await ask(provider, nobody, "company_name")).outcome is Outcome.MISS
    assert finding.charged_micros == sim.bill.total_micros()


async def test_apollo_bulk_answers_like_single_calls(sim: Simulator) -> None:
    """Ten combined questions cost one call, and each is read by the single call's own reading."""
    settings = apollo_wire.Settings(key="sim-apollo-key-5f0c1d", base_url=sim.url("apollo"))
    emails = [*(person.email for person in sim.world.people[:9]), "nobody@none.example"]
    requests = [apollo_wire.build_request(apollo_wire.MATCH, {"email": email}, settings) for email in emails]
    before = len(sim.requests)
    replies = apollo_bulk.split(await send(apollo_bulk.combined(requests)), requests)
    readings = [apollo_wire.read(apollo_wire.MATCH, settings, reply, ScriptedGateway().now) for reply in replies]
    assert len(sim.requests) - before == 1
    assert [reading.outcome for reading in readings][-1] is Outcome.MISS
    assert sum(reading.charged_micros for reading in readings) == sim.bill.total_micros() > 0


async def test_a_bad_key_is_said_in_plain_text(sim: Simulator) -> None:
    """Apollo's refusal of a key is no JSON, and opens nothing but the key's own door."""
    person, _ = somebody(sim)
    provider = opened(apollo.open_provider, sim, APOLLO_API_KEY="bad-key")
    finding = await ask(provider, mailbox(person.email), "person_title")
    assert finding.outcome is Outcome.BAD_CREDENTIALS
    assert "bad-key" not in finding.reason


async def test_clearbit_is_polled(sim: Simulator) -> None:
    """First queued, then answered; charges agree with the bill."""
    person, company = somebody(sim)
    provider = opened(clearbit.open_provider, sim)
    first = await ask(provider, mailbox(person.email), "person_title")
    second = await ask(provider, mailbox(person.email), "person_title")
    assert (first.outcome, second.outcome) == (Outcome.PENDING, Outcome.HIT)
    assert values(second)["person_name"] == person.name
    assert values(second)["person_company_domain"] == company.domain
    assert second.charged_micros == sim.bill.total_micros()


async def test_clearbits_webhook_is_believed(sim: Simulator) -> None:
    """What the service posts carries a signature that our check accepts, and is the answer itself."""
    sim.house.settings["clearbit_webhook_s"] = 0.0
    _, company = somebody(sim)
    provider = opened(clearbit.open_provider, sim, PUBLIC_URL=f"{sim.api}/_hook/204")
    gateway = Wire()
    assert (await ask(provider, firm(company), "company_name", gateway=gateway)).outcome is Outcome.PENDING
    await sim.settled()
    got = sim.receiver.got[-1]
    token = gateway.requests[0].params["webhook_id"]
    headers = {name.lower(): value for name, value in got.headers.items()}
    found = clearbit.delivered(got.body, headers, token, sim.keys["CLEARBIT_API_KEY"])
    assert isinstance(found, Delivered)
    parsed = clearbit.parse(clearbit.COMPANY, firm(company), found.reply, ScriptedGateway().now)
    assert parsed.identifiers["company_name"] == company.name


async def test_our_own_check_asks_the_worlds_dns(sim: Simulator) -> None:
    """Domains that take mail, take none and do not exist are told apart, for nothing."""
    provider = opened(email_check.open_provider, sim)
    told = {}
    for email in ("ada@acme.example", "ada@nullmx-a.example", "ada@nxdomain-a.example"):
        told[email] = values(await ask(provider, mailbox(email), "person_email_status"))["person_email_status"]
    assert provider.close is not None
    await provider.close()
    assert list(told.values()) == ["unknown", "invalid", "invalid"]
    assert sim.bill.total_micros() == 0
