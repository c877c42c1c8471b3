"""What is measured: enrichd, the bare loop, and peers, each with how to fill, probe, run and count it."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from redis import Redis

from benchmarks.entries import STREAM

ROOT = Path(__file__).parents[1]
PEERS = Path(__file__).parent / "peers"


@dataclass(frozen=True, slots=True)
class System:
    """One system under measurement.

    ``key`` names it on the command line. ``script`` is called with ``fill`` and ``probe`` (and with ``work`` unless
    ``work`` is given). ``remaining`` counts jobs that are not done yet: enqueued or unacknowledged. ``rate`` is a guess
    of jobs/s that sizes the backlog. ``stores`` says what is durable when a job counts as done. ``slots`` overrides the
    number of slots.
    """

    key: str
    name: str
    stores: str
    rate: int
    remaining: Callable[[Redis], int]
    script: tuple[str, ...]
    work: tuple[str, ...] = ()
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=dict)
    slots: int | None = None
    note: str = ""

    def command(self, *arguments: str) -> list[str]:
        """The command line for ``fill``, ``probe`` or ``work``."""
        if arguments == ("work",) and self.work:
            return list(self.work)
        return [*self.script, *arguments]


def _stream(name: str) -> Callable[[Redis], int]:
    """For systems that delete an entry when it is acknowledged."""
    return lambda redis: int(redis.xlen(name))


def _taskiq(redis: Redis) -> int:
    """Acknowledged entries stay in the stream, so done is what was read less what is pending."""
    groups = redis.xinfo_groups("taskiq") if redis.exists("taskiq") else []
    done = sum(int(group["entries-read"] or 0) - int(group["pending"]) for group in groups)
    return int(redis.xlen("taskiq")) - done


def own_systems(redis_url: str, database_url: str, slots: int) -> list[System]:
    """enrichd, the same with ids given by the producer, and the bare loop."""
    urls = {"BENCH_REDIS_URL": redis_url, "BENCH_DATABASE_URL": database_url}
    entries = (sys.executable, "-m", "benchmarks.entries")
    enrichd = System(
        "enrichd",
        "enrichd",
        "job row, result, log, ack",
        14_000,
        _stream(STREAM),
        entries,
        work=(str(Path(sys.executable).parent / "enrichd"), "run"),
        environment={
            **urls,
            "REDIS_URL": redis_url,
            "DATABASE_URL": database_url,
            "PLUGINS": "benchmarks.kinds",
            "LOG_LEVEL": "warning",
            "HEALTH_CHECK_PORT": "0",
            "PYTHONPATH": str(ROOT),
        },
    )
    with_ids = replace(
        enrichd,
        key="enrichd-ids",
        name="enrichd, own ids",
        rate=6_000,
        environment={**enrichd.environment, "BENCH_IDS": "1"},
        note="ids given by the producer, looked up before the run",
    )
    bare = System(
        "bare",
        "bare loop",
        "the same rows, ack",
        22_000,
        _stream(STREAM),
        entries,
        work=(sys.executable, "-m", "benchmarks.bare"),
        environment=urls,
        slots=slots,
    )
    return [enrichd, with_ids, bare]


def peer(name: str, version: str, stores: str, rate: int, remaining: Callable[[Redis], int], note: str = "") -> System:
    """A peer, run from its own virtual environment."""
    folder = PEERS / name
    python = Path(__file__).parent / ".venvs" / name / "bin" / "python"
    script = (str(python), str(folder / "peer.py"))
    return System(name, f"{name} {version}", stores, rate, remaining, script, folder=folder, note=note)


def peer_version(name: str) -> str:
    """The pinned version of a peer, from its requirements."""
    package = {"taskiq": "taskiq-redis", "docket": "pydocket"}.get(name, name)
    for line in (PEERS / name / "requirements.txt").read_text().splitlines():
        if line.startswith(f"{package}=="):
            return line.partition("==")[2]
    raise LookupError(name)


_THREADS = "100 threads, its fastest of 8, 32 and 100"
#: name -> (what is stored, guessed jobs/s, how to count, note)
_PEERS: Mapping[str, tuple[str, int, Callable[[Redis], int], str]] = {
    "dramatiq": (
        "ack",
        4_500,
        lambda redis: int(redis.hlen("dramatiq:default.msgs")),
        "100 threads, its fastest of 8, 32 and 100",
    ),
    "taskiq": ("ack", 2_000, _taskiq, ""),
    "streaq": ("ack", 1_800, _stream("streaq:default:queues:normal"), ""),
    "arq": ("ack", 700, lambda redis: int(redis.zcard("arq:queue")), "polls every 0.5 s"),
    "saq": ("ack", 1_500, lambda redis: int(redis.zcard("saq:default:incomplete")), ""),
    "docket": ("ack", 900, _stream("docket:stream"), ""),
    "celery": ("ack", 1_200, lambda redis: int(redis.llen("celery")) + int(redis.hlen("unacked")), "greenlets"),
}
OWN = ("enrichd", "enrichd-ids", "bare")
USUAL_PEERS = ("dramatiq", "taskiq", "streaq")
ALL_PEERS = tuple(_PEERS)


def peer_systems(names: tuple[str, ...]) -> list[System]:
    """Peers by name."""
    found = []
    for name in names:
        stores, rate, remaining, note = _PEERS[name]
        found.append(peer(name, peer_version(name), stores, rate, remaining, note))
    return found


def clean_environment() -> dict[str, str]:
    """Ours, without settings that would steer enrichd or a peer."""
    keep = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in keep if name in os.environ}
