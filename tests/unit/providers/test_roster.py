"""The roster: a provider is one new file, its order and its absence are data."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.scripted_gateway import ScriptedGateway
from worker import providers
from worker.domain.call import Reply
from worker.domain.errors import ConfigError
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.roster import open_roster, ordered

NEW_FILE = dedent(
    '''
    """A provider that nobody else knows of."""

    from worker.domain.call import Call, HttpRequest, Reading
    from worker.domain.finding import Finding, Outcome
    from worker.domain.provider import Off, Provider
    from worker.domain.subject import Entity


    async def lookup(ask, gateway):
        call = Call(provider="dropped_in", operation="find", identity=ask.subject.key)
        request = HttpRequest("GET", "http://register.example/find")
        answer = await gateway.request(call, request, lambda reply: Reading(Outcome.HIT))
        return Finding("dropped_in", answer.outcome, identifiers={"company_name": answer.reply.body.decode()})


    def open_provider(options):
        if not options.get("DROPPED_IN_KEY"):
            return Off("dropped_in", "register", "no DROPPED_IN_KEY")
        return Provider("dropped_in", "register", frozenset({Entity.COMPANY}), frozenset({"company_name"}), 0.9, lookup)
    '''
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files count as files of ``worker.providers``."""
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
            if name.startswith("worker.providers."):
                delattr(providers, name.rpartition(".")[2])


async def no_lookup(ask: Ask, gateway: Gateway) -> Finding:
    """A lookup for providers that are only sorted."""
    return Finding("", Outcome.MISS)


def sortable(name: str, stage: str) -> Provider:
    """A provider that only has a place."""
    return Provider(name, stage, frozenset({Entity.COMPANY}), frozenset(), 0.5, no_lookup)


async def test_a_dropped_in_file_is_found_and_used(folder: Path) -> None:
    """One new file, no edit elsewhere: it is in the roster and answers a lookup."""
    (folder / "dropped_in.py").write_text(NEW_FILE)
    roster = open_roster({"DROPPED_IN_KEY": "k"})
    (dropped_in,) = [provider for provider in roster.on if provider.name == "dropped_in"]
    subject = Subject(Entity.COMPANY, "company:acme.example")
    gateway = ScriptedGateway([Reply(200, {}, b"Acme")])
    finding = await dropped_in.lookup(Ask("default", subject, frozenset({"company_name"})), gateway)
    assert finding.identifiers == {"company_name": "Acme"}
    assert "dropped_in (register): on" in roster.lines()


def test_a_file_without_its_key_is_off_with_the_reason(folder: Path) -> None:
    """What is not in use is listed beside what is."""
    (folder / "dropped_in.py").write_text(NEW_FILE)
    assert "dropped_in (register): off, no DROPPED_IN_KEY" in open_roster({}).lines()


def test_a_module_elsewhere_is_found_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in module outside the package may open several providers."""
    (tmp_path / "enrichd_plugin_for_test.py").write_text(
        "from worker.domain.provider import Off\n"
        "def open_providers(options):\n"
        "    return [Off('one', 'search', 'closed'), Off('two', 'search', 'closed')]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    names = {off.name for off in open_roster({}, ["enrichd_plugin_for_test"]).off}
    assert {"one", "two"} <= names
    sys.modules.pop("enrichd_plugin_for_test", None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise RuntimeError('broken on purpose')", "broken_file cannot be imported: broken on purpose"),
        ("def open_provider(options): return 42", "neither Provider nor Off"),
        (
            "from worker.domain import provider\ndef open_provider(_): return provider.Off('pdl', 'linkedin', 'taken')",
            "two providers are called pdl",
        ),
    ],
)
def test_a_broken_file_stops_the_start_by_name(folder: Path, source: str, expected: str) -> None:
    """The start fails with one line that says which module is at fault."""
    (folder / "broken_file.py").write_text(source)
    with pytest.raises(ConfigError, match=expected):
        open_roster({})


def test_nothing_set_leaves_paid_providers_off() -> None:
    """Without keys and addresses no paid provider is in use, and each says what it lacks."""
    roster = open_roster({})
    assert not [provider for provider in roster.on if provider.max_micros]
    assert {"pdl", "searxng"} <= {off.name for off in roster.off}
    assert all(off.reason for off in roster.off)


def test_the_default_order_is_linkedin_website_search() -> None:
    """Stages come in the documented order, unknown ones behind them and the LLM last."""
    given = [
        sortable("llm", "llm"),
        sortable("extra", "register"),
        sortable("searxng", "search"),
        sortable("website", "website"),
        sortable("pdl", "linkedin"),
    ]
    names = ["pdl", "website", "searxng", "extra", "llm"]
    assert [provider.name for provider in ordered(given, {})] == names
    assert [provider.name for provider in ordered(given, {"PROVIDER_ORDER": "auto"})] == names
    assert [provider.name for provider in ordered(given, {"PROVIDER_ORDER": "linkedin,website,search"})] == names


def test_provider_order_takes_stages_and_names() -> None:
    """A provider's own name wins over its stage's place; the stage's choice orders the rest."""
    given = [sortable(name, "search") for name in ("brave", "searxng", "serper")] + [sortable("website", "website")]
    options = {"PROVIDER_ORDER": "serper, website, search", "SEARCH_PROVIDER": "searxng,brave"}
    assert [provider.name for provider in ordered(given, options)] == ["serper", "website", "searxng", "brave"]


def test_an_order_without_a_star_is_a_choice() -> None:
    """What is not named is not asked; a star stands for it; the LLM is chosen by its own key."""
    given = [
        sortable("website", "website"),
        sortable("pdl", "linkedin"),
        sortable("llm", "llm"),
        sortable("x", "extra"),
    ]

    def names(order: str) -> list[str]:
        return [provider.name for provider in ordered(given, {"PROVIDER_ORDER": order})]

    assert names("website") == ["website", "llm"]
    assert names("*,website") == ["pdl", "x", "website", "llm"]
    assert names("llm,*") == ["llm", "pdl", "website", "x"]
    lines = open_roster({"PROVIDER_ORDER": "website", "PDL_API_KEY": "k"}).lines()
    assert "pdl (linkedin): off, PROVIDER_ORDER does not name it" in lines


async def test_close_reaches_every_provider_in_reverse() -> None:
    """What a provider holds open is closed, the last one first."""
    closed: list[str] = []

    def closing(name: str) -> Provider:
        async def close() -> None:
            closed.append(name)

        return Provider(name, "search", frozenset(), frozenset(), 0.5, no_lookup, close=close)

    roster = type(open_roster({}))((closing("a"), sortable("b", "search"), closing("c")), ())
    await roster.close()
    assert closed == ["c", "a"]


def test_who_is_not_named_comes_by_price() -> None:
    """Without an order of the operator's, whoever asks for less is asked first."""
    roster = open_roster({"APOLLO_API_KEY": "a", "HUNTER_API_KEY": "h", "CLEARBIT_API_KEY": "c"})
    paid = [provider.name for provider in roster.on if provider.name in ("apollo", "hunter", "clearbit")]
    assert paid == ["hunter", "apollo", "clearbit"]
    dear = open_roster({"APOLLO_API_KEY": "a", "HUNTER_API_KEY": "h", "HUNTER_PRICE_CENTS": "50"})
    assert [provider.name for provider in dear.on if provider.max_micros] == ["apollo", "hunter"]
