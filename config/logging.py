"""Logs: one line per event, for people (``[worker] ...``) or for machines (JSON), with every secret taken out.

structlog and the standard library's loggers (of all libraries) go through the same steps. What
``structlog.contextvars`` holds (job_id, correlation_id, workspace) is on every line written while a job runs.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from io import TextIOBase
from types import TracebackType
from typing import Any, Final, TextIO, cast

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from config.redaction import Redactor, hide_by_key

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
#: Libraries that log requests, headers or bodies below warning.
_TALKATIVE: Final = ("anthropic", "openai", "httpx2", "httpcore2", "aiohttp.access", "asyncio", "hpack", "tldextract")
_COLOURS: Final = {
    "warning": "\x1b[33m",
    "error": "\x1b[31m",
    "critical": "\x1b[31m",
    "dim": "\x1b[2m",
    "end": "\x1b[0m",
}
#: What could move the cursor, end the line or turn the reading direction.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PLAIN: Final = re.compile(r"[^\s\"'=]+")


class _Stderr(TextIOBase):
    """Whatever stderr is at the moment of writing: it may be swapped after logging was set up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def isatty(self) -> bool:
        return sys.stderr.isatty()


def configure(
    level: str = "info", form: str = "console", redactor: Redactor | None = None, stream: TextIO | None = None
) -> Redactor:
    """Send everything that is logged to ``stream`` (stderr), as ``form`` (``console`` or ``json``).

    Returns the redactor, so that keys decrypted later can be added to it.
    """
    redactor = redactor or Redactor()
    out = stream or cast("TextIO", _Stderr())
    render = _Json(redactor) if form == "json" else _Console(redactor, colours=out.isatty())
    steps: list[Any] = [structlog.contextvars.merge_contextvars, _stamp, _exception, _hide]
    structlog.configure(
        processors=[structlog.stdlib.PositionalArgumentsFormatter(), _level, *steps, render],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_name, _level],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *steps, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(LEVELS[level])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return redactor


def _level(_: WrappedLogger, method: str, event: EventDict) -> EventDict:
    event["level"] = {"warn": "warning", "exception": "error"}.get(method, method)
    return event


def _name(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if record is not None:
        event["logger"] = record.name
    return event


def _stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["timestamp"] = datetime.now(UTC)
    return event


def _exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if isinstance(given, tuple) and given[0] is not None:
        event["exception"] = "".join(traceback.format_exception(*given)).rstrip()
    return event


def _hide(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return hide_by_key(event)


class _Json:
    """``{"timestamp", "level", "event", ...}``, one object a line."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> str:
        ordered = {
            "timestamp": event.pop("timestamp"),
            "level": event.pop("level"),
            "event": event.pop("event"),
            **event,
        }
        line = orjson.dumps(ordered, default=_unknown, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)
        return self._redactor.clean(line.decode())


class _Console:
    """``[worker] 12:00:00 Job completed  job_id=a workspace=default``; a traceback follows, indented."""

    def __init__(self, redactor: Redactor, *, colours: bool) -> None:
        self._redactor = redactor
        self._colours = _COLOURS if colours else dict.fromkeys(_COLOURS, "")

    def __call__(self, _: WrappedLogger, __: str, event: EventDict) -> str:
        at, level, message = event.pop("timestamp"), event.pop("level"), _escaped(str(event.pop("event")))
        stack = event.pop("exception", "")
        word = "" if level in ("info", "debug") else f"{self._colours.get(level, '')}{level}:{self._colours['end']} "
        pairs = " ".join(f"{key}={_shown(value)}" for key, value in event.items())
        rest = f"  {self._colours['dim']}{pairs}{self._colours['end']}" if pairs else ""
        trace = "".join(f"\n    {_escaped(line)}" for line in stack.splitlines())
        return self._redactor.clean(f"[worker] {at:%H:%M:%S} {word}{message}{rest}{trace}")


def _shown(value: Any) -> str:
    """One value on one line, quoted when it would not read as one word."""
    text = value if isinstance(value, str) else _as_json(value)
    return text if _PLAIN.fullmatch(text) and not _CONTROL.search(text) else _escaped(_as_json(value))


def _as_json(value: Any) -> str:
    return orjson.dumps(value, default=_unknown, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z).decode()


def _escaped(text: str) -> str:
    """Outside text must not end our line or steer a terminal."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unknown(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, MutableMapping):
        return dict(value)
    return str(value)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("uncaught error", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_value is not None:
        _log_uncaught(caught.exc_type, caught.exc_value, caught.exc_traceback)
