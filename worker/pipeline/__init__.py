"""One job's way from a subject to a result: cache, plan, gather, gaps, fallback, merge and validate."""

from worker.pipeline.enrich import enrich
from worker.pipeline.tools import JobGateway, Policy, Tools

__all__ = ["JobGateway", "Policy", "Tools", "enrich"]
