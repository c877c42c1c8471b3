"""``/metrics``: the meter and the gauges of the moment in Prometheus's text format."""

from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from worker.telemetry.gauge import Gauge


class _Moment(Collector):
    """Gauges that were just read."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for gauge in self._gauges:
            names = sorted(gauge.labels)
            family = families.setdefault(
                gauge.name, GaugeMetricFamily(f"enrichd_{gauge.name}", gauge.help, labels=names)
            )
            family.add_metric([gauge.labels[name] for name in names], gauge.value)
        yield from families.values()


def exposition(collectors: Iterable[Collector], gauges: Sequence[Gauge]) -> bytes:
    """The text for one scrape; gauges of one name share their label names."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    for collector in (*collectors, _Moment(gauges)):
        registry.register(collector)
    return generate_latest(registry)
