import uuid

import pytest

from coding.actions.search_coding import code_hits, take_back_hits
from coding.models import Segment
from coding.queries.search import Wanted, search
from coding.queries.search_coding import plan, stretches
from fieldstudy.errors import Conflict, NotPermitted
from tests.builders import AT, code, make_code, make_source, submit, viewer_of
from tests.shared import shared


@shared
def source(study):
    return make_source(study, "I read the film first. The film, then the film.", "No film here.")


@shared
def strict(study):
    return make_code(study)


def chosen(study, user, unit="hit"):
    return stretches(search(viewer_of(study, user), Wanted("film")).lines, unit)


def words(source):
    text = "".join(turn.text for turn in source.turns.order_by("number"))
    rows = Segment.objects.filter(removed_at=None).order_by("now_start")
    return [text[row.now_start : row.now_end] for row in rows]


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("hit", ["film"] * 4),
        ("sentence", ["I read the film first.", "The film, then the film.", "No film here."]),
        ("turn", ["I read the film first. The film, then the film.", "No film here."]),
    ],
)
def test_hits_are_coded_as_words_sentences_or_turns(study, source, strict, coder_ana, unit, found):
    viewer = viewer_of(study, coder_ana)
    assert code_hits(viewer=viewer, id=uuid.uuid4(), chosen=chosen(study, coder_ana, unit), code=strict, at=AT) == len(
        found
    )
    assert words(source) == found


def test_what_is_coded_so_already_is_counted_and_left(study, source, strict, coder_ana):
    code(source, "read the film", strict, by=coder_ana)
    found = plan(viewer_of(study, coder_ana), chosen(study, coder_ana), strict)
    assert (len(found.new), found.already, found.closed) == (3, 1, 0)


def test_coding_the_hits_again_codes_nothing_twice(study, source, strict, coder_ana):
    viewer, hits = viewer_of(study, coder_ana), chosen(study, coder_ana)
    for _ in range(2):
        code_hits(viewer=viewer, id=uuid.UUID(int=1), chosen=hits, code=strict, at=AT)
    assert Segment.objects.count() == 4


def test_a_submitted_reading_is_left_as_it_is(study, source, strict, coder_ana):
    submit(source, by=coder_ana)
    submit(source, by=coder_ana)  # the final reading too
    found = plan(viewer_of(study, coder_ana), chosen(study, coder_ana), strict)
    assert (found.new, found.closed, found.closed_sources) == ((), 4, 1)


def test_all_of_it_is_taken_back_as_one_step(study, source, strict, coder_ana):
    kept = code(source, "No film", strict, by=coder_ana)
    viewer, later = viewer_of(study, coder_ana), AT.replace(hour=11)
    code_hits(viewer=viewer, id=uuid.uuid4(), chosen=chosen(study, coder_ana), code=strict, at=later)
    assert take_back_hits(viewer=viewer, code_id=strict.pk, coded_at=later, at=later) == 3
    assert list(Segment.objects.filter(removed_at=None)) == [kept]


def test_nothing_is_taken_back_from_a_final_reading_that_was_submitted(study, source, strict, coder_ana):
    viewer, later = viewer_of(study, coder_ana), AT.replace(hour=11)
    submit(source, by=coder_ana)
    code_hits(viewer=viewer, id=uuid.uuid4(), chosen=chosen(study, coder_ana), code=strict, at=later)
    submit(source, by=coder_ana)
    with pytest.raises(Conflict):
        take_back_hits(viewer=viewer, code_id=strict.pk, coded_at=later, at=later)


def test_a_reader_codes_nothing(study, source, strict, reader):
    with pytest.raises(NotPermitted):
        code_hits(viewer=viewer_of(study, reader), id=uuid.uuid4(), chosen=[], code=strict, at=AT)
