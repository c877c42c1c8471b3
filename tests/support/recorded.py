"""Recorded provider replies, from the files that the simulator serves too."""

import json
from pathlib import Path

from worker.domain.call import Reply

FIXTURES = Path(__file__).parents[2] / "simulator" / "fixtures"


def recorded(provider: str, case: str) -> Reply:
    """One recorded reply; header names in lower case, as the gateway hands them on."""
    data = json.loads((FIXTURES / provider / f"{case}.json").read_text("utf-8"))
    body = data["text"] if "text" in data else json.dumps(data["body"], ensure_ascii=False)
    headers = {name.lower(): value for name, value in data.get("headers", {}).items()}
    return Reply(data["status"], headers, body.encode())


def recorded_cases(provider: str) -> tuple[str, ...]:
    """The names of a provider's recorded replies, sorted."""
    return tuple(sorted(path.stem for path in (FIXTURES / provider).glob("*.json")))
