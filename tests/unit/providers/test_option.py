"""Settings of providers: read by name, refused by name."""

import pytest

from worker.domain.call import Limit
from worker.domain.errors import ConfigError
from worker.providers.option import (
    base_url,
    fingerprint,
    first,
    flag,
    key_for,
    limits,
    limits_are_set,
    price_micros,
    whole_number,
    words,
)


def test_the_first_setting_that_is_set_wins() -> None:
    """Empty and blank settings count as unset."""
    assert first({"A": " ", "B": " b "}, "A", "B") == "b"
    assert first({}, "A") is None


def test_comma_lists() -> None:
    """Order is kept, repeats and blanks are dropped, case does not matter."""
    assert words({"A": "Brave, searxng,,brave "}, "A") == ("brave", "searxng")


@pytest.mark.parametrize("value", ["ftp://x.example", "acme", "http://", "http://x:port", "http://x:0", "http://[::1"])
def test_a_wrong_address_names_its_setting(value: str) -> None:
    """An address that cannot be asked stops the start."""
    with pytest.raises(ConfigError, match="PDL_BASE_URL"):
        base_url({"PDL_BASE_URL": value}, "PDL_BASE_URL", "https://api.example")


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "much"])
def test_a_wrong_price_names_its_setting(value: str) -> None:
    """A price that is no amount stops the start."""
    with pytest.raises(ConfigError, match="PDL_PRICE_CENTS"):
        price_micros({"PDL_PRICE_CENTS": value}, "PDL_PRICE_CENTS", "28")


def test_prices_are_cents_with_fractions() -> None:
    """Prices are typed in cents and kept in micros."""
    assert price_micros({}, "X", "0.5") == 5_000
    assert price_micros({"X": "0"}, "X", "0.5") == 0


@pytest.mark.parametrize("value", ["11", "-1", "x", "1.5", "9" * 5000])
def test_a_wrong_number_names_its_setting(value: str) -> None:
    """Numbers out of bounds stop the start."""
    with pytest.raises(ConfigError, match="LIKELIHOOD"):
        whole_number({"LIKELIHOOD": value}, "LIKELIHOOD", 6, 0, 10)


def test_flags() -> None:
    """Yes and no in their usual spellings, anything else is refused."""
    assert flag({"A": "True"}, "A")
    assert not flag({"A": "off"}, "A")
    assert not flag({}, "A")
    with pytest.raises(ConfigError, match="A: expected"):
        flag({"A": "maybe"}, "A")


def test_limits_of_the_operator_replace_the_documented_ones() -> None:
    """Rate limits are set per window by name."""
    documented = (Limit(100, 60.0),)
    assert limits({}, "APOLLO", documented) == documented
    own = {"APOLLO_RATE_LIMIT_PER_SECOND": "5", "APOLLO_RATE_LIMIT_PER_MINUTE": "50"}
    assert limits(own, "APOLLO", documented) == (Limit(5, 1.0), Limit(50, 60.0))
    assert limits({"APOLLO_RATE_LIMIT_PER_SECOND": "5"}, "APOLLO", documented) == (Limit(5, 1.0),)


def test_limits_that_are_set_are_known_to_be() -> None:
    """Limits of another account, and the general ones, are not this account's own."""
    assert limits_are_set({"PDL_RATE_LIMIT_PER_DAY": "9"}, "PDL")
    assert not limits_are_set({"BRAVE_RATE_LIMIT_PER_DAY": "9", "RATE_LIMIT_PER_SECOND": "2"}, "PDL")


def test_a_fingerprint_hides_its_key() -> None:
    """A key's name is short, stable, and not the key."""
    assert fingerprint("planted") == fingerprint("planted") != fingerprint("planted2")
    assert "planted" not in fingerprint("planted")
    assert fingerprint("") == ""


def test_a_shared_key_belongs_to_the_first_keyed_provider() -> None:
    """A stage's shared key is never sent to two vendors."""
    options = {"SEARCH_API_KEY": "shared", "SERPER_API_KEY": "own"}
    keyed = ("brave", "serper", "tavily")
    found = [key_for(options, name, f"{name.upper()}_API_KEY", "SEARCH_API_KEY", keyed) for name in keyed]
    assert found == ["shared", "own", None]
