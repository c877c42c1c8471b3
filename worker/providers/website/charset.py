"""Bytes to text: which encoding a page is in, declared rightly, wrongly or not at all.

Labels are mapped as browsers do (WHATWG Encoding Standard: iso-8859-1 means windows-1252, shift_jis means cp932).
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from itertools import islice

#: Labels that browsers read as a superset of what they name.
_SUPERSETS = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
    "x-euc-jp": "euc_jp",
    "unicode": "utf-16",
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEADER = re.compile(r"charset\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
#: Both for a document in small letters: without regard to case a search cannot leap from one "<meta" to the next.
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,4}=\s{0,4}[\"']?([a-z0-9_.:-]{2,40})")
_XML = re.compile(rb"^\s{0,20}<\?xml[^>]{0,100}encoding=[\"']([a-z0-9_.:-]{2,40})")
_LANG = re.compile(rb"<html[^>]{0,300}\slang=[\"']?([A-Za-z]{2})", re.I)
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
#: As many bytes before one that is not ASCII as ``_around_high`` goes back, and more behind it.
_AROUND_HIGH = re.compile(rb"[^<>]{0,40}[\x80-\xff][^<>]{0,80}")
_KANA = re.compile("[\u3041-\u30fe]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_COMMON_HAN = re.compile("[的公司是我们在有不和地了与為會電中国國]")

#: Single-byte code pages by the page's language, for pages that declare nothing.
_BY_LANGUAGE = {
    "pl": "cp1250", "cs": "cp1250", "sk": "cp1250", "hu": "cp1250", "sl": "cp1250", "hr": "cp1250", "ro": "cp1250",
    "ru": "cp1251", "uk": "cp1251", "bg": "cp1251", "sr": "cp1251", "be": "cp1251", "mk": "cp1251",
    "el": "cp1253", "tr": "cp1254", "he": "cp1255", "ar": "cp1256", "fa": "cp1256",
    "lt": "cp1257", "lv": "cp1257", "et": "cp1257", "th": "cp874", "vi": "cp1258",
    "ja": "cp932", "ko": "cp949", "zh": "gb18030",
}  # fmt: skip
_SAMPLE_BYTES = 8192


def decode(body: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """The text of a page and the codec that was used.

    Order: byte order mark, valid UTF-8 (text in another encoding practically never is), HTTP header, meta element,
    then statistics. Never raises; what cannot be decoded becomes U+FFFD.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body.decode(codec, "replace"), codec
    if b"\x00" in body[:200] and body[:200].count(b"\x00") > 40:
        codec = "utf-16-le" if body[1:2] == b"\x00" else "utf-16-be"
        return body.decode(codec, "replace"), codec
    if b"\x1b" in body and (b"\x1b$" in body[:50_000] or _declared(body, headers) == "iso2022_jp"):
        return body.decode("iso2022_jp", "replace"), "iso2022_jp"
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    declared = _declared(body, headers)
    # A meta element that can be read byte by byte proves that the page is not in UTF-16.
    if declared is not None and not declared.startswith("utf-16"):
        text = body.decode(declared, "replace")
        if text.count("\ufffd") * 100 <= len(body) - len(body.translate(None, bytes(range(128, 256)))):
            return text, declared
    codec = _guess(body)
    return body.decode(codec, "replace"), codec


def _declared(body: bytes, headers: Mapping[str, str]) -> str | None:
    found = _HEADER.search(headers.get("content-type", "") or headers.get("Content-Type", ""))
    labels = [found.group(1)] if found else []
    head = body[:8192].lower()
    for pattern in (_META, _XML):
        match = pattern.search(head)
        if match:
            labels.append(match.group(1).decode("ascii"))
    for label in labels:
        codec = _codec(label)
        if codec:
            return codec
    return None


def _codec(label: str) -> str | None:
    name = label.strip().lower()
    if name in _SUPERSETS:
        return _SUPERSETS[name]
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _guess(body: bytes) -> str:
    """The likeliest codec of bytes that are not UTF-8 and declare nothing usable."""
    first = _NOT_ASCII.search(body)
    at = max(0, first.start() - 200) if first else 0
    high = b" ".join(islice(_around_high(body[at : at + 60_000]), 200))[:_SAMPLE_BYTES]
    language = _LANG.search(body[:4096])
    hint = language.group(1).decode().lower() if language else ""
    share = len(_NOT_ASCII.findall(high)) / max(1, len(high))
    if share > 0.25 or hint in {"ja", "ko", "zh"}:
        multi = _multibyte(high)
        if multi:
            return multi
    if hint in _BY_LANGUAGE:
        return _BY_LANGUAGE[hint]
    if share < 0.15:
        # Single accented letters among ASCII ones: western Europe unless the language says otherwise.
        return "utf-8" if _mostly_utf8(body) else "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(high, threshold=0.4).best()
    return _codec(best.encoding) or "cp1252" if best else "cp1252"


def _around_high(body: bytes) -> Iterator[bytes]:
    """Bytes that are not ASCII with the text around them, between tags."""
    at = 0
    while high := _NOT_ASCII.search(body, at):
        here = high.start()
        # A search from the start would try every place on the way.
        begin = max(at, here - 40, body.rfind(b"<", at, here) + 1, body.rfind(b">", at, here) + 1)
        around = _AROUND_HIGH.match(body, begin)
        assert around is not None  # noqa: S101 - there is such a byte within reach
        yield around.group()
        at = around.end()


def _mostly_utf8(body: bytes) -> bool:
    """Whether broken places are rare among valid multi-byte sequences."""
    text = body[:200_000].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 5 < _beyond_ascii(text) - broken


def _beyond_ascii(text: str) -> int:
    """How many characters are not ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _multibyte(sample: bytes) -> str | None:
    """cp932, euc_jp, cp949, gb18030 or big5 by what the decoded text looks like."""
    best, best_score = None, 0.15
    for codec in ("cp932", "euc_jp", "cp949", "gb18030", "big5hkscs"):
        text = sample.decode(codec, "replace")
        wide = _beyond_ascii(text) or 1
        broken = text.count("\ufffd")
        kana, half, hangul = len(_KANA.findall(text)), len(_HALF_KANA.findall(text)), len(_HANGUL.findall(text))
        if codec in {"cp932", "euc_jp"} and kana >= 0.2 * wide and broken + half <= 0.02 * wide:
            # Japanese without a doubt: other encodings of the region hardly ever give kana.
            return codec
        han = len(_COMMON_HAN.findall(text))
        score = (kana + hangul + 2 * han - half - 3 * broken) / wide
        if codec == "gb18030" and hangul:
            score = -1.0
        if score > best_score:
            best, best_score = codec, score
    return best
