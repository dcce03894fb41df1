"""Rules that hold for the whole repository."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [file for folder in ("services", "shared") for file in sorted((ROOT / folder).rglob("*.py"))]
PRODUCT = [file for file in SOURCES if "simulator" not in file.parts]
"""The stand-ins make their own databases from constants."""
FAUST = "shared/bus/faust_app.py"
SQL_CALLS = {"text", "execute", "exec_driver_sql", "scalar", "scalars", "executescript", "executemany"}


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text(encoding="utf-8")))


def imported(file: Path) -> set[str]:
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return found


def called(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(attr=attribute):
            return attribute
        case ast.Name(id=function):
            return function
        case _:
            return ""


def test_one_module_knows_faust_and_defines_agents() -> None:
    for file in SOURCES:
        if name(file) == FAUST:
            continue
        assert not {module for module in imported(file) if module.split(".")[0] in {"faust", "mode"}}, name(
            file
        )
        for node in nodes(file):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert not (node.func.attr == "agent" and ast.unparse(node.func.value) == "app"), name(file)


def test_the_contracts_between_packages_hold() -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout


def test_every_service_is_in_the_contract_of_independence() -> None:
    services = {file.name for file in (ROOT / "services").iterdir() if (file / "__init__.py").exists()}
    listed = set(re.findall(r'"services\.(\w+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert services == listed


@pytest.mark.parametrize("file", PRODUCT, ids=name)
def test_no_sql_is_spliced(file: Path) -> None:
    for node in nodes(file):
        if not isinstance(node, ast.Call) or called(node) not in SQL_CALLS or not node.args:
            continue
        statement = node.args[0]
        spliced = isinstance(statement, ast.JoinedStr) or (
            isinstance(statement, ast.BinOp) and isinstance(statement.op, ast.Add | ast.Mod)
        )
        formatted = isinstance(statement, ast.Call) and called(statement) == "format"
        assert not spliced, f"{name(file)}:{node.lineno}"
        assert not formatted, f"{name(file)}:{node.lineno}"


def test_the_lock_names_packages_and_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|git\+", lock)
    packages = [line for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    assert packages
    assert all(re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", line) for line in packages)


def test_only_the_folders_of_the_design_lie_at_the_top() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout  # fmt: skip
    folders = {line.split("/", 1)[0] for line in listed.splitlines() if "/" in line}
    assert folders <= {"services", "shared", "tests", "k8s", "docs", ".ci"}


@pytest.mark.parametrize("file", SOURCES, ids=name)
def test_nothing_names_a_path_of_somebodys_machine(file: Path) -> None:
    assert not re.search(r"/(?:home|Users|work)/\w", file.read_text(encoding="utf-8"))
