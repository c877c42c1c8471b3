"""The job kind that ``benchmarks.overhead`` runs: a few provider calls through the gateway, and nothing else.

Loaded by the setting ``PLUGINS=benchmarks.calls``. Of an entry, ``calls`` says how many, ``price`` the most that one
may cost in micros, ``limited`` whether its account has documented limits, and ``question`` what is asked: equal
questions have equal answers. The provider's address is in ``BENCH_PROVIDER_URL``.
"""

import os
from datetime import UTC, datetime
from typing import Any

import orjson

from benchmarks.kinds import measuring
from worker.domain.call import Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.job import Job, ResultStatus
from worker.domain.result import Result
from worker.domain.verdict import Done, Report

NAME = "bench_calls"
#: Documented limits that never bind here, so that a slot is reserved for every call.
_LIMITS = (Limit(10_000_000, 60.0),)
_URL = os.environ.get("BENCH_PROVIDER_URL", "")


async def ask(job: Job, tools: Any) -> Report:
    """Make the job's calls, one after the other."""
    started = datetime.now(UTC)
    fields = job.fields
    price, question = int(fields["price"]), fields["question"]
    limits = _LIMITS if fields.get("limited") else ()

    def read(reply: Reply) -> Reading:
        orjson.loads(reply.body)
        return Reading(Outcome.HIT, charged_micros=price)

    gateway = tools.gateway(job)
    for part in range(int(fields["calls"])):
        identity = f"{question}-{part}"
        call = Call(f"provider-{part}", "company", identity, "a0b1c2d3", max_micros=price, limits=limits)
        answer = await gateway.request(call, HttpRequest("GET", _URL, params={"id": identity}), read)
        if answer.outcome is not Outcome.HIT:
            raise RuntimeError(f"{answer.outcome}: {answer.reason}")
    now = datetime.now(UTC)
    result = Result(ResultStatus.SUCCESS, {}, (), (), 0, 0, now)
    return Report(Done(result), started, now, provider_micros=gateway.provider_micros)


KINDS = (measuring(NAME, ask),)
