"""Email validation of our own: rules, real DNS over UDP, and a real conversation with a mail server."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.traps import DnsServer
from tests.support.json_values import json_values
from tests.support.scripted_gateway import NOW, ScriptedGateway
from worker.domain.call import Reply
from worker.domain.errors import ConfigError
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.email_check import GIVES, Checker, open_provider, read
from worker.providers.email_dns import DnsResolver, MailHosts, from_records, mail_hosts
from worker.providers.email_lists import disposable_source, is_disposable, is_free, is_role
from worker.providers.email_smtp import Prober, impossible, judge
from worker.providers.email_verdict import Address, Probe, read_address, verdict

MX = MailHosts(exists=True, hosts=("mail.acme.example",))


def person(email: str) -> Subject:
    """Somebody with this address."""
    return Subject(Entity.PERSON, f"person:mailto:{email}", {"person_email": email})


def values(finding: Finding) -> dict[str, Any]:
    """The finding's values by field, normalised as the pipeline does."""
    return {claim.field: FIELDS[claim.field].normalise(claim.value) for claim in finding.claims}


@pytest.mark.parametrize(
    ("line", "mail", "probe", "status", "level", "reason"),
    [
        ("ada@acme.example", MailHosts(exists=False), None, "invalid", "domain", "domain does not exist"),
        ("ada@acme.example", MailHosts(exists=True, null_mx=True), None, "invalid", "mx", "null mx"),
        ("ada@acme.example", MailHosts(exists=True), None, "invalid", "mx", "no mail host"),
        ("ada@acme.example", MailHosts(exists=True, address=True), None, "unknown", "mx", "address record only"),
        ("ada@acme.example", MX, None, "unknown", "mx", "mailbox not checked"),
        ("info@acme.example", MX, None, "unknown", "mx", "role address"),
        ("ada@gmail.com", MX, None, "unknown", "mx", "free mail"),
        ("ada@mailinator.com", MX, None, "risky", "list", "disposable domain"),
        ("ada@mailinator.com", MX, Probe.ACCEPTED, "risky", "list", "disposable domain"),
        ("ada@acme.example", MX, Probe.ACCEPTED, "valid", "smtp", "mailbox accepted"),
        ("ada@acme.example", MX, Probe.REFUSED, "invalid", "smtp", "mailbox refused"),
        ("ada@acme.example", MX, Probe.ANY, "catch_all", "smtp", "any mailbox accepted"),
        ("ada@acme.example", MX, Probe.SILENT, "unknown", "mx", "mail server silent"),
    ],
)
def test_verdicts(line: str, mail: MailHosts, probe: Probe | None, status: str, level: str, reason: str) -> None:
    """Each rule gives its status, level and reason; status, level and reasons are kept apart."""
    address = read_address(line)
    assert isinstance(address, Address)
    judged = verdict(address, mail, probe)
    assert (judged.status, judged.level) == (status, level)
    assert reason in judged.reasons
    assert FIELDS["person_email_status"].normalise(judged.status) == status
    assert FIELDS["person_email_level"].normalise(judged.level) == level


@pytest.mark.parametrize(
    "line", ["", "ada", "ada@", "@acme.example", "a b@acme.example", "ada@acme..example", "ada@-a.example"]
)
async def test_bad_syntax_needs_no_look_up(line: str) -> None:
    """What is no address is invalid, with what is wrong as a reason, without any call."""
    gateway = ScriptedGateway()
    finding = await Checker(DnsResolver(), clock=lambda: NOW).lookup(Ask("default", person(line), GIVES), gateway)
    assert values(finding)["person_email_status"] == "invalid"
    assert values(finding)["person_email_level"] == "syntax"
    assert gateway.calls == []


@pytest.mark.parametrize("line", ["ada@host.local", "ada@x.invalid", "ada@a.localhost", "ada@z.onion"])
async def test_special_use_domains_need_no_look_up(line: str) -> None:
    """Names that never take mail from outside are not looked up."""
    gateway = ScriptedGateway()
    finding = await Checker(DnsResolver(), clock=lambda: NOW).lookup(Ask("default", person(line), GIVES), gateway)
    assert values(finding)["person_email_status"] == "invalid"
    assert gateway.calls == []


def test_lists_know_their_kind_and_source() -> None:
    """Tags and case do not matter, sub-domains of throw-away domains count, neighbours do not."""
    assert is_role("Info+web")
    assert not is_role("ada")
    assert is_free("GMAIL.com")
    assert is_disposable("x.mailinator.com")
    assert not is_disposable("acme.example")
    assert disposable_source().startswith("disposable-email-domains ")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acme.example", MailHosts(exists=True, hosts=("mail.acme.example",))),
        ("nullmx-a.example", MailHosts(exists=True, null_mx=True)),
        ("nomx-a.example", MailHosts(exists=True, address=True)),
        ("nxdomain-a.example", MailHosts(exists=False)),
        ("nowhere.invalid-ending", MailHosts(exists=False)),
    ],
)
async def test_dns_over_the_wire(name: str, expected: MailHosts) -> None:
    """MX, null MX, an address record alone, and names that do not exist are told apart."""
    server = DnsServer()
    async with server.open():
        resolver = DnsResolver([server.address], timeout_s=2.0)
        assert await resolver.mail_hosts(name) == expected
        await resolver.close()


async def test_a_dns_failure_is_no_answer() -> None:
    """SERVFAIL says nothing about the domain: it is raised, not judged."""
    server = DnsServer()
    async with server.open():
        resolver = DnsResolver([server.address], timeout_s=0.5)
        with pytest.raises(OSError, match="DNS does not answer"):
            await resolver.mail_hosts("servfail-a.example")
        await resolver.close()


async def test_addresses_of_one_domain_share_a_question() -> None:
    """Without probing the question is about the domain; evidence names list, version and level."""
    server = DnsServer()
    gateway = ScriptedGateway()
    async with server.open():
        checker = Checker(DnsResolver([server.address]), clock=lambda: NOW)
        for line in ("ada@acme.example", "info@acme.example"):
            finding = await checker.lookup(Ask("default", person(line), GIVES), gateway)
            assert values(finding)["person_email_status"] == "unknown"
        await checker.close()
    assert {(call.operation, call.identity) for call in gateway.calls} == {("dns", "acme.example")}
    assert "role address (2026" in finding.claims[0].evidence[0].quote


@asynccontextmanager
async def mail_server(
    rcpt: Mapping[str, str], greeting: str = "220 mail.acme.example ESMTP"
) -> AsyncIterator[tuple[int, list[str]]]:
    """A mail server on loopback that answers RCPT by recipient (``*`` for the others); its port and what it heard."""
    heard: list[str] = []
    talks: list[asyncio.Task[Any]] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.append(task)
        writer.write(f"{greeting}\r\n".encode())
        while line := (await reader.readline()).decode().strip():
            heard.append(line)
            verb = line[:4]
            answer = "250-mail.acme.example\r\n250 SIZE 1000" if verb == "EHLO" else "250 2.1.0 Ok"
            if verb == "RCPT":
                answer = rcpt.get(line[9:-1], rcpt["*"])
            writer.write(f"{'221 Bye' if verb == 'QUIT' else answer}\r\n".encode())
            if verb == "QUIT":
                break
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard
        await asyncio.gather(*talks, return_exceptions=True)


class Loopback:
    """A resolver whose every host is here."""

    async def mail_hosts(self, domain: str) -> MailHosts:
        """One mail host."""
        return from_records([(10, f"mail.{domain}")])

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Loopback."""
        return ("127.0.0.1",)

    async def close(self) -> None:
        """Nothing to let go of."""


NOBODY = "550 5.1.1 User unknown"


@pytest.mark.parametrize(
    ("rcpt", "greeting", "expected"),
    [
        ({"ada@acme.example": "250 Ok", "*": NOBODY}, "220 hi", Probe.ACCEPTED),
        ({"*": "250 Ok"}, "220 hi", Probe.ANY),
        ({"*": NOBODY}, "220 hi", Probe.REFUSED),
        ({"*": "550 5.7.1 Blocked by policy"}, "220 hi", Probe.SILENT),
        ({"*": "451 4.7.1 Greylisted"}, "220 hi", Probe.SILENT),
        ({"*": "250 Ok"}, "554 no", Probe.SILENT),
        ({"*": "250 Ok"}, "garbage", Probe.SILENT),
    ],
)
async def test_a_mail_server_is_asked_politely(rcpt: dict[str, str], greeting: str, expected: Probe) -> None:
    """Accepted, refused, anything accepted and everything unclear are told apart; no mail is sent."""
    async with mail_server(rcpt, greeting) as (port, heard):
        prober = Prober(Loopback(), "check@ours.example", "ours.example", 2.0, port, allow_private=True)
        assert await prober.ask(Address("ada", "acme.example"), MX) is expected
    assert not any(line.startswith("DATA") for line in heard)


async def test_private_addresses_are_not_asked() -> None:
    """A mail host that resolves to a private address is left alone."""
    async with mail_server({"*": "250 Ok"}) as (port, heard):
        prober = Prober(Loopback(), "check@ours.example", "ours.example", 2.0, port)
        assert await prober.ask(Address("ada", "acme.example"), MX) is Probe.SILENT
    assert heard == []


async def test_probing_settles_what_dns_cannot() -> None:
    """With probing the question is about the whole address, and the status becomes valid."""
    gateway = ScriptedGateway()
    async with mail_server({"ada@acme.example": "250 Ok", "*": NOBODY}) as (port, _):
        prober = Prober(Loopback(), "check@ours.example", "ours.example", 2.0, port, allow_private=True)
        finding = await Checker(Loopback(), prober, clock=lambda: NOW).lookup(
            Ask("default", person("ada@acme.example"), GIVES), gateway
        )
    assert values(finding)["person_email_status"] == "valid"
    assert gateway.calls[0].identity == "ada@acme.example"


def test_unknown_is_an_answer_unless_a_verifier_can_be_asked() -> None:
    """With a verifier's key our ``unknown`` stays below the default confidence."""
    address = Address("ada", "acme.example")
    assert verdict(address, MX).certainty == 0.60
    assert verdict(address, MX, unknown_certainty=0.55).certainty < 0.60


def test_probing_needs_a_sender() -> None:
    """The start fails when probing is on and nobody introduces themselves."""
    with pytest.raises(ConfigError, match="EMAIL_PROBE_FROM"):
        open_provider({"EMAIL_SMTP_PROBE": "true"})
    assert isinstance(open_provider({}), Provider)


def test_what_servers_say_of_mailboxes() -> None:
    """Only a refusal of the mailbox itself counts; the invented mailbox is the same every time."""
    assert judge(553, "sorry, no such user") is Probe.REFUSED
    assert judge(552, "mailbox full") is Probe.SILENT
    assert impossible(Address("a", "b.example")) == impossible(Address("a", "b.example"))


@given(json_values(["exists", "mx", "null_mx", "address", "dns", "probe"]))
def test_any_stored_answer_is_read_without_raising(body: Any) -> None:
    """Whatever is stored, reading it gives an outcome."""
    reading = read(Reply(200, {}, json.dumps(body).encode()))
    assert reading.outcome in {Outcome.HIT, Outcome.NONSENSE}


@given(
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["a.example", "b.example.", "A.example", "."])), max_size=4)
)
def test_mail_hosts_survive_storing(records: list[tuple[int, str]]) -> None:
    """What is stored reads back equal."""
    hosts = from_records(records)
    assert mail_hosts(json.loads(hosts.as_reply().body)) == hosts


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_says_why_not(line: str) -> None:
    """Reading an address never raises."""
    assert isinstance(read_address(line), Address | str)
