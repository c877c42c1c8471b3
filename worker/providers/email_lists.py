"""Lists that say what kind of address it is: throw-away domains, free mailbox providers, role names.

Sources: throw-away domains from the package ``disposable-email-domains`` (a public block list, installed in the version
that ``DISPOSABLE_SOURCE`` names); role names from RFC 2142 and common practice; free providers by own list. Own lists
as of 2026-11-21.
"""
# ruff: noqa: E501 - word lists

from functools import cache
from importlib.metadata import version
from typing import Final

#: The day the lists in this file were last looked over.
AS_OF: Final = "2026-11-21"

#: Local parts that a function reads, not a person: RFC 2142 and what companies commonly use, in several languages.
ROLES: Final = frozenset(
    {"abuse", "accounting", "accounts", "admin", "administrator", "anfrage", "apply", "associates", "berichte", "bestellung",
     "bewerbung", "billing", "board", "bookings", "buchhaltung", "careers", "commercial", "compliance", "comptabilite",
     "contact", "contacto", "contato", "contatti", "customercare", "customerservice", "data", "datenschutz", "dev",
     "devnull", "dns", "dpo", "editor", "einkauf", "empfang", "engineering", "enquiries", "enquiry", "events", "export",
     "feedback", "finance", "ftp", "general", "hallo", "hello", "help", "helpdesk", "hi", "hilfe", "hostmaster", "hr",
     "impressum", "info", "infos", "inquiries", "inquiry", "investors", "invoice", "invoices", "it", "jobs", "kontakt",
     "kundendienst", "kundenservice", "legal", "list", "mail", "mailbox", "mailer-daemon", "marketing", "media", "news",
     "newsletter", "no-reply", "noc", "noreply", "office", "operations", "order", "orders", "payments", "personal",
     "post", "postmaster", "press", "presse", "privacy", "purchasing", "rechnung", "reception", "recruiting",
     "recruitment", "remove", "reservations", "reservierung", "root", "sales", "security", "secretariat", "sekretariat",
     "service", "shop", "spam", "sponsors", "ssladmin", "staff", "subscribe", "support", "sysadmin", "team", "tech",
     "unsubscribe", "usenet", "uucp", "vendas", "ventas", "verkauf", "vertrieb", "webmaster", "welcome", "www", "zentrale"}
)  # fmt: skip
#: Domains on which anybody may open a mailbox for nothing.
FREE: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "live.com",
     "live.co.uk", "live.fr", "msn.com", "yahoo.com", "yahoo.co.uk", "yahoo.co.jp", "yahoo.de", "yahoo.fr", "yahoo.es",
     "yahoo.it", "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me",
     "protonmail.com", "pm.me", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de",
     "mail.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.com", "rambler.ru", "orange.fr",
     "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "libero.it", "virgilio.it", "tiscali.it", "alice.it", "terra.com.br",
     "uol.com.br", "bol.com.br", "qq.com", "163.com", "126.com", "sina.com", "naver.com", "daum.net", "hanmail.net",
     "zoho.com", "tutanota.com", "tuta.com", "hey.com", "fastmail.com", "hushmail.com", "posteo.de", "mailbox.org",
     "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "centrum.cz", "abv.bg", "ukr.net", "rediffmail.com",
     "btinternet.com", "sky.com", "comcast.net", "verizon.net", "att.net", "bigpond.com", "ziggo.nl", "kpnmail.nl",
     "telenet.be", "skynet.be", "bluewin.ch", "telia.com", "online.no"}
)  # fmt: skip


def is_role(local_part: str) -> bool:
    """Whether a local part names a function, with or without a tag.

    >>> is_role("Info"), is_role("sales+web"), is_role("ada.ng")
    (True, True, False)
    """
    return local_part.casefold().partition("+")[0] in ROLES


def is_free(domain: str) -> bool:
    """Whether anybody may open a mailbox at a domain for nothing."""
    return domain.casefold() in FREE


def is_disposable(domain: str) -> bool:
    """Whether a domain, or one above it, hands out throw-away addresses."""
    labels = domain.casefold().split(".")
    listed = _disposable()
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


@cache
def _disposable() -> frozenset[str]:
    from disposable_email_domains import blocklist

    return frozenset(blocklist)


@cache
def disposable_source() -> str:
    """Name and version of the list of throw-away domains."""
    return f"disposable-email-domains {version('disposable-email-domains')}"
