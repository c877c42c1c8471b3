"""Providers: keys, addresses and limits. Without a key (or an address, where none is needed) a provider is off."""

from typing import Literal

from pydantic import BaseModel

from config.field import Milliseconds, Names, Secret, setting

_URL = r"^https?://.+"
_HTTP = "http:// or https:// and an address"


class LinkedIn(BaseModel):
    """LinkedIn data"""

    linkedin_provider: Names = setting(
        "LINKEDIN_PROVIDER",
        (),
        "`pdl` (People Data Labs), `enrich_layer`, or a list in the order of asking. Unset: `pdl`.",
        example="pdl",
    )
    linkedin_api_key: Secret = setting("LINKEDIN_API_KEY", None, "Key of the first of them.")
    linkedin_enable_scraping: bool = setting(
        "LINKEDIN_ENABLE_SCRAPING",
        False,
        "Read LinkedIn's own public company pages too, where its robots.txt allows it.",
    )
    linkedin_pages_base_url: str | None = setting(
        "LINKEDIN_PAGES_BASE_URL",
        None,
        "Address that LinkedIn's own pages are read through, when it is not the public one.",
        expected=_HTTP,
        pattern=_URL,
    )
    pdl_api_key: Secret = setting("PDL_API_KEY", None, "Key of People Data Labs.")
    pdl_base_url: str | None = setting(
        "PDL_BASE_URL",
        None,
        "Address of People Data Labs, when it is not the public one.",
        expected=_HTTP,
        pattern=_URL,
    )
    pdl_price_cents: float | None = setting(
        "PDL_PRICE_CENTS",
        None,
        "What one credit costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )
    pdl_min_likelihood: int | None = setting(
        "PDL_MIN_LIKELIHOOD",
        None,
        "People Data Labs' own score below which an answer is a miss.",
        unit="0..1",
        ge=0,
        le=10,
    )
    enrich_layer_api_key: Secret = setting("ENRICH_LAYER_API_KEY", None, "Key of Enrich Layer.")
    enrich_layer_base_url: str | None = setting(
        "ENRICH_LAYER_BASE_URL",
        None,
        "Address of Enrich Layer, when it is not the public one.",
        expected=_HTTP,
        pattern=_URL,
    )
    enrich_layer_price_cents: float | None = setting(
        "ENRICH_LAYER_PRICE_CENTS",
        None,
        "What one credit costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )


class Search(BaseModel):
    """Search"""

    search_language: str = setting(
        "SEARCH_LANGUAGE",
        "en",
        "Language of the results, as the providers take it.",
        expected="a language code such as en or de",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$",
    )

    search_provider: Names = setting(
        "SEARCH_PROVIDER",
        (),
        "`searxng`, `brave`, `serper`, `tavily`, or a list. Unset: SearXNG with SEARCH_URL, Brave with only a key.",
        example="brave",
    )
    search_api_key: Secret = setting("SEARCH_API_KEY", None, "Key of the first of them that takes one.")
    search_url: str | None = setting(
        "SEARCH_URL",
        None,
        "Address of a SearXNG server.",
        also=("SEARXNG_BASE_URL",),
        expected=_HTTP,
        example="http://localhost:8080",
        pattern=_URL,
    )
    brave_api_key: Secret = setting("BRAVE_API_KEY", None, "Key of Brave.")
    brave_base_url: str | None = setting(
        "BRAVE_BASE_URL", None, "Address of Brave, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    brave_price_cents: float | None = setting(
        "BRAVE_PRICE_CENTS",
        None,
        "What one request costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )
    serper_api_key: Secret = setting("SERPER_API_KEY", None, "Key of Serper.")
    serper_base_url: str | None = setting(
        "SERPER_BASE_URL", None, "Address of Serper, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    serper_price_cents: float | None = setting(
        "SERPER_PRICE_CENTS",
        None,
        "What one request costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )
    tavily_api_key: Secret = setting("TAVILY_API_KEY", None, "Key of Tavily.")
    tavily_base_url: str | None = setting(
        "TAVILY_BASE_URL", None, "Address of Tavily, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    tavily_price_cents: float | None = setting(
        "TAVILY_PRICE_CENTS",
        None,
        "What one request costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )


class Llm(BaseModel):
    """LLM"""

    llm_provider: Literal["anthropic", "openai", "openai-compatible"] = setting(
        "LLM_PROVIDER", "anthropic", "Whose API the LLM speaks."
    )
    llm_model: str | None = setting(
        "LLM_MODEL", None, "The model's name. Unset: the provider file's default.", example="claude-haiku-4-5"
    )
    llm_api_key: Secret = setting("LLM_API_KEY", None, "Key of the LLM. Without it the fallback is off.")
    llm_base_url: str | None = setting(
        "LLM_BASE_URL", None, "Address of the LLM's API, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    llm_max_tokens: int = setting("LLM_MAX_TOKENS", 1024, "Most tokens of an answer.", unit="tokens", ge=64, le=65_536)
    llm_context_tokens: int = setting(
        "LLM_CONTEXT_TOKENS", 8_000, "Most tokens of page text in a question.", unit="tokens", ge=256, le=1_000_000
    )
    llm_price_input: float | None = setting(
        "LLM_PRICE_INPUT",
        None,
        "US dollars per million tokens read, for models that the price table does not list; set both or none.",
        ge=0,
    )
    llm_price_output: float | None = setting(
        "LLM_PRICE_OUTPUT", None, "US dollars per million tokens written, likewise.", ge=0
    )
    llm_timeout_ms: Milliseconds = setting("LLM_TIMEOUT", 60_000, "Longest wait for an answer.", unit="ms", ge=1_000)


class Contacts(BaseModel):
    """Contact providers"""

    apollo_api_key: Secret = setting("APOLLO_API_KEY", None, "Key of Apollo.")
    apollo_base_url: str | None = setting(
        "APOLLO_BASE_URL", None, "Its address, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    apollo_max_contacts_per_request: int = setting(
        "APOLLO_MAX_CONTACTS_PER_REQUEST", 10, "Contacts in one bulk request.", unit="contacts", ge=1, le=10
    )
    apollo_rate_limit_per_minute: int = setting(
        "APOLLO_RATE_LIMIT_PER_MINUTE", 100, "Most requests in any minute.", unit="requests", ge=1, le=100_000
    )
    apollo_cost_per_contact_cents: float = setting(
        "APOLLO_COST_PER_CONTACT", 10, "What one enriched contact costs on your plan.", unit="cents", ge=0
    )
    apollo_reveal_phones: bool = setting(
        "APOLLO_REVEAL_PHONES", False, "Buy phone numbers where they are wanted, 8 credits each; needs PUBLIC_URL."
    )
    apollo_reveal_personal_emails: bool = setting(
        "APOLLO_REVEAL_PERSONAL_EMAILS", False, "Let Apollo give personal email addresses too."
    )
    hunter_api_key: Secret = setting("HUNTER_API_KEY", None, "Key of Hunter.")
    hunter_base_url: str | None = setting(
        "HUNTER_BASE_URL", None, "Its address, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    hunter_price_cents: float | None = setting(
        "HUNTER_PRICE_CENTS",
        None,
        "What one credit costs on your plan. Unset: the list price in the provider's file.",
        unit="cents",
        ge=0,
    )
    clearbit_api_key: Secret = setting("CLEARBIT_API_KEY", None, "Key of a Clearbit-shaped API.")
    clearbit_base_url: str | None = setting(
        "CLEARBIT_BASE_URL", None, "Its address, when it is not the public one.", expected=_HTTP, pattern=_URL
    )
    clearbit_price_cents: float | None = setting(
        "CLEARBIT_PRICE_CENTS",
        None,
        "What one lookup costs you. Unset: the price assumed in the provider's file.",
        unit="cents",
        ge=0,
    )
    email_dns_servers: Names = setting(
        "EMAIL_DNS_SERVERS",
        (),
        "DNS servers that email validation asks. Unset: the system's.",
        expected="a comma list of address[:port]",
        example="10.0.0.2,10.0.0.3:5353",
    )
    email_probe_from: str | None = setting(
        "EMAIL_PROBE_FROM",
        None,
        "Sender to introduce with; needed with EMAIL_SMTP_PROBE.",
        expected="an email address of yours",
        example="check@acme.example",
        pattern=r"^[^@\s]+@[^@\s]+$",
    )
    email_probe_name: str | None = setting(
        "EMAIL_PROBE_NAME", None, "Host name to introduce with. Unset: the domain of EMAIL_PROBE_FROM."
    )
    email_smtp_probe: bool = setting(
        "EMAIL_SMTP_PROBE", False, "Let email validation ask the mail server itself. Many networks forbid it."
    )
    apollo_webhook_secret: Secret = setting("APOLLO_WEBHOOK_SECRET", None, "Signs Apollo's webhooks to us.")
    hunter_webhook_secret: Secret = setting(
        "HUNTER_WEBHOOK_SECRET",
        None,
        "Signs Hunter's answers that a relay of yours hands in (Hunter itself has no webhooks).",
    )
    clearbit_webhook_secret: Secret = setting("CLEARBIT_WEBHOOK_SECRET", None, "Signs Clearbit's webhooks to us.")


class Limits(BaseModel):
    """Rate limits"""

    usage_interval_ms: Milliseconds = setting(
        "USAGE_INTERVAL",
        3_600_000,
        "How often Apollo and Hunter are asked what is left of the account (free of charge); 0: never.",
        unit="ms",
        ge=0,
        le=604_800_000,
    )

    rate_limit_per_second: int | None = setting(
        "RATE_LIMIT_PER_SECOND",
        None,
        "Most requests to each provider account in any second, where the provider itself allows no less. For one "
        "provider, whatever it documents and these say: `<NAME>_RATE_LIMIT_PER_SECOND`, such as `BRAVE_…`.",
        unit="requests",
        example="10",
        ge=1,
        le=100_000,
    )
    rate_limit_per_minute: int | None = setting(
        "RATE_LIMIT_PER_MINUTE", None, "The same, in any minute.", unit="requests", example="100", ge=1, le=1_000_000
    )
    rate_limit_per_hour: int | None = setting(
        "RATE_LIMIT_PER_HOUR", None, "The same, in any hour.", unit="requests", example="1000", ge=1, le=100_000_000
    )
