"""What tokens cost: one dated table, and the arithmetic from usage to micro-dollars.

Sources: the price pages of platform.claude.com and developers.openai.com, read 2026-11-21. Prices change; models that
are not listed need LLM_PRICE_INPUT and LLM_PRICE_OUTPUT (US dollars per million tokens).
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

#: The day the table was read.
AS_OF: Final = "2026-11-21"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call used. ``cached`` and ``written`` are the parts of the prompt read from or written to a cache;
    ``prompt`` is the rest of it."""

    prompt: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US dollars per million tokens. Above ``long_from`` prompt tokens the whole call costs the ``long_*`` prices."""

    prompt: Decimal
    output: Decimal
    cached: Decimal | None = None
    written: Decimal | None = None
    long_from: int | None = None
    long_prompt: Decimal = Decimal(0)
    long_output: Decimal = Decimal(0)

    def micros(self, tokens: Tokens) -> int:
        """The price of a call in micro-dollars, rounded up. One dollar per million tokens is one micro a token.

        >>> TokenPrice(Decimal("0.10"), Decimal("0.50")).micros(Tokens(prompt=1000, output=100))
        150
        """
        whole_prompt = tokens.prompt + tokens.cached + tokens.written
        is_long = self.long_from is not None and whole_prompt > self.long_from
        prompt, output = (self.long_prompt, self.long_output) if is_long else (self.prompt, self.output)
        stretch = prompt / self.prompt if is_long and self.prompt else Decimal(1)
        cached = self.cached * stretch if self.cached is not None else prompt
        written = self.written * stretch if self.written is not None else prompt
        total = prompt * tokens.prompt + cached * tokens.cached + written * tokens.written + output * tokens.output
        return int(total.to_integral_value(ROUND_CEILING))

    def at_most(self, prompt_tokens: int, output_tokens: int) -> int:
        """The highest price of a call with at most so many tokens; the prompt may be billed as a cache write."""
        return max(
            self.micros(Tokens(prompt=prompt_tokens, output=output_tokens)),
            self.micros(Tokens(written=prompt_tokens, output=output_tokens)),
        )


def _price(
    prompt: str, output: str, cached: str = "", written: str = "", long: tuple[int, str, str] | None = None
) -> TokenPrice:
    return TokenPrice(
        Decimal(prompt),
        Decimal(output),
        Decimal(cached) if cached else None,
        Decimal(written) if written else None,
        *((long[0], Decimal(long[1]), Decimal(long[2])) if long else ()),
    )


#: Model → price. A dated release of a model (``claude-haiku-5-5-20261007``) costs what the model costs.
PRICES: Final = {
    "claude-haiku-5-5": _price("0.10", "0.50", "0.01", "0.125", long=(100_000, "0.50", "2.50")),
    "claude-haiku-4-5": _price("1", "5", "0.10", "1.25"),
    "claude-sonnet-5-5": _price("2", "10", "0.20", "2.50"),
    "claude-opus-5-5": _price("4", "20", "0.40", "5"),
    "gpt-6-luna": _price("0.10", "0.50", "0.01", long=(272_000, "0.20", "0.75")),
    "gpt-6.1-terra": _price("1", "5", long=(272_000, "2", "7.50")),
    "gpt-6-sol": _price("2", "10", long=(272_000, "4", "15")),
    "gpt-5-nano": _price("0.05", "0.40"),
}


def price_of(model: str) -> TokenPrice | None:
    """The listed price of a model, or None.

    >>> price_of("claude-haiku-5-5-20261007") is PRICES["claude-haiku-5-5"]
    True
    """
    name = model.rpartition("/")[2]
    for known in sorted(PRICES, key=len, reverse=True):
        tail = name.removeprefix(known)
        if name.startswith(known) and (not tail or (tail[0] == "-" and tail[1:].replace("-", "").isdigit())):
            return PRICES[known]
    return None
