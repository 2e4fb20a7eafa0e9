"""Forms of participants and of what they permit."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observations.forms.fields import PARTICIPANT_ROLES, add_texts, day_field, texts_of, tick_field
from observations.models import Participant, Site, Study
from observations.queries.alphabet import by_name

ITEMS = [
    ("record", _("Be recorded")),
    ("quote", _("Be quoted")),
    ("name_site", _("Have the site named")),
    ("machine", _("Have their words processed by the machine")),
    ("release", _("Have their words reused in a publication")),
    ("recontact", _("Be contacted again")),
]


class ParticipantForm(forms.Form):
    """A person of the field, by a pseudonym."""

    code = forms.CharField(
        label=_("Pseudonym"), max_length=20, help_text=_("As in P07. Names and contacts do not belong here.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=PARTICIPANT_ROLES)
    seniority = forms.CharField(label=_("Seniority"), max_length=40, required=False)
    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), required=False, empty_label=_("not said")
    )

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.study, self.languages = study, study.languages
        self.fields["site"].queryset = by_name(Site.objects.filter(study=study))  # type: ignore[attr-defined]
        add_texts(self, "title", gettext("Title or job"), self.languages, longest=200)

    def clean_code(self) -> str:
        """A pseudonym that is not one of the study's in other letters: P07 and p07 would be taken for each other."""
        code: str = self.cleaned_data["code"]
        if Participant.objects.filter(study=self.study, code__iexact=code).exists():
            raise ValidationError(gettext("The study has a participant of this pseudonym already."))
        return code

    def details(self) -> dict[str, Any]:
        """What `add_participant` takes."""
        plain = {name: self.cleaned_data[name] for name in ("code", "role", "seniority", "site")}
        return plain | {"title": texts_of(self, "title", self.languages)}


class ConsentForm(forms.Form):
    """The next version of what a participant permits."""

    items = tick_field(_("Permits to"), ITEMS, help_text=_("What is not ticked is not permitted."))
    form_version = forms.CharField(label=_("Form and version"), max_length=40)
    given_on = day_field(_("Signed on"), required=True)

    def clean_given_on(self) -> date:
        return not_to_come(self.cleaned_data["given_on"])

    def permitted(self) -> dict[str, bool]:
        """Each ticked item."""
        return dict.fromkeys(self.cleaned_data["items"], True)


class WithdrawalForm(forms.Form):
    """The day a participant took their consent back."""

    on = day_field(_("Withdrawn on"), required=True)

    def clean_on(self) -> date:
        return not_to_come(self.cleaned_data["on"])


def not_to_come(day: date) -> date:
    """The day, refused where it is still to come: what has not happened is not on record."""
    if day > timezone.localdate():
        raise ValidationError(gettext("This day is still to come."))
    return day
