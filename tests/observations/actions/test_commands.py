"""The commands of this room."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fieldstudy.models import User
from observations.models import ImportFile, Membership, Study


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_study_is_led_by_the_person_named(outsider: User) -> None:
    told = json.loads(run("create_study", "Night ward", "--as", outsider.email, "--language", "fr", "--json"))
    assert Membership.objects.get(study=told["id"]).user == outsider


def test_an_unknown_person_begins_no_study(db: None) -> None:
    with pytest.raises(CommandError):
        run("create_study", "Night ward", "--as", "nobody@example.org")


def test_files_are_handed_to_the_workers(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("One day.")
    told = json.loads(run("import_sources", study.slug, str(path), "--json"))
    assert [(file["name"], file["state"]) for file in told["files"]] == [("note.txt", "waiting")]


def test_a_missing_file_imports_nothing(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run("import_sources", study.slug, str(tmp_path / "gone.txt"))
    assert not ImportFile.objects.exists()


def test_an_outsider_imports_nothing(study: Study, outsider: User, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("One day.")
    with pytest.raises(CommandError, match=r"access\.missing"):
        run("import_sources", study.slug, str(path), "--as", outsider.email)


@pytest.mark.parametrize(
    ("asked", "code"),
    [(["nowhere"], "command.no_such_study"), (["nowhere", "--as", "nobody@example.org"], "command.no_such_user")],
)
def test_an_error_says_whether_the_study_or_the_account_is_unknown(db: None, asked: list[str], code: str) -> None:
    with pytest.raises(CommandError, match=code.replace(".", r"\.")):
        run("export", *asked, "--format", "csv", "--out", "/nowhere")
