"""Whose word on a rate limit counts: the operator's for one provider, then the tightest of all others."""

import pytest

from config.settings import load
from worker.domain.call import Limit
from worker.gateway.limits import effective
from worker.providers.roster import open_roster
from worker.slices import account_limits

KEYS = {
    "HUNTER_API_KEY": "h",
    "APOLLO_API_KEY": "a",
    "BRAVE_API_KEY": "b",
    "SEARCH_PROVIDER": "brave",
    "LLM_API_KEY": "l",
}
DOCUMENTED = (Limit(15, 1.0), Limit(500, 60.0))


def limits(monkeypatch: pytest.MonkeyPatch, **given: str) -> dict[str, tuple[Limit, ...]]:
    """What the gateway is told with these settings."""
    for name, value in {**KEYS, **given}.items():
        monkeypatch.setenv(name, value)
    settings = load()
    return account_limits(settings, open_roster(settings).on)


def test_the_general_limit_only_tightens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's tighter limit stands beside the general one, which stands beside a looser one."""
    told = limits(monkeypatch, RATE_LIMIT_PER_SECOND="50", RATE_LIMIT_PER_MINUTE="100")
    assert set(told) == {"*"}, "Apollo's default is nobody's choice"
    assert effective(DOCUMENTED, {}, told["*"]) == (Limit(15, 1.0), Limit(100, 60.0))


def test_the_limit_of_one_provider_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for one provider is kept for it, above or below the general one; others keep the general one."""
    told = limits(
        monkeypatch,
        RATE_LIMIT_PER_MINUTE="100",
        HUNTER_RATE_LIMIT_PER_MINUTE="300",
        APOLLO_RATE_LIMIT_PER_MINUTE="1000",
        LLM_RATE_LIMIT_PER_SECOND="2",
    )
    assert told == {
        "*": (Limit(100, 60.0),),
        "hunter": (Limit(300, 60.0),),
        "apollo": (Limit(1000, 60.0),),
        "llm": (Limit(2, 1.0),),
    }
    assert effective((Limit(300, 60.0),), {}, told["hunter"]) == (Limit(300, 60.0),)
