"""Forms of sources: the list's filters, the details, a corrected text."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observations.actions.sources import Details
from observations.forms.fields import SOURCE_KINDS, day_field, language_choices
from observations.models import Participant, Site, Source, Study, Tool
from observations.queries.alphabet import by_name
from observations.queries.source_list import SORTS, Wanted

LONGEST_TEXT = 5_000_000


def wanted_of(query: QueryDict, *, with_title: bool = False) -> Wanted:
    """What is asked of the list; what is said wrongly counts as not said, and words of a title only where taken."""
    sort = query.get("sort", "").removeprefix("-")
    page = query.get("page", "")
    return Wanted(
        kind=query.get("kind", "") if query.get("kind") in Source.Kind.values else "",
        site=_id(query.get("site")),
        tool=_id(query.get("tool")),
        title=query.get("title", "").replace("\0", "").strip()[:100] if with_title else "",
        sort=sort if sort in SORTS else "date",
        descending=query.get("sort", "").startswith("-"),
        page=int(page) if page.isdecimal() and len(page) < 6 else 1,
    )


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class PlaceForm(forms.Form):
    """Where, when and with which tools something was observed."""

    observed_on = day_field(_("Date observed"), help_text=_("The day it was seen, not the day it was typed."))
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("not said")
    )
    tools = forms.ModelMultipleChoiceField(
        label=_("Tools"), queryset=Tool.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study = study
        self.fields["site"].queryset = by_name(Site.objects.filter(study=study))  # type: ignore[attr-defined]
        self.fields["tools"].queryset = by_name(Tool.objects.filter(study=study))  # type: ignore[attr-defined]


class SourceForm(PlaceForm):
    """What is said of a source beside its text, and who is behind each label that speaks in it."""

    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=SOURCE_KINDS)
    language = forms.ChoiceField(label=_("Language"), required=False)
    observer = forms.CharField(label=_("Observer"), max_length=120, required=False)
    participants = forms.ModelMultipleChoiceField(
        label=_("Participants"),
        queryset=Participant.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where several take part, the strictest consent counts for what nobody in particular says."),
    )
    field_order = ("title", "kind", "language", "observed_on", "observer", "site", "tools", "participants")

    def __init__(self, *args: Any, study: Study, speakers: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, study=study, **kwargs)
        people = Participant.objects.filter(study=study).order_by("code")
        self.fields["participants"].queryset = people  # type: ignore[attr-defined]
        languages = {*study.languages, self.initial.get("language") or study.languages[0]}
        self.fields["language"].choices = language_choices(languages, gettext("not said"))  # type: ignore[attr-defined]
        self.speakers = list(speakers)
        self.proposed = False
        by_code = {person.code.casefold(): person.pk for person in people} if self.speakers else {}
        for number, speaker in enumerate(self.speakers):
            if not self.initial.get(f"speaker_{number}") and speaker.casefold() in by_code:
                self.initial[f"speaker_{number}"], self.proposed = by_code[speaker.casefold()], True
            self.fields[f"speaker_{number}"] = forms.ModelChoiceField(
                label=speaker, queryset=people, required=False, empty_label=gettext("nobody in particular")
            )

    def speaker_fields(self) -> list[forms.BoundField]:
        return [self[f"speaker_{number}"] for number in range(len(self.speakers))]

    def detail_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.field_order]

    def details(self) -> Details:
        """What `describe_source` and `add_source` take."""
        said = self.cleaned_data
        behind = {speaker: said[f"speaker_{number}"] for number, speaker in enumerate(self.speakers)}
        speakers = {speaker: person for speaker, person in behind.items() if person}
        plain = {name: said[name] for name in ("title", "kind", "language", "observed_on", "observer", "site")}
        people = {*said["participants"], *speakers.values()}
        return Details(**plain, tools=tuple(said["tools"]), participants=tuple(people), speakers=speakers)


class CorrectionForm(forms.Form):
    """A corrected text, and the revision it was made from."""

    text = forms.CharField(
        label=_("Text"),
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": "24", "class": "evidence-s", "spellcheck": "true"}),
    )
    based_on = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(label=_("Why"), max_length=300, required=False)
    accept_losses = forms.BooleanField(label=_("Remove the passages that lose all their words"), required=False)
