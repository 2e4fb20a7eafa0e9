import re

import pytest
from lxml import etree

from coding.charts import Chart, Curve, Dots, Network, Panels, inline, longest, png, svg

EVIL = '<script>alert(1)</script> $x$ & "style="'
NOTHING = Panels((), ("All",), ((),))
CHARTS: dict[str, Chart] = {
    "panels": Panels((EVIL, "Code"), ("All", "Val-Clair"), ((3, 2), (1, 0))),
    "dots": Dots(("Code",), ("Jan 2026", "Feb 2026"), ((0, 4),)),
    "heat map": Dots(("Code", EVIL), ("Site",), ((1,), (12,)), ((True,), (False,))),
    "network": Network(("STR", "TAC", EVIL), (4, 2, 1), ((0, 1, 2.0),)),
    "curve": Curve(("Interview 1", EVIL), (3, 0), (3, 3), 1, ("Sources", "Codes"), "saturated"),
    "nothing": NOTHING,
}
every_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@every_chart
def test_the_same_numbers_give_the_same_bytes(chart: Chart) -> None:
    assert svg(chart, "a") == svg(chart, "a")


def test_a_picture_has_the_same_bytes_too() -> None:
    picture = png(CHARTS["panels"], "a")
    assert picture == png(CHARTS["panels"], "a") and picture.startswith(b"\x89PNG")


@every_chart
def test_what_stands_in_a_page_holds_no_style_and_no_colour_of_its_own(chart: Chart) -> None:
    tree = etree.fromstring(inline(chart, "a").encode())
    assert not tree.xpath("//*[@style] | //*[local-name()='style' or local-name()='script']")
    colours = set(tree.xpath("//@fill | //@stroke"))
    assert colours <= {"none", "currentColor"}


@every_chart
def test_labels_stay_as_they_were_typed(chart: Chart) -> None:
    drawn = svg(chart, "a").decode()
    assert "<script>" not in drawn
    assert "<script>" not in inline(chart, "a")


def test_a_chart_in_a_page_can_shrink_with_the_page() -> None:
    opening = inline(CHARTS["dots"], "a").split(">")[0]
    assert re.search(r"\sheight=", opening) is None and "viewBox" in opening


def test_few_are_marked_by_a_sign() -> None:
    assert "1°" in svg(CHARTS["heat map"], "a").decode()


def test_bars_of_the_sites_are_as_long_as_they_are_many() -> None:
    chart = Panels(("STR", "TAC"), ("All", "Val-Clair", "Les Tilleuls"), ((8, 3), (7, 3), (1, 0)))
    assert longest(chart) == [8, 7, 7]
