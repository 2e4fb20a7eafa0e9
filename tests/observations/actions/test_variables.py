"""Variables of sources, participants and sites."""

import uuid

import pytest

from fieldstudy.errors import Conflict, Invalid, Missing, NotPermitted
from fieldstudy.models import HistoryEntry, User
from observations.actions.variables import (
    Cell,
    add_variable,
    change_variable,
    import_table,
    plan_table,
    remove_variable,
    restore_variable,
    set_values,
)
from observations.models import Study, Value, Variable
from observations.queries.variables import grid_of, variables_known_to
from tests import builders


def make_variable(study: Study, name: str = "Beds", kind: str = "integer", **more: object) -> Variable:
    return add_variable(viewer=builders.as_lead(study), id=uuid.uuid4(), subject="site", name=name, kind=kind, **more)  # type: ignore[arg-type]


def texts(study: Study) -> list[list[str]]:
    return grid_of(builders.as_lead(study), "site").table("site")


def test_a_grid_holds_every_site_and_what_is_known_of_it(study: Study) -> None:
    site = builders.make_site(study)
    beds = make_variable(study)
    set_values(viewer=builders.as_lead(study), subject="site", cells=[Cell(beds.pk, site.pk, " 24 ")])
    assert texts(study) == [["site", "Beds"], [site.name, "24"]]


def test_a_value_set_again_replaces_and_an_empty_one_takes_away(study: Study) -> None:
    site, beds, lead = builders.make_site(study), make_variable(study), builders.as_lead(study)
    for text in ("24", "30"):
        set_values(viewer=lead, subject="site", cells=[Cell(beds.pk, site.pk, text)])
    assert texts(study)[1][1] == "30"
    set_values(viewer=lead, subject="site", cells=[Cell(beds.pk, site.pk, "")])
    assert not Value.objects.exists()


def test_one_bad_cell_keeps_all_of_them_from_being_saved(study: Study) -> None:
    site, beds, name = builders.make_site(study), make_variable(study), make_variable(study, "Nickname", "text")
    cells = [Cell(name.pk, site.pk, "North"), Cell(beds.pk, site.pk, "many")]
    with pytest.raises(Invalid) as refused:
        set_values(viewer=builders.as_lead(study), subject="site", cells=cells)
    assert list(refused.value.fields) == [f"{beds.pk}:{site.pk}"]
    assert not Value.objects.exists()


def test_the_history_hides_what_a_value_is(study: Study) -> None:
    site, name = builders.make_site(study), make_variable(study, "Nickname", "text")
    set_values(viewer=builders.as_lead(study), subject="site", cells=[Cell(name.pk, site.pk, "North")])
    (entry,) = HistoryEntry.objects.filter(table="observations_value")
    assert "North" not in str(entry.after)


def test_a_subject_of_another_study_is_not_there(study: Study, outsider: User) -> None:
    elsewhere = builders.make_site(Study.objects.get(slug="elsewhere"))
    beds = make_variable(study)
    with pytest.raises(Missing):
        set_values(viewer=builders.as_lead(study), subject="site", cells=[Cell(beds.pk, elsewhere.pk, "1")])


def test_participants_variables_are_for_those_who_protect_them(study: Study, coder_ana: User) -> None:
    with pytest.raises(NotPermitted):
        add_variable(
            viewer=builders.viewer_of(study, coder_ana), id=uuid.uuid4(), subject="participant", name="Age", kind="text"
        )


def test_a_name_is_used_once(study: Study) -> None:
    make_variable(study)
    with pytest.raises(Conflict):
        make_variable(study)


def test_a_kind_changes_only_when_every_value_can_be_read_so(study: Study) -> None:
    site, name, lead = builders.make_site(study), make_variable(study, "Year", "text"), builders.as_lead(study)
    set_values(viewer=lead, subject="site", cells=[Cell(name.pk, site.pk, "about 1990")])
    change = {"viewer": lead, "variable": name, "name": "Year", "kind": "integer", "choices": [], "note": ""}
    with pytest.raises(Conflict) as refused:
        change_variable(**change)  # type: ignore[arg-type]
    assert refused.value.code == "variable.values_do_not_fit"
    set_values(viewer=lead, subject="site", cells=[Cell(name.pk, site.pk, "1990")])
    change_variable(**change)  # type: ignore[arg-type]
    assert Value.objects.get().number == 1990


def test_a_removed_variable_comes_back_with_its_values(study: Study) -> None:
    site, beds, lead = builders.make_site(study), make_variable(study), builders.as_lead(study)
    set_values(viewer=lead, subject="site", cells=[Cell(beds.pk, site.pk, "24")])
    remove_variable(viewer=lead, variable=beds, at=builders.AT)
    assert texts(study)[0] == ["site"]
    restore_variable(viewer=lead, variable=beds)
    assert texts(study)[1][1] == "24"


def test_a_table_makes_variables_of_its_columns_and_says_so_before(study: Study) -> None:
    site = builders.make_site(study)
    make_variable(study)
    rows = [["site", "beds", "Opened"], [site.name.upper(), "24", "2019-03-01"]]
    lead = builders.as_lead(study)
    plan = plan_table(lead, "site", rows)
    assert (plan.new_variables, plan.fresh, plan.replaced) == ((("Opened", "date"),), 2, 0)
    import_table(viewer=lead, subject="site", rows=rows)
    assert texts(study) == [["site", "Beds", "Opened"], [site.name, "24", "2019-03-01"]]
    assert plan_table(lead, "site", rows).same == 2


def test_a_table_that_was_taken_out_comes_in_again_though_its_site_goes_by_an_alias(study: Study) -> None:
    site, lead = builders.make_site(study), builders.as_lead(study)
    builders.make_source(study, site=site, participants=(builders.make_participant(study),))
    make_variable(study)
    header, (name, _) = grid_of(lead, "site", leaves=True).table("site")
    import_table(viewer=lead, subject="site", rows=[header, [name, "24"]])
    assert (name, texts(study)[1]) == (site.alias, [site.name, "24"])


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["site", "Beds"], ["Ward", "5"], ["ward", "7"]], "variable.subject_twice"),
        ([["site", "B" * 81], ["Ward", "5"]], "variable.name_too_long"),
    ],
)
def test_a_table_that_contradicts_itself_or_cannot_be_kept_is_refused(
    study: Study, rows: list[list[str]], code: str
) -> None:
    builders.make_site(study, "Ward")
    with pytest.raises(Invalid) as refused:
        plan_table(builders.as_lead(study), "site", rows)
    assert refused.value.code == code


def test_a_row_that_names_nothing_known_stops_the_table(study: Study) -> None:
    with pytest.raises(Invalid) as refused:
        import_table(viewer=builders.as_lead(study), subject="site", rows=[["site", "Beds"], ["Nowhere", "2"]])
    assert refused.value.code == "variable.subject_unknown"
    assert not Variable.objects.exists()


def test_the_grid_takes_as_many_queries_for_one_site_as_for_many(
    study: Study, django_assert_num_queries: object
) -> None:
    beds = make_variable(study)
    for number in range(5):
        site = builders.make_site(study, name=f"Site {number}")
        set_values(viewer=builders.as_lead(study), subject="site", cells=[Cell(beds.pk, site.pk, str(number))])
    viewer = builders.as_lead(study)
    with django_assert_num_queries(3):  # type: ignore[operator]
        grid_of(viewer, "site")


def test_what_is_known_of_participants_is_compared_by_those_who_protect_them(
    study: Study, reader: User, steward: User
) -> None:
    lead = builders.as_lead(study)
    for subject in ("participant", "source"):
        add_variable(viewer=lead, id=uuid.uuid4(), subject=subject, name=subject.title(), kind="text")
    known = [
        set(variables_known_to(builders.viewer_of(study, who)).values_list("name", flat=True))
        for who in (reader, steward)
    ]
    assert known == [{"Source"}, {"Source", "Participant"}]
