"""Loads what the first job would have to wait for: libraries and their tables, in a thread, before jobs are taken."""

import importlib
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Final

#: Libraries whose first use would block the event loop for a second or more.
ALWAYS: Final = ("phonenumbers", "tldextract", "pycountry", "email_validator", "selectolax.lexbor", "protego")
FOR_STAGE: Final = {"llm": ("anthropic", "openai")}


def warm_up(stages: AbstractSet[str]) -> None:
    """Import the libraries that the stages in use need, and make each read its tables once."""
    for name in (*ALWAYS, *(name for stage in sorted(stages) for name in FOR_STAGE.get(stage, ()))):
        with suppress(ImportError):
            importlib.import_module(name)
    from worker.domain.fields import FIELDS, Context, InvalidValue

    samples = {
        "company_phone": "+49 30 901820",
        "company_country": "Germany",
        "company_domain": "www.acme.example",
        "company_email": "info@acme.example",
        "company_website": "https://www.acme.example",
    }
    for name, raw in samples.items():
        with suppress(InvalidValue):
            FIELDS[name].normalise(raw, Context(region="DE"))
