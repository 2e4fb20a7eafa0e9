from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coding.models import Assignment
from coding.queries.assignments import free_for
from fieldstudy.models import User
from observations.access import Viewer
from observations.queries.alphabet import by_name


class ReopenForm(forms.Form):
    """Why a submitted reading is reopened."""

    reason = forms.CharField(label=_("Why"), max_length=500, help_text=_("Kept with the reading, for the record."))


class HandOnForm(forms.Form):
    """Who is to read a source instead: a coder who has not been handed it."""

    to = forms.ModelChoiceField(label=_("Hand on to"), queryset=User.objects.none())

    def __init__(self, *args: Any, viewer: Viewer, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = by_name(free_for(viewer, assignment))  # type: ignore[attr-defined]
