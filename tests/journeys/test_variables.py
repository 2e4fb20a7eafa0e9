"""The grid of variables by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn
from tests.journeys.platform import Served

pytestmark = [pytest.mark.journey, pytest.mark.thorough]


def test_a_cell_is_typed_filled_down_refused_and_undone(sign_in: SignIn, platform: Served) -> None:
    page = sign_in("helene")
    page.goto(f"/studies/{platform.slug}/variables/site/")
    status = page.locator("[data-grid-status]")
    column = page.get_by_role("columnheader").all_inner_texts().index("Beds")
    cells = [row.locator("td").nth(column - 1) for row in page.locator("tbody tr").all()]
    before = [cell.inner_text() for cell in cells]
    cells[0].click()
    page.keyboard.type("77")
    page.keyboard.press("Enter")
    expect(status).to_have_text("Values saved: 1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cells[1]).to_have_text("77")
    expect(status).to_have_text("Values saved: 1")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Not saved.")
    expect(cells[1]).to_have_attribute("aria-invalid", "true")
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(status).to_have_attribute("data-pending", "0")
    page.reload()
    assert [cell.inner_text() for cell in cells] == before
