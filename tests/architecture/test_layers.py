"""What may import what; what is pure stays so."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.code import ROOT, calls, configuration, files_of, pure_modules

IMPORT_WITHOUT_FRAMEWORK = """
import importlib, pkgutil, sys

blocked, modules = [names.split(",") for names in sys.argv[1:]]

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in blocked:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
for name in modules:
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}."):
        importlib.import_module(found.name)
"""
CLOCK = {"now", "utcnow", "today", "time", "monotonic", "perf_counter", "uuid1", "uuid4", "urandom"}
# The services run processes and wait for them.
MAY_READ_THE_CLOCK = {"fieldstudy.services"}


def test_imports_keep_their_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_pure_modules_import_without_the_framework() -> None:
    contracts = configuration()["importlinter"]["contracts"]
    (forbidden,) = (one["forbidden_modules"] for one in contracts if one["name"].startswith("Pure"))
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT_FRAMEWORK, ",".join(forbidden), ",".join(pure_modules())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_pure_modules_read_no_clock() -> None:
    found = [
        place
        for module in set(pure_modules()) - MAY_READ_THE_CLOCK
        for path in files_of(module)
        for name, _, place in calls(path)
        if name.split(".")[-1] in CLOCK
    ]
    assert found == []


def test_pure_modules_draw_no_unseeded_numbers() -> None:
    found = [
        place
        for module in set(pure_modules()) - MAY_READ_THE_CLOCK
        for path in files_of(module)
        for name, call, place in calls(path)
        if name.startswith(("random.", "np.random.", "numpy.random.", "secrets.")) and not _is_seeded(name, call)
    ]
    assert found == []


def _is_seeded(name: str, call: ast.Call) -> bool:
    makes_a_generator = name.split(".")[-1] in {"default_rng", "Generator", "PCG64", "SeedSequence", "Random"}
    return makes_a_generator and bool(call.args or call.keywords)


def test_serving_pages_waits_for_no_library_that_only_workers_or_files_need() -> None:
    code = "import django; django.setup(); import fieldstudy.urls, sys; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"spacy", "matplotlib", "networkx", "openpyxl"} & set(done.stdout.split())
