"""A virtual environment for each peer, made once from its pinned requirements."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.systems import PEERS

VENVS = Path(__file__).parent / ".venvs"


def ensure(name: str) -> None:
    """Make or renew the environment of a peer. Raises CalledProcessError when pip fails."""
    requirements = PEERS / name / "requirements.txt"
    folder = VENVS / name
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = folder / ".requirements"
    if stamp.exists() and stamp.read_text() == digest:
        return
    venv.create(folder, clear=True, with_pip=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--no-deps", "--requirement", str(requirements)], check=True, stdout=sys.stderr)
    stamp.write_text(digest)
