"""Every Redis key of a queue, derived from ``QUEUE_NAME``.

==============================  =======  ====================================================================
key                             type     what
==============================  =======  ====================================================================
``<q>-priority|high|jobs|...``  stream   the five lanes; group ``<q>-workers``
``<q>-fair``                    stream   entries taken back from parking places, on their way to a worker
``<q>-delayed``                 zset     job name -> due time (ms): retries, snoozes, ``runAt``
``<q>-delayed-entries``         hash     job name -> JSON [lane stream, field, value, ...] to add when due
``<q>-dead``                    stream   dead letters, newest last, trimmed; PostgreSQL keeps them all
``<q>-events``                  stream   per settled group: job name -> status; trimmed
``<q>-cancels``                 zset     job name -> time (ms) at which the mark is forgotten
``<q>-lanes``                   zset     marks of moved jobs: ``<job name>`` -> generation that counts
``<q>-cleared``                 hash     stream -> entry id up to which its entries are cancelled when they are read
``<q>-paused``                  hash     ``queue`` | ``kind:<kind>`` | ``workspace:<id>`` -> since when (ms);
                                         ``booked:<kind>`` -> until when: its only provider is booked out
``<q>-parked``                  hash     parking place -> number of entries held there
``<q>-parked:<place>``          stream   entries held for a paused or over-share workspace or kind
``<q>-result-bytes:<n>``        string   bytes of results written to job hashes in one life span
``<q>-suspect``                 string   the consumer that now tries a suspected poison entry, alone
``<q>-suspect-crashes``         hash     job name -> crashes while tried alone
``<q>-scout``                   hash     lane -> entry id up to which minority workspaces were looked for
``<q>-scout-turn``              string   the worker that looks for them now
``<q>:job:<workspace>:<id>``    hash     status, result: for producers that speak only Redis; short life
==============================  =======  ====================================================================

All of a queue's keys share its name, so a name with braces (``{enrichment}``) puts them into one cluster slot.
A job's name is ``<workspace>:<id>``, without the workspace for ``default``; ``%`` and ``:`` are escaped.
"""

from worker.domain.job import DEFAULT_WORKSPACE
from worker.domain.lane import Lane


def escape(part: str) -> str:
    """One part of a key, with the separator escaped.

    >>> escape("a:b%")
    'a%3Ab%25'
    """
    if "%" in part or ":" in part:
        return part.replace("%", "%25").replace(":", "%3A")
    return part


def unescape(part: str) -> str:
    """The inverse of ``escape``."""
    return part.replace("%3A", ":").replace("%25", "%")


def job_name(workspace: str, job_id: str) -> str:
    """A job's name inside keys, sets and hashes.

    >>> job_name("default", "7"), job_name("acme", "7")
    ('7', 'acme:7')
    """
    if workspace == DEFAULT_WORKSPACE:
        return escape(job_id)
    return f"{escape(workspace)}:{escape(job_id)}"


def parse_job_name(name: str) -> tuple[str, str]:
    """The inverse of ``job_name``: (workspace, id)."""
    workspace, separator, job_id = name.rpartition(":")
    return (unescape(workspace) if separator else DEFAULT_WORKSPACE), unescape(job_id)


class Keys:
    """The keys of one queue."""

    def __init__(self, queue_name: str) -> None:
        self.queue = queue_name
        self.group = f"{queue_name}-workers"
        self.lanes = {lane: f"{queue_name}-{lane.suffix}" for lane in Lane}
        self.lane_streams = list(self.lanes.values())
        self.fair = f"{queue_name}-fair"
        #: Everything the group reads, in the order of the verbs' stream numbers (from 1).
        self.streams = [*self.lane_streams, self.fair]
        self.lane_of = {stream: lane for lane, stream in self.lanes.items()}
        self.delayed = f"{queue_name}-delayed"
        self.delayed_entries = f"{queue_name}-delayed-entries"
        self.dead = f"{queue_name}-dead"
        self.events = f"{queue_name}-events"
        self.cancels = f"{queue_name}-cancels"
        self.moved = f"{queue_name}-lanes"
        self.cleared = f"{queue_name}-cleared"
        self.paused = f"{queue_name}-paused"
        self.parked = f"{queue_name}-parked"
        self.suspect = f"{queue_name}-suspect"
        self.suspect_crashes = f"{queue_name}-suspect-crashes"
        self.scout = f"{queue_name}-scout"
        self.scout_turn = f"{queue_name}-scout-turn"
        self.job_prefix = f"{queue_name}:job:"

    def job(self, workspace: str, job_id: str) -> str:
        """The hash of one job."""
        return self.job_prefix + job_name(workspace, job_id)

    def parked_stream(self, place: str) -> str:
        """The stream of one parking place."""
        return f"{self.parked}:{place}"

    def result_bytes(self, window: int) -> str:
        """The counter of one life span of result bytes."""
        return f"{self.queue}-result-bytes:{window}"
