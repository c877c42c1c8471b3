"""OpenAI and servers that speak its API, through the official SDK over aiohttp.

API: https://developers.openai.com (Responses, Chat Completions, structured outputs, error codes), read 2026-11-21.
OpenAI itself is asked by Responses with nothing stored; other servers (``openai-compatible``: vLLM, Ollama, ...) by
Chat Completions, which all of them have. Retries are the gateway's, so the SDK makes none; it would also repeat quota
errors, which share status 429 with rate limits and differ by code. Prices: ``llm_prices``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.providers.llm_prices import Tokens
from worker.providers.llm_question import Question
from worker.providers.llm_reply import Said, wire_error
from worker.providers.reading import StatusTable, error_text, json_body, retry_after_s
from worker.providers.typed import objects, text, whole

if TYPE_CHECKING:
    from openai import AsyncOpenAI

DEFAULT_URL: Final = "https://api.openai.com/v1"
#: Codes and types of a 429 that waiting a moment does not cure.
_QUOTA: Final = (
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
)

#: Documented statuses; 429 by code.
STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        403: Outcome.BAD_CREDENTIALS,
        404: Outcome.BAD_CREDENTIALS,
        409: Outcome.TRANSIENT,
        413: Outcome.BAD_INPUT,
        422: Outcome.BAD_INPUT,
        429: Outcome.THROTTLED,
        **{(429, code): Outcome.QUOTA_EXHAUSTED for code in _QUOTA},
        500: Outcome.TRANSIENT,
        503: Outcome.THROTTLED,
    },
    {
        401: "the key is not accepted",
        403: "the key or the country is not allowed",
        404: "no such model or endpoint",
        429: "rate limit reached",
        **dict.fromkeys(((429, code) for code in _QUOTA), "quota or spend limit reached"),
        503: "overloaded",
    },
)
_OVERLOADED_S: Final = 10.0


class _OpenAi:
    """What both ways of asking share: the client, and reading what is no answer."""

    def __init__(self, model: str, key: str, base_url: str, timeout_s: float) -> None:
        self.model = model
        self._key = key
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Close the client, if it was opened."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, ask: Callable[["AsyncOpenAI"], Awaitable[Any]]) -> Reply:
        client = await self._opened()
        from openai import APIConnectionError, APIStatusError

        try:
            raw = await ask(client)
        except APIStatusError as refused:
            return _reply(refused.response)
        except APIConnectionError as lost:
            raise wire_error(lost) from lost
        return _reply(raw.http_response)

    async def _opened(self) -> "AsyncOpenAI":
        async with self._opening:
            if self._client is None:
                # Importing the SDK takes a second: in a thread, so that other jobs go on.
                self._client = await asyncio.to_thread(self._open)
        return self._client

    def _open(self) -> "AsyncOpenAI":
        import openai

        # Redirects and proxies of the environment are not followed: the request carries the key.
        http = openai.DefaultAioHttpClient(follow_redirects=False, trust_env=False, timeout=self._timeout_s)
        client = openai.AsyncOpenAI(
            # Servers of one's own often take no key; the SDK insists on one.
            api_key=self._key or "none",
            base_url=self._base_url,
            timeout=self._timeout_s,
            max_retries=0,
            http_client=http,
        )
        # The SDK fills these from the environment, which is not ours to read.
        client.organization = client.project = None
        return client

    def _trouble(self, reply: Reply, body: Any) -> Said:
        said = text(body, "error", "code"), text(body, "error", "type")
        code = next((word for word in said if word in _QUOTA), said[0] or said[1] or "")
        outcome = STATUSES.outcome(reply.status, code)
        wait = retry_after_s(reply.headers, datetime.now(UTC))
        if wait is None and reply.status == 503:
            wait = _OVERLOADED_S
        message = error_text(body, hide=self._key)
        return Said(trouble=outcome, reason=STATUSES.reason(reply.status, code, message), retry_after_s=wait)


class Responses(_OpenAi):
    """OpenAI's Responses API."""

    name = "openai"

    async def send(self, question: Question) -> Reply:
        """Ask once. Raises the network's error when no whole reply arrives."""
        return await self._ask(
            lambda client: client.responses.with_raw_response.create(
                model=self.model,
                instructions=question.system,
                input=question.user,
                text={
                    "format": {
                        "type": "json_schema",
                        "name": "facts",
                        "schema": dict(question.schema),
                        "strict": True,
                    }
                },
                max_output_tokens=question.max_tokens,
                store=False,
            )
        )

    def said(self, reply: Reply) -> Said:
        """Take a reply apart: the text of its messages, how it ended, what it used."""
        body = json_body(reply)
        if reply.status != 200:
            return self._trouble(reply, body)
        tokens = _tokens(body, "input_tokens", "output_tokens")
        status = text(body, "status")
        if status == "incomplete":
            why = text(body, "incomplete_details", "reason") or "no reason given"
            cut = "cut off at LLM_MAX_TOKENS" if why == "max_output_tokens" else f"incomplete: {why[:60]}"
            return Said(trouble=Outcome.NONSENSE, reason=cut, tokens=tokens)
        if status == "failed":
            message = text(body, "error", "message") or "the model failed"
            return Said(trouble=Outcome.TRANSIENT, reason=message[:200], tokens=tokens)
        parts = [part for item in objects(body, "output") for part in objects(item, "content")]
        if any(part.get("type") == "refusal" for part in parts):
            return Said(trouble=Outcome.NONSENSE, reason="the model refused to answer", tokens=tokens)
        said = "".join(text(part, "text") or "" for part in parts if part.get("type") == "output_text")
        if not said:
            return Said(trouble=Outcome.NONSENSE, reason="no text in the answer", tokens=tokens)
        return Said(said, tokens=tokens)


class Chat(_OpenAi):
    """Chat Completions, as OpenAI-compatible servers have it; ``usage`` may be missing."""

    name = "openai-compatible"

    async def send(self, question: Question) -> Reply:
        """Ask once. Raises the network's error when no whole reply arrives."""
        return await self._ask(
            lambda client: client.chat.completions.with_raw_response.create(
                model=self.model,
                messages=[
                    {"role": "system", "content": question.system},
                    {"role": "user", "content": question.user},
                ],
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "facts", "schema": dict(question.schema), "strict": True},
                },
                max_tokens=question.max_tokens,
            )
        )

    def said(self, reply: Reply) -> Said:
        """Take a reply apart: the first choice's text, how it ended, what it used."""
        body = json_body(reply)
        if reply.status != 200:
            return self._trouble(reply, body)
        tokens = _tokens(body, "prompt_tokens", "completion_tokens")
        choice = next(iter(objects(body, "choices")), {})
        finish = text(choice, "finish_reason")
        if finish == "length":
            return Said(trouble=Outcome.NONSENSE, reason="cut off at LLM_MAX_TOKENS", tokens=tokens)
        if finish == "content_filter" or text(choice, "message", "refusal"):
            return Said(trouble=Outcome.NONSENSE, reason="the model refused to answer", tokens=tokens)
        said = text(choice, "message", "content")
        if not said:
            return Said(trouble=Outcome.NONSENSE, reason="no text in the answer", tokens=tokens)
        return Said(said, tokens=tokens)


def _reply(response: Any) -> Reply:
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Reply(int(response.status_code), headers, bytes(response.content))


def _tokens(body: Any, prompt: str, output: str) -> Tokens:
    """Usage; the prompt's count holds the cached and the written part too."""

    def used(*path: str) -> int:
        return max(0, whole(body, "usage", *path) or 0)

    cached = used(f"{prompt}_details", "cached_tokens")
    written = used(f"{prompt}_details", "cache_write_tokens")
    return Tokens(prompt=max(0, used(prompt) - cached - written), output=used(output), cached=cached, written=written)
