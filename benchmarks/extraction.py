"""How well pages are read: ``python -m benchmarks.extraction LABELLED_DIR [--errors]``; how fast: ``benchmarks.pages``.

LABELLED_DIR holds pages and a ``gold.jsonl`` with what a person marked on each. It is no part of this project.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from worker.providers.website import PageFinding, parse_page
from worker.providers.website.text_keys import fold, name_key

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_EXTENSION = re.compile(r"(?:ext(?:ension)?\.?|x)\s?\d{1,6}.*$", re.I)


def digits(phone: str) -> str:
    """A phone number's digits without its extension; letters as on a keypad."""
    text = _EXTENSION.sub("", phone)
    found = re.sub(r"\D", "", text)
    if len(found) < 7:
        found = re.sub(r"\D", "", text.upper().translate(_KEYS))
    return found


def same_phone(one: str, other: str) -> bool:
    """Equal on the last nine digits, or one lacks only the country code."""
    if one[-9:] == other[-9:]:
        return True
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(short) >= 6 and long.endswith(short) and len(long) - len(short) <= 3


def plain(text: str) -> str:
    """Text for comparing: folded, letters and digits only."""
    return re.sub(r"[\W_]+", "", fold(text))


@dataclass
class Score:
    """Counts of one metric. ``extra`` are found values that stand on the page but that nobody marked."""

    name: str
    right: int = 0
    gold: int = 0
    wrong: int = 0
    extra: int = 0
    misses: list[str] = field(default_factory=list)

    def row(self) -> str:
        """One line of the table."""
        found = self.right + self.wrong
        recall = self.right / self.gold if self.gold else 1.0
        strict = self.right / (found + self.extra) if found + self.extra else 1.0
        lenient = (self.right + self.extra) / (found + self.extra) if found + self.extra else 1.0
        rates = f"{self.name:<12} R {recall:.3f}  P {strict:.3f}  P(on page) {lenient:.3f}"
        return f"{rates}   gold {self.gold:4d}  unmarked {self.extra:3d}  wrong {self.wrong:3d}"


def match(score: Score, page: str, gold: Iterable[str], seen: Iterable[str], same: Any, on_page: Any) -> None:
    """Compare two collections of values; equal ones count once."""
    left: list[str] = []
    for value in gold:
        if not any(same(value, other) for other in left):
            left.append(value)
    score.gold += len(left)
    got: list[str] = []
    for value in seen:
        if not any(same(value, other) for other in got):
            got.append(value)
    for value in got:
        if any(same(value, other) for other in left):
            score.right += 1
        elif on_page(value):
            score.extra += 1
            score.misses.append(f"{page} + {value}")
        else:
            score.wrong += 1
            score.misses.append(f"{page} ! {value}")
    score.misses.extend(f"{page} - {value}" for value in left if not any(same(value, other) for other in got))


def labelled(folder: Path, *, errors: bool) -> None:
    """Print recall and precision per metric on a folder of labelled pages."""
    rows = [orjson.loads(line) for line in (folder / "gold.jsonl").read_bytes().splitlines() if line.strip()]
    phones, faxes, both, emails = Score("phones"), Score("faxes"), Score("phones+faxes"), Score("emails")
    addresses, codes = Score("addresses"), Score("postal codes")
    first = total = with_url = 0
    wrong_names: list[str] = []
    for row in rows:
        finding = parse_page((folder / row["file"]).read_bytes(), row["url"] or "", {})
        text = finding.pages[0].text
        bare = re.sub(r"\D", "", text)
        page = row["file"]
        shown = bare.__contains__
        gold_phones, gold_faxes = (
            [d for v in row["phones"] if len(d := digits(v)) >= 6],
            [d for v in row["faxes"] if len(d := digits(v)) >= 6],
        )
        # Marks that a keypad or a line break made unreadable cannot be met: kept, they show the ceiling.
        match(phones, page, gold_phones, map(digits, finding.phones), same_phone, shown)
        match(faxes, page, gold_faxes, map(digits, finding.faxes), same_phone, shown)
        match(
            both,
            page,
            gold_phones + gold_faxes,
            [*map(digits, finding.phones), *map(digits, finding.faxes)],
            same_phone,
            shown,
        )
        match(
            emails,
            page,
            [v.lower() for v in row["emails"]],
            [v.lower() for v in finding.emails],
            str.__eq__,
            text.lower().__contains__,
        )
        match(
            codes,
            page,
            map(plain, row["postal_codes"]),
            (plain(a.postal_code) for a in finding.addresses),
            str.__eq__,
            plain(text).__contains__,
        )
        score_addresses(addresses, page, row, finding)
        if row["organisations"]:
            total += 1
            keys = {name_key(name) for name in row["organisations"]}
            if finding.names and name_key(finding.names[0]) in keys:
                first += 1
            else:
                wrong_names.append(f"{page} {list(finding.names[:4])} gold {row['organisations'][:4]} {row['url']}")
        with_url += bool(row["url"])
    print(f"{len(rows)} pages, {with_url} with an address")
    for score in (phones, faxes, both, emails, codes, addresses):
        print(score.row())
    print(f"{'name, top-1':<12} {first / max(1, total):.3f}  ({first} of {total})")
    if errors:
        for score in (phones, faxes, emails, codes, addresses):
            print(f"\n== {score.name}")
            print("\n".join(score.misses))
        print("\n== names")
        print("\n".join(wrong_names))


def score_addresses(score: Score, page: str, row: Mapping[str, Any], finding: PageFinding) -> None:
    """An address is right with its postal code and one street piece. Gold lists codes and streets separately."""
    streets = [plain(street) for street in row["streets"]]
    codes = list(dict.fromkeys(plain(code) for code in row["postal_codes"]))
    if not streets:
        return
    score.gold += len(codes)
    met: set[str] = set()
    for address in finding.addresses:
        if not (address.postal_code and address.street):
            continue
        code, street = plain(address.postal_code), plain(address.street)
        pieces = [piece for part in address.street.split(",") if len(piece := plain(part)) > 4] or [street]
        good = code in codes and any(s in street or any(piece in s for piece in pieces) for s in streets if s)
        if good and code not in met:
            met.add(code)
            score.right += 1
        elif not good:
            if code not in codes and plain(address.postal_code) in plain(finding.pages[0].text):
                score.extra += 1
                score.misses.append(f"{page} + {address.street} | {address.postal_code}")
            else:
                score.wrong += 1
                score.misses.append(f"{page} ! {address.street} | {address.city} | {address.postal_code}")
    score.misses.extend(f"{page} - {code} {row['streets'][:3]}" for code in codes if code not in met)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args(arguments)
    labelled(options.labelled, errors=options.errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
