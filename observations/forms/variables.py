"""Forms of variables and of tables that hold their values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS = [
    ("text", _("Text")),
    ("integer", _("Whole number")),
    ("decimal", _("Number")),
    ("boolean", _("Yes or no")),
    ("date", _("Day")),
    ("choice", _("One of several")),
]
SUBJECTS = [("source", _("Sources")), ("participant", _("Participants")), ("site", _("Sites"))]


class VariableForm(forms.Form):
    """What a variable is called and what it may hold."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For one of several: one on each line."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, help_text=_("How it was asked or measured, and in what unit.")
    )

    def details(self) -> dict[str, Any]:
        return self.cleaned_data | {"choices": self.cleaned_data["choices"].splitlines()}


class TableForm(forms.Form):
    """A table to bring in."""

    file = forms.FileField(
        label=_("Table"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=_("CSV or Excel. The first column holds the name as shown here, each other column is a variable."),
    )
