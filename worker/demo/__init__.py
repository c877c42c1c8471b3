"""``enrichd demo``: the main job end to end, on servers and a simulated outside world that it starts and stops."""

from worker.demo.show import demo

__all__ = ["demo"]
