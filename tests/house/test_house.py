"""The rules of the house, checked: who may import whom, who reads the environment, what never stands in a file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from config.explain import name_of
from config.settings import Settings, known_names

ROOT: Final = Path(__file__).resolve().parents[2]
CODE: Final = ("config", "worker", "simulator", "benchmarks", "deploy")
BIGGEST_FILE_LINES: Final = 400
#: Files over the limit, each with its reason.
BIGGER: Final = {
    "worker/app.py": "the one place where everything meets",
    "worker/queue/codec.py": "one table of entry options, read top to bottom",
    "worker/providers/website/addresses.py": "the grammar of postal addresses, country by country",
    "worker/providers/website/names.py": "all sources of a site's name and how they are weighed against each other",
    "worker/providers/website/phones.py": "cues for phone numbers in many languages, and the scanner that reads them",
}
#: Settings whose names are put together from a provider's name.
COMPOSED: Final = re.compile(r"(BRAVE|SERPER|TAVILY)_API_KEY|APOLLO_RATE_LIMIT_PER_MINUTE")
#: Who may touch the environment outside config/, and why.
PASSES_ENVIRONMENT_ON: Final = {
    "worker/alone.py": "gives its own environment to a child process",
    "worker/alone_child.py": "takes the servers' addresses from its parent, where no other user sees them",
}


def tracked(*suffixes: str) -> list[Path]:
    """Files of the project, those not yet committed included, none that git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    paths = [ROOT / name for name in listed if name and (not suffixes or name.endswith(suffixes))]
    return [path for path in paths if path.is_file()]


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """(path from the root, syntax tree) of every Python file below these folders."""
    for path in tracked(".py"):
        name = path.relative_to(ROOT).as_posix()
        if name.split("/", maxsplit=1)[0] in folders:
            yield name, ast.parse(path.read_text("utf-8"))


def test_imports_run_downward() -> None:
    """`lint-imports` keeps every contract of pyproject.toml."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_only_config_reads_the_environment() -> None:
    """`os.environ` and `os.getenv` stand in config/ alone; everybody else is handed what they need."""
    offenders = {
        name
        for name, tree in modules("worker")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb"))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        )
    }
    assert offenders - set(PASSES_ENVIRONMENT_ON) == set()


def test_settings_that_providers_read_are_documented() -> None:
    """Every upper-case name that a built-in provider asks its options for is a setting of ours."""
    read: dict[str, str] = {}
    for name, tree in modules("worker"):
        if not name.startswith("worker/providers/"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for argument in node.args:
                    text = argument.value if isinstance(argument, ast.Constant) else None
                    if isinstance(text, str) and re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", text):
                        read[text] = name
    assert read, "no provider reads a setting; has the way they do it changed?"
    names = " ".join(known_names())
    assert {name: where for name, where in read.items() if name not in names} == {}


def test_no_setting_is_a_dead_letter() -> None:
    """Every setting is used: by attribute, or by its name through a provider's options."""
    code = "\n".join(path.read_text("utf-8") for path in tracked(".py") if path.relative_to(ROOT).parts[0] == "worker")
    unused = {
        name_of(field)
        for attribute, field in Settings.model_fields.items()
        if not re.search(rf"\.{attribute}\b", code) and f'"{name_of(field)}"' not in code
    }
    assert {name for name in unused if not COMPOSED.fullmatch(name)} == set()


def test_redis_keys_are_built_in_keys_files() -> None:
    """No f-string outside `keys.py` (and the command line's printed recipes) puts a queue's key together."""
    offenders = []
    for name, tree in modules("worker"):
        if name.endswith("keys.py") or name.startswith(("worker/demo/", "worker/commands/", "worker/embedded/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                constants = [part.value for part in node.values if isinstance(part, ast.Constant)]
                if any(
                    re.fullmatch(r"-(jobs|priority|high|low|batch|dead|events|delayed|workers)\b.*|:job:.*", str(c))
                    for c in constants
                ):
                    offenders.append(f"{name}:{node.lineno}")
    assert offenders == []


def test_every_module_says_its_role() -> None:
    """Each Python file of ours starts with a docstring."""
    silent = [name for name, tree in modules(*CODE) if tree.body and ast.get_docstring(tree) is None]
    assert silent == []


def test_public_functions_and_classes_have_docstrings() -> None:
    """What others may call says what it does."""
    silent = []
    for name, tree in modules("config", "worker"):
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and ast.get_docstring(node) is None
            ):
                silent.append(f"{name}:{node.lineno} {node.name}")
    assert silent == []


def test_tests_say_what_they_show() -> None:
    """Each test has a sentence."""
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_files_stay_small() -> None:
    """A file over the limit needs a reason in BIGGER."""
    big = {
        path.relative_to(ROOT).as_posix(): count
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in ("config", "worker")
        and (count := len(path.read_text("utf-8").splitlines())) > BIGGEST_FILE_LINES
    }
    assert {name: count for name, count in big.items() if name not in BIGGER} == {}


def test_web_handlers_are_short() -> None:
    """A handler parses, calls and answers in ten lines; decisions live below."""
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules("worker")
        if name.startswith("worker/web/")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and any(isinstance(a.annotation, ast.Attribute) and a.annotation.attr == "Request" for a in node.args.args)
        and sum(not isinstance(part, ast.Expr) for part in node.body) > 10
    ]
    assert long == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a registry's address", r"https?://[\w.-]*(pypi\.org|pythonhosted\.org|npmjs\.org|proxy\.golang\.org)"),
        ("a path of somebody's machine", r"(?<![\w/])/(home|Users|work|root)/\w+"),
        ("a private key", r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"),
        ("a provider's key", r"\b(sk-ant-api|sk-proj-|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{30}|xox[bp]-)[A-Za-z0-9-]{8,}"),
    ],
)
def test_never_in_a_file(what: str, pattern: str) -> None:
    """Registry addresses, machine paths and secrets stand in no file of the project."""
    found = []
    for path in tracked():
        if path.suffix in (".png", ".gz", ".ico", ".whl") or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == [], what


def test_example_names_are_fictional() -> None:
    """Addresses in examples and tests of ours are under .example or .test (RFC 2606), or the providers' own hosts."""
    offenders = []
    for path in tracked(".md", ".example", ".service", ".yaml"):
        text = path.read_text("utf-8")
        for host in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text):
            if not re.search(r"\.(example|test|local|invalid)$", host) and host not in ("postgres", "localhost"):
                offenders.append(f"{path.relative_to(ROOT)}: {host}")
    assert offenders == []
