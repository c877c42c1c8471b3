"""Whether a would-be postal code is one: what has to stand around it, by how sure its shape is."""

import re
from collections.abc import Sequence

from worker.providers.website.address import Address
from worker.providers.website.address_signs import YEARISH, is_city, is_prose, is_unit
from worker.providers.website.postal import PostalRule
from worker.providers.website.streets import is_box, names_street, street_score

_FIGURES = "0123456789., "
_PRICE = re.compile(r"\d[.,]\d0$|\d[.,]\d[59]$")
_NUMBER_END = re.compile(r"[^\W\d_]\s\d{1,4}[a-zA-Z]?$")


def fits(address: Address, rule: PostalRule, street: list[str], regions: Sequence[str], local: str, ends: bool) -> bool:
    """Whether what stands around a code makes it a postal code: the weaker the code, the more is asked for.

    ``ends`` tells that nothing but the city stands behind the code.
    """
    if is_unit(address.city):
        return False
    best = max([street_score(piece) for piece in street] + [street_score(", ".join(street))])
    if rule.strong:
        # Codes of two parts are prices, sizes and memory elsewhere.
        foreign = rule.city_after and address.country not in {*regions[:2], local} and "PREFIX" not in rule.countries
        size = address.country == "GB" and address.postal_code.endswith("GB") and best < 2
        lost = rule.alone and best < 2
        return not size and not lost and not (foreign and (best < 2 or not is_city(address.city)))
    if local and local in rule.countries and best >= 2:
        return True
    # A bare run of digits is a postal code only beside something that surely is a street.
    numbered = any(c.isdigit() for c in " ".join(street))
    home = address.country == regions[0] and is_city(address.city)
    near = address.country == local and is_city(address.city) and len(address.postal_code) >= 5
    named = len(address.postal_code) >= 5 and any(names_street(piece) for piece in street)
    expected = (home or near) and best == 1 and (numbered or named) and (ends or local == address.country)
    again = f"{address.city} " if address.city and best < 2 else "\n"
    if any(
        is_prose(piece) or piece.startswith(again) or (is_unit(piece.lstrip(_FIGURES)) and street_score(piece) < 2)
        for piece in street
    ):
        return False
    if len(address.postal_code) == 4 and any(_PRICE.search(piece) for piece in street):
        return False
    if address.country == "US" and not address.region and not (local or street[0][:1].isdigit() or is_box(street[0])):
        # Five digits without a state are many things.
        return False
    beside = expected and rule.city_after and bool(street) and bool(_NUMBER_END.search(street[-1]))
    if YEARISH.match(address.postal_code) and not (home and (best >= 2 or beside)):
        return False
    return (best >= 2 or expected) and (len(address.postal_code) != 4 or numbered)
