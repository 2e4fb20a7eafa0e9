"""The audit's page and panel at the size of the demonstration, timed over Django's test client.

Run with ``pytest tests/benchmarks/test_audit_speed.py -s``.
"""

import uuid
from collections.abc import Callable
from time import perf_counter

import pytest
from django.test import Client
from django.urls import reverse

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.models import AgreementRun, Code
from fieldstudy.models import User
from observations.models import Study
from tests import builders

CODES, CODERS, SOURCES, TURNS, PASSAGES = 25, 3, 20, 26, 20
PAGE, PANEL, DETAIL = 0.3, 0.3, 1.0


@pytest.fixture
def run(study: Study, supervisor: User) -> AgreementRun:
    """Twenty sources of three coders, who each apply a code to most turns, not always the same."""
    codes = [builders.make_code(study, f"K{number:02}") for number in range(CODES)]
    coders = [builders.make_member(study, f"reader{number}", "coder") for number in range(CODERS)]
    for place in range(SOURCES):
        lines = [
            f"Turn {number} of source {place}, with some words to make it as long as talk." for number in range(TURNS)
        ]
        source = builders.make_source(study, *lines, title=f"Interview {place}")
        for number, coder in enumerate(coders):
            for line in range(PASSAGES):
                apart = (line + place) % 4 == 0
                builders.code(source, lines[line], codes[(line + place + number * apart) % CODES], by=coder)
            builders.submit(source, by=coder)
    viewer = builders.viewer_of(study, supervisor)
    began = perf_counter()
    run = compute_at_once(start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT))
    print(f"\naudit of {SOURCES * CODERS} readings computed in {perf_counter() - began:.2f} s")
    return run


def seconds(work: Callable[[], object], repeats: int = 9) -> float:
    """The shortest of `repeats` runs, the one least disturbed by other work, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)


def test_page_panel_and_detail_answer_at_once(
    study: Study, run: AgreementRun, supervisor: User, client_for: Callable[[User], Client]
) -> None:
    client, code = client_for(supervisor), Code.objects.filter(study=study).order_by("sign")[0]
    page = reverse("agreement", args=[study.slug])
    panel = reverse("agreement_passages", args=[study.slug, run.pk, code.pk])
    everything = reverse("agreement_all_passages", args=[study.slug, run.pk])
    detail = reverse("agreement_detail", args=[study.slug, run.pk, code.pk])
    htmx = {"HX-Request": "true"}
    size = len(client.get(page).content)
    measured = {
        "page": (seconds(lambda: client.get(page)), PAGE),
        "panel": (seconds(lambda: client.get(panel, headers=htmx)), PANEL),
        "panel of all codes": (seconds(lambda: client.get(everything, headers=htmx)), PANEL),
        "page with panel": (seconds(lambda: client.get(everything)), PAGE + PANEL),
        "detail": (seconds(lambda: client.get(detail)), DETAIL),
    }
    told = ", ".join(f"{name} {took * 1e3:.0f} ms" for name, (took, _) in measured.items())
    print(f"\n{told}; {size / 1000:.0f} kB of markup")
    assert {name: took for name, (took, most) in measured.items() if took > most} == {}
