"""What a site is called in what leaves the study."""

import uuid

import pytest

from observations.actions.studies import add_site
from observations.models import Site, Study
from observations.queries.consent import site_names
from tests import builders


@pytest.fixture
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
