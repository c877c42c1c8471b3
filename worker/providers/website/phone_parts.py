"""A run of digits cut into numbers: which groups belong together, decided by what is a valid number where."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

DASH = "\\-‐‑‒–—−"
_MX_TRUNK = re.compile(r"^\(?0(?:1|44|45)\)?[\s-]")
DATE = re.compile(
    rf"^\(?(?:\d{{1,2}}[\s./{DASH}]{{1,3}}\d{{1,2}}[\s./{DASH}]{{1,3}}(?:19|20)\d\d"
    rf"|(?:19|20)\d\d[./{DASH}]\d{{1,2}}[./{DASH}]\d{{1,2}}(?:\s.*)?|(?:19|20)\d\d\s?[/{DASH}]\s?(?:(?:19|20)\d\d|\d\d))\)?$"
)
_DATE_IN = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}[./{DASH}]\d{{1,2}}[./{DASH}](?:19|20)\d\d|(?:19|20)\d\d[./{DASH}]\d{{1,2}}[./{DASH}]\d{{1,2}})(?!\d)"
)
_HOURS = re.compile(
    rf"^\d{{1,2}}[.:]?\d{{0,2}}\s?[{DASH}]\s?\d{{1,2}}[.:]\d\d(?:[\s/].*)?$|^\d{{1,2}}\.\d\d\s?[{DASH}]\s?\d{{1,2}}(?:\.\d\d)?$"
)
NANP = re.compile(
    rf"^(?:\+?1[\s.{DASH}]{{0,3}})?(?:\([2-9]\d\d\)\s{{0,2}}[{DASH}.]?\s?|[2-9]\d\d\s?[.{DASH}]\s?)\d{{3}}\s?[.{DASH}\s]\s?\d{{4}}$"
)
_TAIL_LIST = re.compile(rf"\s?(?:/|,|\bor\b)\s?[{DASH}]?(\d{{1,4}})(?=$|\s?[/,])")
_SPLITS = (
    re.compile(r"(?<=\d)\s{0,2}(?=\(?\+)"),
    re.compile(rf"\s?[/·•]\s?|\s[{DASH}]\s|\s\.\s"),
    re.compile(r"(?<=\d\d\d)\s{1,2}(?=\()|\s{2,}|(?<=\d\d\d)\.\s"),
    re.compile(r"(?<=\d\d\d\d)\s(?=[0(]\d)|(?<=\d{4})\s(?=[2-9]\d\d[-.])"),
)


@lru_cache(maxsize=8192)
def read_number(text: str, region: str) -> tuple[str, str, bool] | None:
    """(E.164, region, surely valid) of a written number, or None when it cannot be one there."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason not in {phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        return None
    valid = phonenumbers.is_valid_number(number)
    where = phonenumbers.region_code_for_number(number) if valid else region
    whole = reason == phonenumbers.ValidationResult.IS_POSSIBLE
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if whole else ""
    return international, where or region, valid


def pieces(run: str, offset: int, regions: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Cut a run of digits into numbers: (start, end, completed text)."""
    stripped = run.strip(" .-–—/·•")
    offset += run.find(stripped)
    run = stripped
    if run.count("(") > run.count(")"):
        run = run[: run.rindex("(")].rstrip(" .-–—/·•") or run
    digits = sum(c.isdigit() for c in run)
    if digits < 5 or DATE.match(run) or _HOURS.match(run):
        return
    if _DATE_IN.search(run):
        # A date with a time or another date: only what stands beside it may be a number.
        at = 0
        for date in [*_DATE_IN.finditer(run), None]:
            part = run[at : date.start() if date else len(run)]
            if sum(c.isdigit() for c in part) >= 7:
                yield from pieces(part, offset + at, regions)
            at = date.end() if date else at
        return
    if _possible(run, regions):
        yield offset, offset + len(run), run
        return
    listed = _TAIL_LIST.search(run)
    if listed:
        base = run[: listed.start()].rstrip()
        if _possible(base, regions):
            yield offset, offset + len(base), base
            for tail in _TAIL_LIST.finditer(run, listed.start()):
                ending = tail.group(1)
                start = offset + tail.start(1)
                yield start, start + len(ending), base[: -len(ending)] + ending
            return
    for pattern in _SPLITS:
        cuts = [m for m in pattern.finditer(run) if m.start() > 0 and m.end() < len(run)]
        if not cuts:
            continue
        starts = [0, *(m.end() for m in cuts)]
        ends = [*(m.start() for m in cuts), len(run)]
        parts = [(s, e) for s, e in zip(starts, ends, strict=True) if e > s]
        if any(_possible(run[s:e], regions) for s, e in parts):
            for s, e in parts:
                part = run[s:e]
                if _possible(part, regions):
                    yield offset + s, offset + e, part
                elif sum(c.isdigit() for c in part) > 15:
                    yield from pieces(part, offset + s, regions)
            return
    grouped = list(_grouped(run, regions))
    if grouped:
        for s, e in grouped:
            yield offset + s, offset + e, run[s:e]
    elif 6 <= digits <= 15:
        yield offset, offset + len(run), run


def _grouped(run: str, regions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Numbers that follow each other with nothing but a space between: the longest valid run of groups each time."""
    groups = [match.span() for match in re.finditer(r"[(+]{0,2}\d+\)?", run)][:14]
    at = 0
    while at < len(groups):
        for end in range(min(len(groups), at + 6), at, -1):
            if (at, end) != (0, len(groups)) and _possible(run[groups[at][0] : groups[end - 1][1]], regions):
                yield groups[at][0], groups[end - 1][1]
                at = end
                break
        else:
            at += 1


def _possible(text: str, regions: Sequence[str]) -> bool:
    digits = sum(c.isdigit() for c in text)
    if not 7 <= digits <= 16:
        return False
    if NANP.match(text):
        return True
    return any((found := read_number(clean(text, region), region)) and found[2] for region in tries(text, regions))


def tries(text: str, regions: Sequence[str], count: int = 3) -> Sequence[str]:
    """The regions by whose rules a number is read: those that the page points at; the first will do with a plus."""
    return regions[:1] if text.lstrip(" ([").startswith("+") else regions[:count]


def clean(text: str, region: str = "") -> str:
    """Undo what the number library would trip over: (0) after a country code, letters."""
    compact = _MX_TRUNK.sub("", text.strip()) if region == "MX" else text.strip()
    if compact.startswith(("+", "(+", "00")):
        compact = re.sub(r"[(\[]\s?0\s?[)\]]", "", compact)
    return compact
