"""The page ``docs/reference/fields.md``, made by ``python -m worker.domain.fields.document --write``."""

import sys
from pathlib import Path
from typing import Final

from worker.domain.fields.catalogue import FIELDS, field_names
from worker.domain.fields.field import DAY_S, Field
from worker.domain.subject import Entity

PAGE: Final = Path("docs/reference/fields.md")
_TYPES: Final = {
    "text": "text",
    "texts": "list of texts",
    "word": "one of a list of words",
    "number": "whole number",
    "year": "year",
    "band": "range of head counts, `11-50`, `10001+`",
    "money": "whole US dollars",
    "country": "ISO 3166-1 alpha-2 code",
    "phone": "E.164, extension as `;ext=12`",
    "email": "address in lower case",
    "domain": "registrable domain in ASCII",
    "url": "http(s) address",
    "profile": "address of a profile, in one form",
    "vat": "VAT number with country prefix",
}
_HEAD: Final = """# Fields

What a job may ask for in `requiredFields` and give in `known`. A value is fresh for the days given; afterwards it is
asked for again, and where nobody answers it is shown with its age and a confidence that halves every three times that
long. Fields that "may be concluded" may hold a model's conclusion, marked `inferred`, with a confidence of at most
0.60; all others take only what is written somewhere. Where "several" values can be right, the others are listed as
`alternatives`, not as `conflicts`. This page is made from the catalogue (`worker/domain/fields/catalogue.py`).
"""


def page() -> str:
    """The page's text."""
    parts = [_HEAD]
    for entity, title in ((Entity.COMPANY, "Companies"), (Entity.PERSON, "People")):
        rows = [_row(FIELDS[name]) for name in field_names(entity)]
        parts.append(
            f"\n## {title}\n\n| field | value | fresh for | notes |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "".join(parts)


def _row(field: Field) -> str:
    notes = [
        note
        for note, holds in (
            ("may be concluded", field.inferable),
            ("several", field.many),
            ("united from all sources", field.collection),
        )
        if holds
    ]
    return f"| `{field.name}` | {_TYPES[field.type]} | {field.ttl_s / DAY_S:.0f} days | {', '.join(notes)} |"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        print(page(), end="")
