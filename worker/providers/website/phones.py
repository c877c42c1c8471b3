"""Phone and fax numbers in lines of text: found by shape, judged by label, region and place on the line."""
# ruff: noqa: E501 - patterns are easier to read unbroken

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import unquote

import msgspec

from worker.providers.website.labels import label_after, label_alone, label_before
from worker.providers.website.phone_parts import (
    DASH,
    DATE,
    NANP,
    OPEN_END,
    clean,
    completed,
    digits_in,
    exactly_alone,
    has_enough,
    is_international,
    only_digits,
    pieces,
    plain,
    read_number,
    tries,
    without_accounts,
    without_spelled_again,
)
from worker.providers.website.rendering import HEADING, Rendering
from worker.providers.website.structured import Structured

#: A run of digits with what people write between them; cut up and judged afterwards.
_RUN = re.compile(
    rf"(?<![\w@/.,:=#$€£%&?])(?:\+|\(\+|\(|\[)?\s?\d[\d\s()\[\]./+{DASH}·•]{{3,58}}\d(?!\d|[%°@_]|[A-Za-z](?![A-Za-z]{{2}}))",
    re.A,
)
_EXTENSION = re.compile(
    r"^[\s,;(]{0,3}(?:ext(?:ension|n|\.)?|x|poste|ramal|dw|durchwahl|kl|int(?:erno|\.)?|anexo|wew|w\.|доб\.?|内線|分机|toestel)"
    r"[\s.:#]{0,3}\d{1,6}\b",
    re.I,
)
_VANITY = re.compile(
    r"(?<![\w.-])(?<!\d\s)(?:\+?(?P<cc>1)[\s.-]?)?\(?(?P<area>8(?:00|88|77|66|55|44|33)|[2-9]\d\d|1[38]00)\)?[\s.-]{1,2}"
    r"(?P<word>(?<=[8][0-8][0-8]\W)(?=[A-Z0-9-]{0,12}[A-Z]{3})[A-Z0-9]{1,8}(?:-[A-Z0-9]{2,8}){0,2}|(?<=[8][0-8][0-8]\W\W)(?=[A-Z0-9-]{0,12}[A-Z]{3})[A-Z0-9]{1,8}(?:-[A-Z0-9]{2,8}){0,2}|[2-9]\d\d[\s.-]?[A-Z]{4}|[A-Z]{7}|[A-Z]{3}-[A-Z]{4}|[A-Z]{4}-[A-Z]{3})(?![\w-])"
)
#: What stands in every number that ``_VANITY`` finds.
_THREE_CAPITALS = re.compile("[A-Z][A-Z][A-Z]")
#: A number in the shape of one with an area code, wherever it may be.
_AREA = re.compile(rf"^\(0\d{{1,4}}\)\s?\d{{2,4}}[\s{DASH}]?\d{{3,4}}$")
_POSTAL = re.compile(r"^(?:\d{5}-\d{3,4}|\d{3}-\d{4}|\d{4}-\d{3}|\d{2}-\d{3})$")
_CITY_NEXT = re.compile(r"\s[A-ZÀ-Þ][a-zà-ÿ]")
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_UNIT = re.compile(
    r"^\s?(?:руб|₽|€|\$|£|Kč|zł|kr\b|eur\b|usd\b|lei\b|грн|тг|円|원|元|km\b|k?g\b|grams?\b|gramm\b|grammi\b|gr\b|[cm]l\b|m²|mm\b|cm\b|[mg]b\b|stk\b|pcs\b|euros?\b|dollars\b)",
    re.I,
)
_DECIMAL = re.compile(
    r"^\d{1,3}\.\d{4,}|^\d{4,6}[.,]\d\d$|^\d{1,3}(?:[.,]\d{3}){1,3}(?:[.,]\d\d)?$|^(?:\d{1,3}\.){3}\d{1,3}$"
)
#: Eight digits in pairs, as Danes, Norwegians and Luxembourgers write them.
_PAIRS = re.compile(r"^[2-9]\d(?:\.\d\d){3}$")
#: Sizes and page numbers: "36 / 37 / 38", "40 1/2 / 43".
_NUMBER_LIST = re.compile(r"^[1-9]\d?(?:\s1/\d)?(?:\s?/\s?[1-9]\d?(?:\s1/\d)?){2,9}(?:\s\d{1,2})?$")
_CONTACT = re.compile(r"^\W{0,3}(?:t[eé]l|phone|fax|e-?mail|mobil|whats\s?app|telefo|tlf|gsm)", re.I)
#: What may follow on the next line.
_OPEN_START = re.compile(r"^\d{2,8}(?:[\s.\-]\d{2,5}){0,3}(?=$|[\s,;|(])")
_JOINED = re.compile(r"^\s?(?:[,/&;]|\b(?:and|or|und|oder|et|ou|y|o|e)\b)\s?$")
_WORD_BETWEEN = re.compile(r"[^\W\d_]{3}|[\u3041-\u9fff]{2}")
_AREA_FIRST = re.compile(r"^\(\d{1,4}\)")
_YEAR_FIRST = re.compile(r"^(?:19|20)\d\d\s\d{4}$")
#: Italians begin with a zero, or with three digits of a mobile network.
_SHORT_FIRST = re.compile(r"^[1-9]\d?\D")
MAX_NUMBERS = 300
#: More runs of digits than this in a line or a page are tables of figures; looking at each would take seconds.
MAX_RUNS_IN_LINE, MAX_LINES = 40, 1200
_DIGIT = re.compile(r"\d")
_ALONE = re.compile(r"^[\W_]{0,12}$")


class Number(msgspec.Struct, frozen=True, gc=False):
    """A phone number on a page.

    ``text`` is what is written (a completed form for slash lists and letters), ``e164`` its international form or
    empty for local numbers, ``line``, ``column`` and ``length`` the place of the written form.
    """

    text: str
    e164: str
    region: str
    fax: bool
    phone: bool
    line: int
    column: int
    length: int
    labelled: bool = False
    path: str = ""

    @property
    def digits(self) -> str:
        """Digits only, as written."""
        return only_digits(self.text)


def find_numbers(rendering: Rendering, regions: Sequence[str]) -> list[Number]:
    """Every phone and fax number in the text. ``regions`` are ISO 3166 codes, likeliest first."""
    found: list[Number] = []
    lines, columns, foreign = rendering.lines, rendering.columns, rendering.foreign
    group = ""  # what a label on a line of its own says of the lines below it
    headers: dict[int, list[str]] = {}
    header_line = -1
    numbered = set(rendering.numbered)
    # Labels are read for the lines with enough digits below them.
    promising = {index for index in rendering.numbered if has_enough(plain(lines[index]) if foreign else lines[index])}
    if not promising:
        return found
    looked_at = 0
    broken = -1, 0  # a line whose beginning belongs to a number on the line above, and how much of it
    for index in range(max(0, rendering.numbered[0] - 4), max(promising) + 1):
        line = lines[index]
        alone = label_alone(line) if len(line) <= 40 and index not in numbered else ""
        column = columns[index]
        if alone:
            if column >= 0:
                if header_line != index - 1 or columns[index - 1] != column:
                    headers[column] = []
                headers.setdefault(column, []).append(alone)
                header_line = index
            group = alone
            continue
        if len(line) < 5 or index not in numbered:
            if (
                line.rstrip().endswith(":")
                or rendering.bits[index] & HEADING
                or (group == "fax" and index - 1 in numbered and len(line) <= 40)
                or (group and index and index - 1 not in numbered and not label_alone(lines[index - 1]))
            ):
                group = ""
            continue
        above = group
        if column >= 0 and column in headers and not group:
            position = 0
            while (
                position < index
                and columns[index - 1 - position] == column
                and _DIGIT.search(lines[index - 1 - position])
            ):
                position += 1
            labels = headers[column]
            above = labels[min(position, len(labels) - 1)]
        if index not in promising:
            continue
        if foreign:
            line = plain(line)
        if broken[0] == index:
            line = " " * broken[1] + line[broken[1] :]
            if not has_enough(line):
                continue
        looked_at += 1 + len(line) // 200
        line = without_accounts(line)
        numbers = list(_in_line(line, index, lines, regions, above))
        if index + 1 in numbered:
            whole = _over_the_break(line, lines[index + 1], index, regions, above)
            if whole is not None:
                numbers = [number for number in numbers if number.column + number.length <= whole.column]
                numbers.append(whole)
                broken = index + 1, whole.column + whole.length - len(line) - 1
        if not numbers:
            group = ""
        found.extend(numbers)
        if len(found) >= MAX_NUMBERS or looked_at > MAX_LINES:
            break
    return _consistent(found)


def _over_the_break(line: str, below: str, index: int, regions: Sequence[str], group: str) -> Number | None:
    """A number that a narrow column broke: ``+49 30`` at the end of a line, ``901820`` at the start of the next."""
    start = OPEN_END.search(line[-60:])
    rest = _OPEN_START.match(below)
    if not start or not rest:
        return None
    column = max(0, len(line) - 60) + start.start("begin")
    written = f"{line[column:]} {rest.group()}"
    if DATE.match(line[column:]) or not 8 <= digits_in(written) <= 14:
        return None
    kind = label_before(line[:column]) or group
    if kind not in {"phone", "fax", "both"} and not is_international(written):
        return None
    for region in tries(written, regions, 2):
        alone, whole = (read_number(clean(part, region), region) for part in (line[column:], written))
        if whole and whole[2] and not (alone and alone[2]):
            return Number(
                written, whole[0], whole[1], kind in {"fax", "both"}, kind != "fax", index, column, len(written), True
            )
    return None


def _consistent(found: list[Number]) -> list[Number]:
    """A number that is called a fax in one place is no phone where nothing is said of it."""
    faxes = {number.digits[-9:] for number in found if number.fax and number.labelled}
    phones = {number.digits[-9:] for number in found if number.phone and number.labelled}
    return [
        msgspec.structs.replace(number, fax=True, phone=False)
        if not number.labelled and number.digits[-9:] in faxes and number.digits[-9:] not in phones
        else number
        for number in found
    ]


def link_numbers(rendering: Rendering, structured: Structured, regions: Sequence[str]) -> list[Number]:
    """Numbers that ``tel:`` links and structured data hold, whether or not the text shows them too."""
    found: list[Number] = []
    for link in rendering.schemed:
        scheme, _, target = link.href[:80].partition(":")
        if scheme.lower() in {"tel", "callto", "fax"} and target:
            text = link.text if digits_in(link.text) >= 7 and len(link.text) < 30 else _untel(target)
            number = _declared(text, scheme.lower() == "fax", f"a[href^={scheme.lower()}]", regions)
            if number:
                found.append(number)
    for organisation in structured.organisations[:60]:
        for values, fax in ((organisation.phones, False), (organisation.faxes, True)):
            for text, path in values[:20]:
                number = _declared(text, fax, path, regions)
                if number:
                    found.append(number)
    return found


def _untel(target: str) -> str:
    return unquote(target).partition(";")[0].strip("/ ")


def _declared(text: str, fax: bool, path: str, regions: Sequence[str]) -> Number | None:
    """A number from a place that says it is one."""
    text = plain(text.strip()[:40])
    digits = only_digits(text)
    if not 6 <= len(digits) <= 16:
        return None
    for region in tries(text, regions):
        read = read_number(clean(text, region), region)
        if read and read[2]:
            return Number(text, read[0], read[1], fax, not fax, -1, 0, 0, True, path)
    return Number(text, "", "", fax, not fax, -1, 0, 0, True, path) if 7 <= len(digits) <= 13 else None


def _in_line(line: str, index: int, lines: Sequence[str], regions: Sequence[str], group: str) -> Iterator[Number]:
    spans: list[tuple[int, int, str, str]] = []  # start, end, written, completed
    if _THREE_CAPITALS.search(line):
        for match in islice(_VANITY.finditer(line), MAX_RUNS_IN_LINE):
            word = match.group("word").replace("-", "").translate(_KEYS)
            word = re.sub(r"[\s.]", "", word)[:7]
            if len(word) == 7:
                spans.append(
                    (match.start(), match.end(), match.group(), f"{match.group('area')}-{word[:3]}-{word[3:]}")
                )
    for match in islice(_RUN.finditer(line), MAX_RUNS_IN_LINE):
        if label_before(line[max(0, match.start() - 48) : match.start()]) == "veto":
            continue
        for start, end, text in pieces(match.group(), match.start(), regions):
            if not any(s < end and start < e for s, e, _, _ in spans):
                spans.append((start, end, line[start:end], text))
    if not spans:
        return
    spans.sort()
    spans = without_spelled_again(spans)
    previous_end, last_kind = 0, ""
    trailing = _trailing_mode(line, spans)
    for position, (start, end, written, text) in enumerate(spans):
        prefix = line[previous_end:start]
        next_start = spans[position + 1][0] if position + 1 < len(spans) else len(line)
        suffix = line[end:next_start]
        extension = _EXTENSION.search(line[end : end + 24])
        after = label_after(suffix)
        kind = label_before(prefix)
        if after == "phone" and group == "fax" and "oll" in suffix[:12]:
            kind = group
        elif after and (trailing or (position + 1 == len(spans) and not kind)):
            kind = after
        elif not kind and position and last_kind and len(prefix) < 12:
            # "Fax 1 - Portable 2": other words between two numbers say that the second is something else.
            kind = "weak" if last_kind in {"fax", "both"} and _WORD_BETWEEN.search(prefix) else last_kind
        elif kind in {"", "weak"} and group:
            kind = group
        elif not kind and _ALONE.match(prefix) and index:
            above = lines[index - 1]
            if len(above) <= 40 and not _DIGIT.search(above):
                kind = label_before(above)
                if kind == "veto" and not above.rstrip().endswith((":", "：", ".", "#")):
                    kind = ""
        previous_end = end + (extension.end() if extension else 0)
        last_kind = kind
        joined = position > 0 and _JOINED.match(line[spans[position - 1][1] : start])
        whole = completed(spans[position - 1][3], text) if joined else text
        number = _judge(written, whole, kind, line, start, end, regions, index, len(spans), lines)
        if number:
            yield number


def _trailing_mode(line: str, spans: list[tuple[int, int, str, str]]) -> bool:
    """Whether labels stand behind their numbers on this line."""
    first, last = spans[0], spans[-1]
    return not label_before(line[: first[0]]) and bool(label_after(line[last[1] :]))


def _judge(
    written: str,
    text: str,
    kind: str,
    line: str,
    start: int,
    end: int,
    regions: Sequence[str],
    index: int,
    count: int,
    lines: Sequence[str],
) -> Number | None:
    if kind == "veto":
        return None
    digits = only_digits(text)
    if (
        not 5 <= len(digits) <= 16
        or DATE.match(written)
        or len(set(digits)) == 1
        or "1234567890" in digits
        or "0123456789" in digits
    ):
        return None
    if _UNIT.match(line[end : end + 9]):
        return None
    labelled = kind in {"phone", "fax", "both", "weak"}
    international = is_international(text)
    e164, region, valid = "", "", False
    for candidate in tries(text, regions, 3 if labelled else 2 if text[0] in "(0" else 1):
        read = read_number(clean(text, candidate), candidate)
        if read and (read[2] or not e164):
            e164, region, valid = read
            if valid:
                break
    if not valid and NANP.match(text):
        read = read_number(text, "US")
        if read:
            e164, region, valid = read[0], read[1], True
    if _DECIMAL.match(written) and not (digits[0] == "0" and len(digits) >= 9):
        # Dots part groups of digits in figures and addresses of machines, too: only a clear label tells.
        pairs = _PAIRS.match(written) and valid and region == regions[0] and exactly_alone(line, start, end)
        if not pairs and not (valid and kind in {"phone", "fax", "both"}):
            return None
    if kind in {"", "weak"} and (_POSTAL.match(text) or _NUMBER_LIST.match(text) or line[start - 1 : start] == "-"):
        return None
    if (
        kind in {"", "weak"}
        and not international
        and not NANP.match(text)
        and _CITY_NEXT.match(line[end : end + 4])
        and len(text.rsplit(maxsplit=1)[-1]) <= 5
    ):
        # A postal code with a number before it and a city behind.
        return None
    if not labelled:
        if not valid and not (_AREA.match(text) and _mostly_alone(line, start, end, count)):
            return None
        shaped = bool(NANP.match(text)) or international or written != digits
        alone = _mostly_alone(line, start, end, count)
        if not shaped and not (alone and len(digits) >= 9 and digits[0] == "0"):
            likely = 8 <= len(digits) <= 11 and region == regions[0] and valid and exactly_alone(line, start, end)
            if not (likely and among_contacts(lines, index)):
                return None
        if _YEAR_FIRST.match(text) or (region == "IT" and _SHORT_FIRST.match(text)):
            return None
        home = region == regions[0] and written != digits
        trunk = written != digits and (
            (digits[0] == "0" and len(digits) >= (9 if home else 10))
            or (_AREA_FIRST.match(text) and len(digits) >= 10)
            or (region in {"RU", "KZ"} and digits[0] == "8" and len(digits) == 11)
        )
        if not (NANP.match(text) or international or trunk or text != written) and not alone:
            return None
    elif (
        (not valid and (len(digits) < 6 or (len(digits) > 13 and not international)))
        or (not valid and kind == "weak" and (not e164 or len(digits) < 7))
        or (not valid and not e164 and len(digits) > 13)
    ):
        return None
    return Number(
        text=text, e164=e164 if valid or kind in {"phone", "fax", "both"} else "", region=region, fax=kind in {"fax", "both"}, phone=kind != "fax",
        line=index, column=start, length=end - start, labelled=labelled,
    )  # fmt: skip


def among_contacts(lines: Sequence[str], index: int) -> bool:
    """Whether a mail address or a labelled number stands within two lines of a line."""
    for near in (index - 1, index + 1, index - 2, index + 2):
        if 0 <= near < len(lines) and len(lines[near]) <= 80:
            text = lines[near]
            if "@" in text or (_DIGIT.search(text) and _CONTACT.match(text)):
                return True
    return False


def _mostly_alone(line: str, start: int, end: int, count: int) -> bool:
    """Whether a line holds little else than its numbers."""
    rest = len(line) - (end - start) * count
    return rest <= 28 or (start <= 20 and end >= len(line) - 20)
