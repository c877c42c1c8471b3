"""``python -m simulator``: serve the outside world until interrupted; prints one JSON line when ready."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import orjson
import uvloop

from simulator.faults import ORDINARY, Fault
from simulator.limits import parse_limits
from simulator.options import Options, pairs, read_scenario
from simulator.simulator import Simulator


def read_arguments(arguments: list[str] | None = None) -> Options:
    """Options from the command line. Exits with a message for what it does not understand."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    for name, text in (
        ("port", "provider APIs"),
        ("sites-port", "websites"),
        ("dns-port", "DNS over UDP"),
        ("trap-port", "the port that must never be reached"),
    ):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N", help=f"port of {text}; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="seed of the dice and of the generated companies")
    parser.add_argument("--companies", type=int, default=400, help="generated companies beside the hand-written ones")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--jitter-ms", type=float, default=0.0)
    parser.add_argument("--fault-rate", type=float, default=0.0, help="share of provider requests that go wrong, 0..1")
    parser.add_argument(
        "--faults", default=",".join(ORDINARY), metavar="KINDS", help="kinds drawn from by --fault-rate"
    )
    parser.add_argument("--fault", action="append", default=[], metavar="JSON", help="one fault rule; may be repeated")
    parser.add_argument("--limit", action="append", default=[], metavar="PROVIDER=COUNT/SECONDSs,...")
    parser.add_argument("--quota", action="append", default=[], metavar="PROVIDER=CREDITS")
    parser.add_argument("--coverage", action="append", default=[], metavar="PROVIDER=SHARE", help="0..1")
    parser.add_argument("--lies", default="", metavar="KINDS", help="kinds of lies the language model tells")
    parser.add_argument("--lie-rate", type=float, default=1.0)
    parser.add_argument("--linkedin", default="wall", choices=("wall", "redirect", "open", "429"))
    parser.add_argument("--scenario", type=Path, help="a JSON file with any of these, by their names")
    given = parser.parse_args(arguments)
    try:
        options = Options(
            port=given.port,
            sites_port=given.sites_port,
            dns_port=given.dns_port,
            trap_port=given.trap_port,
            seed=given.seed,
            companies=given.companies,
            latency_ms=given.latency_ms,
            jitter_ms=given.jitter_ms,
            fault_rate=given.fault_rate,
            fault_kinds=tuple(filter(None, given.faults.split(","))),
            faults=tuple(Fault.from_json(orjson.loads(item)) for item in given.fault),
            limits={name: parse_limits(value) for name, value in pairs(given.limit).items()},
            quota={name: float(value) for name, value in pairs(given.quota).items()},
            coverage={name: float(value) for name, value in pairs(given.coverage).items()},
            lies=tuple(filter(None, given.lies.split(","))),
            lie_rate=given.lie_rate,
            settings={"linkedin": given.linkedin},
        )
        return read_scenario(given.scenario, options) if given.scenario else options
    except (ValueError, TypeError, OSError) as wrong:
        parser.error(str(wrong))


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Simulator(options) as simulator:
        sys.stdout.write(orjson.dumps(simulator.addresses).decode() + "\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """The command."""
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve(read_arguments()))


if __name__ == "__main__":
    main()
