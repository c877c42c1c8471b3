"""The demo as its user meets it: it shows the whole job, says why the odd ones are odd, and leaves nothing behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil

ROOT: Final = Path(__file__).resolve().parents[2]


def start(folder: Path, *words: str, columns: int = 80) -> subprocess.Popen[str]:
    """A demo whose temporary folder is below ``folder``, with an environment as on a fresh machine."""
    return subprocess.Popen(
        [sys.executable, "-m", "worker", "demo", *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={
            "PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT),
            "COLUMNS": str(columns),
        },
    )  # fmt: skip


def left_in(folder: Path) -> list[str]:
    """Processes that work below a folder or name it on their command line."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status"]):
        words = " ".join(process.info["cmdline"] or ())
        if process.info["status"] != psutil.STATUS_ZOMBIE and str(folder) in f"{words} {process.info['cwd']}":
            found.append(words)
    return found


def wait_for_none(folder: Path, seconds: float) -> list[str]:
    """What is left in a folder when nothing is, or when the time is over."""
    until = time.monotonic() + seconds
    while (left := left_in(folder)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def test_the_whole_demo() -> None:
    """Three kinds of jobs end, a partial, a failed and a dead one are explained, the cache answers, the bill agrees."""
    with tempfile.TemporaryDirectory(prefix="enrichd-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        began = time.monotonic()
        demo = start(folder)
        text, _ = demo.communicate(timeout=110)
        took_s = time.monotonic() - began
        assert demo.returncode == 0, text
        assert int(re.findall(r"Adding (\d+) jobs", text)[0]) >= 30
        assert "redis-cli XADD enrichment-jobs '*' url http://" in text
        for word in ("partial", "failed", "dead letter"):
            assert re.search(rf"^   {word} \S+: ", text, re.MULTILINE), word
        assert "did you mean company_name?" in text
        assert "6 of 6 answered by the cache" in text
        counted, billed = re.findall(r"counted ([\d.]+) cents, the providers bill ([\d.]+) cents", text)[0]
        assert float(counted) == float(billed) > 0
        assert "psql $DATABASE_URL" in text
        assert max(len(line) for line in _table(text)) <= 80
        assert wait_for_none(folder, 5) == []
        assert not list(folder.glob("enrichd-demo-*"))
        assert took_s < 110


def _table(text: str) -> list[str]:
    """The lines of the demo's table."""
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip().startswith("subject"))
    last = next(number for number, line in enumerate(lines) if line.startswith("2. The odd ones"))
    return [line.rstrip() for line in lines[first:last]]


def test_nothing_is_left_after_an_interrupt_or_a_kill() -> None:
    """Ctrl-C in mid-demo, and a kill -9 of the demo itself: no server, world, worker or file stays."""
    for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)):
        with tempfile.TemporaryDirectory(prefix="enrichd-test-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            demo = start(folder)
            assert demo.stdout is not None
            line = demo.stdout.readline()
            assert line.startswith("Up in "), line
            assert len(left_in(folder)) >= 4
            demo.send_signal(number)
            demo.stdout.read()
            demo.stdout.close()
            assert demo.wait(30) == code
            assert wait_for_none(folder, 20) == []
            assert not list(folder.glob("enrichd-demo-*/*"))


def test_an_interrupt_while_servers_start() -> None:
    """Ctrl-C in the middle of the start: what is half up is brought to an end, too."""
    with tempfile.TemporaryDirectory(prefix="enrichd-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo = start(folder)
        while not list(folder.glob("enrichd-demo-*/data/start.lock")):
            assert demo.poll() is None
            time.sleep(0.01)
        demo.send_signal(signal.SIGINT)
        text, _ = demo.communicate(timeout=60)
        assert demo.returncode == 130, text
        assert wait_for_none(folder, 20) == []
        assert not list(folder.glob("enrichd-demo-*"))
