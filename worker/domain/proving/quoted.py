"""A located quote, as the rules see it."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.domain.claim import Value
from worker.domain.fields import Context
from worker.domain.folding import fold
from worker.domain.proving import cues


@dataclass(frozen=True, slots=True)
class Quoted:
    """A located quote. ``text`` is as it stands on the page, ``before`` and ``after`` what surrounds it on its line;
    ``block`` is the quote with its neighbourhood, across lines;
    ``own_labels`` are names in domains that are the company's own.

    ``own_name`` is true for a name that the page's host bears out.
    """

    text: str
    before: str
    context: Context
    own_name: bool = False
    after: str = ""
    block: str = ""
    own_labels: frozenset[str] = frozenset()

    @property
    def folded(self) -> str:
        """The quote, folded."""
        return fold(self.text)

    @property
    def led(self) -> str:
        """The quote with what leads up to it, folded: labels often stand before what was quoted."""
        return fold(f"{self.before} {self.text}")

    @property
    def line(self) -> str:
        """The quote with what surrounds it on its line, folded."""
        return fold(f"{self.before}{self.text}{self.after}")


#: Gets the field's name, the normalised value and the quote; says by which rule the value follows, or "".
#: A rule that starts with ``inferred`` is a conclusion.
Rule = Callable[[str, Value, Quoted], str]


def holds(folded: str, needle: str) -> bool:
    """Whether a folded text holds ``needle`` as whole words that no word just before turns round."""
    return any(not cues.negated(folded, start) for start, _ in cues.whole_words(folded, needle))
