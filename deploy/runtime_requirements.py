# ruff: noqa: INP001 - a script beside the manifests, not a package
"""Print the part of requirements.lock that enrichd needs to run: no test tools, no embedded servers. For images.

    python deploy/runtime_requirements.py requirements.lock > runtime.lock

Run it where the whole lock is installed: what needs what is read from the installed packages.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(wanted: Iterable[str]) -> set[str]:
    """The canonical names of these requirements and all that they need, extras and markers taken into account."""
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in found:
                found.add((name, extra))
                waiting.extend(_requirements_of(name, extra))
    return {name for name, _ in found}


def blocks(lock: str) -> Iterator[tuple[str, str]]:
    """Each pinned package of a lock file as (canonical name, its lines with hashes)."""
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if pinned := re.match(r"([A-Za-z0-9._-]+)==", block):
            yield canonicalize_name(pinned[1]), block.rstrip() + "\n"


def main(lock: Path) -> None:
    """Print the blocks that are needed."""
    project = tomllib.loads((lock.parent / "pyproject.toml").read_text("utf-8"))["project"]
    names = needed(project["dependencies"])
    sys.stdout.writelines(block for name, block in blocks(lock.read_text("utf-8")) if name in names)


def _requirements_of(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = requires(name) or []
    except PackageNotFoundError:  # a package for another platform
        return
    for line in lines:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


if __name__ == "__main__":
    main(Path(sys.argv[1]))
