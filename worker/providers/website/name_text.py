"""From a title, heading or label to the name inside it, and whether it can be one at all."""

import re

from worker.providers.website.legal_forms import has_strong_form
from worker.providers.website.postal import US_STATES
from worker.providers.website.text_keys import small

_LEADING = re.compile(
    r"^(?:(?:log|sign)\s?(?:in|on)\s+to|register\s+(?:at|with)|welcome\s+to(?:\s+the\s+(?:official\s+)?(?:web\s?site|site|home\s?page)\s+of)?|contact(?:\s+us)?(?:\s+at)?|about(?:\s+us)?|contacting|how\s+to\s+contact|kontakt(?:ieren\s+sie)?(?:\s+(?:zu|mit|bei))?|impressum(?:\s+(?:von|der|des))?"
    r"|willkommen\s+(?:bei|auf|im|in)(?:\s+(?:der|dem|den))?|bienvenue\s+(?:chez|sur|à)|bienvenidos?\s+a|benvenuti?\s+(?:su|in|da|nel)|contacte[rz]?(?:-nous)?|nous\s+contacter|contacto|contacta(?:r)?(?:\s+con)?|contatti|über|the\s+official\s+(?:web)?\s?site\s+of|official\s+(?:web)?\s?site\s+of"
    r"|home\s+(?:page\s+)?of|directions\s+to|hours\s+(?:and|&)\s+directions|write\s+to|visit|email|call|locations?\s+of|map\s+of)\s*[:\-–]?\s+",
    re.I,
)
_TRAILING = re.compile(
    r"\s*[-–:,|]?\s+(?:contact(?:\s+(?:us|information|info|page|details|form))?|home\s?page|official\s+(?:web\s?)?site|web\s?site|online(?=$)|kontakt|impressum|logo|home|contacts?|locations?|homepage|customer\s+(?:service|support|care)|about\s+us|inc\.?\s+home|store\s+locator|directions|headquarters)$",
    re.I,
)
_YEARS = re.compile(
    r"^(?:all\s+content\s*)?(?:©|\(c\)|copyright)?[\s©]*(?:(?:19|20)\d\d[\s,–-]*)+(?=\D)|^(?:all\s+content\s*)?(?:©|\(c\)\s|copyright\s)[\s©]*|[\s,–-]+(?:©\s?)?(?:19|20)\d\d$",
    re.I,
)
_FORMER = re.compile(
    r"\s{0,2}\((?:formerly|ehemals|vormals|früher|anciennement|voorheen|tidigare|antes|già)\b.*$", re.I
)
_STATE_TAIL = re.compile(rf"(?<=\w\w),\s(?:{'|'.join(US_STATES.values())}|USA|Inc\. Home)$")
_SENTENCE = re.compile(
    r"[.!?]\s+[A-Z]|(?<!\w)(?:is|are|was|were|our|your|we|you|please|click|here|how|why|what|ist|sind|sie|wir|nous|vous|est|siamo|sono)(?!\w)",
    re.I,
)
#: What no name holds, and what none begins with (for text in small letters).
_BAD = re.compile(r"[@{}<>=hw\d](?:(?<=[@{}<>=])|(?<=h)ttps?:|(?<=w)ww\.|(?<=\d)(?:\s?%|\d\d[-.\s)]\d{3}))")
_BAD_BEGINNING = re.compile(
    r"(?:(?:proudly\s)?powered|designed|developed|hosted|created|(?:web)?site|web\s?design)\s+by\b|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?s?\b"
)
MAX_NAME = 80


def tidy(text: str) -> str:
    """A candidate without greetings, "contact" and such around the name."""
    text = " ".join(text.split()).strip(" \t|:;,-–—•·*\"“”„«»'()[]>_#~^")
    text = _YEARS.sub("", text)
    for _ in range(2):
        before = text
        match = _LEADING.match(text)
        if match and len(text) > match.end():
            text = text[match.end() :]
        match = _TRAILING.search(text)
        if match and match.start() > 1:
            text = text[: match.start()]
        if text == before:
            break
    if "," in text:
        text = _STATE_TAIL.sub("", text)
    if "(" in text:
        text = _FORMER.sub("", text)
    if text.endswith(".") and not re.search(
        r"(?:\b\w|\b(?:Inc|Ltd|Co|Corp|Bros|Assoc|St|Dr|Jr|Sr)|\.\w)\.$", text, re.I
    ):
        text = text[:-1]
    text = text.strip(" \t|:;,-–—•·*\"“”„«»'[]>_#~^!")
    return f"{text})" if text.count("(") == text.count(")") + 1 and "(" in text[1:] else text


def plausible(text: str) -> bool:
    """Whether a text may be a name at all."""
    if not 2 <= len(text) <= MAX_NAME:
        return False
    lowered = small(text)
    if _BAD.search(lowered) or _BAD_BEGINNING.match(lowered) or not any(map(str.isalpha, text)):
        return False
    count = len(text.split())
    return count <= 10 and not (count > 3 and len(_SENTENCE.findall(text)) >= 1 and not has_strong_form(text))
