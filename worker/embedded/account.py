"""The system account that embedded servers run as, and folders that it can reach.

PostgreSQL refuses to run as root, and a key-value store has no need to. As an ordinary user everything runs as that
user. As root, servers run as ``enrichd`` if such a user exists and as ``nobody`` otherwise; folders that are closed
to it (``/root``) are left closed, and what it needs is put under ``/var/lib/enrichd`` instead.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worker.domain.errors import ConfigError

SYSTEM_FOLDER = Path("/var/lib/enrichd")
_CANDIDATES = ("enrichd", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user to switch to; ``uid`` is None when there is nothing to switch."""

    uid: int | None = None
    gid: int | None = None

    def popen_arguments(self) -> Mapping[str, Any]:
        """What ``subprocess`` needs to start a program as this account, away from a folder that may be closed."""
        common: dict[str, Any] = {"cwd": "/", "umask": 0o077}
        if self.uid is None:
            return common
        return {**common, "user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can reach an existing folder; asked of the kernel, so that ACLs count too."""
        if self.uid is None:
            return True
        return self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])

    def can_run(self, program: Path) -> bool:
        """Whether the account can start a program and load its libraries."""
        if self.uid is None:
            return True
        try:
            return self._succeeds([str(program), "--version"])
        except PermissionError:
            return False

    def _succeeds(self, command: list[str]) -> bool:
        done = subprocess.run(command, capture_output=True, check=False, **self.popen_arguments())  # noqa: S603
        return done.returncode == 0


def server_account() -> Account:
    """The account for servers started by this process.

    Raises ConfigError as root on a system without an unprivileged user.
    """
    if os.geteuid() != 0:
        return Account()
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ConfigError(
        "embedded servers cannot run as root, and there is neither a user enrichd nor nobody; "
        "create one (useradd --system enrichd) or set REDIS_URL and DATABASE_URL"
    )


def reachable_folder(folder: Path, account: Account) -> Path:
    """Where the servers' data of ``folder`` may live: there, or under /var/lib/enrichd when that is closed.

    Creates ``folder``. Only its own mode is opened for traversal, never that of a folder above it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if account.uid is None:
        folder.chmod(0o700)
        return folder
    folder.chmod(0o711)
    if account.can_enter(folder):
        return folder
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    elsewhere = SYSTEM_FOLDER / name
    elsewhere.mkdir(parents=True, exist_ok=True)
    SYSTEM_FOLDER.chmod(0o711)
    elsewhere.chmod(0o711)
    if not account.can_enter(elsewhere):
        raise ConfigError(
            f"embedded servers run as an unprivileged user, who can reach neither {folder} nor {elsewhere}"
        )
    return elsewhere


def owned_folder(path: Path, account: Account) -> Path:
    """Create a folder that only the account may look into."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    account.own(path)
    path.chmod(0o700)
    return path


def reachable_program(source: Path, parts: tuple[str, ...], program: str, home: Path, account: Account) -> Path:
    """The folder to run ``program`` from: ``source``, or a copy of its ``parts`` under ``home`` when that is closed.

    A virtual environment below ``/root`` is the usual case.
    """
    if account.can_run(source / program):
        return source
    copy = home / "programs" / hashlib.sha256(str(source).encode()).hexdigest()[:12]
    if not (copy / program).exists():
        partial = copy.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        for part in parts:
            target = partial / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (source / part).is_dir():
                shutil.copytree(source / part, target)
            else:
                shutil.copy2(source / part, target)
        _open_for_reading(partial)
        (home / "programs").chmod(0o755)
        partial.rename(copy)
    return copy


def _open_for_reading(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        runnable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runnable else 0o644)
