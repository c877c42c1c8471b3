"""How fast saved pages are read, and what is found on them: ``python -m benchmarks.pages DIR`` or ``--formasaurus``.

DIR holds any saved pages (``*.html``, ``*.htm``). ``--formasaurus`` takes the 954 pages inside the wheel of the PyPI
package formasaurus 0.10.0 (a training set of other people's making), from a virtual environment that is thrown away
afterwards. No page is part of this project.
"""

import argparse
import asyncio
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.extraction import digits
from worker.domain.call import Reply
from worker.providers.website import PageFinding, parse_page
from worker.providers.website.crawl import crawl
from worker.providers.website.parsing import Parsers
from worker.providers.website.text_keys import name_key

FORMASAURUS = "formasaurus==0.10.0"
URL = "http://site.example/"
_JSON_LD = re.compile(rb"<script[^>]{0,200}ld\+json[^>]{0,100}>.*?</script>", re.S | re.I)
#: What is compared when JSON-LD is hidden: the words of ``PageFinding.mentions``, and how two values are compared.
_COMPARED: Mapping[str, Callable[[str], str]] = {
    "names": name_key, "emails": str.lower, "phones": digits, "faxes": digits
}  # fmt: skip


@dataclass
class Fields:
    """What became of values that JSON-LD says, once it is hidden, by field."""

    agrees: Counter[str] = field(default_factory=Counter)
    differs: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def rows(self) -> list[str]:
        """One line per field."""
        names = sorted(self.agrees.keys() | self.differs.keys() | self.missed.keys())
        return [f"  {name:<28}{self.agrees[name]:>8}{self.differs[name]:>9}{self.missed[name]:>8}" for name in names]


@dataclass
class Speed:
    """Milliseconds of CPU per page, and what was found; ``crashes`` are pages that raised something."""

    first: list[float] = field(default_factory=list)
    best: list[tuple[float, str]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)


def at(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def read_all(files: Sequence[Path], rounds: int) -> Speed:
    """Parse every page ``rounds`` times on this thread, in order; the first round finds every cache cold."""
    speed = Speed()
    times: dict[Path, list[float]] = {}
    for number in range(rounds):
        for path in files:
            body = path.read_bytes()
            start = time.thread_time()
            try:
                finding = parse_page(body, URL, {})
            except Exception as error:
                if number == 0:
                    speed.crashes.append(f"{path.name}: {error!r}")
                continue
            times.setdefault(path, []).append((time.thread_time() - start) * 1e3)
            if number == 0:
                speed.found.update({claim.field for claim in finding.claims})
                speed.kinds[finding.kind or "page"] += 1
    speed.first = [measured[0] for measured in times.values()]
    speed.best = sorted((min(measured), path.name) for path, measured in times.items())
    return speed


def hidden(files: Sequence[Path]) -> tuple[int, Fields]:
    """(pages with JSON-LD that says something, what the rest of the page says of it)."""
    fields = Fields()
    pages = 0
    for path in files:
        body = path.read_bytes()
        if b"ld+json" not in body:
            continue
        # What JSON-LD says is read from it alone: on the whole page what is visible goes first.
        alone = b"<html><head>" + b"".join(_JSON_LD.findall(body)) + b"</head><body></body></html>"
        said = _said(parse_page(alone, URL, {}))
        rest = parse_page(_JSON_LD.sub(b"", body), URL, {})
        pages += bool(said)
        for name, value, key in said:
            others = _values(rest, name, key)
            outcome = fields.agrees if value in others else fields.differs if others else fields.missed
            outcome[name] += 1
    return pages, fields


def _said(alone: PageFinding) -> list[tuple[str, str, Callable[[str], str]]]:
    """(field, comparable value, how it was made comparable) of the first value that JSON-LD gives for each field."""
    found: dict[str, tuple[str, str, Callable[[str], str]]] = {}
    for name, key in _COMPARED.items():
        for mention in alone.mentions[name]:
            if mention.evidence.path.startswith("json-ld"):
                found.setdefault(name, (name, key(mention.value), key))
    for claim in alone.claims:
        if claim.evidence[0].path.startswith("json-ld") and claim.field not in _MENTIONED:
            found.setdefault(claim.field, (claim.field, _plain(claim.value), str))
    return list(found.values())


#: Fields of claims that the mentions stand for.
_MENTIONED = frozenset({"company_name", "company_email", "company_phone", "company_fax"})


def _values(rest: PageFinding, name: str, key: Callable[[str], str]) -> list[str]:
    """What the rest of the page says: of names the first, of the other fields all."""
    if name in _COMPARED:
        values = [key(mention.value) for mention in rest.mentions[name]]
        return values[:1] if name == "names" else values
    return [_plain(claim.value) for claim in rest.claims if claim.field == name]


def _plain(value: object) -> str:
    return re.sub(r"[\W_]+", "", str(value)).lower()


async def longest_stall(work: Callable[[], Awaitable[object]]) -> float:
    """Milliseconds that the event loop stood still at most while the work was done."""
    longest, running = 0.0, True

    async def watch() -> None:
        nonlocal longest
        while running:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - start - 0.001)

    watcher = asyncio.create_task(watch())
    await work()
    running = False
    await watcher
    return longest * 1e3


async def stalls(files: Sequence[Path], in_flight: int, rounds: int) -> tuple[float, float, float]:
    """(stall with the parsing process cold, the least of further rounds, stall of an idle loop), in milliseconds.

    The largest pages are among those in flight: half of them are the largest, half are taken from all of the rest.
    """
    bodies = sorted((path.read_bytes() for path in files), key=len, reverse=True)
    half = in_flight // 2
    rest = bodies[half:]
    bodies = bodies[:half] + rest[:: max(1, len(rest) // max(1, in_flight - half))][: in_flight - half]

    async def fetch(url: str) -> Reply:
        await asyncio.sleep(0)
        return Reply(200, {"content-type": "text/html"}, bodies[int(url.rpartition("/")[2])])

    parsers = Parsers()

    async def read() -> None:
        await asyncio.gather(*(crawl([f"{URL}{n}"], fetch, parsers, 1) for n in range(len(bodies))))

    try:
        cold = await longest_stall(read)
        warm = [await longest_stall(read) for _ in range(rounds)]
        idle = [await longest_stall(lambda: asyncio.sleep(0.5)) for _ in range(rounds)]
    finally:
        parsers.close()
    return cold, min(warm), min(idle)


def report(files: Sequence[Path], rounds: int, in_flight: int) -> None:
    """Measure and print."""
    speed = read_all(files, rounds)
    times = [ms for ms, _ in speed.best]
    for label, values in ((f"best of {rounds}", times), ("first read", speed.first)):
        line = f"median {statistics.median(values):.2f} ms, p99 {at(values, 0.99):.1f} ms, worst {max(values):.1f} ms"
        print(f"{len(values)} pages, CPU of the thread, {label}: {line}")
    print("slowest: " + ", ".join(f"{name} {ms:.1f}" for ms, name in speed.best[-5:]))
    print(f"crashes: {len(speed.crashes)}")
    for crash in speed.crashes[:10]:
        print(f"  {crash}")
    cold, warm, idle = asyncio.run(stalls(files, in_flight, rounds))
    print(
        f"event loop with {in_flight} pages in flight: longest stall {warm:.1f} ms (least of {rounds} rounds),"
        f" {cold:.1f} ms while the process starts; an idle loop beside it {idle:.1f} ms"
    )
    print("what the pages are: " + ", ".join(f"{kind} {count}" for kind, count in speed.kinds.most_common()))
    print("found on pages:")
    for name, count in speed.found.most_common():
        print(f"  {name:<28}{count:>8}")
    pages, fields = hidden(files)
    print(f"JSON-LD hidden on {pages} pages that say something in it, and read from the rest:")
    print(f"  {'field':<28}{'agrees':>8}{'differs':>9}{'missed':>8}")
    print("\n".join(fields.rows()))


def pages_in(folder: Path) -> list[Path]:
    """All saved pages below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".html", ".htm"})


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pages", description="Speed and findings on saved pages."
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    parser.add_argument("--formasaurus", action="store_true", help=f"the pages inside {FORMASAURUS}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, default=100)
    options = parser.parse_args(arguments)
    if bool(options.folder) == options.formasaurus:
        parser.error("a folder of pages, or --formasaurus")
    with tempfile.TemporaryDirectory() as home:
        folder = options.folder
        if folder is None:
            folder = Path(home)
            venv.create(folder, with_pip=True)
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", FORMASAURUS]
            subprocess.run([str(folder / "bin" / "python"), *install], check=True, stdout=sys.stderr)
            folder = next(folder.glob("lib/*/site-packages/formasaurus"))
        files = pages_in(folder)
        if not files:
            parser.error(f"no pages in {folder}")
        report(files, options.rounds, options.in_flight)
    return 0


if __name__ == "__main__":
    sys.exit(main())
