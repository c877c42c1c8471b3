"""Admit what a provider said: normalise, refuse what is invalid, derive what follows. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from worker.domain.calibration import UNCALIBRATED, Calibration
from worker.domain.claim import Claim
from worker.domain.derive import derived
from worker.domain.fields import FIELDS, IDENTIFIERS, Context, InvalidValue
from worker.domain.fields.places import country_code, region_of_domain
from worker.domain.freshness import HUMAN, KNOWN
from worker.domain.gate import judge
from worker.domain.record import MOST_INFERRED, FieldValue
from worker.domain.subject import Subject


@dataclass(frozen=True, slots=True)
class Admitted:
    """What passed, and per field why something did not.

    ``stranger`` says why, when all of it is about somebody else; ``notes`` tell of relations that were seen.
    """

    claims: tuple[Claim, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    stranger: str = ""
    notes: tuple[str, ...] = ()


def context_for(subject: Subject, claims: Iterable[Claim], now: datetime) -> Context:
    """What helps to read raw values about a subject: the country it names, or that its domain's ending speaks for."""
    country = next((str(claim.value) for claim in claims if claim.field == f"{subject.entity.value}_country"), None)
    country = country or subject.get("company_country") or subject.get("person_country")
    region = (country and country_code(country)) or region_of_domain(
        subject.get("company_domain") or subject.get("person_company_domain") or ""
    )
    return Context(region=region, year=now.year)


def admit(
    claims: Iterable[Claim],
    identifiers: Mapping[str, str],
    subject: Subject,
    record: Mapping[str, FieldValue],
    now: datetime,
    calibration: Calibration = UNCALIBRATED,
) -> Admitted:
    """Judge each claim by itself, then whether it is about the subject: one invalid value costs only itself.

    Claims about the other kind of subject are left out without a word: a person's lookup may describe the employer.
    """
    offered = [claim for claim in claims if claim.field in FIELDS and FIELDS[claim.field].entity is subject.entity]
    context = context_for(subject, offered, now)
    passed: list[Claim] = []
    refused: dict[str, str] = {}
    for claim in offered:
        try:
            passed.append(_normalised(claim, context, now, calibration))
        except InvalidValue as problem:
            refused.setdefault(claim.field, f"{claim.provider}: {problem}")
    passed.extend(derived(passed))
    ruling = judge(subject, record, passed)
    refused.update({name: f"{passed[0].provider}: {reason}" for name, reason in ruling.refused.items()})
    if passed and not ruling.accepted:
        reason = next(iter(ruling.refused.values()))
        return Admitted(refused=refused, stranger=f"refused: {reason}", notes=ruling.notes)
    found = _identifiers(ruling.accepted, identifiers, context)
    return Admitted(ruling.accepted, found, refused, notes=ruling.notes)


def _normalised(claim: Claim, context: Context, now: datetime, calibration: Calibration) -> Claim:
    field_ = FIELDS[claim.field]
    value = field_.normalise(claim.value, context)
    if claim.inferred and not field_.inferable:
        raise InvalidValue("concluded, but this field takes only what is written somewhere")
    confidence = min(max(calibration.of(claim), 0.0), MOST_INFERRED if claim.inferred else 1.0)
    observed_at = claim.observed_at if claim.observed_at.tzinfo else claim.observed_at.replace(tzinfo=UTC)
    if observed_at > now + timedelta(minutes=5):
        observed_at = now
    display = claim.display
    if display is None and isinstance(claim.value, str) and claim.value != value:
        display = claim.value[:500]
    if display == value:
        display = None
    if (value, confidence, observed_at, display) == (claim.value, claim.confidence, claim.observed_at, claim.display):
        return claim if type(value) is type(claim.value) else msgspec.structs.replace(claim, value=value)
    return Claim(
        claim.field,
        value,
        claim.source,
        claim.provider,
        confidence,
        observed_at,
        claim.evidence,
        claim.inferred,
        display,
    )


def _identifiers(claims: Iterable[Claim], identifiers: Mapping[str, str], context: Context) -> dict[str, str]:
    """What leads on to other providers: the provider's own word first, then its best claims."""
    found: dict[str, str] = {}
    for name, raw in identifiers.items():
        known = FIELDS.get(name)
        if known is None or not raw:
            continue
        try:
            found[name] = str(known.normalise(raw, context))
        except InvalidValue:
            continue
    for claim in sorted(claims, key=lambda one: -one.confidence):
        if claim.field in IDENTIFIERS and not claim.inferred and isinstance(claim.value, str):
            found.setdefault(claim.field, claim.value)
    return found


def human_claims(known: Mapping[str, str], subject: Subject, now: datetime, context: Context) -> Admitted:
    """Values that a person typed (``known``), as claims that outrank machines."""
    claims = []
    refused = {}
    for name, raw in known.items():
        field_ = FIELDS.get(name)
        if field_ is None or field_.entity is not subject.entity:
            continue
        try:
            value = field_.normalise(raw, context)
        except InvalidValue as problem:
            refused[name] = f"{KNOWN}: {problem}"
            continue
        display = raw if raw != value else None
        claims.append(Claim(name, value, HUMAN, KNOWN, 1.0, now, display=display))
    passed = (*claims, *derived(claims))
    return Admitted(passed, _identifiers(passed, {}, context), refused)
