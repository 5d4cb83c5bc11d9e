"""Holds the table of allowed imports, and that the command path stays light.

    graph_schema <- valuechain <- {loaders, visualizations} <- api

An import counts wherever it stands: inside a function, under `TYPE_CHECKING`, relative, or by name through
`importlib`. The last test of the table plants violations, so that a blind check cannot pass.
"""

import ast
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = {
    "graph_schema": set(),
    "valuechain": {"graph_schema"},
    "loaders": {"graph_schema", "valuechain"},
    "visualizations": {"graph_schema", "valuechain"},
    "api": {"graph_schema", "valuechain", "loaders", "visualizations"},
}
# Other people's packages that have one home: a page is served by `api` only, and so on.
HOME = {
    "fastapi": "api",
    "starlette": "api",
    "uvicorn": "api",
    "pyvis": "visualizations",
    "neo4j": "loaders",
}
HEAVY = {"pandas", "networkx", "fastapi", "pint"}


def imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and absolute dotted name of every import in a module that lies in `package`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield node.lineno, module or ""
            case ast.ImportFrom(module=module, names=names, level=level):
                # `from .. import x` may name a folder beside ours, so every name is looked at
                above = package.split(".")[: len(package.split(".")) - level + 1]
                tails = [module] if module else [alias.name for alias in names]
                yield from ((node.lineno, ".".join([*above, tail])) for tail in tails)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield node.lineno, name


def violations(root: Path) -> list[str]:
    """Every import under `root` that the table forbids, as `file:line folder imports name`."""
    found = []
    for folder, allowed in ALLOWED.items():
        forbidden = ALLOWED.keys() - allowed - {folder} | {"tests"}
        forbidden |= {name for name, home in HOME.items() if home != folder}
        for path in sorted((root / folder).rglob("*.py")):
            package = ".".join(path.relative_to(root).parent.parts)
            for line, name in imported(ast.parse(path.read_text(encoding="utf-8")), package):
                if name.split(".")[0] in forbidden:
                    found.append(f"{path.relative_to(root).as_posix()}:{line} {folder} imports {name}")
    return found


def test_imports_point_down():
    assert violations(ROOT) == []


@pytest.mark.parametrize("folder", ALLOWED)
def test_every_folder_of_the_table_has_code(folder):
    """An empty or renamed folder would make the check above pass for nothing."""
    assert list((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize(
    ("path", "source", "name"),
    [
        ("graph_schema/a.py", "import valuechain.model\n", "valuechain.model"),
        ("valuechain/a.py", "from loaders import load\n", "loaders"),
        ("valuechain/a.py", "from fastapi import FastAPI\n", "fastapi"),
        ("valuechain/analyses/a.py", "def f():\n    import api.cli as cli\n", "api.cli"),
        ("valuechain/analyses/a.py", "from ...loaders import load\n", "loaders"),
        ("loaders/a.py", "if TYPE_CHECKING:\n    import visualizations\n", "visualizations"),
        ("loaders/a.py", "from .. import visualizations\n", "visualizations"),
        ("visualizations/a.py", "x = importlib.import_module('loaders.folder')\n", "loaders.folder"),
        ("visualizations/a.py", "x = __import__('api')\n", "api"),
        ("visualizations/a.py", "import numpy, loaders\n", "loaders"),
        ("api/a.py", "from tests.conftest import browser\n", "tests.conftest"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, path, source, name):
    planted = tmp_path / path
    planted.parent.mkdir(parents=True)
    planted.write_text(source, encoding="utf-8")
    (found,) = violations(tmp_path)
    assert found.startswith(f"{path}:")
    assert found.endswith(name)


def test_what_the_table_allows_is_left_alone(tmp_path):
    for folder, allowed in ALLOWED.items():
        (tmp_path / folder).mkdir()
        lines = [f"import {name}" for name in sorted(allowed)]
        lines += ["from . import b", f"from {folder} import b", "from .b import c", "import os"]
        (tmp_path / folder / "a.py").write_text("\n".join(lines))
    assert violations(tmp_path) == []


def loaded_after(code: str) -> set[str]:
    """Top-level and dotted names of the modules in memory after `code` ran in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint('\\nloaded:', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize("module", ["graph_schema", "valuechain", "api.cli"])
def test_an_import_stays_light(module):
    assert loaded_after(f"import {module}") & HEAVY == set()


def test_help_stays_light():
    """`valuechain --help` answers at once: it needs neither a heavy package nor the registry."""
    code = (
        "import sys\nfrom api.cli import main\nsys.argv = ['valuechain', '--help']\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code"
    )
    assert loaded_after(code) & (HEAVY | {"valuechain.registry"}) == set()


def test_the_wheel_holds_the_five_folders_whole(tmp_path):
    """pyproject.toml lists the data files by hand, and a checkout hides what it forgets."""
    tree = tmp_path / "tree"
    for folder in ALLOWED:
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    written = {path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()}
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", build, str(tmp_path)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == written
