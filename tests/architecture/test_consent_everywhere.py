"""What nobody permitted reaches neither the machine, nor anybody through its suggestions, nor a file that leaves."""

import functools
import inspect
import io
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from coding.actions import tagging
from coding.actions.agreement import start_agreement_run
from coding.actions.disputes import build_disputes
from coding.models import Code, Suggestion
from coding.queries.chart_kinds import CHARTS
from coding.queries.visible import suggestions_visible_to
from coding.tagging.tags import TurnText, tag_turns
from exports.formats import FORMATS
from fieldstudy.errors import NotPermitted
from fieldstudy.models import User
from observations.actions.participants import record_consent, withdraw_consent
from observations.actions.sources import Details, describe_source
from observations.actions.studies import add_site
from observations.importers.base import ParsedTurn
from observations.models import Participant, Site, Source, Study
from tests import builders
from tests.shared import shared

SECRET = "marigold"
TURNS = (
    ParsedTurn(text=f"The film of {SECRET} showed a shadow.", speaker="Dr Closed"),
    ParsedTurn(text="Every shadow is a nodule to it.", speaker="Dr Willing"),
)


@shared
def closed(study: Study) -> Participant:
    return builders.make_participant(study, "P01")


@shared
def willing(study: Study) -> Participant:
    return builders.make_participant(study, "P02", quote=True, machine=True, release=True)


@shared
def source(study: Study, closed: Participant, willing: Participant) -> Source:
    return builders.make_source(study, *TURNS, speakers={"Dr Closed": closed, "Dr Willing": willing})


@shared
def shadow(study: Study) -> Code:
    code = builders.make_code(study)
    builders.make_entry(code, "shadow")
    return code


def tag(source: Source) -> None:
    lead = builders.as_lead(source.study)
    tagging.start_tagging(viewer=lead, id=uuid.uuid4(), sources=[source], at=timezone.now())
    builders.do_jobs()


def test_a_turn_closed_to_the_machine_never_reaches_the_tagger(
    source: Source, shadow: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def listening(turns: list[TurnText], lexicons: object) -> object:
        read.extend(turn.text for turn in turns)
        return tag_turns(turns, lexicons)  # type: ignore[arg-type]

    monkeypatch.setattr(tagging, "tag_turns", listening)
    tag(source)
    assert [SECRET in text for text in read] == [False]
    assert Suggestion.objects.count() == 1


def test_a_withdrawal_closes_what_the_machine_said_before(
    source: Source, shadow: Code, willing: Participant, study: Study, supervisor: User, coder_ana: User
) -> None:
    tag(source)
    builders.submit(source, by=coder_ana)
    people = [builders.viewer_of(study, person) for person in (supervisor, coder_ana)]
    assert [suggestions_visible_to(viewer).count() for viewer in people] == [1, 1]
    withdraw_consent(
        viewer=builders.as_lead(study), id=uuid.uuid4(), participant=willing, on=builders.AT.date(), at=builders.AT
    )
    assert [suggestions_visible_to(viewer).count() for viewer in people] == [0, 0]


def test_what_was_observed_obeys_the_strictest_of_the_source(
    study: Study, closed: Participant, willing: Participant, shadow: Code
) -> None:
    seen = ParsedTurn("Every shadow is a nodule.", kind="observed")
    source = builders.make_source(study, seen, participants=(closed, willing), speakers={})
    tag(source)
    assert not Suggestion.objects.exists()


def test_the_words_of_a_speaker_who_is_no_participant_yet_are_closed(
    study: Study, willing: Participant, shadow: Code
) -> None:
    source = builders.make_source(study, "Every shadow is a nodule.", participants=(willing,), speakers={})
    tag(source)
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize(
    ("readings", "allowed"),
    [("first", {}), ("final", {"quote": True}), ("first", {"release": True, "machine": True})],
)
def test_no_format_carries_a_turn_that_may_not_be_quoted_and_reused(
    source: Source,
    shadow: Code,
    closed: Participant,
    study: Study,
    coder_ana: User,
    lead: User,
    client_for: Callable[[User], Client],
    name: str,
    readings: str,
    allowed: dict[str, bool],
) -> None:
    record_consent(
        viewer=builders.as_lead(study),
        id=uuid.uuid4(),
        participant=closed,
        items=allowed,
        form_version="1",
        given_on=builders.AT.date(),
        at=builders.AT,
    )
    builders.code(source, SECRET, shadow, by=coder_ana)
    builders.submit(source, by=coder_ana)
    response = client_for(lead).get(reverse("export", args=[study.slug, name]), {"readings": readings})
    content = everything(b"".join(response))
    assert response.status_code == 200
    assert SECRET.encode() not in content
    assert b"Dr Closed" not in content


NAMED = "Bellerive"
ALIAS = "Site A"
# Every address that gives a file, with what is put into it and asked of it.
FILES: dict[str, list[tuple[dict[str, str], dict[str, str]]]] = {
    "export": [({"name": name}, {"readings": "final"}) for name in FORMATS],
    "api:export": [({"name": "csv"}, {})],
    "export_passages": [({}, {"text": "STR", "format": form}) for form in ("csv", "xlsx")],
    "api:export_passages": [({}, {"query": "STR", "form": form}) for form in ("csv", "xlsx")],
    "variables_csv": [({"subject": "site"}, {})],
    "variables_xlsx": [({"subject": "site"}, {})],
    "api:variables_file": [({"subject": "site", "form": form}, {}) for form in ("csv", "xlsx")],
    "relate_file": [
        ({"form": form}, {"what": what, "layer": "all"})
        for form, what in (
            ("csv", "codes:site"),
            ("csv", "promises:stance-site"),
            ("csv", "encounters:site"),
            ("svg", "codes:site"),
        )
    ],
    "relate_chart_file": [
        *(({"chart": chart, "form": "csv"}, {}) for chart in CHARTS),
        ({"chart": "frequencies", "form": "svg"}, {"layer": "all"}),
    ],
    "contested_csv": [({}, {})],
    "agreement_csv": [({}, {})],
    "agreement_compare_csv": [({}, {})],
    "agreement_all_detail_csv": [({}, {})],
    "agreement_detail_csv": [({}, {})],
}
# Those of them in which a site stands.
BY_SITE = {"export", "api:export", "export_passages", "api:export_passages", "variables_csv", "variables_xlsx"}
BY_SITE |= {"api:variables_file", "relate_file", "relate_chart_file", "contested_csv"}
BY_SITE |= {"agreement_all_detail_csv", "agreement_detail_csv"}


@shared
def site(study: Study) -> Site:
    lead = builders.as_lead(study)
    return add_site(viewer=lead, id=uuid.uuid4(), name=f"{NAMED} hospital", specialty={"en": "radiology"}, alias=ALIAS)


@pytest.fixture
def take_out(
    study: Study,
    site: Site,
    shadow: Code,
    closed: Participant,
    willing: Participant,
    lead: User,
    coder_ana: User,
    coder_ben: User,
    client_for: Callable[[User], Client],
) -> Callable[[str], list[bytes]]:
    """Gives all files of an address, out of a study whose site somebody who speaks there does not let be named."""
    speakers = {"Dr Closed": closed, "Dr Willing": willing}
    source = builders.make_source(study, *TURNS, site=site, speakers=speakers)
    builders.code(source, "nodule", shadow, by=coder_ana)
    builders.make_notes(source, by=coder_ana)
    for coder in (coder_ana, coder_ben):
        builders.submit(source, by=coder)
    viewer = builders.as_lead(study)
    build_disputes(viewer=viewer, at=builders.AT)
    run = start_agreement_run(viewer=viewer, id=uuid.uuid4(), unit="turn", site=None, at=builders.AT)
    builders.do_jobs()
    known = {"slug": study.slug, "run_id": run.pk, "other_id": run.pk, "code_id": shadow.pk}
    client = client_for(lead)

    def files(route: str) -> list[bytes]:
        found = []
        parameters = dict(givers())[route]
        for given, asked in FILES[route]:
            address = reverse(route, kwargs={name: (known | given)[name] for name in parameters})
            is_post = route.endswith("export_passages")
            kind = {"content_type": "application/json"} if route.startswith("api:") else {}
            response: Any = client.post(address, asked, **kind) if is_post else client.get(address, asked)
            assert response.status_code == 200, (address, response.status_code)
            found.append(everything(b"".join(response)))
        return found

    return files


def test_every_address_that_gives_a_file_is_asked_for_one() -> None:
    assert {route for route, _ in givers()} == set(FILES)


def test_no_file_has_what_may_not_leave(take_out: Callable[[str], list[bytes]]) -> None:
    found = {route: take_out(route) for route in FILES}

    def that_have(words: str) -> set[str]:
        return {route for route, files in found.items() if any(words.encode() in file for file in files)}

    assert that_have(NAMED) == set()
    assert that_have(ALIAS) == BY_SITE
    assert that_have(SECRET) == set()
    assert that_have("Dr Closed") == set()


def test_a_coder_takes_no_participant_off_a_source(source: Source, coder_ana: User, study: Study) -> None:
    details = Details(title=source.title, kind=source.kind)
    with pytest.raises(NotPermitted) as refused:
        describe_source(viewer=builders.viewer_of(study, coder_ana), source=source, details=details, at=builders.AT)
    assert refused.value.code == "source.participants_protected"


def test_a_coder_gives_no_words_to_somebody_who_permits_more(
    source: Source, coder_ana: User, closed: Participant, willing: Participant, study: Study
) -> None:
    details = Details(
        title=source.title,
        kind=source.kind,
        participants=(closed, willing),
        speakers={"Dr Closed": willing, "Dr Willing": willing},
    )
    with pytest.raises(NotPermitted):
        describe_source(viewer=builders.viewer_of(study, coder_ana), source=source, details=details, at=builders.AT)


def test_a_coder_still_describes_a_source(
    source: Source, coder_ana: User, closed: Participant, willing: Participant, study: Study
) -> None:
    speakers = {"Dr Closed": closed, "Dr Willing": willing}
    details = Details(title="Renamed", kind=source.kind, participants=(closed, willing), speakers=speakers)
    assert (
        describe_source(
            viewer=builders.viewer_of(study, coder_ana), source=source, details=details, at=builders.AT
        ).title
        == "Renamed"
    )


def everything(content: bytes) -> bytes:
    """A file, or all that is in an archive, one after the other."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


@functools.cache
def givers() -> list[tuple[str, tuple[str, ...]]]:
    """The route and the parameters of every address whose view gives a file."""
    return [(route, names) for route, names, view in _views(get_resolver(), "", ()) if _gives_a_file(view)]


def _views(
    resolver: URLResolver, name_space: str, names: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        within = (*names, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            yield f"{name_space}{entry.name}", within, getattr(entry.callback, "view_class", entry.callback)
        else:
            yield from _views(entry, f"{entry.namespace}:" if entry.namespace else name_space, within)


def _gives_a_file(view: Callable[..., Any]) -> bool:
    methods = [inspect.unwrap(each) for each in (vars(view).values() if isinstance(view, type) else [view])]
    called = [each.__code__.co_names for each in methods if inspect.isfunction(each)]
    return any({"download", "FileResponse"} & set(names) for names in called)
