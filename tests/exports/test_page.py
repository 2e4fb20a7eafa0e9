"""The page of exports."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from exports.formats import FORMATS, Loss
from exports.views.downloads import told
from fieldstudy.models import User
from observations.importers.base import ParsedTurn
from observations.models import Study
from tests import builders

ForUser = Callable[[User], Client]


def test_every_format_says_what_it_is_for(study: Study, lead: User, client_for: ForUser) -> None:
    page = client_for(lead).get(reverse("exports", args=[study.slug])).content.decode()
    assert all(chosen.purpose in page for chosen in FORMATS.values())


def test_turns_that_are_withheld_are_counted(study: Study, lead: User, client_for: ForUser) -> None:
    silent = builders.make_participant(study)
    builders.make_source(study, ParsedTurn("No […].", speaker="A"), speakers={"A": silent})
    builders.make_source(study, "I said […] this.")
    page = client_for(lead).get(reverse("exports", args=[study.slug])).content.decode()
    assert "1 turn is withheld" in page


@pytest.mark.parametrize(("language", "written"), [("en", "1,226"), ("fr", "1\u00a0226")])
def test_the_number_of_what_is_lost_is_written_as_the_reader_writes_it(language: str, written: str) -> None:
    loss = Loss("refi.weight", "Weights of segments are left out: %(count)s of them.", {"count": 1226})
    with override(language):
        assert written in told(loss).replace("\u202f", "\u00a0")
