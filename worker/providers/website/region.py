"""The countries a page is about, by vote: no single sign decides."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

from worker.providers.website.countries import (
    BY_CALLING_CODE,
    BY_CURRENCY,
    BY_DOMAIN,
    BY_LANGUAGE,
    BY_NAME,
    GENERIC_CC,
    NAMES,
)
from worker.providers.website.postal import PREFIX_COUNTRY
from worker.providers.website.rendering import Rendering
from worker.providers.website.tongues import tongue_votes

_WORD = re.compile(r"[^\W\d_]{2,30}")
_CALLING = re.compile(r"(?<![\w+])(?:\+|\(\+|00)\s?(\d{1,3})[\s().\-–/]{0,3}\d")
# What stands before a match is looked at behind its first character: that way a search leaps to where one can begin.
_US_ZIP = re.compile(r"[A-Z](?<!\w.)[A-Z]\.?,?\s{1,3}\d{5}(?:-\d{4})?\b")
_NANP = re.compile(
    r"[1(2-9](?<![\d+].)(?:(?<=1)[-. ](?:\([2-9]\d\d\)\s?|[2-9]\d\d[-.])|(?<=\()[2-9]\d\d\)\s?|(?<=[2-9])\d\d[-.])"
    r"\d{3}[-. ]\d{4}\b"
)
_GB_POSTAL = re.compile(r"[A-Z](?<!\w.)[A-Z]?\d[A-Z\d]?\s\d[A-BD-HJLNP-UW-Z]{2}\b")
_CA_POSTAL = re.compile(r"[ABCEGHJ-NPRSTVXY](?<!\w.)\d[A-Z]\s?\d[A-Z]\d\b")
_NL_POSTAL = re.compile(
    r"[1-9](?<!\w.)(?!(?<=1)9|(?<=2)0)\d{3}\s{0,2}(?![KMGT]B|HP|PS|KW|KG|AD|BC|[AP]M|[SD]A|VA)[A-Z]{2}\s{1,2}[A-Z][A-Za-z']{2}"
)
_PL_POSTAL = re.compile(r"\d(?<![\d-].)\d-\d{3}\s[A-ZŁŚŻ][a-zA-Zà-ž]{2}")
_BR_POSTAL = re.compile(r"\d(?<![\d-].)\d{4}-\d{3}(?![\d-])")
_PT_POSTAL = re.compile(r"\d(?<![\d-].)\d{3}-\d{3}\s{1,2}[A-ZÀ-Þ]")
#: "CH-2400 Le Locle": the country stands before the code.
_PREFIXED = re.compile(r"\b(DE?|AT?|CH|FR?|B|L|IT?|E|DK|SE?|N|FIN?)-\d{4,5}\s[A-ZÀ-Þ][A-Za-zà-ÿ]")
_GB_PHONE = re.compile(r"(?:\((?<![\d+].)0|0(?<![\d+].))(?:1\d{3}|20|8\d\d|3\d\d|7\d{3})\)?\s\d{3,4}\s?\d{3,4}\b")
#: Pattern, shapes of which one is in every match (``Rendering.may_show``), country, weight.
_SHAPES = (
    (_US_ZIP, (b" 00000", b"\n00000"), "US", 3.0),
    (_NANP, (b"000-0000", b"000.0000", b"000 0000"), "US", 1.5),
    (_GB_POSTAL, (b" 0AA", b"\n0AA"), "GB", 3.0),
    (_CA_POSTAL, (b"0A0A0", b"0A 0A0", b"0A\n0A0"), "CA", 3.0),
    (_GB_PHONE, (b"00 000", b"00) 000"), "GB", 1.5),
    (_NL_POSTAL, (b"0000AA", b"0000 AA", b"0000\nAA"), "NL", 1.5),
    (_PL_POSTAL, (b"00-000 ", b"00-000\n"), "PL", 1.5),
    (_BR_POSTAL, (b"00000-000",), "BR", 1.5),
    (_PT_POSTAL, (b"0000-000",), "PT", 1.5),
)
_AU_STATES = frozenset({"NSW", "VIC", "QLD", "ACT", "TAS", "SA", "WA", "NT"})
_AU_POSTAL = re.compile(r"\b(?:NSW|VIC|QLD|ACT|TAS)\b,?\s{1,3}\d{4}\b|\b(?:SA|WA|NT)\s\d{4}\b")

#: First words of country names, to look for names only where one can begin.
_FIRST: dict[str, list[str]] = {}
for _name in BY_NAME:
    _match = _WORD.search(_name)
    if _match:
        _FIRST.setdefault(_match.group().lower(), []).append(_name)
_FIRST_WORDS = frozenset(_FIRST)
#: One of these is a word of every text that ``_DOTTED`` finds something in.
_DOTTED_LETTERS = frozenset("UPR")
_DOTTED = re.compile(r"\b(?:U\.S\.A\.?|U\.K\.|U\.A\.E\.|P\.R\.\s?China|R\.O\.C\.)")
_SCRIPTS = (
    (re.compile("[\u3041-\u30fe]{2}"), "JP", 2.5),
    (re.compile("[\uac00-\ud7a3]{2}"), "KR", 2.5),
    (re.compile("[а-я]{4}"), "RU", 1.0),
    (re.compile("[іїєґ]"), "UA", 1.0),
    (re.compile("[\u0e01-\u0e5b]{3}"), "TH", 2.0),
    (re.compile("[α-ω]{4}"), "GR", 2.0),
    (re.compile("[\u05d0-\u05ea]{3}"), "IL", 2.0),
    (re.compile("[\u4e00-\u9fff]{4}"), "CN", 0.8),
)
_ANY_SCRIPT = re.compile("[α-ωа-яіїєґ\u05d0-\u05ea\u0e01-\u0e5b\u3041-\u30fe\u4e00-\u9fff\uac00-\ud7a3]")
#: "com.co", "gov.co": only people of the country register there, whatever its code is sold as.
_UNDER_CC = re.compile(r"\.(?:com|co|org|net|gov|gob|edu|ac)\.[a-z]{2}$", re.I)
_FALLBACK = ("US", "GB", "CA")
_WITHOUT_DOLLAR = tuple(item for item in BY_CURRENCY if "$" not in item[0])


def vote(
    rendering: Rendering,
    language: str,
    own_host: str,
    other_hosts: Iterable[str],
    mail_domains: Iterable[str],
    named: Mapping[str, int],
) -> list[str]:
    """Regions by falling weight, at least three. ``named`` counts the countries that the text names.

    ``language`` is a BCP 47 tag or empty; ``own_host`` the site's; ``other_hosts`` those it links to.
    """
    votes: defaultdict[str, float] = defaultdict(float)
    votes["US"] += 0.3
    _add_domain(votes, own_host, 4.0)
    for domain in dict.fromkeys(mail_domains):
        _add_domain(votes, domain, 2.0)
    linked = Counter(_country_of_domain(host) for host in other_hosts)
    for code, count in linked.items():
        if code:
            votes[code] += min(1.0, 0.2 * count)
    base, _, variant = language.replace("_", "-").partition("-")
    for code, weight in tongue_votes(rendering.vocabulary, base.lower()):
        votes[code] += weight
    for code, weight in BY_LANGUAGE.get(base.lower(), ()):
        votes[code] += weight
    if len(variant) == 2:
        # Templates ship with en-US, so that one counts for little.
        votes["GB" if variant.upper() == "UK" else variant.upper()] += 0.5 if variant.upper() == "US" else 2.0
    sample = rendering.text[:60_000]
    figures = "\n".join(
        [line[:240] for number in rendering.numbered[:160] if len(line := rendering.lines[number]) >= 5]
    )
    for code, count in named.items():
        votes[code] += min(2.0, 0.8 + 0.2 * count)
    for pattern, shapes, code, weight in _SHAPES:
        if not rendering.may_show(shapes):
            continue
        count = sum([1 for _ in islice(pattern.finditer(figures), 6)])
        if count:
            votes[code] += weight * (0.7 + 0.1 * count)
    if not _AU_STATES.isdisjoint(rendering.exact) and _AU_POSTAL.search(figures):
        votes["AU"] += 3.0
    for match in islice(_PREFIXED.finditer(figures), 4) if rendering.may_show((b"-0000",)) else ():
        votes[PREFIX_COUNTRY[match.group(1)]] += 1.0
    for match in _CALLING.finditer(figures) if "+" in figures or "00" in figures else ():
        digits = match.group(1)
        for size in (3, 2, 1):
            region = BY_CALLING_CODE.get(digits[:size])
            if region:
                votes[region] += 1.0
                break
    for sign, code, weight in BY_CURRENCY if "$" in sample else _WITHOUT_DOLLAR:
        if sign in sample:
            votes[code] += weight
    opening = sample[:8_000]
    if rendering.foreign and _ANY_SCRIPT.search(opening):
        for pattern, code, weight in _SCRIPTS:
            if pattern.search(opening):
                votes[code] += weight
    ranked = sorted(votes, key=lambda code: -votes[code])[:8]
    return ranked + [code for code in _FALLBACK if code not in ranked]


def country_names(rendering: Rendering) -> Counter[str]:
    """How often each country is named; a text that names many (shipping lists) counts each only once."""
    text = rendering.text[:60_000]
    lowered = rendering.lowered[:60_000]
    found: Counter[str] = Counter()
    for word in sorted(rendering.vocabulary & _FIRST_WORDS):
        for name in _FIRST[word]:
            if name == word:
                if word in {"uk", "usa", "uae", "prc", "rsa", "ksa"}:
                    count = len(re.findall(rf"\b{name.upper()}\b", text))
                elif len(word) > 3 or not word.isascii():
                    count = lowered.count(word)
                else:
                    continue
            else:
                count = lowered.count(name)
            if count:
                found[BY_NAME[name]] += min(count, 5)
    may_be_dotted = rendering.foreign or not _DOTTED_LETTERS.isdisjoint(rendering.exact)
    for match in _DOTTED.findall(text) if may_be_dotted else ():
        code = BY_NAME.get(match.lower()) or BY_NAME.get(match.lower() + ".")
        if code:
            found[code] += 1
    if len(found) > 8:
        return Counter(dict.fromkeys(found, 1))
    return found


def country_in(text: str) -> tuple[str, str] | None:
    """(code, name as written) of a country that a short text names, the last one if several."""
    best: tuple[int, str, str] | None = None
    lowered = text.lower()
    for word in _FIRST_WORDS.intersection(_WORD.findall(lowered)):
        for name in _FIRST[word]:
            at = lowered.rfind(name)
            if at < 0:
                continue
            before, after = lowered[at - 1 : at], lowered[at + len(name) : at + len(name) + 1]
            if (before.isalnum() or after.isalnum()) and name.isascii():
                continue
            if len(name) <= 3 and text[at : at + len(name)].islower():
                continue
            if best is None or at + len(name) > best[0] or (at + len(name) == best[0] and len(name) > len(best[2])):
                best = (at + len(name), BY_NAME[name], text[at : at + len(name)])
    for match in _DOTTED.finditer(text) if "." in text else ():
        code = BY_NAME.get(match.group().lower()) or BY_NAME.get(match.group().lower() + ".")
        if code and (best is None or match.end() > best[0]):
            best = (match.end(), code, match.group())
    return (best[1], best[2]) if best else None


def _country_of_domain(host: str) -> str:
    ending = host.rpartition(".")[2].lower()
    if len(ending) != 2 or (ending in GENERIC_CC and not _UNDER_CC.search(host)):
        return ""
    code = BY_DOMAIN.get(ending, ending.upper())
    return code if code in NAMES else ""


def _add_domain(votes: dict[str, float], host: str, weight: float) -> None:
    code = _country_of_domain(host)
    if code:
        votes[code] += weight
