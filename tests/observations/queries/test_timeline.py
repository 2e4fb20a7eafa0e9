"""Where the marks of the field's drawing stand."""

from datetime import date

import pytest

from fieldstudy.models import User
from observations.models import Source, Study
from observations.queries.alphabet import alphabetical
from observations.queries.studies import sites_of
from observations.queries.timeline import LEFT, MARK, MOST_TICKS, RIGHT, Timeline, timeline_of
from tests import builders


def drawn(study: Study, *days: date | None, with_site: bool = True) -> Timeline:
    site = builders.make_site(study) if with_site else None
    for day in days:
        source = builders.make_source(study, "One.", site=site)
        Source.objects.filter(pk=source.pk).update(observed_on=day)
    viewer = builders.as_lead(study)
    return timeline_of(viewer, sites_of(viewer))


def test_a_study_without_sources_has_no_drawing(study: Study) -> None:
    assert drawn(study).rows == ()


def test_the_first_day_of_a_month_stands_at_the_left(study: Study) -> None:
    assert drawn(study, date(2026, 3, 1)).rows[0].dots[0].x == LEFT


def test_marks_stay_inside(study: Study) -> None:
    dots = drawn(study, date(2025, 12, 31), date(2026, 3, 31)).rows[0].dots
    assert all(LEFT <= dot.x <= RIGHT for dot in dots)


def test_the_last_day_there_is_can_be_drawn(study: Study) -> None:
    assert len(drawn(study, date(9999, 12, 31)).rows[0].dots) == 1


def test_sources_of_one_day_stand_beside_each_other(study: Study) -> None:
    first, second = drawn(study, date(2026, 3, 9), date(2026, 3, 9)).rows[0].dots
    assert second.x - first.x == pytest.approx(MARK)


def test_a_source_without_date_is_counted_without_a_mark(study: Study) -> None:
    timeline = drawn(study, date(2026, 3, 9), None)
    assert (timeline.undated, timeline.rows[0].n, len(timeline.rows[0].dots)) == (1, 2, 1)


def test_undated_sources_alone_have_rows(study: Study) -> None:
    assert [(row.n, list(row.dots)) for row in drawn(study, None).rows] == [(1, [])]


def test_sources_of_no_site_have_a_row_of_their_own(study: Study) -> None:
    assert [row.site for row in drawn(study, date(2026, 3, 9), with_site=False).rows] == [None]


@pytest.mark.parametrize("years", [1, 2, 5, 12, 40])
def test_the_months_named_are_few(study: Study, years: int) -> None:
    timeline = drawn(study, date(2000, 1, 5), date(2000 + years, 6, 5))
    assert 1 < len(timeline.ticks) <= MOST_TICKS + 1


def test_accents_do_not_change_the_order() -> None:
    assert sorted(["Zoé", "Éva", "ernest"], key=alphabetical) == ["ernest", "Éva", "Zoé"]


def test_the_drawing_is_of_one_study(study: Study, outsider: User) -> None:
    builders.make_source(outsider.memberships.get().study)
    assert drawn(study).rows == ()
