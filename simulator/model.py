"""What both simulated LLM vendors share: read the prompt, answer in the schema, lie when told to, count tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import Any

import orjson

from simulator.lies import Lie, tell, wrong_schema
from simulator.prices import token_micros, tokens_in
from simulator.reader import Fact, documents, read
from simulator.wire import Ask, Charge


@dataclass(frozen=True, slots=True)
class Said:
    """A model's answer: its text, how it ended (``end``, ``length``, ``refusal``), its tokens and its price."""

    text: str
    ending: str
    tokens_in: int
    tokens_out: int
    charge: Charge


def asked_fields(schema: Mapping[str, Any]) -> list[str]:
    """The field names that a schema asks for: an enum in a list of facts, or an object's own members."""
    properties = schema.get("properties", {})
    for member in properties.values():
        item = member.get("items", {}).get("properties", {}) if isinstance(member, dict) else {}
        for value in item.values():
            if isinstance(value, dict) and isinstance(value.get("enum"), list):
                return [str(name) for name in value["enum"]]
    return list(properties)


def _in_schema(schema: Mapping[str, Any], facts: Sequence[Fact]) -> Any:
    """The facts as a list where the schema has one, else as members of an object, null for what is not known."""
    properties = schema.get("properties", {})
    for name, member in properties.items():
        if isinstance(member, dict) and member.get("type") == "array":
            return {name: [fact.as_json() for fact in facts]}
    known = {fact.field: fact.value for fact in facts}
    return {name: known.get(name) for name in properties}


def answer(ask: Ask, model: str, prompt: str, schema: Mapping[str, Any] | None, most_tokens: int) -> Said:
    """Answer a prompt; the lie, if any, is drawn by the dice of the simulator's settings."""
    charged_in = tokens_in(prompt) + tokens_in(orjson.dumps(schema or {}).decode())
    asked = asked_fields(schema or {})
    honest = read(ask.world, prompt, asked)
    kind = _lie_kind(ask)
    pages = documents(prompt)
    dice: Random = ask.settings.get("dice") or Random(1)
    facts, lies = (
        tell(kind, honest, asked, pages, ask.settings.get("hidden", {}), dice) if kind else (honest, list[Lie]())
    )
    offered: list[Lie] = ask.settings.get("lies_offered", [])
    offered.extend(lies)
    ending = "end"
    match kind:
        case "wrong_schema":
            text = orjson.dumps(wrong_schema(facts)).decode()
            offered.append(Lie(kind, "", "", text[:200], pages[0].url if pages else ""))
        case "truncated":
            whole = orjson.dumps(_in_schema(schema or {}, facts)).decode()
            text, ending = whole[: max(2, len(whole) * 2 // 3)], "length"
            offered.append(Lie(kind, "", "", text[-200:], pages[0].url if pages else ""))
        case "refusal":
            text, ending = "I can't help with that.", "refusal"
            offered.append(Lie(kind, "", "", "", pages[0].url if pages else ""))
        case _:
            text = orjson.dumps(_in_schema(schema, facts)).decode() if schema else _prose(facts)
    if tokens_in(text) > most_tokens:
        text, ending = text[: most_tokens * 4], "length"
    out = tokens_in(text)
    digest = sha256(f"{model}\x1f{prompt}\x1f{orjson.dumps(schema or {}).decode()}".encode()).hexdigest()[:24]
    charge = Charge(f"{ask.operation} {model} {digest}", token_micros(model, charged_in, out), 0.0)
    return Said(text, ending, charged_in, out, charge)


def _prose(facts: Sequence[Fact]) -> str:
    return " ".join(f"{fact.field}: {fact.value}." for fact in facts) or "The pages do not say."


def _lie_kind(ask: Ask) -> str:
    """The kind of lie for this request: by header ``X-Sim-Lie``, else by the settings ``lies`` and ``lie_rate``."""
    if header := ask.headers.get("x-sim-lie"):
        return header
    kinds: Sequence[str] = ask.settings.get("lies", ())
    dice: Random = ask.settings.get("dice") or Random(1)
    if not kinds or dice.random() >= ask.settings.get("lie_rate", 1.0):
        return ""
    return dice.choice(list(kinds))
