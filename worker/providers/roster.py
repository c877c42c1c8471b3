"""The roster: which providers are in use, in which order, and why the others are not.

Every module of ``worker.providers`` that defines ``open_provider(options)`` or ``open_providers(options)`` is found
by itself; modules elsewhere are found by name (``PLUGINS``). A new provider is one new file and no edit here.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from worker import providers
from worker.domain.errors import ConfigError
from worker.domain.provider import Off, Options, Provider
from worker.providers.option import words

#: The order when PROVIDER_ORDER is unset or ``auto``; all others stand where OTHERS does, LAST behind everybody.
DEFAULT_ORDER: Final = ("linkedin", "website", "search")
OTHERS: Final = "*"
LAST: Final = "llm"


@dataclass(frozen=True, slots=True)
class Roster:
    """The providers in use, in the order to ask them, and those that are off."""

    on: tuple[Provider, ...]
    off: tuple[Off, ...]

    def lines(self) -> tuple[str, ...]:
        """One line per provider for the start-up log: ``pdl (linkedin): on``, ``brave (search): off, no key``."""
        return (
            *(f"{provider.name} ({provider.stage}): on" for provider in self.on),
            *(f"{off.name} ({off.stage}): off, {off.reason}" for off in self.off),
        )

    async def close(self) -> None:
        """Close what the providers hold open, in reverse order."""
        for provider in reversed(self.on):
            if provider.close is not None:
                await provider.close()


def open_roster(options: Options, modules: Iterable[str] = ()) -> Roster:
    """Open every provider there is with these settings.

    ``modules`` are importable names of modules outside this package; those without providers are passed over.
    Raises ConfigError for a setting with a wrong value, a module that cannot be imported, one that opens
    something else than providers, and two providers of one name.
    """
    opened: list[Provider | Off] = []
    for module in (*_built_in(), *(_imported(name) for name in modules)):
        opened.extend(_open(module, options))
    _refuse_namesakes(opened)
    order = order_of(options)
    on = [entry for entry in opened if isinstance(entry, Provider)]
    left_out = [provider for provider in on if _place(provider, order) is None]
    off = [entry for entry in opened if isinstance(entry, Off)]
    off += [Off(provider.name, provider.stage, "PROVIDER_ORDER does not name it") for provider in left_out]
    return Roster(ordered(on, options), tuple(sorted(off, key=lambda entry: (entry.stage, entry.name))))


def order_of(options: Options) -> tuple[str, ...]:
    """PROVIDER_ORDER as a list of stages, provider names and ``*``; the default stages with all others behind them.

    >>> order_of({"PROVIDER_ORDER": "website, apollo"})
    ('website', 'apollo')
    """
    listed = words(options, "PROVIDER_ORDER")
    return (*DEFAULT_ORDER, OTHERS) if listed in ((), ("auto",), DEFAULT_ORDER) else listed


def ordered(on: Sequence[Provider], options: Options) -> tuple[Provider, ...]:
    """The providers that PROVIDER_ORDER names, in its order.

    A provider's own name in the list wins over its stage's, and ``*`` stands for all that are not named; without it
    they are left out. Within a place the stage's choice decides (``SEARCH_PROVIDER=brave,searxng``), then the price:
    whoever asks for less comes first. The LLM comes last unless it is named.
    """
    order = order_of(options)

    def key(provider: Provider) -> tuple[int, int, int, str]:
        choice = words(options, f"{provider.stage.upper()}_PROVIDER")
        rank = choice.index(provider.name) if provider.name in choice else len(choice)
        return _place(provider, order) or 0, rank, provider.max_micros, provider.name

    return tuple(sorted((provider for provider in on if _place(provider, order) is not None), key=key))


def _place(provider: Provider, order: Sequence[str]) -> int | None:
    for name in (provider.name, provider.stage):
        if name in order:
            return order.index(name)
    if provider.stage == LAST:
        return len(order)
    return order.index(OTHERS) if OTHERS in order else None


def _built_in() -> Iterator[ModuleType]:
    for found in sorted(pkgutil.iter_modules(providers.__path__), key=lambda entry: entry.name):
        yield _imported(f"{providers.__name__}.{found.name}")


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise ConfigError(f"provider module {name} cannot be imported: {error}") from error


def _open(module: ModuleType, options: Options) -> list[Provider | Off]:
    opened: list[object] = []
    if callable(single := getattr(module, "open_provider", None)):
        opened.append(single(options))
    if callable(several := getattr(module, "open_providers", None)):
        opened.extend(several(options))
    checked = [entry for entry in opened if isinstance(entry, Provider | Off)]
    if len(checked) != len(opened):
        raise ConfigError(f"provider module {module.__name__} opened something that is neither Provider nor Off")
    return checked


def _refuse_namesakes(opened: Sequence[Provider | Off]) -> None:
    seen: set[str] = set()
    for entry in opened:
        if entry.name in seen:
            raise ConfigError(f"two providers are called {entry.name}")
        seen.add(entry.name)
