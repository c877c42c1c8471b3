"""Errors, grouped by what to do next.

    EnrichdError
    ├─ ConfigError          the start fails; the message names the setting
    ├─ EntryError           the entry is dead at once, kept with its raw fields
    │    ├─ MalformedEntry
    │    ├─ UnknownKind
    │    └─ Unsupported     a known option that is not built yet
    ├─ QueueUnavailable     wait in place, not ready
    └─ StoreUnavailable     wait in place, not ready

What a provider does wrong is not an error but a ``Finding`` with an ``Outcome``.
"""


class EnrichdError(Exception):
    """The root of everything enrichd raises on purpose."""


class ConfigError(EnrichdError):
    """A setting is missing or wrong."""


class EntryError(EnrichdError):
    """An entry that can never become a job.

    ``field`` names the entry field at fault, ``expected`` what would have been right.
    """

    code = "malformed"

    def __init__(self, field: str, problem: str, expected: str = "") -> None:
        self.field = field
        self.problem = problem
        self.expected = expected
        text = f"{field}: {problem}" if field else problem
        super().__init__(f"{text}; expected {expected}" if expected else text)


class MalformedEntry(EntryError):
    """A field is missing, has the wrong type or cannot be read."""


class UnknownKind(EntryError):
    """Nobody here does jobs of this type."""

    code = "unknown_kind"


class Unsupported(EntryError):
    """A known option that this version does not do, refused rather than ignored."""

    code = "unsupported"


class QueueUnavailable(EnrichdError):
    """Redis cannot be reached, or not written to, right now."""


class StoreUnavailable(EnrichdError):
    """PostgreSQL cannot be reached right now."""
