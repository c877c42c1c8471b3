"""OpenAI's Chat Completions and Responses; a server that speaks the first stands in for compatible local ones too.

Source: openai/openai-openapi (shapes), developers.openai.com error codes; 429 is a rate or a quota, by its code.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from simulator.model import answer
from simulator.prices import TOKEN_PRICES
from simulator.wire import Ask, Limit, Provider, Reply, Route, Usage, json_reply

_ENDINGS: Final = {"end": "stop", "length": "length", "refusal": "stop"}


def _request_id(ask: Ask) -> str:
    return f"req_{sha256(f'{ask.now}{ask.path}'.encode()).hexdigest()[:32]}"


def _refuse(
    ask: Ask, status: int, message: str, kind: str, code: str | None, headers: Mapping[str, str] | None = None
) -> Reply:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return json_reply({"error": error}, status, {"x-request-id": _request_id(ask), **(headers or {})})


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return ""


def _refused(ask: Ask, needed: Sequence[str]) -> Reply | None:
    body = ask.json
    if not isinstance(body, dict):
        return _refuse(ask, 400, "We could not parse the JSON body of your request.", "invalid_request_error", None)
    for name in needed:
        if name not in body:
            message = f"Missing required parameter: '{name}'."
            return _refuse(ask, 400, message, "invalid_request_error", "missing_required_parameter")
    model = str(body["model"])
    if not ask.settings.get("any_model", True) and not model.startswith(tuple(TOKEN_PRICES)):
        message = f"The model `{model}` does not exist or you do not have access to it."
        return _refuse(ask, 404, message, "invalid_request_error", "model_not_found")
    return None


def _headers(ask: Ask) -> dict[str, str]:
    return {
        "x-request-id": _request_id(ask),
        "openai-processing-ms": "41",
        "openai-version": "2020-10-01",
        "openai-organization": "simulated",
    }


def chat_completions(ask: Ask) -> Reply:
    """``POST /chat/completions``."""
    if (refused := _refused(ask, ("model", "messages"))) is not None:
        return refused
    body = ask.json
    prompt = "\n".join(_text(item.get("content")) for item in body["messages"])
    form = body.get("response_format") or {}
    schema = (form.get("json_schema") or {}).get("schema") if form.get("type") == "json_schema" else None
    most = int(body.get("max_completion_tokens") or body.get("max_tokens") or 16_384)
    said = answer(ask, str(body["model"]), prompt, schema, most)
    refusal = said.text if said.ending == "refusal" else None
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if refusal else said.text,
        "refusal": refusal,
        "annotations": [],
    }
    reply: dict[str, Any] = {
        "id": f"chatcmpl-{_request_id(ask)[4:]}",
        "object": "chat.completion",
        "created": int(ask.now),
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": _ENDINGS[said.ending], "message": message, "logprobs": None}],
    }
    if ask.settings.get("usage", True):  # compatible servers may leave it out
        reply["usage"] = {
            "prompt_tokens": said.tokens_in,
            "completion_tokens": said.tokens_out,
            "total_tokens": said.tokens_in + said.tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }
    return json_reply(reply, 200, _headers(ask), (said.charge,))


def responses(ask: Ask) -> Reply:
    """``POST /responses``: cut short it is ``incomplete``; a refusal is a content part of its own."""
    if (refused := _refused(ask, ("model", "input"))) is not None:
        return refused
    body = ask.json
    asked = body["input"]
    told = [asked] if isinstance(asked, str) else [_text(item.get("content")) for item in asked]
    prompt = "\n".join([str(body.get("instructions") or ""), *told])
    form = (body.get("text") or {}).get("format") or {}
    schema = form.get("schema") if form.get("type") == "json_schema" else None
    said = answer(ask, str(body["model"]), prompt, schema, int(body.get("max_output_tokens") or 16_384))
    part: dict[str, Any] = {"type": "output_text", "text": said.text, "annotations": []}
    if said.ending == "refusal":
        part = {"type": "refusal", "refusal": said.text}
    status = "incomplete" if said.ending == "length" else "completed"
    output: list[dict[str, Any]] = []
    if ask.settings.get("thinking"):
        output.append({"type": "reasoning", "id": "rs_1", "summary": []})
    output.append({"type": "message", "id": "msg_1", "role": "assistant", "status": status, "content": [part]})
    reply = {
        "id": f"resp_{_request_id(ask)[4:]}",
        "object": "response",
        "created_at": int(ask.now),
        "status": status,
        "model": body["model"],
        "output": output,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "usage": {
            "input_tokens": said.tokens_in,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": said.tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": said.tokens_in + said.tokens_out,
        },
    }
    return json_reply(reply, 200, _headers(ask), (said.charge,))


def models(_: Ask) -> Reply:
    """``GET /models``."""
    return json_reply({"object": "list", "data": [{"id": name, "object": "model"} for name in TOKEN_PRICES]})


def _rate_headers(_: Ask, usages: Sequence[Usage]) -> dict[str, str]:
    usage = usages[0]
    return {
        "x-ratelimit-limit-requests": str(usage.limit.count),
        "x-ratelimit-remaining-requests": str(usage.left),
        "x-ratelimit-reset-requests": f"{usage.reset_s:.0f}s",
        "x-ratelimit-limit-tokens": "4000000",
        "x-ratelimit-remaining-tokens": "3990000",
        "x-ratelimit-reset-tokens": "0s",
    }


def _throttled(ask: Ask, wait: float | None) -> Reply:
    headers = {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    return _refuse(ask, 429, "Rate limit reached for requests", "requests", "rate_limit_exceeded", headers)


def _broken(ask: Ask, status: int) -> Reply:
    if status == 503:
        return _refuse(ask, 503, "The server is overloaded", "service_unavailable_error", "server_is_overloaded")
    return _refuse(ask, status, "The server had an error while processing your request", "server_error", None)


PROVIDER = Provider(
    name="openai",
    prefix="/openai/v1",
    routes=(
        Route(("POST",), "/chat/completions", "chat.completions", chat_completions),
        Route(("POST",), "/responses", "responses", responses),
        Route(("GET",), "/models", "models", models, open=True),
    ),
    key=lambda ask: ask.headers.get("authorization", "").removeprefix("Bearer ").strip() or None,
    bad_key=lambda ask: _refuse(ask, 401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    throttled=_throttled,
    quota=lambda ask: _refuse(
        ask,
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        str(ask.settings.get("openai_quota_code", "credit_balance_exhausted")),
    ),
    broken=_broken,
    limits=lambda _: (Limit(5000, 60.0),),
    rate_headers=_rate_headers,
)
