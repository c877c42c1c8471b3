"""Normalisers for counts, years, size bands and money."""

import math
import re
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.fields.field import Context, InvalidValue
from worker.domain.fields.text import squeeze

#: The bands in which company sizes are usually told and compared: (lowest, highest).
BANDS: Final = (
    (1, 10), (11, 50), (51, 200), (201, 500), (501, 1000), (1001, 5000), (5001, 10_000), (10_001, None),
)  # fmt: skip
MOST_PEOPLE: Final = 5_000_000

_NUMBER: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d{1,2}))?"
    r"\s?((?:bn|mn|tsd|mio|mrd|[kmb])(?![a-z]))?",
    re.IGNORECASE,
)
_SCALE: Final = {"": 1, "k": 1_000, "tsd": 1_000, "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000}
_BILLIONS: Final = {"b": 1_000_000_000, "bn": 1_000_000_000, "mrd": 1_000_000_000}


def numbers_in(line: str) -> list[int]:
    """Every number in a text, thousands separators and scales (k, m, bn) understood, rounded to whole ones.

    >>> numbers_in("1,001-5,000 employees"), numbers_in("$1.5M")
    ([1001, 5000], [1500000])
    """
    found = []
    for match in _NUMBER.finditer(line[:200]):
        whole = re.sub(r"\D", "", match[1])
        scale = (match[3] or "").casefold()
        value = float(f"{whole}.{match[2] or 0}") * (_SCALE.get(scale) or _BILLIONS.get(scale, 1))
        found.append(round(value))
    return found


def _whole(raw: Any, what: str) -> int:
    if isinstance(raw, float) and not math.isfinite(raw):
        raise InvalidValue(f"{raw} is no {what}")
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return round(raw)
    found = numbers_in(squeeze(raw))
    if len(found) != 1:
        raise InvalidValue(f"expected one number as {what}, found {len(found)}")
    return found[0]


def people(raw: Any, _: Context) -> Value:
    """A head count, 1 to 5,000,000."""
    count = _whole(raw, "head count")
    if not 1 <= count <= MOST_PEOPLE:
        raise InvalidValue(f"{count} people cannot be right")
    return count


def year(raw: Any, context: Context) -> Value:
    """A year between 1000 and the current one, also inside a date (``2012-05-01``)."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        found = [_whole(raw, "year")]
    else:
        found = [int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", squeeze(raw)[:200])]
    found = [number for number in found if 1000 <= number <= context.year]
    if len(set(found)) != 1:
        raise InvalidValue("expected one year in the past")
    return found[0]


def money(raw: Any, _: Context) -> Value:
    """An amount in whole US dollars."""
    amount = _whole(raw, "amount")
    if not 0 <= amount <= 10**14:
        raise InvalidValue(f"{amount} is no amount of money")
    return amount


def band_of(count: int) -> str:
    """The size band a head count falls into.

    >>> band_of(42), band_of(20_000)
    ('11-50', '10001+')
    """
    for lowest, highest in BANDS:
        if highest is None or count <= highest:
            return f"{lowest}-{highest}" if highest else f"{lowest}+"
    raise AssertionError("the last band has no end")


def size(raw: Any, _: Context) -> Value:
    """A company size: a range (``11-50``), an open one (``10001+``) or a head count, which becomes its band."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        found, line = [_whole(raw, "size")], ""
    else:
        line = squeeze(raw).casefold()
        found = numbers_in(line)
    if not found or len(found) > 2 or not all(1 <= number <= MOST_PEOPLE for number in found):
        raise InvalidValue("expected a range of head counts such as 11-50")
    if len(found) == 2:
        lowest, highest = found
        if lowest == highest:
            return band_of(lowest)
        if lowest > highest:
            raise InvalidValue(f"{lowest} is more than {highest}")
        return f"{lowest}-{highest}"
    if re.search(r"\d\s?[km]?\s?\+|more than|over |mehr als|plus de|[>≥]", line):
        return f"{found[0]}+"
    return band_of(found[0])


def size_key(value: Value) -> str:
    """The usual band in which the middle of a size lies, so that ``100-500`` and ``201-500`` compare."""
    ends = numbers_in(str(value))
    if not ends:
        return str(value)
    if len(ends) == 1:
        return band_of(ends[0])
    return band_of(round(math.sqrt(ends[0] * ends[1])))
