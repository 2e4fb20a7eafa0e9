"""The pages of memos and of the journal."""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coding.models import Memo
from fieldstudy.models import User
from observations.models import Study
from tests import builders

Browser = Callable[[User], Client]


def test_a_search_shows_what_fits_and_keeps_its_words_out_of_addresses(
    study: Study, lead: User, client_for: Browser
) -> None:
    builders.make_memo(study, about="study", title="Écho", text="Un outil muet.")
    builders.make_memo(study, about="study", title="Elsewhere", text="Nothing of it.")
    page = client_for(lead).post(reverse("memos", args=[study.slug]), {"words": "echo"})
    assert "Écho" in page.content.decode() and "Elsewhere" not in page.content.decode()
    assert "words=" not in page.content.decode()


def test_a_memo_is_written_removed_and_brought_back(study: Study, lead: User, client_for: Browser) -> None:
    browser = client_for(lead)
    browser.post(reverse("memo_new", args=[study.slug]), {"about": "study", "text": "A thought."})
    memo = Memo.objects.get()
    page = browser.post(reverse("memo_remove", args=[study.slug, memo.pk]), follow=True)
    assert "Bring it back" in page.content.decode()
    browser.post(reverse("memo_restore", args=[study.slug, memo.pk]))
    memo.refresh_from_db()
    assert memo.removed_at is None


def test_an_edit_of_what_changed_meanwhile_is_shown_again(study: Study, lead: User, client_for: Browser) -> None:
    memo = builders.make_memo(study, about="study")
    address = reverse("memo_edit", args=[study.slug, memo.pk])
    response = client_for(lead).post(address, {"version": 7, "text": "Late."})
    assert response.status_code == 422
    assert "changed elsewhere" in response.content.decode()


def test_an_entry_of_the_journal_has_its_day(study: Study, lead: User, client_for: Browser) -> None:
    address = reverse("journal", args=[study.slug])
    client_for(lead).post(address, {"day": "2026-03-01", "text": "We began."})
    assert "1 March 2026" in client_for(lead).get(address).content.decode()


def test_an_entry_keeps_its_day_when_it_is_changed_in_french(study: Study, lead: User, client_for: Browser) -> None:
    memo = builders.make_memo(study, about="study", day=date(2026, 3, 1))
    address = reverse("memo_edit", args=[study.slug, memo.pk])
    page = client_for(lead).get(address, headers={"accept-language": "fr"}).content.decode()
    # A browser leaves a field of this kind empty over any other way of writing a day.
    assert 'value="2026-03-01"' in page


def test_the_list_takes_as_many_queries_for_two_memos_as_for_forty(
    study: Study, lead: User, client_for: Browser
) -> None:
    browser, address = client_for(lead), reverse("memos", args=[study.slug])
    source = builders.make_source(study)
    taken = []
    for number in (2, 38):
        for _ in range(number):
            builders.make_memo(study, about="source", subject_id=source.pk)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_pages_that_show_a_key_listen_to_it(study: Study, lead: User, client_for: Browser) -> None:
    memo, browser = builders.make_memo(study, about="study", title="Mine", text="Mine."), client_for(lead)
    for page in (reverse("memos", args=[study.slug]), reverse("memo", args=[study.slug, memo.pk])):
        assert "observations/js/keys.js" in browser.get(page).content.decode()
