"""Check digits of VAT and register numbers: a wrong one is a misprint or no such number at all.

Algorithms as published by the European Commission (VIES FAQ, national structures), the Australian Business Register
(ABN), INSEE (SIREN, Luhn) and Receita Federal (CNPJ).
"""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from collections.abc import Callable, Sequence


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """The Luhn check: SIREN, SIRET, Italian VAT, Swedish organisation numbers.

    >>> luhn("732829320"), luhn("732829321")
    (True, False)
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _de(digits: str) -> bool:
    product = 10
    for digit in digits[:8]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(digits[8])


def _at(text: str) -> bool:
    digits = text[1:]
    total = sum(int(d) if n % 2 == 0 else sum(divmod(int(d) * 2, 10)) for n, d in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == int(digits[7])


def _be(digits: str) -> bool:
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


def _dk(digits: str) -> bool:
    return _weighted(digits, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _fi(digits: str) -> bool:
    return _weighted(digits, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0


def _fr(text: str) -> bool:
    key, siren = text[:2], text[2:]
    if not key.isdigit():
        return True
    return luhn(siren) and (12 + 3 * (int(siren) % 97)) % 97 == int(key)


def _gb(digits: str) -> bool:
    if len(digits) not in {9, 12}:
        return len(digits) == 5
    total = _weighted(digits[:7], range(8, 1, -1)) + int(digits[7:9])
    return total % 97 == 0 or (total + 55) % 97 == 0


def _nl(text: str) -> bool:
    digits = text[:9]
    if _weighted(digits[:8], range(9, 1, -1)) % 11 == int(digits[8]):
        return True
    # Since 2020 sole proprietors have numbers with ISO 7064 MOD 97-10 over the whole, letters as numbers.
    whole = "".join(str(int(c, 36)) for c in f"NL{text}")
    return int(whole) % 97 == 1


def _pl(digits: str) -> bool:
    return _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


def _pt(digits: str) -> bool:
    check = 11 - _weighted(digits, range(9, 1, -1)) % 11
    return (0 if check > 9 else check) == int(digits[8])


def _se(digits: str) -> bool:
    return luhn(digits[:10])


def _ch(digits: str) -> bool:
    return (11 - _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4)) % 11) % 11 == int(digits[8])


def _no(digits: str) -> bool:
    return (11 - _weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(digits[8])


def _cz(digits: str) -> bool:
    if len(digits) != 8:
        return True
    check = 11 - _weighted(digits, range(8, 1, -1)) % 11
    return (check if check < 10 else check - 10) == int(digits[7])


def _lu(digits: str) -> bool:
    return int(digits[:6]) % 89 == int(digits[6:])


def _si(digits: str) -> bool:
    check = 11 - _weighted(digits, range(8, 1, -1)) % 11
    return check != 11 and check % 10 == int(digits[7])


def _es(text: str) -> bool:
    first, body, last = text[0], text[1:8], text[8]
    if first.isdigit() or first in "XYZ":
        number = int({"X": "0", "Y": "1", "Z": "2"}.get(first, first) + body)
        return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == last
    total = sum(int(d) for d in body[1::2]) + sum(sum(divmod(int(d) * 2, 10)) for d in body[0::2])
    check = (10 - total % 10) % 10
    return last == (str(check) if last.isdigit() else "JABCDEFGHI"[check])


def abn(digits: str) -> bool:
    """Australian Business Number: eleven digits, first less one, weighted, modulo 89."""
    weights = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
    return len(digits) == 11 and (_weighted(digits, weights) - 10) % 89 == 0


def cnpj(digits: str) -> bool:
    """Brazilian company number: fourteen digits, the last two are checks modulo 11."""
    if len(digits) != 14 or len(set(digits)) == 1:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    for size in (12, 13):
        rest = _weighted(digits[:size], weights[13 - size :]) % 11
        if (0 if rest < 2 else 11 - rest) != int(digits[size]):
            return False
    return True


def siret(digits: str) -> bool:
    """French establishment number: SIREN and five more digits, Luhn over all."""
    return len(digits) == 14 and luhn(digits) and luhn(digits[:9])


#: VAT number's check by country prefix, over the text behind the prefix; a country without one is taken by its shape.
VAT_CHECKS: dict[str, Callable[[str], bool]] = {
    "DE": _de, "AT": _at, "BE": _be, "DK": _dk, "FI": _fi, "FR": _fr, "GB": _gb, "XI": _gb, "NL": _nl, "PL": _pl, "PT": _pt,
    "SE": _se, "IT": luhn, "ES": _es, "CZ": _cz, "LU": _lu, "SI": _si, "CHE": _ch, "NO": _no,
}  # fmt: skip
