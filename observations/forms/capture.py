"""Forms that bring evidence in: files, and a field note in blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fieldstudy.errors import Invalid
from fieldstudy.web import translated
from observations.actions.imports import Upload, accepted_suffixes, check_sizes
from observations.actions.sources import Details
from observations.forms.fields import language_choices
from observations.forms.sources import PlaceForm
from observations.importers.base import ParsedTurn, TurnKind, canonical_text
from observations.models import Participant, Study

BLOCK_KINDS: dict[str, TurnKind] = {
    "observed": "observed",
    "verbatim": "verbatim",
    "interpretation": "interpretation",
}
EMPTY_BLOCKS = ("observed", "verbatim", "interpretation")
MOST_BLOCKS = 300


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        several = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in several or [None]]


class ImportForm(PlaceForm):
    """Files to import, with what is common to all of them."""

    files = FilesField(label=_("Files"), widget=Files, allow_empty_file=True)  # type: ignore[assignment]
    language = forms.ChoiceField(label=_("Language"), required=False)
    field_order = ("files", "site", "observed_on", "language", "tools")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = ",".join(accepted_suffixes())
        choices = language_choices(self.study.languages, gettext("recognised from each text"))
        self.fields["language"].choices = choices  # type: ignore[attr-defined]

    def uploads(self) -> list[Upload]:
        """What `start_import` takes."""
        said = self.cleaned_data
        check_sizes(file.size or 0 for file in said["files"])
        details: dict[str, Any] = {"tools": [str(tool.pk) for tool in said["tools"]]}
        if said["language"]:
            details["language"] = said["language"]
        if said["site"]:
            details["site"] = str(said["site"].pk)
        if said["observed_on"]:
            details["observed_on"] = said["observed_on"].isoformat()
        return [Upload(file.name or "", file.read(), details) for file in said["files"]]


@dataclass(frozen=True)
class Block:
    """One block of a field note as it stands on the page."""

    number: int
    kind: str
    text: str = ""
    said_by: str = ""
    error: str = ""


class NoteForm(PlaceForm):
    """A field note: what was observed, what was said, and what one makes of it, kept apart in blocks.

    Block n sends ``kind-n``, ``text-n`` and, for what was said, ``said-n`` (a participant's id); empty ones are left
    out.
    """

    id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language"))
    field_order = ("title", "observed_on", "site", "language", "tools", "id")

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, study=study, **kwargs)
        self.fields["language"].choices = language_choices(study.languages)  # type: ignore[attr-defined]
        self.people = {str(person.pk): person for person in Participant.objects.filter(study=study).order_by("code")}

    def blocks(self) -> Sequence[Block]:
        """The blocks to show: those sent, or some empty ones."""
        sent = list(self._sent())
        return sent or [Block(number, kind) for number, kind in enumerate(EMPTY_BLOCKS)]

    def _sent(self) -> Iterator[Block]:
        for number in range(MOST_BLOCKS):
            if f"text-{number}" in self.data:
                kind = self.data.get(f"kind-{number}", "")
                yield Block(
                    number,
                    kind if kind in BLOCK_KINDS else "observed",
                    str(self.data[f"text-{number}"]),
                    str(self.data.get(f"said-{number}", "")),
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["turns"] = []
        for block in self._sent():
            try:
                text = canonical_text(block.text)
            except Invalid as error:
                self.add_error(None, translated(error))
                continue
            person = self.people.get(block.said_by) if block.kind == "verbatim" else None
            if text:
                cleaned["turns"].append(ParsedTurn(text, BLOCK_KINDS[block.kind], person.code if person else ""))
        if not cleaned["turns"] and not self.errors:
            self.add_error(None, gettext("Write something in at least one block."))
        return cleaned

    def details(self, observer: str) -> Details:
        """What `add_source` takes."""
        said = self.cleaned_data
        labels = {turn.speaker for turn in said["turns"] if turn.speaker}
        speakers = {person.code: person for person in self.people.values() if person.code in labels}
        return Details(
            title=said["title"],
            kind="field_note",
            language=said["language"],
            observed_on=said["observed_on"],
            observer=observer[:120],
            site=said["site"],
            tools=tuple(said["tools"]),
            participants=tuple(speakers.values()),
            speakers=speakers,
        )
