"""Redis keys of what belongs to subjects, derived from ``NAMESPACE``.

======================================  ======  =========================================================
key                                     type    what
======================================  ======  =========================================================
``<ns>:record:<workspace>:<subject>``   hash    one claim per hash field; ``~`` says that all are there
``<ns>:alias:<workspace>:<key>``        string  the subject's canonical key, for its other keys
``<ns>:silence:<workspace>:<subject>``  hash    provider -> what it was asked and did not know
``<ns>:hit-rates``                      hash    ``<provider>|<counter>`` -> count
``<ns>:accounts``                       set     ``<provider>:<key's fingerprint>`` of keys that workers had
``<ns>:record-changes``                 pubsub  ``<workspace>:<key>`` of records that changed
======================================  ======  =========================================================

Parts are escaped, so a producer's text cannot reach into another workspace's keys.
"""

from dataclasses import dataclass
from urllib.parse import quote


def escape(part: str) -> str:
    """One part of a key without separators, braces and blanks; letters of any script stay readable in ASCII form.

    >>> escape("company:acme.example"), escape("a b{c}")
    ('company%3Aacme.example', 'a%20b%7Bc%7D')
    """
    return quote(part, safe="/@.-_~", encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class RecordKeys:
    """The keys of one namespace."""

    namespace: str = "enrichd"

    def record(self, workspace: str, subject: str) -> str:
        """The hash of a subject's claims."""
        return f"{self.namespace}:record:{escape(workspace)}:{escape(subject)}"

    def alias(self, workspace: str, key: str) -> str:
        """The pointer from one of a subject's other keys to its canonical one."""
        return f"{self.namespace}:alias:{escape(workspace)}:{escape(key)}"

    def silence(self, workspace: str, subject: str) -> str:
        """The hash of who had nothing to say about a subject."""
        return f"{self.namespace}:silence:{escape(workspace)}:{escape(subject)}"

    @property
    def hit_rates(self) -> str:
        """The hash of what all processes have counted about providers."""
        return f"{self.namespace}:hit-rates"

    @property
    def accounts(self) -> str:
        """The set of the operator's accounts that workers have been started with."""
        return f"{self.namespace}:accounts"

    @property
    def changes(self) -> str:
        """The channel on which changed records are announced."""
        return f"{self.namespace}:record-changes"
