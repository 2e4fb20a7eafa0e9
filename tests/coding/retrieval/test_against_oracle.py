"""Random queries over random coding: the database finds what plain Python finds."""

import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coding.actions.codebooks import publish_codebook
from coding.models import Code, Coder, Reading, Segment
from coding.queries.retrieval import segments_matching
from coding.queries.visible import segments_visible_to
from coding.retrieval.nodes import And, CodeIs, Distance, FieldIs, Not, Or, Query, Related, Relation, Unit
from coding.retrieval.parser import parse
from coding.retrieval.writer import to_text
from fieldstudy.models import User
from observations.access import Viewer
from observations.importers.base import ParsedTurn
from observations.models import Participant, Source, Study, Turn, Value, Variable
from tests import builders
from tests.coding.retrieval.oracle import Passage, Spoken, Text, World, found

SIGNS = ["STR", "TAC", "REA", "OLD", "TOP"]
MEASURED = [Relation.NEAR, Relation.FOLLOWED_BY, Relation.PRECEDED_BY]
PLACED = [Relation.OVERLAPPING, Relation.WITHIN, Relation.CONTAINING]

codes = st.builds(CodeIs, st.sampled_from(SIGNS), st.booleans())
equal = st.sampled_from(["=", "!="])
compared = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
fields = st.one_of(
    st.builds(FieldIs, st.just("phase"), equal, st.sampled_from(["first", "final", "any"])),
    st.builds(FieldIs, st.just("layer"), equal, st.sampled_from(["person", "machine"])),
    st.builds(FieldIs, st.just("coder"), equal, st.sampled_from(["C1", "C2"])),
    st.builds(FieldIs, st.just("weight"), compared, st.sampled_from(["0", "50", "100"])),
    st.builds(FieldIs, st.just("version"), compared, st.just("1")),
    st.builds(FieldIs, st.just("kind"), equal, st.sampled_from(["interview", "document"])),
    st.builds(FieldIs, st.just("site"), equal, st.just("Val-Clair")),
    st.builds(FieldIs, st.just("source"), equal, st.sampled_from(["Talk 0", "Talk 1"])),
    st.builds(FieldIs, st.just("language"), equal, st.sampled_from(["en", "fr"])),
    st.builds(FieldIs, st.just("participant"), equal, st.sampled_from(["P01", "P02", "P03"])),
    st.builds(FieldIs, st.just("role"), equal, st.sampled_from(["professional", "patient"])),
    st.builds(FieldIs, st.just("var"), compared, st.sampled_from(["5", "10"]), st.just("Years of service")),
)
distances = st.one_of(
    st.builds(Distance, st.integers(0, 3), st.just(Unit.TURNS)),
    st.builds(Distance, st.integers(0, 60), st.just(Unit.CHARACTERS)),
)


def larger(parts: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, parts),
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Related, parts, st.sampled_from(PLACED), parts, st.none(), st.booleans(), st.booleans()),
        st.builds(Related, parts, st.sampled_from(MEASURED), parts, distances, st.booleans(), st.booleans()),
    )


queries: st.SearchStrategy[Query] = st.recursive(codes | codes | fields, larger, max_leaves=5)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Viewer, World]]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(random.Random(7))
        transaction.set_rollback(True)


def build(drawn: random.Random) -> tuple[Viewer, World]:
    study = builders.make_study(builders.make_user("lead"))
    coders = [builders.make_member(study, name, "coder") for name in ("ana", "ben")]
    site = builders.make_site(study)
    people = {code: builders.make_participant(study, code, quote=True) for code in ("P01", "P02", "P03")}
    top = builders.make_code(study, "TOP")
    strict = builders.make_code(study, "STR", parent=top)
    tacit, reading, old = (builders.make_code(study, sign, parent=strict) for sign in ("TAC", "REA", "OLD"))
    publish_codebook(viewer=builders.as_lead(study), id=uuid.uuid4(), note="", at=builders.AT)
    sources = [_source(study, drawn, number, people, site if number else None) for number in range(3)]
    for source in sources:
        for coder in coders:
            _code_at_random(drawn, source, coder, [strict, tacit, reading, old, top])
            if source != sources[2]:
                builders.submit(source, by=coder)
    builders.submit(sources[0], by=coders[0])  # the final reading as well
    _change(study, people, old, tacit)
    viewer = builders.as_lead(study)
    return viewer, _world(viewer, sources, people)


def _source(study: Study, drawn: random.Random, number: int, people: dict[str, Participant], site: Any) -> Source:
    turns = []
    for _ in range(9):
        speaker = drawn.choice(["A", "B", ""])
        words = " ".join(drawn.choices(["film", "scar", "rib", "chief"], k=drawn.randint(1, 6)))
        kind = "speech" if speaker else "observed"
        turns.append(ParsedTurn(text=words, speaker=speaker, kind=kind, language=drawn.choice(["en", "fr"])))
    speakers = {"A": people["P01"], "B": people["P02"]}
    given = builders.make_source(
        study,
        *turns,
        title=f"Talk {number}",
        site=site,
        speakers=speakers,
        participants=tuple(people.values())[number:],
    )
    return given


def _code_at_random(drawn: random.Random, source: Source, coder: User, codes: list[Code]) -> None:
    text = "".join(Turn.objects.filter(source=source).order_by("number").values_list("text", flat=True))
    for _ in range(12):
        start = drawn.randrange(len(text) - 3)
        phrase = (start, min(len(text), start + drawn.randint(2, 40)))
        if text[slice(*phrase)].strip():
            builders.apply_code(
                viewer=builders.viewer_of(source.study, coder),
                source=source,
                id=uuid.UUID(int=drawn.getrandbits(128)),
                code_id=drawn.choice(codes).pk,
                start=phrase[0],
                end=phrase[1],
                revision_id=source.revision_id,
                at=builders.AT,
                weight=drawn.choice([None, 0, 50, 100]),
            )


def _change(study: Study, people: dict[str, Participant], old: Code, tacit: Code) -> None:
    """Merge a code, give people roles and years, and one coder's readings to the machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(builders.as_lead(study).user.pk)])
    Code.objects.filter(pk=old.pk).update(merged_into=tacit, retired_at=builders.AT)
    Participant.objects.filter(pk=people["P03"].pk).update(role="patient")
    aliases = {coder.pk: f"C{number}" for number, coder in enumerate(Coder.objects.order_by("user__name"), start=1)}
    for pk, alias in aliases.items():
        Coder.objects.filter(pk=pk).update(alias=f"temporary {alias}")
    for pk, alias in aliases.items():
        Coder.objects.filter(pk=pk).update(alias=alias)
    years = Variable.objects.create(study=study, name="Years of service", subject="participant", kind="integer")
    for code, number in (("P01", 5), ("P02", 12)):
        Value.objects.create(study=study, variable=years, participant=people[code], number=number)


def _world(viewer: Viewer, sources: list[Source], people: dict[str, Participant]) -> World:
    signs = {code.pk: code for code in Code.objects.filter(study=viewer.study).select_related("merged_into", "parent")}
    rows = segments_visible_to(viewer).select_related("reading__coder", "reading__codebook_version", "source")
    passages = tuple(_passage(row, signs) for row in rows.exclude(reading__state=Reading.State.ABANDONED))
    assert len(passages) > 20
    texts = {}
    for source in sources:
        facts = {"kind": source.kind, "site": source.site.name if source.site else "", "source": source.title}
        turns = Turn.objects.filter(source=source).order_by("number").select_related("participant")
        spoken = tuple(Spoken(t.start, t.end, t.language, t.participant.code if t.participant else "") for t in turns)
        taking_part = tuple(source.participants.values_list("code", flat=True))
        texts[str(source.pk)] = Text(facts, spoken, taking_part)
    roles = dict(Participant.objects.filter(study=viewer.study).values_list("code", "role"))
    parents = {code.sign: code.parent.sign for code in signs.values() if code.parent}
    return World(passages, texts, parents, roles, {"P01": 5, "P02": 12})


def _passage(row: Segment, codes: dict[Any, Code]) -> Passage:
    code = codes[row.code_id]
    version = row.reading.codebook_version
    return Passage(
        id=row.pk,
        source=str(row.source_id),
        start=row.now_start,
        end=row.now_end,
        code=(code.merged_into or code).sign,
        reading=row.reading_id,
        coder=row.reading.coder.alias,
        layer=row.reading.coder.kind,
        phase=row.reading.phase,
        round=row.reading.round,
        version=version.number if version else None,
        weight=row.weight,
    )


def standing(query: Query) -> Query:
    """The query as the oracle reads it: a code that was merged stands for the one it went into."""
    match query:
        case CodeIs(name="OLD", subtree=subtree):
            return CodeIs("TAC", subtree)
        case Not(part):
            return Not(standing(part))
        case And(parts):
            return And(tuple(standing(part) for part in parts))
        case Or(parts):
            return Or(tuple(standing(part) for part in parts))
        case Related(left, relation, right, distance, negated, any_reading):
            return Related(standing(left), relation, standing(right), distance, negated, any_reading)
        case _:
            return query


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(query=queries)
def test_the_database_finds_what_plain_python_finds(made: tuple[Viewer, World], query: Query) -> None:
    viewer, world = made
    assert set(segments_matching(viewer, query).values_list("pk", flat=True)) == found(world, standing(query))


def test_a_long_query_whose_parts_are_not_joined_finds_the_same(made: tuple[Viewer, World]) -> None:
    viewer, world = made
    query = parse(" AND ".join(f"TOP+ near STR+ ({turns} turns)" for turns in range(1, 11)))
    expected = found(world, standing(query))
    assert expected
    assert set(segments_matching(viewer, query).values_list("pk", flat=True)) == expected


@settings(max_examples=150, deadline=None, derandomize=True)
@given(query=queries)
def test_a_query_written_out_reads_the_same(query: Query) -> None:
    assert parse(to_text(query)) == query
