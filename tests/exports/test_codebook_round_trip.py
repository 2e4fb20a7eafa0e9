"""What is taken out of one study's codebook can be brought into another's."""

import io
from typing import Any

import openpyxl
import pytest

from coding.actions.code_examples import take_example
from coding.actions.code_tree import retire_code
from coding.actions.codebook_import import bring_in_codes
from coding.actions.codebooks import Meaning, add_code
from coding.examples import written
from coding.models import Code
from exports.assemble import assemble
from exports.formats import FORMATS
from observations.models import Participant, Study
from tests import builders
from tests.builders import AT, as_lead, code, make_code, make_source, submit
from tests.shared import shared

TEXTS = Meaning(
    names={"en": '=Strict, "quoted"', "fr": "'Stricte'"},
    definitions={"en": "-First line\nSecond line", "fr": "@définition"},
    include_when={"en": "It marks too much."},
    exclude_when={"fr": "Ailleurs : CTX."},
    examples={"en": "An example.\nIn two lines."},
)


@shared
def filled(study: Study) -> Study:
    branch = make_code(study, "NORM", is_codable=False)
    fields: dict[str, Any] = {"stance": "limit", "asks_weight": True, "color": "#123456"}
    id = builders.uuid.uuid4()
    add_code(viewer=as_lead(study), id=id, sign="STR", meaning=TEXTS, at=AT, parent=branch, **fields)
    return study


def held(study: Study) -> list[dict[str, Any]]:
    codes = Code.objects.filter(study=study).select_related("revision", "parent").order_by("sign")
    return [
        {
            "sign": row.sign,
            "parent": row.parent and row.parent.sign,
            "hue": row.hue,
            "color": row.color,
            "codable": row.is_codable,
            "guid": row.refi_guid,
            "names": row.revision.names,
            "definitions": row.revision.definitions,
            "include": row.revision.include_when,
            "exclude": row.revision.exclude_when,
            "examples": written(row.revision.examples),
        }
        for row in codes
    ]


FILES = ["codebook-csv", "codebook-xlsx", "qdc"]


@pytest.mark.parametrize("name", FILES)
def test_a_codebook_taken_out_comes_in_as_it_was(filled: Study, outsider, name: str):
    content = FORMATS[name].to_bytes(assemble(as_lead(filled), language="en"), "en")
    elsewhere = Study.objects.get(slug="elsewhere")
    brought = bring_in_codes(viewer=as_lead(elsewhere), content=content, language="en", at=AT)
    assert brought.added == 2
    assert held(elsewhere) == held(filled)


@pytest.mark.parametrize("name", FILES)
def test_a_code_out_of_use_is_not_brought_in_again(filled: Study, outsider, name: str):
    retire_code(viewer=as_lead(filled), code=Code.objects.get(study=filled, sign="STR"), at=AT)
    make_code(filled, "STR")
    content = FORMATS[name].to_bytes(assemble(as_lead(filled), language="en"), "en")
    elsewhere = Study.objects.get(slug="elsewhere")
    brought = bring_in_codes(viewer=as_lead(elsewhere), content=content, language="en", at=AT)
    assert brought.added == 2
    assert 'Strict, "quoted"' not in str(held(elsewhere))


@pytest.mark.parametrize("names", [{"fr": "Stricte"}, {"en": "Dispute", "fr": "Dispute"}])
def test_a_refi_codebook_keeps_names_in_the_languages_they_are_in(study: Study, outsider, names):
    add_code(viewer=as_lead(study), id=builders.uuid.uuid4(), sign="STR", meaning=Meaning(names), at=AT)
    content = FORMATS["qdc"].to_bytes(assemble(as_lead(study), language="en"), "en")
    elsewhere = Study.objects.get(slug="elsewhere")
    bring_in_codes(viewer=as_lead(elsewhere), content=content, language="en", at=AT)
    assert held(elsewhere)[0]["names"] == names


def test_a_refi_codebook_brought_in_again_adds_nothing(filled: Study):
    content = FORMATS["qdc"].to_bytes(assemble(as_lead(filled), language="en"), "en")
    brought = bring_in_codes(viewer=as_lead(filled), content=content, language="en", at=AT)
    assert (brought.added, brought.there) == (0, 2)


def test_no_cell_of_the_workbook_is_a_formula(filled: Study):
    content = FORMATS["codebook-xlsx"].to_bytes(assemble(as_lead(filled), language="en"), "en")
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_an_example_taken_from_a_passage_leaves_only_with_consent(study: Study, coder_ana):
    strict, source = make_code(study), make_source(study)
    segment = code(source, "the film", strict, by=coder_ana)
    submit(source, by=coder_ana)
    take_example(viewer=as_lead(study), code=strict, segment_id=segment.pk, is_counter=False, at=AT)
    assert assemble(as_lead(study), language="en").codes[0].examples == {"en": "the film"}
    person = Participant.objects.get(study=study, code="P00")
    builders.record_consent(
        viewer=as_lead(study),
        id=builders.uuid.uuid4(),
        participant=person,
        items={"quote": False, "machine": True, "release": True},
        form_version="2",
        given_on=builders.date(2026, 2, 1),
        at=AT,
    )
    assert assemble(as_lead(study), language="en").codes[0].examples == {}
