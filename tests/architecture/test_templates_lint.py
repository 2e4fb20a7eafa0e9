"""Templates keep the rules of the template linter, as pyproject.toml chooses them."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.code import PACKAGES, ROOT


@pytest.mark.thorough
def test_templates_keep_the_rules() -> None:
    linter = Path(sys.executable).with_name("djlint")
    done = subprocess.run(
        [linter, "--lint", "--quiet", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
