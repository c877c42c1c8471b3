"""What a field is: a type, a normaliser, a comparable key and how long a value stays good."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.subject import Entity

DAY_S: Final = 86_400.0


class InvalidValue(ValueError):
    """A raw value that is no value of its field; the message says why."""


@dataclass(frozen=True, slots=True)
class Context:
    """What helps to read a raw value.

    ``region`` is an ISO 3166-1 alpha-2 code, for phone numbers written nationally. ``year`` is the current year,
    above which nothing can have been founded.
    """

    region: str = ""
    year: int = 2100


NO_CONTEXT: Final = Context()

Read = Callable[[Any, Context], Value]
Key = Callable[[Value], str]
Prefer = Callable[[Value], int]
Compatible = Callable[[Value, Value], bool]


def plain_key(value: Value) -> str:
    """The comparable text of a value: case and outer form do not matter."""
    if isinstance(value, tuple):
        return "\x1f".join(sorted(item.casefold() for item in value))
    return str(value).casefold()


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a company or person.

    ``read`` turns a raw value into a normalised one or raises InvalidValue; it is idempotent. ``key`` makes values
    comparable: two values with equal keys say the same thing. Within ``ttl_s`` seconds of its observation a value is
    fresh; afterwards its confidence halves every ``half_life_s`` seconds. ``inferable`` values may be concluded
    rather than read. ``many``: several values can be right at once. ``collection``: the value is a tuple of texts.
    ``sensitive`` values belong to a person and are masked in logs. Of equally sure values the one with the higher
    ``prefer`` is shown; two different values that are ``compatible`` do not contradict each other.
    """

    name: str
    entity: Entity
    type: str
    read: Read
    ttl_s: float
    half_life_s: float
    key: Key = plain_key
    inferable: bool = False
    many: bool = False
    collection: bool = False
    sensitive: bool = False
    prefer: Prefer | None = None
    compatible: Compatible | None = None

    def normalise(self, raw: Any, context: Context = NO_CONTEXT) -> Value:
        """The normalised value of ``raw`` (text, number or a sequence of texts).

        Raises InvalidValue when ``raw`` is no value of this field.
        """
        if raw is None:
            raise InvalidValue("nothing there")
        return self.read(raw, context)

    def compare_key(self, value: Value) -> str:
        """A text that is equal for values that say the same thing; never empty."""
        return self.key(value) or plain_key(value)
