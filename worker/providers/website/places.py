"""Evidence: from a line and column of a rendering to a quote with offsets in code points."""

from worker.domain.claim import Evidence
from worker.providers.website.address import Address
from worker.providers.website.names import Candidate
from worker.providers.website.rendering import RENDERING, Rendering

MAX_QUOTE = 300


class Places:
    """Makes evidence for one page."""

    def __init__(self, url: str, page_hash: str, rendering: Rendering) -> None:
        self.url = url
        self.page_hash = page_hash
        self.rendering = rendering

    def of(self, line: int, column: int, length: int, path: str = "", quote: str = "") -> Evidence:
        """A stretch of one line, or a structured place when ``line`` is negative."""
        if line < 0 or line >= len(self.rendering.lines):
            return self.at(path, quote)
        start = self.rendering.starts[line] + column
        return self.span(start, start + min(length, MAX_QUOTE), path if path == "disguised" else "")

    def span(self, start: int, end: int, path: str = "") -> Evidence:
        """A stretch of the text rendering."""
        return Evidence(
            url=self.url, quote=self.rendering.text[start:end], start=start, end=end, path=path,
            page_hash=self.page_hash, rendering=RENDERING,
        )  # fmt: skip

    def at(self, path: str, quote: str = "") -> Evidence:
        """A place in structured data, the head or an attribute."""
        return Evidence(url=self.url, quote=quote[:MAX_QUOTE], path=path, page_hash=self.page_hash)

    def of_address(self, address: Address) -> Evidence:
        """The lines of an address."""
        if address.line < 0:
            return self.at(address.path, address.text)
        starts, lines = self.rendering.starts, self.rendering.lines
        last = address.end_line
        end = starts[last] + (address.end_column or len(lines[last]))
        return self.span(starts[address.line] + address.column, end)

    def of_name(self, name: Candidate) -> Evidence:
        """The best place of a name: visible before structured."""
        structured = ""
        for where in name.places.values():
            if isinstance(where, str):
                structured = structured or where
                continue
            line = self.rendering.lines[where[0]]
            column = line.find(name.text)
            if column >= 0:
                return self.of(where[0], column, len(name.text))
        return self.at(structured or "text", name.text)
