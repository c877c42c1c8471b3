"""Anthropic's Messages API: both ways to send a key, both versions, structured output.

Source: platform.claude.com/docs (versioning, migration to 2026-10-21, errors, rate limits).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from simulator.model import Said, answer
from simulator.prices import TOKEN_PRICES
from simulator.wire import Ask, Limit, Provider, Reply, Route, Usage, json_reply

VERSIONS: Final = frozenset({"2023-06-01", "2026-10-21"})
_SAMPLING: Final = ("temperature", "top_p", "top_k")
_KINDS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_NO_FORCED_TOOLS: Final = ("claude-opus-5-5", "claude-sonnet-5-5")
_ENDINGS: Final = {"end": "end_turn", "length": "max_tokens", "refusal": "refusal"}
_LARGEST: Final = 32 * 1024 * 1024


def _request_id(ask: Ask) -> str:
    return f"req_{sha256(f'{ask.now}{ask.path}'.encode()).hexdigest()[:24]}"


def _refuse(ask: Ask, status: int, message: str, retry_after: float | None = None) -> Reply:
    request_id = _request_id(ask)
    body = {
        "type": "error",
        "error": {"type": _KINDS.get(status, "api_error"), "message": message},
        "request_id": request_id,
    }
    headers = {"request-id": request_id}
    if retry_after is not None:
        headers["retry-after"] = str(max(1, round(retry_after)))
    return json_reply(body, status, headers)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(block.get("text", "")) for block in content if isinstance(block, dict))
    return ""


def _fault_in(ask: Ask) -> Reply | None:
    """The documented 400s and 404s, or None for a good request."""
    version = ask.headers.get("anthropic-version", "")
    body = ask.json
    if version not in VERSIONS:
        said = f"anthropic-version: {version or 'missing'} is not a valid version"
        return _refuse(ask, 400, said)
    if len(ask.body) > _LARGEST:
        return _refuse(ask, 413, "Request exceeds the maximum allowed number of bytes.")
    if not isinstance(body, dict):
        return _refuse(ask, 400, "The request body is not valid JSON")
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            return _refuse(ask, 400, f"{name}: Field required")
    if version == "2026-10-21" and (sent := [name for name in _SAMPLING if name in body]):
        return _refuse(ask, 400, f"{sent[0]}: Extra inputs are not permitted")
    if not any(str(body["model"]).startswith(name) for name in TOKEN_PRICES if name.startswith("claude")):
        return _refuse(ask, 404, f"model: {body['model']}")
    choice = body.get("tool_choice") or {}
    if choice.get("type") in ("any", "tool") and str(body["model"]).startswith(_NO_FORCED_TOOLS):
        return _refuse(ask, 400, "tool_choice: forced tool use is not supported by this model")
    if not isinstance(body["messages"], list) or not body["messages"] or body["messages"][0].get("role") != "user":
        return _refuse(ask, 400, "messages: first message must use the user role")
    return None


def _message(ask: Ask, model: str, said: Said) -> dict[str, Any]:
    content: list[dict[str, Any]] = []
    if (ask.json.get("thinking") or {}).get("type") == "enabled" or ask.settings.get("thinking"):
        content.append(
            {"type": "thinking", "thinking": "Looking at each page for the asked fields.", "signature": "c2ln"}
        )
    content.append({"type": "text", "text": said.text})
    return {
        "id": f"msg_{_request_id(ask)[4:]}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": _ENDINGS[said.ending],
        "stop_sequence": None,
        "usage": {
            "input_tokens": said.tokens_in,
            "output_tokens": said.tokens_out,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "standard",
        },
    }


def messages(ask: Ask) -> Reply:
    """``POST /v1/messages``."""
    if (refused := _fault_in(ask)) is not None:
        return refused
    body = ask.json
    prompt = "\n".join([_text(body.get("system", "")), *(_text(item.get("content")) for item in body["messages"])])
    form = (body.get("output_config") or {}).get("format") or {}
    schema = form.get("schema") if form.get("type") == "json_schema" else None
    said = answer(ask, str(body["model"]), prompt, schema, int(body["max_tokens"]))
    headers = {"request-id": _request_id(ask), "anthropic-organization-id": "5151c0de-0000-4000-8000-000000000000"}
    return json_reply(_message(ask, str(body["model"]), said), 200, headers, (said.charge,))


def _rate_headers(ask: Ask, usages: Sequence[Usage]) -> dict[str, str]:
    usage = usages[0]
    reset = datetime.fromtimestamp(ask.now + usage.reset_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {}
    for what, count, left in (
        ("requests", usage.limit.count, usage.left),
        ("tokens", 4_800_000, 4_000_000),
        ("input-tokens", 4_000_000, 3_600_000),
        ("output-tokens", 800_000, 790_000),
    ):
        headers[f"anthropic-ratelimit-{what}-limit"] = str(count)
        headers[f"anthropic-ratelimit-{what}-remaining"] = str(left)
        headers[f"anthropic-ratelimit-{what}-reset"] = reset
    return headers


def _key(ask: Ask) -> str | None:
    return ask.headers.get("x-api-key") or ask.headers.get("authorization", "").removeprefix("Bearer ").strip() or None


def _broken(ask: Ask, status: int) -> Reply:
    return _refuse(ask, status, "Overloaded" if status == 529 else "Internal server error")


PROVIDER = Provider(
    name="anthropic",
    prefix="/anthropic",
    routes=(Route(("POST",), "/v1/messages", "messages", messages),),
    key=_key,
    bad_key=lambda ask: _refuse(ask, 401, "invalid x-api-key"),
    throttled=lambda ask, wait: _refuse(ask, 429, "This request would exceed your rate limit.", wait),
    quota=lambda ask: _refuse(ask, 402, "Your credit balance is too low to access the API."),
    broken=_broken,
    limits=lambda _: (Limit(4000, 60.0),),
    rate_headers=_rate_headers,
)
