"""Register and tax numbers of fictional companies, with the check digits that their authorities publish."""


def german_vat(eight: str) -> str:
    """``DE`` and nine digits: ISO 7064, MOD 11,10.

    >>> german_vat("13669597")
    'DE136695976'
    """
    product = 10
    for digit in eight:
        total = (int(digit) + product) % 10 or 10
        product = (2 * total) % 11
    return f"DE{eight}{(11 - product) % 10}"


def british_vat(seven: str) -> str:
    """``GB`` and nine digits: weights 8..2, modulo 97.

    >>> british_vat("9807806")
    'GB980780684'
    """
    total = sum(int(digit) * weight for digit, weight in zip(seven, range(8, 1, -1), strict=True))
    return f"GB{seven}{(97 - total % 97) % 97:02d}"


def luhn_digit(digits: str) -> str:
    """The digit that makes ``digits`` plus itself pass the Luhn test.

    >>> luhn_digit("73282932")
    '0'
    """
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def siren(eight: str) -> str:
    """A French SIREN: nine digits by Luhn."""
    return eight + luhn_digit(eight)


def siret(siren_: str, branch: str) -> str:
    """A SIRET: the SIREN, four digits of the establishment, and a digit by Luhn."""
    return siren_ + branch + luhn_digit(siren_ + branch)


def french_vat(siren_: str) -> str:
    """``FR``, two key digits, the SIREN.

    >>> french_vat("732829320")
    'FR44732829320'
    """
    return f"FR{(12 + 3 * (int(siren_) % 97)) % 97:02d}{siren_}"


def italian_vat(ten: str) -> str:
    """Partita IVA: eleven digits by Luhn."""
    return ten + luhn_digit(ten)


def spanish_cif(letter: str, seven: str) -> str:
    """A CIF of a kind that ends in a digit (A, B, E, H).

    >>> spanish_cif("A", "5881850")
    'A58818501'
    """
    even = sum(int(digit) for digit in seven[1::2])
    odd = sum(sum(divmod(int(digit) * 2, 10)) for digit in seven[0::2])
    return f"{letter}{seven}{-(even + odd) % 10}"


def dutch_vat(eight: str, suffix: str = "01") -> str:
    """``NL``, nine digits by the eleven test, ``B`` and a suffix. Raises ValueError where no digit fits."""
    rest = sum(int(digit) * weight for digit, weight in zip(eight, range(9, 1, -1), strict=True)) % 11
    if rest == 10:
        raise ValueError(f"no check digit exists for {eight}")
    return f"NL{eight}{rest}B{suffix}"


def polish_nip(nine: str) -> str:
    """A NIP: ten digits, weighted, modulo 11. Raises ValueError where no digit fits.

    >>> polish_nip("526104082")
    '5261040828'
    """
    rest = sum(int(digit) * weight for digit, weight in zip(nine, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
    if rest == 10:
        raise ValueError(f"no check digit exists for {nine}")
    return f"{nine}{rest}"


def brazilian_cnpj(twelve: str) -> str:
    """A CNPJ: fourteen digits, two of them by modulo 11.

    >>> brazilian_cnpj("112223330001")
    '11222333000181'
    """
    digits = twelve
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        digits += "0" if rest < 2 else str(11 - rest)
    return digits


def japanese_corporate_number(twelve: str) -> str:
    """A corporate number (hojin bango): a check digit, then twelve digits.

    >>> japanese_corporate_number("700110005901")
    '8700110005901'
    """
    total = sum(int(digit) * (1 if index % 2 == 0 else 2) for index, digit in enumerate(reversed(twelve)))
    return f"{9 - total % 9}{twelve}"


def austrian_uid(seven: str) -> str:
    """``ATU`` and eight digits.

    >>> austrian_uid("1358562")
    'ATU13585627'
    """
    total = sum(int(digit) if index % 2 == 0 else sum(divmod(int(digit) * 2, 10)) for index, digit in enumerate(seven))
    return f"ATU{seven}{(96 - total) % 10}"


def swiss_uid(eight: str) -> str:
    """``CHE-`` and nine digits. Raises ValueError where no digit fits.

    >>> swiss_uid("10015521")
    'CHE-100.155.212'
    """
    rest = (
        11 - sum(int(digit) * weight for digit, weight in zip(eight, (5, 4, 3, 2, 7, 6, 5, 4), strict=True)) % 11
    ) % 11
    if rest == 10:
        raise ValueError(f"no check digit exists for {eight}")
    digits = f"{eight}{rest}"
    return f"CHE-{digits[:3]}.{digits[3:6]}.{digits[6:]}"


def australian_abn(nine: str) -> str:
    """An ABN: two check digits by modulo 89, then nine digits.

    >>> australian_abn("824753556")
    '51824753556'
    """
    weights = (3, 5, 7, 9, 11, 13, 15, 17, 19)
    rest = (89 - sum(int(digit) * weight for digit, weight in zip(nine, weights, strict=True)) % 89) % 89
    return f"{10 + rest}{nine}"
