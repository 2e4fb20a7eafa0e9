"""The pages of promise links and encounters."""

import uuid
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.actions.marks import add_mark
from coding.models import Encounter
from fieldstudy.models import User
from observations.actions.studies import add_tool
from observations.models import Source, Study, Tool
from tests import builders
from tests.shared import shared

Browser = Callable[[User], Client]


@shared
def source(study: Study) -> Source:
    return builders.make_source(study)


@shared
def tools(study: Study) -> list[Tool]:
    lead = builders.as_lead(study)
    return [add_tool(viewer=lead, id=uuid.uuid4(), name=name, kind="other") for name in ("Lumen", "Vesper")]


def meet(source: Source, tool: Tool, *, by: User, response: str = "followed") -> None:
    add_mark(
        viewer=builders.viewer_of(source.study, by),
        model=Encounter,
        source=source,
        id=uuid.uuid4(),
        start=0,
        end=6,
        revision_id=source.revision_id,
        details={"tool_id": tool.pk, "response": response},
        at=builders.AT,
    )


def test_encounters_are_told_per_tool(
    source: Source, tools: list[Tool], coder_ana: User, lead: User, client_for: Browser
) -> None:
    for tool in tools:
        meet(source, tool, by=coder_ana)
    builders.submit(source, by=coder_ana)
    address = reverse("encounters", args=[source.study.slug])
    page = client_for(lead).get(address, {"tool": str(tools[0].pk)}).content.decode()
    assert "1 encounter" in page and "Per coder" in page
    assert "2 encounters" in client_for(lead).get(address).content.decode()


def test_a_row_opens_its_passage(source: Source, tools: list[Tool], coder_ana: User, client_for: Browser) -> None:
    meet(source, tools[0], by=coder_ana)
    page = client_for(coder_ana).get(reverse("encounters", args=[source.study.slug])).content.decode()
    assert f"{reverse('workspace', args=[source.study.slug, source.pk])}?reading=" in page and "#t1" in page


def test_the_list_takes_as_many_queries_for_one_encounter_as_for_forty(
    source: Source, tools: list[Tool], coder_ana: User, client_for: Browser
) -> None:
    browser, address, taken = client_for(coder_ana), reverse("encounters", args=[source.study.slug]), []
    for number in (1, 39):
        for _ in range(number):
            meet(source, tools[0], by=coder_ana)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        taken.append(len(queries))
    assert taken[0] == taken[1]
