"""Importing files on the pages."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fieldstudy.models import Job, User
from observations.actions import imports
from observations.models import Import, ImportFile, Source, Study
from observations.queries.imports import files_of
from tests import builders

ForUser = Callable[[User], Client]


@pytest.fixture
def browser(study: Study, coder_ana: User, client_for: ForUser) -> Client:
    return client_for(coder_ana)


def send(browser: Client, study: Study, *files: tuple[str, bytes], **more: str) -> HttpResponse:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    response: HttpResponse = browser.post(reverse("import", args=[study.slug]), {"files": uploads} | more)
    return response


def progress(browser: Client, study: Study, **headers: str) -> str:
    url = reverse("import_progress", args=[study.slug, Import.objects.get().pk])
    return browser.get(url, headers=headers).content.decode()


def test_each_file_becomes_a_source(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"One day."), ("b.md", b"# Two\n\nMore."))
    builders.do_jobs()
    assert Source.objects.filter(study=study).count() == 2


def test_what_is_common_is_said_of_each(browser: Client, study: Study) -> None:
    site = builders.make_site(study)
    send(browser, study, ("a.txt", b"One day."), site=str(site.pk), observed_on="2026-03-01", language="en")
    builders.do_jobs()
    source = Source.objects.get()
    assert (source.site, str(source.observed_on), source.language) == (site, "2026-03-01", "en")


def test_no_file_is_refused(browser: Client, study: Study) -> None:
    assert send(browser, study).status_code == 422


def test_a_day_on_which_nothing_was_observed_is_refused_beside_its_field(browser: Client, study: Study) -> None:
    response = send(browser, study, ("a.txt", b"One day."), observed_on="9999-12-31")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["observed_on"])


def test_a_refused_file_says_why(browser: Client, study: Study) -> None:
    send(browser, study, ("a.xyz", b"One day."), ("b.txt", b""))
    builders.do_jobs()
    page = progress(browser, study)
    assert ("2 files were not imported" in page, "The file is empty." in page) == (True, True)


def test_a_file_that_fails_unexpectedly_says_so_and_is_kept_no_longer(
    browser: Client, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise DataError

    monkeypatch.setattr(imports, "finish_file", fail)
    send(browser, study, ("a.txt", b"One day."))
    builders.do_jobs()
    file = ImportFile.objects.get()
    assert (file.state, file.sealed) == ("refused", None)
    assert "Something unexpected went wrong" in progress(browser, study)


def test_a_name_seen_once_is_told_with_its_line_and_where_to_say_who_it_is(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"Ana: Yes.\nBen: No.\nAna: Why?\nCleo: Wait.\nBen: So."))
    builders.do_jobs()
    page = progress(browser, study)
    edit = reverse("source_edit", args=[study.slug, Source.objects.get().pk])
    assert ("Turn 4 begins with what may be" in page, "line 4" in page, f'<a href="{edit}">' in page) == (True,) * 3


def test_the_result_counts_what_was_imported_and_what_was_refused(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"One day."), ("b.xyz", b"One day."), ("c.xyz", b"One day."))
    builders.do_jobs()
    page = progress(browser, study)
    assert ("1 file imported, 2 refused" in page, "Done (3)" in page) == (True, False)


def test_a_column_of_problems_that_no_row_fills_is_left_out(browser: Client, study: Study) -> None:
    send(browser, study, ("b.txt", b""))
    builders.do_jobs()
    page = progress(browser, study)
    assert [f">{name}</th>" in page for name in ("What is wrong", "Where", "Found")] == [True, False, False]


def test_each_file_says_how_many_turns_and_speakers_it_has(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"Ana: Yes.\nBen: No.\nAna: Why?\nBen: So."))
    builders.do_jobs()
    file = files_of(Import.objects.get())[0]
    assert (file.turns, file.speakers) == (4, 2)  # type: ignore[attr-defined]


def test_an_open_import_asks_for_itself_again(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"One day."))
    assert "hx-get" in progress(browser, study, HX_Request="true")


def test_a_finished_import_is_left_alone(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"One day."))
    builders.do_jobs()
    assert "hx-get" not in progress(browser, study, HX_Request="true")


def test_an_import_of_another_study_is_not_there(browser: Client, study: Study, outsider: User) -> None:
    send(browser, study, ("a.txt", b"One day."))
    stranger = Client()
    stranger.force_login(outsider)
    url = reverse("import_progress", args=["elsewhere", Import.objects.get().pk])
    assert stranger.get(url).status_code == 404


def test_an_import_can_be_stopped(browser: Client, study: Study) -> None:
    send(browser, study, ("a.txt", b"One day."))
    browser.post(reverse("job_stop", args=[study.slug, Import.objects.get().job_id]))
    builders.do_jobs()
    assert (Source.objects.count(), Job.objects.filter(state="cancelled").count()) == (0, 2)


def test_a_reader_stops_nothing_of_others(browser: Client, study: Study, reader: User, client_for: ForUser) -> None:
    send(browser, study, ("a.txt", b"One day."))
    url = reverse("job_stop", args=[study.slug, Import.objects.get().job_id])
    assert client_for(reader).post(url).status_code == 403
