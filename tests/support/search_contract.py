"""What the contract tests of all search engines share."""

from collections.abc import Mapping

from tests.support.recorded import recorded
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.fields import FIELDS, Context
from worker.domain.finding import Finding
from worker.domain.provider import Ask, Off, OpenProvider, Provider
from worker.domain.subject import Entity, Subject

ACME = Subject(
    Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example", "company_name": "Acme Robotics Ltd"}
)
NOBODY = Subject(Entity.COMPANY, "company:nordwerk.example", {"company_domain": "nordwerk.example"})


def opened(open_provider: OpenProvider, options: Mapping[str, str]) -> Provider:
    """The adapter switched on."""
    provider = open_provider(dict(options))
    assert isinstance(provider, Provider), provider
    return provider


def off_reason(open_provider: OpenProvider, options: Mapping[str, str]) -> str:
    """Why the adapter is off."""
    off = open_provider(dict(options))
    assert isinstance(off, Off), off
    return off.reason


async def look_up(provider: Provider, case: str, subject: Subject = ACME) -> tuple[Finding, ScriptedGateway]:
    """One lookup over a recorded reply, and what was sent."""
    gateway = ScriptedGateway([recorded(provider.name, case)])
    return await provider.lookup(Ask("default", subject, frozenset()), gateway), gateway


def normalised(finding: Finding) -> dict[str, set[object]]:
    """The normalised values per field."""
    found: dict[str, set[object]] = {}
    for claim in finding.claims:
        found.setdefault(claim.field, set()).add(FIELDS[claim.field].normalise(claim.value, Context(region="GB")))
    return found
