"""An address, and what parts one from other text on a line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.providers.website.rendering import Rendering

SEPARATOR = re.compile(r"\s?[|│•·◊●▪■♦~;✦\t]\s?|\s[-–—/]{1,3}\s|\s{3,}|\s[*]\s")
BREAK = re.compile(
    r"(?<!\w)(?:(?:tel|t[ée]l[ée]phone|phone|ph|fax|telefon|telefax|tlf|e-?mail|call|www\.|https?:|mob|mobile|cell|tel[ée]fono|toll)\s?[.:/]|[tfpm]\s?(?:[:/]|\.\s{0,3}[(+\d]))|\S{1,60}@|☎|(?:\+|\(0)\d",
    re.I,
)
TRAIL = re.compile(r"[\s,;.:–—\-|•·(◊]+$")
LEAD = re.compile(r"^[\s,;.:–—\-|•·)]+")
PIECE = re.compile(r"\s?[,;]\s?|\s[•·|–—-]\s")
EAST_ASIAN = re.compile("[\u3041-\u30fe\u4e00-\u9fff\uac00-\ud7a3]{2}")


@dataclass(slots=True)
class Address:
    """A postal address as it stands on a page; parts that are not there are empty.

    ``prefix`` is a country's letter with its dash, where one is written before the code (``D-``). ``country`` is an
    ISO 3166 code, ``text`` the whole as written on one line, ``line``/``column`` and
    ``end_line``/``end_column`` the place in the rendering (line -1 when it came from structured data).
    """

    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    text: str = ""
    line: int = -1
    column: int = 0
    end_line: int = -1
    end_column: int = 0
    path: str = ""
    organisation: str = ""
    prefix: str = ""
    box: bool = field(default=False, repr=False)

    def as_json(self) -> dict[str, str]:
        """The parts by name."""
        return {
            "street": self.street, "city": self.city, "region": self.region, "postal_code": self.postal_code,
            "country": self.country, "text": self.text,
        }  # fmt: skip


def text_of(rendering: Rendering, address: Address) -> str:
    """The whole address as written, on one line."""
    between: Sequence[int]
    lines, columns = rendering.lines, rendering.columns
    if address.line == address.end_line:
        return lines[address.line][address.column : address.end_column]
    between = range(address.line + 1, address.end_line)
    column = columns[address.end_line]
    if column >= 0 and column == columns[address.line]:
        # What stands in other columns of a table is another address, or labels.
        between = [number for number in between if columns[number] == column]
    parts = [lines[address.line][address.column :], *[lines[number] for number in between]]
    last = lines[address.end_line]
    parts.append(last[: address.end_column] if address.end_column else last)
    return ", ".join(part.strip(" ,") for part in parts if part.strip(" ,"))
