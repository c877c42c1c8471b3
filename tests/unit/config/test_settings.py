"""Settings: what is read, from where, and what a wrong value says."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from config.explain import expected, is_secret, masked, name_of
from config.near_miss import near_misses
from config.settings import Settings, known_names, load
from worker.domain.errors import ConfigError


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting of the machine's reaches a test; `.env` files are those of an empty folder."""
    for name in list(os.environ):
        if name.upper() in known_names():
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wrong(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as caught:
        load()
    return str(caught.value)


def test_everything_has_a_default() -> None:
    """An empty environment is enough, and means embedded servers."""
    settings = load()
    assert settings.uses_embedded
    assert (settings.queue_name, settings.concurrency, settings.health_check_port) == ("enrichment", 10, 3001)


def test_names_that_users_already_type_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The spellings of the documents that users come from are read, with their milliseconds."""
    given_values = {
        "MAX_CONCURRENT_JOBS": "7",
        "POLL_INTERVAL": "1000",
        "HEALTH_CHECK_INTERVAL": "30000",
        "GRACEFUL_SHUTDOWN_TIMEOUT": "30000",
        "RETRY_BASE_DELAY": "1000",
        "RETRY_MAX_DELAY": "300000",
        "RETRY_BACKOFF_MULTIPLIER": "2",
        "RATE_LIMIT_PER_SECOND": "10",
        "APOLLO_MAX_CONTACTS_PER_REQUEST": "10",
        "LLM_PROVIDER": "openai",
        "CRON_SECRET": "a-cron-secret",
    }
    for name, value in given_values.items():
        monkeypatch.setenv(name, value)
    settings = load()
    assert settings.concurrency == 7
    assert settings.retry_base_delay_ms == 1000
    assert settings.retry_max_delay_ms == 300_000
    assert settings.rate_limit_per_second == 10
    assert settings.llm_provider == "openai"


@pytest.mark.parametrize(
    ("typed", "milliseconds"), [("1500", 1500), ("30s", 30_000), ("5m", 300_000), ("24h", 86_400_000), ("250 ms", 250)]
)
def test_durations(monkeypatch: pytest.MonkeyPatch, typed: str, milliseconds: int) -> None:
    """Milliseconds may be written with a unit."""
    monkeypatch.setenv("RESULT_TTL" if milliseconds >= 1000 else "REGISTER_AFTER", typed)
    settings = load()
    assert milliseconds in (settings.result_ttl_ms, settings.register_after_ms)


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("CONCURRENCY", "many", "CONCURRENCY: 'many' is not right; expected a whole number of jobs from 1 to 10000"),
        ("MAX_CONCURRENT_JOBS", "0", "MAX_CONCURRENT_JOBS: '0' is not right; expected a whole number of jobs"),
        ("EMBEDDED", "yes", "EMBEDDED: 'yes' is not right; expected one of auto, never"),
        ("MIN_CONFIDENCE", "1.5", "MIN_CONFIDENCE: '1.5' is not right; expected a number from 0 to 1"),
        ("LINKEDIN_ENABLE_SCRAPING", "maybe", "expected true or false"),
        ("FETCH_HOSTS", "acme.example", "FETCH_HOSTS: 'acme.example' is not right; expected a comma list of name="),
        ("QUEUE_NAME", "two words", "QUEUE_NAME: 'two words' is not right; expected 1 to 64 letters"),
        ("MAX_COST_CENTS", "-1", "MAX_COST_CENTS: '-1' is not right; expected a number of cents of at least 0"),
        ("RETRY_MAX_DELAY", "10", "RETRY_MAX_DELAY: 10 is not right; expected at least RETRY_BASE_DELAY (60000)"),
        ("REDIS_URL", "redis://localhost", "DATABASE_URL: missing while REDIS_URL is set"),
        ("DATABASE_URL", "postgresql://localhost/x", "REDIS_URL: missing while DATABASE_URL is set"),
        ("EMBEDDED", "never", "REDIS_URL, DATABASE_URL: missing"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    """What was given and what was expected stand in one line."""
    message = wrong(monkeypatch, **{name: value})
    assert line in message
    assert "\n" not in message


def test_several_wrong_values_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One start shows every name to correct."""
    assert "(also wrong: POLL_INTERVAL)" in wrong(monkeypatch, CONCURRENCY="x", POLL_INTERVAL="x")


def test_no_secret_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of URLs are masked in errors, and in what the settings print of themselves."""
    message = wrong(monkeypatch, REDIS_URL="http://worker:swordfish2@queue.example")
    assert "swordfish" not in message
    settings = Settings(
        redis_url="redis://:swordfish2@a",
        database_url="postgresql://u:swordfish3@b/c",
        llm_api_key=SecretStr("sk-swordfish4"),
    )
    assert "swordfish" not in repr(settings) + str(settings)
    assert {"swordfish2", "swordfish3", "sk-swordfish4"} <= set(settings.secrets())


def test_files_and_environment(monkeypatch: pytest.MonkeyPatch, bare_environment: Path) -> None:
    """`.env.local` wins over `.env`, the environment over both, and an empty value is no value."""
    (bare_environment / ".env").write_text("CONCURRENCY=2\nPOLL_INTERVAL=20\nLEASE=5000\nACME_KEY=from-file\n")
    (bare_environment / ".env.local").write_text("POLL_INTERVAL=30\nLEASE=6000\n")
    monkeypatch.setenv("LEASE", "7000")
    monkeypatch.setenv("CONCURRENCY", "")
    settings = load()
    assert (settings.concurrency, settings.poll_interval_ms, settings.lease_ms) == (2, 30, 7000)
    assert settings.get("ACME_KEY") == "from-file"


def test_options_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Providers read any setting as text by its name, defaults included, and settings of their own."""
    monkeypatch.setenv("LLM_API_KEY", "sk-1")
    monkeypatch.setenv("FETCH_TIMEOUT", "10s")
    monkeypatch.setenv("ACME_API_KEY", "own")
    settings = load()
    wanted = {"LLM_API_KEY": "sk-1", "FETCH_TIMEOUT": "10000", "ACME_API_KEY": "own", "WEBSITE_MAX_PAGES": "5"}
    assert {name: settings.get(name) for name in wanted} == wanted
    assert settings.get("PROVIDER_ORDER") == "linkedin,website,search"
    assert settings.get("LINKEDIN_ENABLE_SCRAPING") == "false"
    assert settings.get("SEARCH_API_KEY") is None
    assert settings.get("NOBODY_SET_THIS") is None


def test_stand_in_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and whole suffixes may be reached at fixed addresses."""
    monkeypatch.setenv("FETCH_HOSTS", "Acme.example=127.0.0.1:80, *.test=[::1]:81,*=127.0.0.1:82")
    hosts = load().fetch_hosts
    assert hosts == {"acme.example": "127.0.0.1:80", ".test": "[::1]:81", "*": "127.0.0.1:82"}


def test_misspelt_names_are_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name one letter off ours is a warning, not silence."""
    monkeypatch.setenv("CONCURENCY", "3")
    assert "CONCURENCY is not a setting; did you mean CONCURRENCY?" in load().warnings


@given(st.sampled_from(sorted(known_names())), st.data())
def test_one_dropped_letter_is_a_near_miss(name: str, data: st.DataObject) -> None:
    """Any setting with one inner letter missing is recognised as that setting or another of ours."""
    at = data.draw(st.integers(1, len(name) - 1))
    typed = name[:at] + name[at + 1 :]
    found = near_misses([typed], known_names())
    assert len(typed) < 6 or typed in known_names() or (found and found[0][0] == typed)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "LANG", "PGHOST", "KUBERNETES_PORT", "HOSTNAME", "REDIS_SERVICE_HOST"]
)
def test_ordinary_names_are_none(name: str) -> None:
    """What every machine has set is not taken for a misspelling."""
    assert near_misses([name], known_names()) == []


@pytest.mark.parametrize("attribute", sorted(Settings.model_fields))
def test_every_setting_is_described(attribute: str) -> None:
    """Each has a sentence, an upper-case name and words for what is expected."""
    field = Settings.model_fields[attribute]
    assert field.description is not None
    assert field.description.endswith((".", ")", "`."))
    assert name_of(field).isupper()
    assert expected(field)
    if any(word in name_of(field) for word in ("_KEY", "SECRET", "TOKEN")) and not name_of(field).endswith("TOKENS"):
        assert is_secret(field)


@given(st.text(max_size=40))
def test_masking_leaves_other_text_alone(text: str) -> None:
    """Text without an address is never changed."""
    assert masked(text) == text or "://" in text
