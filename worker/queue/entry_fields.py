"""The names an entry may use: both spellings, and which options this version knows but refuses."""

from typing import Final

#: The newest version of entries understood here; newer ones are parked for newer workers.
SCHEMA: Final = 1

#: Options as users type them, in the spelling of the worker's own documents.
OPTIONS: Final = (
    "url",
    "type",
    "requiredFields",
    "skipCache",
    "maxCostCents",
    "id",
    "workspaceId",
    "webhookUrl",
    "tags",
    "priority",
    "runAt",
    "maxAttempts",
    "maxRetries",
    "minConfidence",
    "refreshOlderThan",
    "dryRun",
    "dependsOn",
    "providerId",
    "known",
    "validate",
    "payload",
    "data",
    "schema",
    "uniqueKey",
    "traceparent",
)

#: Refused, never ignored: an ignored option can cost money or tell the wrong people.
UNSUPPORTED: Final = {
    "webhookUrl": "outgoing webhooks",
    "dependsOn": "waiting for other jobs",
    "providerId": "choosing one provider",
}

#: Written by enrichd itself when it adds an entry again.
ID: Final = "_id"
GENERATION: Final = "_gen"
ATTEMPTS: Final = "_attempts"
FIRST_PICKUP: Final = "_first"
PARKED_LANE: Final = "_lane"
ALONE: Final = "_alone"
INTERNAL: Final = (ID, GENERATION, ATTEMPTS, FIRST_PICKUP, PARKED_LANE, ALONE)


def snake(name: str) -> str:
    """An option's other spelling.

    >>> snake("maxCostCents")
    'max_cost_cents'
    """
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


CANONICAL: Final[dict[bytes, str]] = {
    **{name.encode(): name for name in (*OPTIONS, *INTERNAL)},
    **{snake(name).encode(): name for name in OPTIONS},
    b"job_type": "type",
}
CANONICAL_TEXT: Final[dict[str, str]] = {name.decode(): canonical for name, canonical in CANONICAL.items()}
