"""Long-running services: consumer, settler, registrar, reclaimer, promoter, heartbeat. Each has ``run_once``."""
