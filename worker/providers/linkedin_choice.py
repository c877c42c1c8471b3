"""Which vendor of LinkedIn data is in use, and with which key."""

from typing import Final

from worker.domain.errors import ConfigError
from worker.domain.provider import Off, Options
from worker.providers.option import first, key_for, words

VENDORS: Final = {"pdl": "PDL_API_KEY", "enrich_layer": "ENRICH_LAYER_API_KEY"}
DEFAULT: Final = "pdl"
#: Takes no key and is switched on by LINKEDIN_ENABLE_SCRAPING; LINKEDIN_PROVIDER may name it to give it a place.
PAGES: Final = "linkedin_pages"


def chosen_vendors(options: Options) -> tuple[str, ...]:
    """The vendors that LINKEDIN_PROVIDER names, in order.

    Unset, it is People Data Labs, and whoever else has a key of its own. Raises ConfigError for an unknown name.
    """
    named = words(options, "LINKEDIN_PROVIDER")
    for name in named:
        if name not in VENDORS and name != PAGES:
            raise ConfigError(f"LINKEDIN_PROVIDER: {name} is unknown, expected any of {', '.join((*VENDORS, PAGES))}")
    if named:
        return tuple(name for name in named if name in VENDORS)
    return tuple(name for name, own in VENDORS.items() if name == DEFAULT or first(options, own))


def linkedin_key(options: Options, name: str) -> str | Off:
    """The key of a vendor, or why it is off. LINKEDIN_API_KEY belongs to the first chosen one."""
    chosen = chosen_vendors(options)
    if name not in chosen:
        return Off(name, "linkedin", f"LINKEDIN_PROVIDER is {','.join(chosen) or PAGES}")
    own = VENDORS[name]
    return key_for(options, name, own, "LINKEDIN_API_KEY", chosen) or Off(
        name, "linkedin", f"no LINKEDIN_API_KEY or {own}"
    )
