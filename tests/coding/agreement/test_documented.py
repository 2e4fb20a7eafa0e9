"""Every coefficient and every refusal is described in the method notes."""

import re
from pathlib import Path

import pytest

from coding import agreement

NOTES = (Path(__file__).parents[3] / "docs" / "agreement.md").read_text(encoding="utf-8")
MODULES = [*Path(agreement.__file__).parent.glob("*.py"), Path(agreement.__file__).parents[1] / "units.py"]
REFUSALS = sorted(
    {code for path in MODULES for code in re.findall(r'"((?:table|ratings|continua|units)\.\w+)"', path.read_text())}
)


@pytest.mark.parametrize("name", agreement.MEASURES)
def test_a_coefficient_is_described(name: str) -> None:
    assert f"`{name}`" in NOTES


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_listed(code: str) -> None:
    assert f"`{code}`" in NOTES
