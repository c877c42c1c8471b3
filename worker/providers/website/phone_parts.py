"""A run of digits cut into numbers: which groups belong together, decided by what is a valid number where."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import phonenumbers

DASH = "\\-‐‑‒–—−"
_ABROAD = re.compile(r"^\(?00\s?(?=[1-9][\d\s()./-]{8,})")
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
_SHORT_HOURS = re.compile(
    rf"^(?:[01]?\d|2[0-4])\s?[{DASH}]\s?(?:[01]?\d|2[0-4])(?:[\s/]{{1,3}}(?:[01]?\d|2[0-4])\s?[{DASH}]\s?(?:[01]?\d|2[0-4])){{1,6}}$"
)
NANP = re.compile(
    rf"^(?:\+?1[\s.{DASH}]{{0,3}})?(?:\([2-9]\d\d\)\s{{0,2}}[{DASH}.]?\s?|[2-9]\d\d\s?[.{DASH}]\s?)\d{{3}}\s?[.{DASH}\s]\s?\d{{4}}$"
)
_TAIL_LIST = re.compile(rf"\s?(?:/|,|\bor\b)\s?[{DASH}]?(\d{{1,4}})(?=$|\s?[/,])")
#: "(632) 442 0061, 929 5452": the second lacks what they share.
_PAIR_LIST = re.compile(
    rf"^(?P<base>[(+\d][\d\s().{DASH}]{{6,24}}\d)(?P<others>(?:\s?[/,]\s?\d{{3,4}}[\s.{DASH}]?\d{{3,4}}){{1,4}})$"
)
_OTHER = re.compile(rf"\d{{3,4}}[\s.{DASH}]?\d{{3,4}}")
_SLASH = re.compile(rf"\s?[/,]\s?|\s[{DASH}]\s")
#: Eight digits that are a day.
_DAY = re.compile(r"^(?:19|20)\d\d(?:0[1-9]|1[0-2])\d\d$")
#: An account number (ISO 13616): its groups of four look like phone numbers.
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?:\s?[A-Z\d]{4}){2,7}(?:\s?[A-Z\d]{1,3})?(?!\w)")
_SPLITS = (
    re.compile(r"(?<=\d)\s{0,2}(?=\(?\+)"),
    re.compile(rf"\s?[/·•]\s?|\s[{DASH}]\s|\s\.\s"),
    re.compile(r"(?<=\d\d\d)\s{1,2}(?=\()|\s{2,}|(?<=\d\d\d)\.\s"),
    re.compile(r"(?<=\d\d\d\d)\s(?=[0(]\d)|(?<=\d{4})\s(?=[2-9]\d\d[-.])"),
)
_WIDE = str.maketrans("０１２３４５６７８９－（）＋　．／", "0123456789-()+ ./")
#: The first part of a number at the end of a line.
OPEN_END = re.compile(
    rf"(?:^|[\s:])(?P<begin>(?:\+|\(\+|\(?0)\d{{1,5}}\)?(?:[\s/.()\-]{{1,3}}\d{{1,4}}\)?){{0,3}})[\s/{DASH}]{{0,3}}$"
)
#: At least five digits close together, or letters of a vanity number.
_ENOUGH = re.compile(r"\d(?:(?:\D{0,4}\d){4}|\d\d\W{1,3}[A-Z0-9-]{4})", re.A)


def digits_in(text: str) -> int:
    """How many digits a text has."""
    return sum(map(str.isdigit, text))


def only_digits(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdigit, text))


def plain(line: str) -> str:
    """A line with full-width digits and signs as plain ones; only pages in other scripts have any."""
    return line if line.isascii() else line.translate(_WIDE)


def has_enough(line: str) -> bool:
    """Whether a line may hold a number, or begin one that the next line ends."""
    return _ENOUGH.search(line) is not None or OPEN_END.search(line) is not None


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
    open_ = run.rfind("(")
    if open_ >= 0 and ")" not in run[open_:]:
        # "(0800/92 329" and "588-7661) (8": a bracket that is not closed belongs to something else.
        offset, run = (offset + 1, run[1:]) if open_ == 0 else (offset, run[:open_].rstrip(" .-–—/·•)"))
    digits = digits_in(run)
    if digits < 5 or DATE.match(run) or _HOURS.match(run) or _SHORT_HOURS.match(run) or _counts_up(run):
        return
    if _DATE_IN.search(run):
        # A date with a time or another date: only what stands beside it may be a number.
        at = 0
        for date in [*_DATE_IN.finditer(run), None]:
            part = run[at : date.start() if date else len(run)]
            if digits_in(part) >= 7:
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
    paired = _PAIR_LIST.match(run)
    if paired:
        base, others = paired.group("base"), list(_OTHER.finditer(run, paired.start("others")))
        if _possible(base, regions) and all(_ends_alike(base, other.group(), regions) for other in others):
            yield offset, offset + len(base), base
            for other in others:
                yield offset + other.start(), offset + other.end(), base[: -len(other.group())] + other.group()
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
                elif digits_in(part) > 15:
                    yield from pieces(part, offset + s, regions)
            return
    listing = [run] if digits <= 15 else _SLASH.split(run)
    if len(listing) > 1 and all(7 <= digits_in(written) <= 13 for written in listing):
        # Numbers that no plan of numbers knows, two or more of one shape.
        at = 0
        for written in listing:
            at = run.find(written, at)
            yield offset + at, offset + at + len(written), written
            at += len(written)
        return
    grouped = list(_grouped(run, regions))
    if grouped:
        for s, e in grouped:
            yield offset + s, offset + e, run[s:e]
    elif 6 <= digits <= 15:
        yield offset, offset + len(run), run


def _same_shape(before: str, text: str) -> bool:
    """Whether a number ends in digits and signs where another one has digits and signs."""
    return re.sub(r"\d", "0", before[-len(text) :]) == re.sub(r"\d", "0", text)


def _ends_alike(base: str, other: str, regions: Sequence[str]) -> bool:
    """Whether a shorter number repeats the end of another one in its shape, and is none alone."""
    return _same_shape(base, other) and len(base) > len(other) and (other[0] != "0" and not _possible(other, regions))


def without_accounts(line: str) -> str:
    """The line with bank accounts blotted out, as long as before.

    >>> without_accounts("IBAN NL91 ABNA 0417 1643 00, tel. 12")
    'IBAN ______________________, tel. 12'
    """
    return _IBAN.sub(lambda match: "_" * len(match.group()), line)


def _counts_up(run: str) -> bool:
    """Whether a run is a list of figures that follow each other: page numbers, weeks, sizes."""
    figures = [int(figure) for figure in re.findall(r"\d{1,4}", run)[:12]]
    return len(figures) >= 4 and all(b == a + 1 for a, b in pairwise(figures))


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
    digits = digits_in(text)
    if not 7 <= digits <= 16:
        return False
    if NANP.match(text):
        return True
    return any((found := read_number(clean(text, region), region)) and found[2] for region in tries(text, regions))


def is_international(text: str) -> bool:
    """Whether a number is written with its country's code: behind a plus, or behind two zeros that lead out."""
    return text.lstrip(" ([").startswith("+") or _ABROAD.match(text) is not None


def tries(text: str, regions: Sequence[str], count: int = 3) -> Sequence[str]:
    """The regions by whose rules a number is read: those that the page points at; the first will do with a plus."""
    return regions[:1] if is_international(text) else regions[:count]


def clean(text: str, region: str = "") -> str:
    """Undo what the number library would trip over: (0) after a country code, letters."""
    compact = _MX_TRUNK.sub("", text.strip()) if region == "MX" else text.strip()
    if is_international(compact):
        compact = re.sub(r"[(\[]\s?0\s?[)\]]", "", compact)
        compact = _ABROAD.sub("+", compact)
    return compact


def completed(before: str, text: str) -> str:
    """A number with the beginning of the one before it, when it repeats only that one's end: ``442 0061, 929 5452``."""
    if _DAY.match(text):
        return text
    local = 5 <= digits_in(text) <= 8 and text[0] not in "0(+"
    whole = local and len(before) > len(text) + 1 and _same_shape(before, text)
    return before[: -len(text)] + text if whole else text


def without_spelled_again(spans: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """Leave out digits in brackets that only spell out the letters before them: 800-ROPE-NOW (767-3669)."""
    kept: list[tuple[int, int, str, str]] = []
    for span in spans:
        digits = only_digits(span[3])
        if kept and span[0] - kept[-1][1] <= 3 and len(digits) <= 8:
            before = only_digits(kept[-1][3])
            if before.endswith(digits[-4:]) or (any(map(str.isalpha, kept[-1][2])) and len(digits) == 7):
                continue
        kept.append(span)
    return kept


def exactly_alone(line: str, start: int, end: int) -> bool:
    """Whether a line holds nothing but a number."""
    return not line[:start].strip() and not line[end:].strip(" .,;")
