"""What the worker says about itself: figures for dashboards, and the ids on every log line of a job."""

from worker.telemetry.context import job_context
from worker.telemetry.figures import Figures
from worker.telemetry.gauge import Gauge
from worker.telemetry.meter import Meter

__all__ = ["Figures", "Gauge", "Meter", "job_context"]
