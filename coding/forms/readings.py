from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fieldstudy.models import User
from observations.access import Viewer
from observations.queries.alphabet import by_name
from observations.roles import Role


class ReopenForm(forms.Form):
    """Why a submitted reading is reopened."""

    reason = forms.CharField(label=_("Why"), max_length=500, help_text=_("Kept with the reading, for the record."))


class HandOnForm(forms.Form):
    """Who is to read a source instead."""

    to = forms.ModelChoiceField(label=_("Hand on to"), queryset=User.objects.none())

    def __init__(self, *args: Any, viewer: Viewer, holder: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        coders = viewer.study.memberships.filter(roles__contains=[Role.CODER], user__is_active=True)
        others = User.objects.filter(pk__in=coders.values("user"))
        others = others.exclude(pk=holder.pk) if holder else others
        self.fields["to"].queryset = by_name(others)  # type: ignore[attr-defined]
