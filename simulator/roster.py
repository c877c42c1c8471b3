"""Every simulated provider behind the API port."""

from typing import Final

from simulator.providers import (
    anthropic,
    apollo,
    brave,
    clearbit,
    enrich_layer,
    hunter,
    openai,
    pdl,
    searxng,
    serper,
    tavily,
)
from simulator.wire import Provider

PROVIDERS: Final[tuple[Provider, ...]] = (
    pdl.PROVIDER,
    enrich_layer.PROVIDER,
    searxng.PROVIDER,
    brave.PROVIDER,
    serper.PROVIDER,
    tavily.PROVIDER,
    apollo.PROVIDER,
    hunter.PROVIDER,
    clearbit.PROVIDER,
    anthropic.PROVIDER,
    openai.PROVIDER,
)
