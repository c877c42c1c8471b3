"""Logs: one event one line, ids on it, no secret in it, whoever wrote it."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from config.logging import configure
from config.redaction import HIDDEN, Redactor, hide_by_key

SECRET = 'k3y "with\\ quotes/and ü'


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Whatever a test sets up is gone after it."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook, threading.excepthook)
    yield
    root.handlers[:], sys.excepthook, threading.excepthook = before[0], before[2], before[3]
    root.setLevel(before[1])
    logging.captureWarnings(capture=False)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def lines(form: str, **options: Any) -> io.StringIO:
    out = io.StringIO()
    configure(form=form, redactor=Redactor([SECRET, "plain-secret"]), stream=out, **options)
    return out


def test_console_lines_read_like_sentences() -> None:
    """The prefix, the time, the message, then what belongs to it."""
    out = lines("console")
    structlog.get_logger().info("Job completed: job_12345", status="success", cost_cents=2.5)
    line = out.getvalue()
    assert line.startswith("[worker] ")
    assert line.endswith("Job completed: job_12345  status=success cost_cents=2.5\n")


def test_json_lines_have_the_ids_of_the_job() -> None:
    """What is bound for a job is on lines of ours and of libraries."""
    out = lines("json")
    with structlog.contextvars.bound_contextvars(job_id="j1", correlation_id="c1", workspace="w1"):
        structlog.get_logger().info("Stage completed")
        logging.getLogger("aiohttp.client").warning("slow %s", "host")
    for line in out.getvalue().splitlines():
        assert json.loads(line).items() >= {"job_id": "j1", "correlation_id": "c1", "workspace": "w1"}.items()
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["Stage completed", "slow host"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_leaves(form: str) -> None:
    """Not in messages, values, nested values, exceptions, addresses, or what a library logs."""
    out = lines(form)
    log = structlog.get_logger()
    log.info("calling with %s", SECRET, key=SECRET, nested={"list": [SECRET]}, token="unregistered-token")
    logging.getLogger("some.library").error("GET https://user:unregistered-password@host.example?key=%s", SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("it failed")
        logging.getLogger("some.library").exception("it failed there")
    text = out.getvalue()
    assert text.count(HIDDEN) >= 6
    for spelling in (SECRET, json.dumps(SECRET)[1:-1], repr(SECRET)[1:-1], "unregistered"):
        assert spelling not in text


def test_keys_learned_later_are_hidden() -> None:
    """A workspace's own key is decrypted long after the start."""
    out = io.StringIO()
    redactor = configure(stream=out)
    redactor.add("late-workspace-key")
    structlog.get_logger().info("used late-workspace-key")
    assert "late-workspace-key" not in out.getvalue()


def test_what_is_remembered_is_bounded() -> None:
    """Secrets of the settings stay known for good, of those opened later the last seen ones."""
    redactor = Redactor(["for-good"], most=2)
    for secret in ("first-key", "second-key", "first-key", "third-key", "abc", "for-good"):
        redactor.add(secret)
    assert redactor.clean("for-good first-key third-key") == " ".join([HIDDEN] * 3)
    assert redactor.clean("second-key") == "second-key"


@given(st.text(min_size=4, max_size=40).filter(lambda text: text not in HIDDEN), st.sampled_from(["console", "json"]))
def test_any_secret_is_found_in_any_line(secret: str, form: str) -> None:
    """Whatever characters a secret has, no line shows it, plain or escaped."""
    out = io.StringIO()
    configure(form=form, redactor=Redactor([secret]), stream=out)
    structlog.get_logger().info("m", value=f"<{secret}>")
    line = out.getvalue()
    written = json.loads(line)["value"] if form == "json" else line
    assert f"<{secret}>" not in written


def test_outside_text_cannot_forge_a_line() -> None:
    """Line ends and terminal codes in values and messages are written as escapes."""
    out = lines("console")
    structlog.get_logger().info("fine\n[worker] forged", title="a\n[worker] forged\x1b[2J\u202e")
    assert out.getvalue().count("\n") == 1
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()


def test_levels() -> None:
    """What is less important than the level is not written, by anyone."""
    out = lines("console", level="warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    structlog.get_logger().warning("loud")
    assert "quiet" not in out.getvalue()
    assert "warning: loud" in out.getvalue()


def test_libraries_that_log_requests_stay_quiet() -> None:
    """Even at debug, SDKs do not write the headers and bodies of requests."""
    out = lines("json", level="debug")
    logging.getLogger("anthropic._base_client").debug("Request options: headers")
    assert out.getvalue() == ""


def test_uncaught_errors_are_lines_too() -> None:
    """The last words of a process go through the same steps."""
    out = lines("json")
    try:
        raise RuntimeError("plain-secret")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    line = json.loads(out.getvalue())
    assert line["level"] == "critical"
    assert "plain-secret" not in out.getvalue()
    assert "RuntimeError" in line["exception"]


@pytest.mark.parametrize(
    "key", ["api_key", "X-Api-Key", "Authorization", "password", "llm_api_key", "Set-Cookie", "secret"]
)
def test_keys_that_name_secrets(key: str) -> None:
    """The name alone is reason enough, however deep it stands."""
    assert hide_by_key({"a": [{key: "value"}]}) == {"a": [{key: HIDDEN}]}


@pytest.mark.parametrize("key", ["tokens", "llm_tokens", "input_tokens", "field", "keys", "job_id", "monkey"])
def test_keys_that_do_not(key: str) -> None:
    """Counts and ordinary words stay readable."""
    assert hide_by_key({key: "value"}) == {key: "value"}
