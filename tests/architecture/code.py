"""The project's own files, as the architecture tests read them."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("fieldstudy", "observations", "coding", "exports")


def configuration() -> dict[str, Any]:
    """The tool sections of pyproject.toml."""
    tools: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    return tools


def pure_modules() -> list[str]:
    """The modules and packages that do without the framework, as the import contracts name them."""
    contracts = configuration()["importlinter"]["contracts"]
    (contract,) = (contract for contract in contracts if contract["name"].startswith("Pure"))
    modules: list[str] = contract["source_modules"]
    return modules


def python_files(*folders: str) -> Iterator[Path]:
    """The Python files of the packages without migrations; with `folders`, only those below a folder so named."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            inside = path.relative_to(ROOT).parts[1:-1]
            if "migrations" not in inside and (not folders or set(folders) & set(inside)):
                yield path


def files_of(module: str) -> list[Path]:
    """The files of a module, or of a package with all below it."""
    path = ROOT / Path(*module.split("."))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


@cache
def calls(path: Path) -> tuple[tuple[str, ast.Call, str], ...]:
    """Each call of a file: the called name (dotted where it is), the call, and where it stands."""
    return tuple(
        (ast.unparse(node.func), node, f"{path.relative_to(ROOT)}:{node.lineno}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    )


def templates() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("templates/**/*.html"))]


def static_files(suffix: str) -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob(f"static/**/*{suffix}"))]
