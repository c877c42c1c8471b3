"""The language model, last of the stages: reads what others fetched and reports facts, each with its quote.

One call for all gaps. Its word is not taken: a value becomes a claim only when ``worker.domain.proof`` finds its quote
in visible text and a rule that leads from the quote to the value. The host that said it is the claim's source, not the
model. Settings: LLM_PROVIDER (anthropic, openai, openai-compatible), LLM_MODEL, LLM_API_KEY, LLM_BASE_URL,
LLM_MAX_TOKENS, LLM_CONTEXT_TOKENS, LLM_TIMEOUT (ms), LLM_RATE_LIMIT_PER_*, LLM_PRICE_INPUT, LLM_PRICE_OUTPUT (US
dollars per million tokens).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from worker.domain.call import Call, Limit, Reading, Reply
from worker.domain.claim import Claim, Value
from worker.domain.errors import ConfigError
from worker.domain.fields import FIELDS, IDENTIFIERS
from worker.domain.finding import Finding, Outcome
from worker.domain.proof import Proven, Prover, Refused
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.proving.rules import PROVABLE
from worker.domain.subject import Entity
from worker.providers.answering import Parsed, finding_from, utc_now
from worker.providers.llm_anthropic import DEFAULT_URL as ANTHROPIC_URL
from worker.providers.llm_anthropic import Anthropic
from worker.providers.llm_openai import DEFAULT_URL as OPENAI_URL
from worker.providers.llm_openai import Chat, Responses
from worker.providers.llm_packing import pack
from worker.providers.llm_prices import TokenPrice, price_of
from worker.providers.llm_question import Question, extract_question, validate_question
from worker.providers.llm_reply import Vendor, offers_in, reading_of, tally
from worker.providers.option import base_url, fingerprint, first, limits, whole_number

NAME: Final = "llm"
STAGE: Final = "llm"
CONFIDENCE: Final = 0.60
DEFAULT_MODELS: Final = {"anthropic": "claude-haiku-5-5", "openai": "gpt-6-luna"}
#: Instructions, field list and fences, at most, in tokens.
_AROUND: Final = 12_000


@dataclass(frozen=True, slots=True)
class Reader:
    """A model with its price and bounds, ready to be asked."""

    vendor: Vendor
    price: TokenPrice
    account: str
    max_tokens: int = 1_024
    context_tokens: int = 8_000
    timeout_s: float = 60.0
    limits: tuple[Limit, ...] = ()
    clock: Callable[[], datetime] = utc_now

    async def lookup(self, ask: Ask, gateway: Gateway) -> Finding:
        """Ask once for every wanted field that text can prove."""
        wanted = _wanted(ask)
        if not wanted:
            return Finding(NAME, Outcome.MISS, reason="nothing wanted that text can prove")
        names = [value for key in ("company_name", "person_name") if (value := ask.subject.get(key))]
        excerpts = pack(ask.pages, wanted, names, self.context_tokens)
        if not excerpts:
            return Finding(NAME, Outcome.MISS, reason="no text to read")
        return await self._ask(ask, gateway, wanted, extract_question(ask.subject, wanted, excerpts, self.max_tokens))

    async def validate(self, ask: Ask, gateway: Gateway) -> Finding:
        """Check the values of ``ask.claims`` for the wanted fields against the pages.

        The finding's claims are what the pages state, alike or different; its reason says which values were confirmed,
        contradicted or not stated.
        """
        given = {claim.field: claim for claim in ask.claims if claim.field in _wanted(ask)}
        values = {name: _spelled(claim.value) for name, claim in given.items()}
        excerpts = pack(ask.pages, values, [], self.context_tokens) if values else ()
        if not excerpts:
            return Finding(NAME, Outcome.MISS, reason="no text to read" if values else "no value to check")
        question = validate_question(ask.subject, values, excerpts, self.max_tokens)
        finding = await self._ask(ask, gateway, sorted(values), question)
        if finding.outcome not in (Outcome.HIT, Outcome.MISS):
            return finding
        return msgspec.structs.replace(finding, reason=_comparison(given, finding.claims))

    async def _ask(self, ask: Ask, gateway: Gateway, wanted: Sequence[str], question: Question) -> Finding:
        answer = await gateway.perform(self._call(question), lambda: self.vendor.send(question), self._read)
        left_out: list[str] = []
        finding = finding_from(
            NAME, answer, lambda reply, at: self._parse(reply, at, ask, wanted, left_out), self.clock
        )
        if finding.claims and left_out:
            return msgspec.structs.replace(finding, reason=f"left out: {tally(left_out)}")
        return finding

    def _call(self, question: Question) -> Call:
        return Call(
            provider=NAME,
            operation=f"{self.vendor.name}.{question.version}",
            identity=question.identity(self.vendor.model),
            account=self.account,
            max_micros=self.price.at_most(question.most_prompt_tokens(), question.max_tokens),
            timeout_s=self.timeout_s,
            limits=self.limits,
            llm=True,
        )

    def _read(self, reply: Reply) -> Reading:
        return reading_of(self.vendor.said(reply), self.price)

    def _parse(
        self, reply: Reply, observed_at: datetime, ask: Ask, wanted: Sequence[str], left_out: list[str]
    ) -> Parsed:
        proven, refused = self._judged(reply, ask, wanted)
        left_out.extend(refused)
        if not proven:
            return Parsed(refused=f"nothing proven: {tally(refused)}" if refused else "the pages state none of it")
        claims = tuple(
            Claim(
                field=field,
                value=proof.value,
                source=proof.host or NAME,
                provider=NAME,
                confidence=CONFIDENCE,
                observed_at=observed_at,
                evidence=(proof.evidence,),
                inferred=proof.inferred,
                display=display if display != str(proof.value) else None,
            )
            for field, display, proof in proven
        )
        leads = {claim.field: str(claim.value) for claim in claims if claim.field in IDENTIFIERS and not claim.inferred}
        return Parsed(claims, leads)

    def _judged(self, reply: Reply, ask: Ask, wanted: Sequence[str]) -> tuple[list[tuple[str, str, Proven]], list[str]]:
        """The offers of a reply, judged: what is proven, and why the rest is not."""
        prover = Prover(ask.pages, ask.subject.identifiers, self.clock().year)
        proven: list[tuple[str, str, Proven]] = []
        refused: list[str] = []
        for offer in offers_in(self.vendor.said(reply).text) or ():
            verdict = prover.prove(offer) if offer.field in wanted else Refused("not asked for")
            if isinstance(verdict, Refused):
                refused.append(verdict.why)
            elif not any(field == offer.field and proof.value == verdict.value for field, _, proof in proven):
                proven.append((offer.field, offer.value.strip(), verdict))
        return proven, refused


def _spelled(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _comparison(given: Mapping[str, Claim], found: Sequence[Claim]) -> str:
    """Which given values the pages confirm, contradict or do not state: ``confirmed: company_city; not stated: …``."""
    said: dict[str, list[str]] = {"confirmed": [], "contradicted": [], "not stated": []}
    for name, claim in sorted(given.items()):
        keys = {FIELDS[name].compare_key(other.value) for other in found if other.field == name}
        own = FIELDS[name].compare_key(claim.value)
        said["confirmed" if own in keys else "contradicted" if keys else "not stated"].append(name)
    return "; ".join(f"{word}: {', '.join(names)}" for word, names in said.items() if names)


def _wanted(ask: Ask) -> list[str]:
    return sorted(name for name in ask.fields & PROVABLE if FIELDS[name].entity is ask.subject.entity)


def open_provider(options: Options) -> Provider | Off:
    """The model that the settings name, or why there is none. Raises ConfigError for a wrong setting."""
    chosen = (first(options, "LLM_PROVIDER") or "anthropic").lower()
    key = first(options, "LLM_API_KEY")
    opener = _OPENERS.get(chosen)
    if opener is None:
        raise ConfigError(f"LLM_PROVIDER: expected one of {', '.join(_OPENERS)}")
    model = first(options, "LLM_MODEL") or DEFAULT_MODELS.get(chosen)
    if not key and chosen != "openai-compatible":
        return Off(NAME, STAGE, "no LLM_API_KEY")
    if not model:
        return Off(NAME, STAGE, "no LLM_MODEL")
    timeout_s = whole_number(options, "LLM_TIMEOUT", 60_000, 1_000, 3_600_000) / 1_000
    vendor = opener(options, model, key or "", timeout_s)
    if vendor is None:
        return Off(NAME, STAGE, "no LLM_BASE_URL")
    price = _price(options, model, free=chosen == "openai-compatible")
    if price is None:
        return Off(NAME, STAGE, f"no price is known for {model}; set LLM_PRICE_INPUT and LLM_PRICE_OUTPUT")
    reader = Reader(
        vendor,
        price,
        fingerprint(key or ""),
        max_tokens=whole_number(options, "LLM_MAX_TOKENS", 1_024, 64, 65_536),
        context_tokens=whole_number(options, "LLM_CONTEXT_TOKENS", 8_000, 256, 1_000_000),
        timeout_s=timeout_s,
        limits=limits(options, "LLM", ()),
    )
    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset(Entity),
        gives=PROVABLE,
        confidence=CONFIDENCE,
        lookup=reader.lookup,
        # An estimated token of evidence is at most three bytes, and no token is less than a byte.
        max_micros=price.at_most(3 * reader.context_tokens + _AROUND, reader.max_tokens),
        account=reader.account,
        close=vendor.close,
        validate=reader.validate,
    )


def _price(options: Options, model: str, free: bool) -> TokenPrice | None:
    """The operator's price, else the table's; servers of one's own cost nothing unless told otherwise."""
    told = [_dollars(options, name) for name in ("LLM_PRICE_INPUT", "LLM_PRICE_OUTPUT")]
    if told[0] is not None and told[1] is not None:
        return TokenPrice(told[0], told[1])
    if told != [None, None]:
        raise ConfigError("LLM_PRICE_INPUT, LLM_PRICE_OUTPUT: set both or none")
    return price_of(model) or (TokenPrice(Decimal(0), Decimal(0)) if free else None)


def _dollars(options: Options, name: str) -> Decimal | None:
    value = first(options, name)
    if value is None:
        return None
    try:
        price = Decimal(value)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise ConfigError(f"{name}: expected US dollars per million tokens, at least 0")
    return price


def _anthropic(options: Options, model: str, key: str, timeout_s: float) -> Vendor | None:
    return Anthropic(model, key, base_url(options, "LLM_BASE_URL", ANTHROPIC_URL), timeout_s)


def _openai(options: Options, model: str, key: str, timeout_s: float) -> Vendor | None:
    return Responses(model, key, base_url(options, "LLM_BASE_URL", OPENAI_URL), timeout_s)


def _compatible(options: Options, model: str, key: str, timeout_s: float) -> Vendor | None:
    if first(options, "LLM_BASE_URL") is None:
        return None
    return Chat(model, key, base_url(options, "LLM_BASE_URL", OPENAI_URL), timeout_s)


_OPENERS: Final[dict[str, Callable[[Options, str, str, float], Vendor | None]]] = {
    "anthropic": _anthropic,
    "openai": _openai,
    "openai-compatible": _compatible,
}
