"""Finds the kinds of jobs: every module here that defines ``KIND`` or ``KINDS``, and those of plugins."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType

from worker.domain.errors import ConfigError
from worker.domain.kind import Kind


def kinds_in(module: ModuleType) -> tuple[Kind, ...]:
    """The kinds that a module defines as ``KIND`` or ``KINDS``; none when it has neither.

    Raises ConfigError when one of them is something else.
    """
    found: list[object] = []
    if (one := getattr(module, "KIND", None)) is not None:
        found.append(one)
    found.extend(getattr(module, "KINDS", ()))
    for kind in found:
        if not isinstance(kind, Kind):
            raise ConfigError(
                f"{module.__name__}: KIND and KINDS hold worker.domain.kind.Kind, not {type(kind).__name__}"
            )
    return tuple(kind for kind in found if isinstance(kind, Kind))


def load_kinds(plugins: Iterable[str] = ()) -> Mapping[str, Kind]:
    """All kinds by name: one file each in this package, then those of importable plugin modules.

    Raises ConfigError for a plugin that cannot be imported and for two kinds of one name.
    """
    package = import_module("worker.jobs")
    names = [f"worker.jobs.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    kinds: dict[str, Kind] = {}
    for name in (*names, *plugins):
        try:
            module = import_module(name)
        except ImportError as problem:
            raise ConfigError(f"PLUGINS: {name} cannot be imported ({problem})") from problem
        for kind in kinds_in(module):
            if kinds.setdefault(kind.name, kind) is not kind:
                raise ConfigError(f"PLUGINS: {name} defines the kind {kind.name!r} a second time")
    return MappingProxyType(kinds)
