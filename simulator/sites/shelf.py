"""Sites kept as folders: one HTML file per page, and ``site.json`` for what is unusual about the site.

``pages/<domain>/index.html`` is ``/``; ``contact.html`` is ``/contact``, ``/contact/`` and ``/contact.html``; a
``__`` in a file's name is a slash (``en__about.html`` is ``/en/about``). Files are UTF-8 and are encoded as
``site.json`` says:

    {"charset": "shift_jis",          how bodies are encoded (default utf-8)
     "raw": true,                     files already hold the bytes to serve
     "declared": "",                  charset in the Content-Type header (default: the same; empty: none)
     "redirects": {"/old": "/new"},   301s; a target may be absolute
     "statuses": {"/": 500},          other statuses for pages
     "missing": "index.html",         page shown with 200 for unknown paths (a soft 404)
     "headers": {"X": "y"},           sent with every page
     "hidden": [{"field": "...", "value": "...", "sentence": "..."}]}   what the source says and readers do not see
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson

from simulator.lies import Hidden

PAGES: Final = Path(__file__).parent / "pages"
_KINDS: Final = {".txt": "text/plain", ".xml": "application/xml", ".js": "text/javascript"}
LABELLED: Final = Path(__file__).parent.parent / "labelled" / "sites"


@dataclass(frozen=True, slots=True)
class Page:
    """One response of a site: bytes as they go over the wire."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """A website: pages by path, and what stands in its source unseen."""

    domain: str
    pages: Mapping[str, Page]
    missing: Page
    hidden: tuple[Hidden, ...] = ()

    def get(self, path: str) -> Page:
        """The page at a path; trailing slashes and ``.html`` do not matter."""
        plain = path.rstrip("/").removesuffix(".html").removesuffix(".php") or "/"
        plain = "/" if plain == "/index" else plain
        return self.pages.get(path) or self.pages.get(plain) or self.missing


NOT_FOUND: Final = Page(
    b"<!doctype html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>",
    404,
    {"Content-Type": "text/html; charset=utf-8"},
)


def read_site(folder: Path) -> Site:
    """Read one folder; what its charset cannot say becomes a character reference, as editors write it."""
    about: dict[str, Any] = orjson.loads(text) if (text := _read(folder / "site.json")) else {}
    charset = about.get("charset", "utf-8")
    declared = about.get("declared", charset)
    html = "text/html" + (f"; charset={declared}" if declared else "")
    statuses, headers = about.get("statuses", {}), about.get("headers", {})
    pages: dict[str, Page] = {}
    for file in sorted(folder.iterdir()):
        if file.name == "site.json":
            continue
        if file.suffix == ".html":
            path = "/" + file.stem.replace("__", "/").removesuffix("index").rstrip("/")
            # Raw files hold the bytes as they are served; the others are UTF-8 here and encoded on the way out.
            raw = file.read_bytes()
            body = raw if about.get("raw") else raw.decode("utf-8").encode(charset, "xmlcharrefreplace")
            pages[path] = Page(body, statuses.get(path, 200), {"Content-Type": html, **headers})
        else:
            kind = _KINDS.get(file.suffix, "application/octet-stream")
            pages[f"/{file.name.replace('__', '/')}"] = Page(file.read_bytes(), 200, {"Content-Type": kind})
    for path, target in about.get("redirects", {}).items():
        pages[path] = Page(b"", 301, {"Location": target})
    for path, status in statuses.items():
        pages.setdefault(path, Page(f"<h1>{status}</h1>".encode(), status, {"Content-Type": html}))
    missing = NOT_FOUND
    if name := about.get("missing"):
        shown = pages["/" + name.removesuffix(".html").removesuffix("index")]
        missing = Page(shown.body, 200, shown.headers)
    hidden = tuple(Hidden(**item) for item in about.get("hidden", ()))
    return Site(folder.name, pages, missing, hidden)


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


@cache
def shelf() -> dict[str, Site]:
    """All sites kept as folders, by domain."""
    folders = [folder for root in (PAGES, LABELLED) if root.is_dir() for folder in root.iterdir() if folder.is_dir()]
    return {folder.name: read_site(folder) for folder in sorted(folders)}
