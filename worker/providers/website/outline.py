"""Outlines of text: what kinds of characters stand where, to tell quickly what cannot be in it."""

#: For UTF-8: every digit as 0, every capital as A, every small letter of ASCII as a.
OUTLINE = bytes.maketrans(
    b"123456789BCDEFGHIJKLMNOPQRSTUVWXYZbcdefghijklmnopqrstuvwxyz", b"0" * 9 + b"A" * 25 + b"a" * 25
)


def outline_of(line: str) -> bytes:
    """A line in UTF-8 with every digit as 0, every capital as A and every small letter of ASCII as a.

    >>> outline_of("10 Downing St, SW1A 2AA")
    b'00 Aaaaaaa Aa, AA0A 0AA'
    """
    return line.encode(errors="replace").translate(OUTLINE)
