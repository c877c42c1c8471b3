"""A fact read off a page: a field's raw value and where it stands."""

import msgspec


class Fact(msgspec.Struct, frozen=True, gc=False):
    """``value`` is raw, for the field's normaliser. A ``line`` below 0 means a structured place, named by ``path``.

    ``weight`` scales the source's confidence: 1 for what is said outright.
    """

    field: str
    value: str | tuple[str, ...]
    line: int = -1
    column: int = 0
    length: int = 0
    path: str = ""
    quote: str = ""
    weight: float = 1.0
