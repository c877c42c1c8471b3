"""Values that are looked up when somebody asks for them: queue depth, slots in use, pool size."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gauge:
    """One value now. ``name`` gets the prefix ``enrichd_``; ``help`` is a sentence for the dashboard's author."""

    name: str
    value: float
    help: str
    labels: Mapping[str, str] = field(default_factory=dict)
