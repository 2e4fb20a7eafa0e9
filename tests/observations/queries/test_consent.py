"""Which turns may be used for what, and what a site is called in what leaves the study."""

import uuid

import pytest

from observations.actions.studies import add_site
from observations.importers.base import ParsedTurn
from observations.models import Site, Study
from observations.queries.consent import Use, permitted, site_names
from tests import builders
from tests.shared import shared


@shared
def site(study: Study) -> Site:
    lead = builders.as_lead(study)
    return add_site(viewer=lead, id=uuid.uuid4(), name="Bellerive", specialty={"en": "radiology"}, alias="Site A")


def name_of(site: Site) -> str:
    return site_names(builders.as_lead(site.study))[site.pk]


def test_a_site_is_named_where_everyone_there_permits_it(site: Site) -> None:
    willing = builders.make_participant(site.study, "P01", name_site=True)
    builders.make_source(site.study, site=site, participants=(willing,))
    assert name_of(site) == "Bellerive"


def test_one_who_takes_part_in_a_source_there_keeps_its_name_inside(site: Site) -> None:
    silent = builders.make_participant(site.study, "P01", quote=True, release=True)
    builders.make_source(site.study, site=site, participants=(silent,))
    assert name_of(site) == "Site A"


def test_one_who_belongs_there_keeps_its_name_inside(site: Site) -> None:
    silent = builders.make_participant(site.study, "P01")
    type(silent).objects.filter(pk=silent.pk).update(site=site)
    assert name_of(site) == "Site A"


@pytest.mark.parametrize(
    ("kind", "speaker", "is_attended", "may"),
    [
        ("speech", "Dr Moreau", True, False),
        ("verbatim", "Dr Moreau", True, False),
        ("verbatim", "", True, True),
        ("verbatim", "", False, False),
        ("observed", "", False, True),
    ],
)
def test_words_of_nobody_who_is_linked_are_closed(
    study: Study, kind: str, speaker: str, is_attended: bool, may: bool
) -> None:
    willing = (builders.make_participant(study, "P01", machine=True),) if is_attended else ()
    turn = ParsedTurn("I never trust the tool.", kind=kind, speaker=speaker)
    source = builders.make_source(study, turn, speakers={}, participants=willing)
    assert permitted(source.turns.all(), Use.MACHINE).exists() is may
