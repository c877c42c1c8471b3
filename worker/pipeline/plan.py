"""Which provider is asked next, and why another is not. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from worker.domain.fields import IDENTIFIERS
from worker.domain.money import cents
from worker.domain.provider import Provider
from worker.domain.segment import segment_of
from worker.domain.subject import Subject

LLM: Final = "llm"
EVERYTHING_ELSE: Final = "*"
AUTO: Final = "auto"
ALL_KNOWN: Final = "all required fields known"
#: Plausible identifiers, to find out whether a provider could be asked if only it were known.
SAMPLES: Final[Mapping[str, str]] = {
    "company_name": "Acme",
    "company_domain": "acme.example",
    "company_website": "https://acme.example",
    "company_linkedin_url": "https://www.linkedin.com/company/acme",
    "company_country": "US",
    "company_city": "Springfield",
    "person_name": "Ada Example",
    "person_first_name": "Ada",
    "person_last_name": "Example",
    "person_email": "ada@acme.example",
    "person_linkedin_url": "https://www.linkedin.com/in/ada",
    "person_company_name": "Acme",
    "person_company_domain": "acme.example",
}


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a run stands: about whom, what is still open, who was asked already, who is known to have nothing.

    ``left_micros`` is what the job may still spend; None is no limit. ``before`` is what those asked have said, as
    ``worker.domain.segment`` puts it.
    """

    subject: Subject
    open: frozenset[str]
    asked: frozenset[str] = frozenset()
    silent: Mapping[str, str] = field(default_factory=dict)
    left_micros: int | None = None
    before: str = ""

    @property
    def segment(self) -> str:
        """The kind of subject that the next provider is asked about."""
        return segment_of(self.subject, self.before)


def in_order(roster: Sequence[Provider], order: Sequence[str], stages: Sequence[str] = ()) -> tuple[Provider, ...]:
    """The providers a job may ask, first to last, the LLM at the end unless ``order`` lists it.

    ``order`` names stages or providers, ``*`` all that it does not name; empty or ``auto`` keeps the roster's order.
    ``stages`` are those of the job's kind; empty means any.
    """
    offered = [provider for provider in roster if not stages or provider.stage in stages]
    fallback = [provider for provider in offered if provider.stage == LLM]
    if not order or AUTO in order:
        return (*(provider for provider in offered if provider.stage != LLM), *fallback)
    named = set(order)
    rest = [p for p in offered if p.stage not in named and p.name not in named and p.stage != LLM]
    chosen: dict[str, Provider] = {}
    for word in order:
        for provider in rest if word == EVERYTHING_ELSE else offered:
            if word in (EVERYTHING_ELSE, provider.stage, provider.name):
                chosen.setdefault(provider.name, provider)
    chosen.update({provider.name: provider for provider in fallback if provider.name not in chosen})
    return tuple(chosen.values())


def next_provider(providers: Iterable[Provider], now: Situation) -> Provider | None:
    """The first provider that may fill an open field, or that may find what another one needs to do so."""
    if not now.open:
        return None
    left = [provider for provider in askable(providers, now) if affordable(provider, now)]
    for provider in left:
        if provider.cannot(now.subject) is None and (provider.gives & now.open or _opens(provider, left, now)):
            return provider
    return None


def askable(providers: Iterable[Provider], now: Situation) -> list[Provider]:
    """Those that look up such subjects, were not asked yet and are not known to have nothing."""
    return [
        provider
        for provider in providers
        if provider.name not in now.asked and provider.name not in now.silent and _fits(provider, now.subject)
    ]


def affordable(provider: Provider, now: Situation) -> bool:
    """Whether the highest price fits what may still be spent; an LLM's depends on the text, its gateway decides."""
    return now.left_micros is None or provider.stage == LLM or provider.max_micros <= now.left_micros


def why_not(provider: Provider, now: Situation) -> str:
    """Why a provider that was not asked was not, in words for the result."""
    if not now.open:
        return ALL_KNOWN
    if not _fits(provider, now.subject):
        return f"does not look up {'companies' if now.subject.entity.value == 'company' else 'people'}"
    if not provider.gives & now.open:
        return "gives none of the missing fields"
    reason = provider.cannot(now.subject) or now.silent.get(provider.name)
    if reason is None and not affordable(provider, now):
        return f"over the cap: {cents(now.left_micros or 0):g} cents left, up to {cents(provider.max_micros):g} needed"
    return reason or "not worth its price"


def _fits(provider: Provider, subject: Subject) -> bool:
    return subject.entity in provider.entities


def _opens(provider: Provider, others: Iterable[Provider], now: Situation) -> bool:
    """Whether it may find an identifier without which a provider of an open field cannot be asked."""
    new = (provider.gives & IDENTIFIERS) - now.subject.identifiers.keys()
    if not new:
        return False
    imagined = now.subject.knowing({name: SAMPLES[name] for name in new})
    return any(
        other.gives & now.open and other.cannot(now.subject) is not None and other.cannot(imagined) is None
        for other in others
        if other is not provider
    )
