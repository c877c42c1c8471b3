"""All settings, read once: the process's environment, then ``.env.local``, then ``.env``. Nobody else reads it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from dotenv import dotenv_values
from pydantic import BaseModel, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.explain import as_text, explain, extra, is_secret, name_of
from config.near_miss import near_misses
from config.sections.connections import Connections
from config.sections.enrichment import Cache, Enrichment
from config.sections.fetching import Fetching
from config.sections.operation import Operation
from config.sections.providers import Contacts, Limits, LinkedIn, Llm, Search
from config.sections.queue import Queue, Retries
from worker.domain.errors import ConfigError

#: In the order of the README's table.
SECTIONS: Final[tuple[type[BaseModel], ...]] = (
    Connections,
    Queue,
    Retries,
    Enrichment,
    LinkedIn,
    Search,
    Llm,
    Contacts,
    Limits,
    Cache,
    Fetching,
    Operation,
)
#: Later files win over earlier ones, the environment over both.
ENV_FILES: Final = (".env", ".env.local")


class Settings(
    Connections,
    Queue,
    Retries,
    Enrichment,
    LinkedIn,
    Search,
    Llm,
    Contacts,
    Limits,
    Cache,
    Fetching,
    Operation,
    BaseSettings,
):
    """Every setting as a typed attribute: the environment name in lower case, with its unit where it has one.

    ``get`` answers by environment name, as text, also for names that are not ours: a provider file that was dropped
    in reads its own settings through it (``worker.domain.provider.Options``).
    """

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, validate_by_name=True, hide_input_in_errors=True
    )

    _others: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _both_servers_or_none(self) -> Self:
        if (self.redis_url is None) != (self.database_url is None):
            missing, given = ("DATABASE_URL", "REDIS_URL") if self.redis_url else ("REDIS_URL", "DATABASE_URL")
            msg = f"{missing}: missing while {given} is set; expected both, or neither for embedded servers"
            raise ValueError(msg)
        if self.redis_url is None and self.embedded == "never":
            msg = "REDIS_URL, DATABASE_URL: missing; expected both, because EMBEDDED=never refuses embedded servers"
            raise ValueError(msg)
        if self.retry_max_delay_ms < self.retry_base_delay_ms:
            msg = f"RETRY_MAX_DELAY: {self.retry_max_delay_ms} is not right; expected at least RETRY_BASE_DELAY"
            raise ValueError(f"{msg} ({self.retry_base_delay_ms})")
        if self.database_pool_max < self.database_pool_min:
            msg = f"DATABASE_POOL_MAX: {self.database_pool_max} is not right; expected at least DATABASE_POOL_MIN"
            raise ValueError(f"{msg} ({self.database_pool_min})")
        return self

    def beside(self, others: Mapping[str, str]) -> Self:
        """The same settings, with what else is set in the environment for ``get`` to answer."""
        self._others = others
        return self

    @property
    def uses_embedded(self) -> bool:
        """Whether servers of our own are to be started or joined."""
        return self.redis_url is None

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line per name in the environment that looks like a misspelt setting."""
        return tuple(
            f"{given} is not a setting; did you mean {meant}?"
            for given, meant in near_misses(self._others, known_names())
        )

    def get(self, name: str) -> str | None:
        """The value of one setting as text, defaults included; None where it is unset and has no default."""
        attribute = known_names().get(name)
        return as_text(getattr(self, attribute)) if attribute else self._others.get(name)

    def defaulted(self, name: str) -> bool:
        """Whether a setting is one of ours that nobody set."""
        attribute = known_names().get(name)
        return attribute is not None and attribute not in self.model_fields_set

    def secrets(self) -> Iterator[str]:
        """Every value that must never be shown: keys, tokens, ring entries, and passwords in URLs."""
        for attribute, field in type(self).model_fields.items():
            value = getattr(self, attribute)
            if isinstance(value, SecretStr):
                yield from _parts(value.get_secret_value())
            elif isinstance(value, str) and name_of(field).endswith(("_URL", "_PROXY")):
                yield from _password(value)


def load(env_files: Sequence[str | Path] = ENV_FILES) -> Settings:
    """Read the settings. Raises ConfigError with one line that names the setting that is wrong."""
    try:
        settings = Settings(_env_file=tuple(env_files), _env_file_encoding="utf-8")  # type: ignore[call-arg]
    except ValidationError as error:
        raise ConfigError(_one_line(error, _given(env_files))) from None
    known = known_names()
    return settings.beside({name: value for name, value in _given(env_files).items() if name.upper() not in known})


def known_names() -> dict[str, str]:
    """Every environment name, older spellings included, to the attribute that holds it."""
    return {
        name: attribute
        for attribute, field in Settings.model_fields.items()
        for name in (name_of(field), *extra(field)["also"])
    }


def _given(env_files: Sequence[str | Path]) -> dict[str, str]:
    """Everything that is set, ours or not; the environment wins over files."""
    found: dict[str, str] = {}
    for path in env_files:
        found.update({name: value for name, value in dotenv_values(path).items() if value})
    found.update({name: value for name, value in os.environ.items() if value})
    return found


def _one_line(error: ValidationError, given: Mapping[str, str]) -> str:
    """The first wrong setting in words, by the spelling that was used, and the names of the others."""
    lines, names = [], []
    for item in error.errors():
        field = _field(item["loc"])
        if field is None:
            lines.append(str(item["msg"]).removeprefix("Value error, "))
            continue
        spellings = (name_of(field), *extra(field)["also"])
        name = next((spelling for spelling in spellings if spelling in given), spellings[0])
        if name not in names:
            names.append(name)
            lines.append(explain(field, name, item["input"]))
    others = f" (also wrong: {', '.join(names[1:])})" if len(names) > 1 else ""
    return lines[0].replace("\n", " ") + others


def _field(location: tuple[int | str, ...]) -> FieldInfo | None:
    if not location:
        return None
    attribute = known_names().get(str(location[0]), str(location[0]))
    return Settings.model_fields.get(attribute)


def _parts(secret: str) -> Iterator[str]:
    """A secret, each of a comma list of them, and what stands behind a ring key's id."""
    yield secret
    for part in (part.strip() for part in secret.split(",")):
        yield part
        if part.partition(":")[2]:
            yield part.partition(":")[2]


def _password(url: str) -> Iterator[str]:
    """The password in a URL as typed and unquoted."""
    from urllib.parse import unquote, urlsplit

    try:
        password = urlsplit(url).password
    except ValueError:
        return
    if password:
        yield password
        if unquote(password) != password:
            yield unquote(password)


__all__ = ["ENV_FILES", "SECTIONS", "Settings", "is_secret", "known_names", "load"]
