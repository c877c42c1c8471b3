"""What a model said, whatever its vendor, and the facts in it. All pure; nothing raises for what a model writes."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import aiohttp
import orjson

from worker.domain.call import Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.proof import Offer
from worker.providers.llm_prices import TokenPrice, Tokens
from worker.providers.llm_question import Question
from worker.providers.typed import dig, whole

#: More facts than this come from no honest reader.
_MOST_FACTS: Final = 200
_LONGEST: Final = 4_000


@dataclass(frozen=True, slots=True)
class Said:
    """A reply taken apart. ``trouble`` is its outcome when there is no usable ``text``; tokens are billed anyway."""

    text: str = ""
    trouble: Outcome | None = None
    reason: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    retry_after_s: float | None = None
    limits: tuple[Limit, ...] = ()


class Vendor(Protocol):
    """One way to speak to a model: an SDK behind two verbs."""

    name: str
    model: str

    async def send(self, question: Question) -> Reply:
        """Ask. Raises the network's own error when no whole reply arrives; every HTTP status is a Reply."""

    def said(self, reply: Reply) -> Said:
        """Take a reply apart. Pure, never raises."""

    async def close(self) -> None:
        """Let go of connections."""


def reading_of(said: Said, price: TokenPrice) -> Reading:
    """What a reply means for the gateway; used tokens are charged whether or not the answer is of use."""
    charged = price.micros(said.tokens)
    if said.trouble is not None:
        return Reading(said.trouble, charged, said.reason, said.retry_after_s, said.limits)
    offers = offers_in(said.text)
    if offers is None:
        return Reading(Outcome.NONSENSE, charged, "the answer is not of the asked shape", limits=said.limits)
    if not offers:
        return Reading(Outcome.MISS, charged, "the pages state none of it", limits=said.limits)
    return Reading(Outcome.HIT, charged, limits=said.limits)


def offers_in(text: str) -> tuple[Offer, ...] | None:
    """The facts in a model's JSON answer; None when it is not of the asked shape.

    Some servers wrap JSON in a code fence; that is forgiven. One fact of a wrong shape spoils the answer: a reader
    that breaks the schema in one place is not believed in another.
    """
    stripped = text.strip()
    if stripped.startswith("```"):
        stripped = stripped.strip("`").removeprefix("json").strip()
    try:
        answer = orjson.loads(stripped.encode("utf-8", "replace"))
    except ValueError:
        return None
    facts = dig(answer, "facts")
    if not isinstance(facts, list) or len(facts) > _MOST_FACTS:
        return None
    offers = [_offer(fact) for fact in facts]
    kept = tuple(offer for offer in offers if offer is not None)
    return kept if len(kept) == len(offers) else None


def _offer(fact: Any) -> Offer | None:
    name, value, quote, page = (dig(fact, key) for key in ("field", "value", "quote", "page"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not all(isinstance(part, str) and len(part) <= _LONGEST for part in (name, value, quote)):
        return None
    return Offer(name, value, quote, whole(fact, "page") or 0) if page is None or isinstance(page, int) else None


def wire_error(problem: BaseException) -> Exception:
    """The network's own error behind an SDK's, so that the gateway can tell what was sent from what was not."""
    seen: BaseException | None = problem
    while seen is not None:
        if isinstance(seen, aiohttp.ClientError | OSError):
            return seen
        seen = seen.__cause__ or seen.__context__
    # An exception's own text may hold the address with a key in it.
    return TimeoutError("timed out") if "Timeout" in type(problem).__name__ else ConnectionError("connection failed")


def tally(reasons: Collection[str]) -> str:
    """Reasons counted, most frequent first: ``2 quote not found, 1 no quote``."""
    counts: dict[str, int] = {}
    for reason in reasons:
        counts[reason] = counts.get(reason, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {reason}" for reason, count in ordered)
