import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from coding.actions.code_tree import retire_code
from coding.actions.codebook_changes import undo_change
from coding.actions.codebook_import import Brought, bring_in_codes, code_id, import_codebook, import_lexicon
from coding.actions.codebooks import publish_codebook
from coding.models import Code, CodebookChange, LexiconEntry, Segment
from fieldstudy.errors import Conflict, NotPermitted
from observations.importers.base import ImportFailed
from observations.models import Study
from tests.builders import AT, as_lead, code, give_roles, make_code, make_source, viewer_of

DEMONSTRATION = Path("fieldstudy/demonstration")
TABLE = b"sign,parent,codable,hue,name_en\nNORM,,0,3,Normality\nSTR,NORM,1,5,Strict\nCTX,NORM,1,,Context"


def test_a_table_becomes_a_tree_in_the_branchs_hue(study: Study):
    import_codebook(viewer=as_lead(study), content=TABLE, at=AT)
    codes = Code.objects.filter(study=study).order_by("parent__position", "position")
    placed = [(code.sign, code.parent and code.parent.sign, code.position, code.hue) for code in codes]
    assert sorted(placed) == [("CTX", "NORM", 1, 3), ("NORM", None, 0, 3), ("STR", "NORM", 0, 3)]


def test_ids_are_made_from_the_study_and_the_sign(study: Study):
    added = import_codebook(viewer=as_lead(study), content=TABLE, at=AT).codes
    assert {code.pk for code in added} == {code_id(study, sign) for sign in ("NORM", "STR", "CTX")}


def test_nothing_is_kept_of_a_table_with_a_problem(study: Study):
    with pytest.raises(ImportFailed):
        import_codebook(viewer=as_lead(study), content=TABLE + b"\nX,,1,1,Bad", at=AT)
    assert not Code.objects.exists()


def test_the_table_is_added_below_codes_that_are_there(study: Study):
    parent = make_code(study, "NORM")
    [code] = import_codebook(viewer=as_lead(study), content=b"sign,parent,name_en\nSTR,norm,Strict", at=AT).codes
    assert code.parent == parent


def test_a_retired_code_is_not_brought_in_a_second_time(study: Study):
    added = import_codebook(viewer=as_lead(study), content=b"sign,name_en\nSTR,Strict", at=AT).codes
    retire_code(viewer=as_lead(study), code=added[0], at=AT)
    with pytest.raises(Conflict) as caught:
        import_codebook(viewer=as_lead(study), content=b"sign,name_en\nSTR,Strict", at=AT)
    assert caught.value.code == "codebook.sign_was_used"


def test_a_plain_list_brought_in_again_changes_nothing(study: Study):
    table = "nom;définition\nNormalité stricte;Trop\nSavoir tacite;\n".encode()
    brought = import_codebook(viewer=as_lead(study), content=table, at=AT, language="fr")
    assert [(code.sign, code.revision and code.revision.names) for code in brought.codes] == [
        ("NOR", {"fr": "Normalité stricte"}), ("SAV", {"fr": "Savoir tacite"}),
    ]  # fmt: skip
    again = import_codebook(viewer=as_lead(study), content=table, at=AT, language="fr")
    assert (again.added, again.there) == (0, 2)


def test_a_sign_given_up_by_an_earlier_import_can_be_made_again(study: Study):
    [code] = import_codebook(viewer=as_lead(study), content=b"name\nStrict", at=AT).codes
    retire_code(viewer=as_lead(study), code=code, at=AT)
    later = AT + timedelta(hours=1)
    [other] = import_codebook(viewer=as_lead(study), content=b"name\nStrict", at=later).codes
    assert (other.sign, other.pk == code.pk) == ("STR", False)


def bring(study: Study, content: bytes = TABLE, hour: int = 0) -> Brought:
    return bring_in_codes(viewer=as_lead(study), content=content, language="en", at=AT + timedelta(hours=hour))


def undo(study: Study, brought: Brought) -> CodebookChange:
    assert brought.change is not None
    return undo_change(viewer=as_lead(study), change_id=brought.change.pk, at=AT)


def in_use(study: Study) -> list[str]:
    return sorted(Code.objects.filter(study=study, retired_at=None).values_list("sign", flat=True))


GUID = uuid.UUID(int=7)


def qdc() -> bytes:
    code = f'<Code guid="{GUID}" name="Strict" isCodable="true"/>'
    return f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{code}</Codes></CodeBook>'.encode()


def test_an_import_is_undone_as_one(study: Study):
    make_code(study, "OLD")
    brought = bring(study)
    undo(study, brought)
    assert in_use(study) == ["OLD"]


def test_an_import_that_was_undone_can_come_again(study: Study):
    undo(study, bring(study))
    undo(study, bring(study, hour=1))
    assert bring(study, hour=2).added == 3
    assert in_use(study) == ["CTX", "NORM", "STR"]


def test_a_refi_codebook_that_was_undone_comes_again_under_its_guids(study: Study):
    undo(study, bring(study, qdc()))
    assert [code.refi_guid for code in bring(study, qdc(), hour=1).codes] == [GUID]


def test_an_import_whose_codes_are_on_passages_stays(study: Study, coder_ana):
    brought = bring(study)
    code(make_source(study), "film", brought.codes[1], by=coder_ana)
    Study.objects.filter(pk=study.pk).update(mode="open")
    study.refresh_from_db()
    with pytest.raises(Conflict) as caught:
        undo(study, brought)
    assert (caught.value.code, len(in_use(study))) == ("codebook.import_coded", 3)


def test_passages_that_the_lead_may_not_know_of_do_not_tell_on_themselves(study: Study, coder_ana):
    give_roles(study, as_lead(study).user, "lead", "coder")
    brought = bring(study)
    code(make_source(study), "film", brought.codes[1], by=coder_ana)
    undo(study, brought)
    assert (in_use(study), Segment.objects.filter(removed_at=None).count()) == ([], 1)


def test_an_import_that_a_version_holds_stays(study: Study):
    brought = bring(study)
    publish_codebook(viewer=as_lead(study), id=uuid.uuid4(), note="", at=AT)
    with pytest.raises(Conflict) as caught:
        undo(study, brought)
    assert caught.value.code == "codebook.import_published"


def test_an_import_with_codes_of_others_below_it_stays(study: Study):
    brought = bring(study)
    make_code(study, "NEW", parent=brought.codes[0])
    with pytest.raises(Conflict) as caught:
        undo(study, brought)
    assert (caught.value.code, len(in_use(study))) == ("code.has_children", 4)


def test_an_import_that_brings_nothing_is_no_change(study: Study):
    bring(study, b"name\nStrict")
    assert bring(study, b"name\nStrict", hour=1).change is None
    assert CodebookChange.objects.count() == 1


def test_a_coder_cannot_import_a_codebook(study: Study, coder_ana):
    with pytest.raises(NotPermitted):
        import_codebook(viewer=viewer_of(study, coder_ana), content=TABLE, at=AT)


def test_the_demonstration_tables_can_be_brought_in(study: Study):
    lead = as_lead(study)
    codes = import_codebook(viewer=lead, content=(DEMONSTRATION / "codebook.csv").read_bytes(), at=AT).codes
    entries = import_lexicon(viewer=lead, content=(DEMONSTRATION / "lexicon.csv").read_bytes(), at=AT)
    assert len(codes) >= 25
    assert entries == LexiconEntry.objects.filter(study=study).count() > 300


def test_entries_that_are_there_stay_as_they_are(study: Study):
    make_code(study, "STR")
    table = b"sign,language,kind,expression\nSTR,en,lemmas,strict"
    assert import_lexicon(viewer=as_lead(study), content=table, at=AT) == 1
    assert import_lexicon(viewer=as_lead(study), content=table, at=AT) == 0
    assert LexiconEntry.objects.count() == 1
