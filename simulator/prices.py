"""What the simulated providers charge, in micro-dollars per credit or token; documented or reported, as of 2026-11."""

from collections.abc import Mapping
from math import ceil
from typing import Final

#: Micro-dollars per credit. PDL: Pro plan as reported; Apollo: the worker's default of 10 cents; Hunter: Starter
#: plan; Brave, Tavily: list price; Serper: smallest pack; Enrich Layer and Clearbit publish none.
MICROS_PER_CREDIT: Final[Mapping[str, int]] = {
    "pdl": 280_000,
    "enrich_layer": 20_000,
    "brave": 5_000,
    "serper": 1_000,
    "tavily": 8_000,
    "apollo": 100_000,
    "hunter": 24_500,
    "clearbit": 250_000,
    "searxng": 0,
}
#: US dollars per million tokens (input, output), by the start of the model's name; the longest start wins.
TOKEN_PRICES: Final[Mapping[str, tuple[float, float]]] = {
    "claude-haiku-5-5": (0.10, 0.50),
    "claude-haiku-4-5": (1.0, 5.0),
    "claude-sonnet-5-5": (2.0, 10.0),
    "claude-opus-5-5": (4.0, 20.0),
    "gpt-6-luna": (0.10, 0.50),
    "gpt-6.1-terra": (1.0, 5.0),
    "gpt-6-sol": (2.0, 10.0),
    "gpt-5-nano": (0.05, 0.40),
}
#: Above this many input tokens the whole request costs more: (threshold, input factor, output factor).
LONG_PROMPTS: Final[Mapping[str, tuple[int, float, float]]] = {
    "claude-haiku-5-5": (100_000, 5.0, 5.0),
    "gpt-6-luna": (272_000, 2.0, 1.5),
    "gpt-6.1-terra": (272_000, 2.0, 1.5),
    "gpt-6-sol": (272_000, 2.0, 1.5),
}


def credits_micros(provider: str, count: float) -> int:
    """Credits of a provider, in micros.

    >>> credits_micros("pdl", 2)
    560000
    """
    return round(MICROS_PER_CREDIT[provider] * count)


def token_micros(model: str, tokens_in: int, tokens_out: int) -> int:
    """Tokens of a model, in micros (a dollar per million tokens is a micro per token); unknown models are free,
    parts of a micro are rounded up.

    >>> token_micros("claude-haiku-5-5", 1000, 100)
    150
    """
    name = max((start for start in TOKEN_PRICES if model.startswith(start)), key=len, default=None)
    if name is None:
        return 0
    price_in, price_out = TOKEN_PRICES[name]
    threshold, factor_in, factor_out = LONG_PROMPTS.get(name, (0, 1.0, 1.0))
    if threshold and tokens_in > threshold:
        price_in, price_out = price_in * factor_in, price_out * factor_out
    return ceil(round(tokens_in * price_in + tokens_out * price_out, 6))


def tokens_in(text: str) -> int:
    """A plain estimate of a text's tokens: four characters each."""
    return max(1, len(text) // 4)
