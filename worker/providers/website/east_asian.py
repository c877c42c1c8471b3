"""Chinese, Japanese and Korean addresses: from the large to the small, without commas."""

import re

from worker.providers.website.address import BREAK, EAST_ASIAN, LEAD, SEPARATOR, Address, text_of
from worker.providers.website.rendering import Rendering

_TAIL_LABEL = re.compile(r"\s{0,3}(?:電話|电话|전화|TEL|FAX|Tel)\s?[:：]?\s{0,2}$", re.I)
_HEAD_LABEL = re.compile(r"^(?:住所|所在地|本社|地址|주소)[\s:：]{1,4}")
_HOUSE = re.compile(r"\d")
_PLACE_WORD = re.compile(
    "[都道府県市区區縣县郡町村路街道號号巷弄省州鎮镇樓楼]|[가-힣](?:시|도|군|구|동|로|길|읍|면)(?:\\s|\\d|$)"
)
_BIG_PLACE = re.compile(
    "^(?P<region>東京都|北海道|(?:京都|大阪)府|[\u4e00-\u9fff]{2,3}[県省縣]|[가-힣]{2,6}(?:특별시|광역시|도|특별자치시|특별자치도))?\\s?(?P<city>[\u4e00-\u9fff\u3041-\u30fe]{1,6}?[市区區郡]|[가-힣]{1,5}(?:시|군|구))?"
)
_AFTER_LABEL = re.compile("^[^:：]{0,12}[:：]\\s{0,3}")
_CODE_LABEL = re.compile("\\s{0,3}(?:邮编|邮政编码|郵遞區號|郵便番号|우편번호)\\s{0,3}[:：]?\\s{0,3}$")


def east_asian(
    rendering: Rendering,
    index: int,
    match: re.Match[str],
    head: str,
    head_at: int,
    tail: str,
    address: Address,
    taken: int,
) -> Address | None:
    """Chinese, Japanese and Korean addresses run from the large to the small without commas."""
    lines = rendering.lines
    text = SEPARATOR.split(LEAD.sub("", tail))[0].strip(" )）")
    address.line, address.column = index, match.start()
    address.end_line = index
    if EAST_ASIAN.search(text):
        at = lines[index].find(text, match.end())
        address.end_column = at + len(text)
        below = lines[index + 1] if index + 1 < len(lines) else ""
        if (
            not _HOUSE.search(text)
            and _HOUSE.search(below)
            and len(below) <= 50
            and EAST_ASIAN.search(below)
            and not BREAK.search(below)
        ):
            text = f"{text} {below}"
            address.end_line, address.end_column = index + 1, len(below)
    elif EAST_ASIAN.search(head) and _PLACE_WORD.search(_CODE_LABEL.sub("", head)):
        text = _AFTER_LABEL.sub("", head.strip(" (（:：,，"))
        text = _CODE_LABEL.sub("", text)
        text = next((part for part in reversed(SEPARATOR.split(text)) if _PLACE_WORD.search(part)), text).strip()
        address.column = head_at + max(0, head.find(text))
        address.end_column = match.end()
    elif (
        index
        and index - 1 > taken
        and _PLACE_WORD.search(lines[index - 1])
        and _HOUSE.search(lines[index - 1])
        and len(lines[index - 1]) <= 80
    ):
        text = _AFTER_LABEL.sub("", lines[index - 1])
        address.line, address.column, address.end_column = index - 1, lines[index - 1].find(text), match.end()
    elif index + 1 < len(lines) and EAST_ASIAN.search(lines[index + 1]) and len(lines[index + 1]) <= 80:
        text = lines[index + 1]
        address.end_line, address.end_column = index + 1, len(text)
    elif index and index - 1 > taken and _PLACE_WORD.search(lines[index - 1]) and len(lines[index - 1]) <= 80:
        text = _AFTER_LABEL.sub("", lines[index - 1])
        address.line, address.column, address.end_column = index - 1, lines[index - 1].find(text), match.end()
    else:
        return None
    if not _PLACE_WORD.search(text):
        return None
    text = _HEAD_LABEL.sub("", _TAIL_LABEL.sub("", text))
    address.street = text
    city = _BIG_PLACE.match(text)
    if city:
        address.region, address.city = (
            city.group("region") or "",
            (city.group("city") or city.group("region") or "").strip(),
        )
    address.text = text_of(rendering, address)
    return address
