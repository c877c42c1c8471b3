"""Asking a mail server about a mailbox, without sending mail. Off unless EMAIL_SMTP_PROBE says otherwise.

Source: RFC 5321 (EHLO, MAIL, RCPT, QUIT). Many networks block port 25, many servers refuse or lie to strangers, and
some hold such questions against the asker's address: silence is the usual answer and means nothing. The servers' names
come from outside, so their addresses must be public.
"""

import asyncio
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from worker.providers.email_dns import MailHosts, Resolver
from worker.providers.email_verdict import Address, Probe

_LONGEST_LINE: Final = 2_048
_MOST_LINES: Final = 60
_MOST_HOSTS: Final = 2
#: Replies about the mailbox itself; other refusals (policy, greylisting, load) say nothing about it.
_NO_SUCH: Final = re.compile(
    r"5\.1\.(?:1|2|3|6|10)|user unknown|no such user|does not exist|unknown (?:user|recipient)|"
    r"mailbox (?:not found|unavailable)"
)


@dataclass(frozen=True, slots=True)
class Prober:
    """How to introduce oneself. ``sender`` is the MAIL FROM address, ``name`` our host name in EHLO.

    ``port`` and ``allow_private`` are for a server on one's own network.
    """

    resolver: Resolver
    sender: str
    name: str
    timeout_s: float = 8.0
    port: int = 25
    allow_private: bool = False

    async def ask(self, address: Address, mail: MailHosts) -> Probe:
        """What the first reachable mail host says. Never raises for what a server does."""
        for host in (mail.hosts or (address.domain,))[:_MOST_HOSTS]:
            try:
                async with asyncio.timeout(self.timeout_s):
                    return await self._converse(host, address)
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
                continue
        return Probe.SILENT

    async def _converse(self, host: str, address: Address) -> Probe:
        target = next(iter(await self._public(host)), None)
        if target is None:
            return Probe.SILENT
        reader, writer = await asyncio.open_connection(target, self.port, limit=_LONGEST_LINE)
        try:
            if (await _answer(reader))[0] != 220:
                return Probe.SILENT
            if (await _say(reader, writer, f"EHLO {self.name}"))[0] != 250:
                return Probe.SILENT
            if (await _say(reader, writer, f"MAIL FROM:<{self.sender}>"))[0] != 250:
                return Probe.SILENT
            told = judge(*await _say(reader, writer, f"RCPT TO:<{address.local_part}@{address.domain}>"))
            if told is Probe.ACCEPTED:
                nobody = f"RCPT TO:<{impossible(address)}@{address.domain}>"
                if judge(*await _say(reader, writer, nobody)) is Probe.ACCEPTED:
                    told = Probe.ANY
            await _say(reader, writer, "QUIT")
            return told
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _public(self, host: str) -> list[str]:
        found = await self.resolver.addresses(host)
        return [text for text in found if self.allow_private or ip_address(text).is_global]


def judge(code: int, text: str) -> Probe:
    """What a reply to RCPT says about the mailbox.

    >>> judge(250, "2.1.5 Ok"), judge(550, "5.1.1 User unknown"), judge(550, "5.7.1 Blocked"), judge(451, "later")
    (<Probe.ACCEPTED: 'accepted'>, <Probe.REFUSED: 'refused'>, <Probe.SILENT: 'silent'>, <Probe.SILENT: 'silent'>)
    """
    if code in (250, 251):
        return Probe.ACCEPTED
    return Probe.REFUSED if code in (550, 551, 553) and _NO_SUCH.search(text.casefold()) else Probe.SILENT


def impossible(address: Address) -> str:
    """A local part that nobody has, the same for the same address."""
    return "nobody-" + hashlib.sha256(f"{address.local_part}@{address.domain}".encode()).hexdigest()[:16]


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str) -> tuple[int, str]:
    if any(character in line for character in "\r\n"):
        raise ValueError("a line break in an address")
    writer.write(f"{line}\r\n".encode())
    await writer.drain()
    return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, str]:
    """One reply, several lines or not: code and text."""
    lines: list[str] = []
    while len(lines) < _MOST_LINES:
        line = (await reader.readline()).decode("utf-8", "replace")
        if not re.match(r"\d{3}(?:[ -]|\r?\n)", line):
            break
        lines.append(line[4:].strip())
        if line[3:4] != "-":
            return int(line[:3]), " ".join(lines)
    raise ValueError("not an SMTP reply")
