"""What a search engine answers, in one shape for all of them: leads to pages, and panels of facts."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from worker.providers.typed import text

_MARKUP: Final = re.compile(r"<[^<>]{0,300}>")
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Lead:
    """One result: where a page is and what the engine shows of it. Not a fact by itself."""

    url: str
    title: str = ""
    snippet: str = ""

    @property
    def shown(self) -> str:
        """Everything the engine shows of the page."""
        return f"{self.title}\n{self.snippet}\n{self.url}"


@dataclass(frozen=True, slots=True)
class Panel:
    """A knowledge panel or infobox about one thing.

    ``url`` is the page its facts are from, ``website`` the thing's own site, ``facts`` are (label, value) as shown,
    ``profiles`` addresses of its pages on social networks.
    """

    title: str
    url: str = ""
    website: str = ""
    description: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A search engine's answer: leads in the engine's order, and panels."""

    leads: tuple[Lead, ...] = ()
    panels: tuple[Panel, ...] = ()


def plain(shown: str) -> str:
    """Shown text without markup, entities resolved, on one line and capped.

    >>> plain("<strong>Acme</strong> &amp; Co")
    'Acme & Co'
    """
    text_only = shown[:_LONGEST]
    if "<" in text_only:
        text_only = _MARKUP.sub("", text_only)
    if "&" in text_only:
        text_only = html.unescape(text_only)
    return " ".join(text_only.split())


def leads(results: Iterable[Mapping[str, Any]], url: str, title: str, snippet: str) -> tuple[Lead, ...]:
    """Leads from result objects, by the names of their keys; those without an http(s) address are left out."""
    return tuple(
        Lead(address, plain(text(result, title) or ""), plain(text(result, snippet) or ""))
        for result in results
        if (address := text(result, url)) and address[:8].lower().startswith(("http://", "https://"))
    )
