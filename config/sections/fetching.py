"""Fetching pages: caps, politeness, and what may be reached."""

from pydantic import BaseModel

from config.field import Bytes, Milliseconds, Names, Pairs, setting


class Fetching(BaseModel):
    """Fetching pages"""

    website_max_pages: int = setting(
        "WEBSITE_MAX_PAGES", 5, "Most pages read of one website.", unit="pages", ge=1, le=50
    )
    website_render: bool = setting(
        "WEBSITE_RENDER",
        False,
        "Draw pages that are empty without JavaScript in a headless Chromium; needs `pip install 'enrichd[render]'`.",
    )
    website_render_browser: str | None = setting(
        "WEBSITE_RENDER_BROWSER",
        None,
        "The Chromium to use, where it is not the one of `playwright install chromium`.",
        expected="the path of a program",
        example="/usr/bin/chromium",
    )
    fetch_timeout_ms: Milliseconds = setting(
        "FETCH_TIMEOUT", 30_000, "Longest time for one page, redirects included.", unit="ms", ge=100, le=300_000
    )
    fetch_retries: int = setting(
        "FETCH_RETRIES",
        3,
        "Further tries of a page that failed for the moment, all within FETCH_TIMEOUT.",
        unit="tries",
        ge=0,
        le=10,
    )
    fetch_max_bytes: Bytes = setting(
        "FETCH_MAX_BYTES", 5_242_880, "Most bytes read of one page, after decompression.", unit="bytes", ge=1_024
    )
    fetch_max_redirects: int = setting(
        "FETCH_MAX_REDIRECTS", 5, "Most redirects followed for one page.", unit="redirects", ge=0, le=20
    )
    fetch_per_host: int = setting(
        "FETCH_PER_HOST", 2, "Requests at the same time to one host.", unit="requests", ge=1, le=64
    )
    fetch_host_delay_ms: Milliseconds = setting(
        "FETCH_HOST_DELAY", 0, "Shortest time between two requests to one host.", unit="ms", ge=0, le=60_000
    )
    fetch_hosts: Pairs = setting(
        "FETCH_HOSTS",
        {},
        "Names that are reached at a fixed address instead of DNS; `*.example` covers all below it.",
        expected="a comma list of name=address:port",
        example="acme.example=127.0.0.1:8090,*.test=127.0.0.1:8090",
    )
    fetch_allow: Names = setting(
        "FETCH_ALLOW",
        (),
        "Addresses or networks that pages may be fetched from although they are not public.",
        expected="a comma list of addresses, networks or address:port",
        example="10.1.2.0/24",
    )
    fetch_proxy: str | None = setting(
        "FETCH_PROXY",
        None,
        "Egress proxy for pages.",
        expected="http:// or https:// and an address",
        example="http://proxy.internal:3128",
        pattern=r"^https?://.+",
    )
    user_agent: str = setting(
        "USER_AGENT",
        "enrichd/0.1 (company data bot)",
        "How every page request names the bot; put an address of yours in it.",
        expected="one line of 3 to 256 characters",
        pattern=r"^[\x20-\x7e]{3,256}$",
    )
