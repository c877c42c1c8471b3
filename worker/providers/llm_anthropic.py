"""Anthropic Messages through the official SDK over aiohttp.

API: https://platform.claude.com/docs (Messages, structured outputs, errors), version 2026-10-21, read 2026-11-21.
Answers are asked for by ``output_config.format`` with a JSON Schema: newer models refuse forced tools and any
temperature. Retries are the gateway's, so the SDK makes none. Prices: ``llm_prices``.
"""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from worker.domain.call import Limit, Reply
from worker.domain.finding import Outcome
from worker.providers.llm_prices import Tokens
from worker.providers.llm_question import Question
from worker.providers.llm_reply import Said, wire_error
from worker.providers.reading import StatusTable, error_text, json_body, retry_after_s
from worker.providers.typed import dig, objects, text, whole

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

DEFAULT_URL: Final = "https://api.anthropic.com"

#: Documented statuses. 413 and 422 are our own prompt's fault; 409 is a conflict that passes.
STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        (400, "spend_limit"): Outcome.QUOTA_EXHAUSTED,
        401: Outcome.BAD_CREDENTIALS,
        402: Outcome.QUOTA_EXHAUSTED,
        403: Outcome.BAD_CREDENTIALS,
        404: Outcome.BAD_CREDENTIALS,
        409: Outcome.TRANSIENT,
        413: Outcome.BAD_INPUT,
        422: Outcome.BAD_INPUT,
        429: Outcome.THROTTLED,
        (429, "spend_limit"): Outcome.QUOTA_EXHAUSTED,
        500: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
        529: Outcome.THROTTLED,
    },
    {
        401: "the key is not accepted",
        402: "billing problem or no credit left",
        403: "the key may not do this",
        404: "no such model for this key",
        413: "prompt too large",
        429: "rate limit reached",
        (400, "spend_limit"): "spend limit reached",
        (429, "spend_limit"): "spend limit reached",
        529: "overloaded",
    },
)
#: Wait after a 529 that names no time.
_OVERLOADED_S: Final = 10.0
_STOPS: Final = {
    "max_tokens": "cut off at LLM_MAX_TOKENS",
    "model_context_window_exceeded": "cut off at the model's context window",
    "refusal": "the model refused to answer",
    "pause_turn": "the model paused",
    "tool_use": "the model asked for a tool",
}


class Anthropic:
    """A conversation partner behind Anthropic's API. The client opens at the first question."""

    name = "anthropic"

    def __init__(self, model: str, key: str, base_url: str, timeout_s: float) -> None:
        self.model = model
        self._key = key
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._client: AsyncAnthropic | None = None
        self._opening = asyncio.Lock()

    async def send(self, question: Question) -> Reply:
        """Ask once. Raises the network's error when no whole reply arrives."""
        client = await self._opened()
        from anthropic import APIConnectionError, APIStatusError

        try:
            raw = await client.messages.with_raw_response.create(
                model=self.model,
                max_tokens=question.max_tokens,
                system=question.system,
                messages=[{"role": "user", "content": question.user}],
                output_config={"format": {"type": "json_schema", "schema": dict(question.schema)}},
            )
        except APIStatusError as refused:
            return _reply(refused.response)
        except APIConnectionError as lost:
            raise wire_error(lost) from lost
        return _reply(raw.http_response)

    def said(self, reply: Reply) -> Said:
        """Take a reply apart: the text of its text blocks, why it stopped, what it used."""
        body = json_body(reply)
        if reply.status != 200:
            return _trouble(reply, body, self._key)
        tokens, limits = _tokens(body), _limits(reply)
        if text(body, "type") != "message":
            return Said(trouble=Outcome.NONSENSE, reason="not a message", tokens=tokens, limits=limits)
        stop = text(body, "stop_reason") or ""
        if stop in _STOPS:
            return Said(trouble=Outcome.NONSENSE, reason=_STOPS[stop], tokens=tokens, limits=limits)
        said = "".join(
            part
            for block in objects(body, "content")
            if block.get("type") == "text" and isinstance(part := block.get("text"), str)
        )
        if not said:
            return Said(trouble=Outcome.NONSENSE, reason="no text in the message", tokens=tokens, limits=limits)
        return Said(said, tokens=tokens, limits=limits)

    async def close(self) -> None:
        """Close the client, if it was opened."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _opened(self) -> "AsyncAnthropic":
        async with self._opening:
            if self._client is None:
                # Importing the SDK takes a second: in a thread, so that other jobs go on.
                self._client = await asyncio.to_thread(self._open)
        return self._client

    def _open(self) -> "AsyncAnthropic":
        import anthropic

        # Redirects and proxies of the environment are not followed: the request carries the key.
        http = anthropic.DefaultAioHttpClient(follow_redirects=False, trust_env=False, timeout=self._timeout_s)
        return anthropic.AsyncAnthropic(
            api_key=self._key,
            base_url=self._base_url,
            timeout=self._timeout_s,
            max_retries=0,
            http_client=http,
        )


def _reply(response: Any) -> Reply:
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Reply(int(response.status_code), headers, bytes(response.content))


def _tokens(body: Any) -> Tokens:
    def used(name: str) -> int:
        return max(0, whole(body, "usage", name) or 0)

    return Tokens(
        prompt=used("input_tokens"),
        output=used("output_tokens"),
        cached=used("cache_read_input_tokens"),
        written=used("cache_creation_input_tokens"),
    )


def _limits(reply: Reply) -> tuple[Limit, ...]:
    """The account's requests a minute, as its headers tell them."""
    told = reply.headers.get("anthropic-ratelimit-requests-limit", "")
    return (Limit(int(told), 60.0),) if told.isascii() and told.isdigit() and 0 < int(told) < 10**7 else ()


def _trouble(reply: Reply, body: Any, key: str) -> Said:
    message = error_text(body, hide=key)
    code = "spend_limit" if _spend_limit(reply, body, message) else text(body, "error", "type") or ""
    wait = retry_after_s(reply.headers, datetime.now(UTC))
    if wait is None and reply.status == 529:
        wait = _OVERLOADED_S
    outcome = STATUSES.outcome(reply.status, code)
    return Said(
        trouble=outcome, reason=STATUSES.reason(reply.status, code, message), retry_after_s=wait, limits=_limits(reply)
    )


def _spend_limit(reply: Reply, body: Any, message: str) -> bool:
    """A spend cap comes as 400 or as a 429 without Retry-After; the code is not always there."""
    detail = dig(body, "error", "details", "error_code")
    if detail == "enforced_spend_limit_reached":
        return True
    words = message.lower()
    capped = any(phrase in words for phrase in ("spend limit", "spending limit", "usage limit", "credit balance"))
    return capped and (reply.status == 400 or (reply.status == 429 and "retry-after" not in reply.headers))
