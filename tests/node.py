"""Modules of the pages run by Node, where what they compute is checked without a browser."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def address(module: Path) -> str:
    """What Node imports a module by that imports no other."""
    return "data:text/javascript;base64," + base64.b64encode(module.read_bytes()).decode()


def told_by(module: Path, check: str, given: Any) -> Any:
    """What the script `check` prints as JSON.

    Its `process.argv[1]` is the module's address to import, `process.argv[2]` the JSON of what is given. Without Node
    the test is skipped and says so, and in CI it fails.
    """
    node = shutil.which("node")
    if node is None:
        reason = f"node is not installed: {module.name} is NOT checked here"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    command = [node, "--input-type=module", "--eval", check, address(module), json.dumps(given)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)
