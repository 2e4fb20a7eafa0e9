import uuid

import pytest
from django.db import DatabaseError, connection, connections, transaction

from fieldstudy.history import DROP_HISTORY_SQL, HISTORY_SQL
from fieldstudy.models import HistoryEntry, User
from observations.models import Membership, Revision, Site, Source, Study
from tests import builders


def test_each_change_is_written_with_its_actor(study: Study, lead: User) -> None:
    site = builders.make_site(study)
    entry = HistoryEntry.objects.get(row=site.pk)
    assert (entry.operation, entry.actor, entry.study) == ("insert", lead.pk, study.pk)


def test_a_change_without_an_actor_is_refused(study: Study) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', '', true)")
    with pytest.raises(DatabaseError, match="without an actor"), transaction.atomic():
        Site.objects.create(id=uuid.uuid4(), study=study, name="Elsewhere", alias="E")


def test_bulk_writes_are_written_too(study: Study, lead: User) -> None:
    Site.objects.bulk_create([Site(study=study, name=f"Ward {n}", alias=f"W{n}") for n in range(3)])
    assert HistoryEntry.objects.filter(table="observations_site").count() == 3


def test_a_titles_words_are_kept_as_a_hash_only(study: Study) -> None:
    source = builders.make_source(study, title="The sentence nobody should find")
    entry = HistoryEntry.objects.filter(row=source.pk).order_by("id").first()
    assert entry is not None
    assert len(entry.after["title"]) == 64
    assert "nobody" not in str(entry.after)


def test_the_application_cannot_rewrite_history(study: Study) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        HistoryEntry.objects.filter(study=study.pk).delete()


def test_the_application_cannot_switch_the_history_off(study: Study) -> None:
    with pytest.raises(DatabaseError, match="must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE observations_site DISABLE TRIGGER record_history")


def test_the_application_cannot_empty_a_table(study: Study) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE observations_membership CASCADE")


def test_the_application_cannot_play_replica_to_skip_triggers(study: Study) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def test_an_update_that_changes_nothing_leaves_no_trace(study: Study) -> None:
    before = HistoryEntry.objects.count()
    for membership in Membership.objects.filter(study=study):
        membership.save()
    assert HistoryEntry.objects.count() == before


def test_a_revision_is_never_changed(study: Study) -> None:
    source = builders.make_source(study)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Revision.objects.filter(source=source).update(number=7)


def test_a_row_cannot_point_into_another_study(study: Study, outsider: User) -> None:
    elsewhere = Study.objects.get(slug="elsewhere")
    foreign_site = builders.make_site(elsewhere)
    source = builders.make_source(study)
    with pytest.raises(DatabaseError, match="same_study"), transaction.atomic(), connection.cursor() as cursor:
        Source.objects.filter(pk=source.pk).update(site=foreign_site)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_history_can_be_taken_down_and_set_up_again() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA another; SET LOCAL search_path = another; CREATE TABLE history ()")
        for statements in (HISTORY_SQL, DROP_HISTORY_SQL, HISTORY_SQL):
            cursor.execute(statements)
        cursor.execute("SELECT count(*) FROM pg_proc WHERE pronamespace = 'another'::regnamespace")
        assert cursor.fetchone() == (3,)
