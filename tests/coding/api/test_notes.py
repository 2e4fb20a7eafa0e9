"""Promise links, encounters and memos over HTTP."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from coding.models import Memo
from fieldstudy.models import User
from observations.models import Study
from tests import builders

Browser = Callable[[User], Client]
JSON = "application/json"


def test_all_beside_a_source_comes_in_one_answer(study: Study, coder_ana: User, client_for: Browser) -> None:
    source = builders.make_source(study)
    builders.make_notes(source, by=coder_ana)
    builders.make_memo(study, by=coder_ana, about="source", subject_id=source.pk)
    told = client_for(coder_ana).get(reverse("api:margin", args=[study.slug, source.pk])).json()
    assert [len(told[name]) for name in ("promise_links", "encounters", "memos", "promises", "tools")] == [1] * 5


@pytest.mark.parametrize("name", ["memos", "memo_search"])
def test_ones_own_memos_come_newest_first(study: Study, coder_ana: User, client_for: Browser, name: str) -> None:
    texts = ("A thought.", "Another thought.")
    old, new = (builders.make_memo(study, by=coder_ana, about="study", text=text) for text in texts)
    builders.make_memo(study, about="study", text="The lead's thought.")
    Memo.objects.filter(pk=old.pk).update(created_at=builders.AT - timedelta(days=1))
    address, browser = reverse(f"api:{name}", args=[study.slug]) + "?own=true", client_for(coder_ana)
    sent = {"words": "thought"}
    answer = browser.get(address) if name == "memos" else browser.post(address, sent, content_type=JSON)
    assert [memo["id"] for memo in answer.json()["results"]] == [str(new.pk), str(old.pk)]


def test_a_mark_is_changed_by_version(study: Study, coder_ana: User, client_for: Browser) -> None:
    source = builders.make_source(study)
    key = builders.make_notes(source, by=coder_ana)["encounter_id"]
    browser, address = client_for(coder_ana), reverse("api:encounter", args=[study.slug, key])
    sent = ("contested", "contested", "followed")
    first, again, other = (browser.patch(address, {"version": 1, "response": said}, content_type=JSON) for said in sent)
    assert (first.json()["response"], first.json()["version"]) == ("contested", 2)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["code"]) == (409, "mark.changed_meanwhile")


def test_a_memo_comes_back_after_removal(study: Study, coder_ana: User, client_for: Browser) -> None:
    browser, key = client_for(coder_ana), str(uuid.uuid4())
    sent = {"id": key, "about": "study", "text": "A thought."}
    made = [browser.post(reverse("api:memos", args=[study.slug]), sent, content_type=JSON).status_code for _ in "ab"]
    address = reverse("api:memo", args=[study.slug, key])
    assert (made, browser.delete(address).status_code) == ([201, 200], 204)
    assert browser.post(reverse("api:memo_restore", args=[study.slug, key])).json()["own"]


def test_a_search_is_sent(study: Study, lead: User, client_for: Browser) -> None:
    builders.make_memo(study, about="study", text="Écho")
    address = reverse("api:memo_search", args=[study.slug])
    told = client_for(lead).post(address, {"words": "ECHO"}, content_type=JSON).json()
    assert len(told["results"]) == 1
