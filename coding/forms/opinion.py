"""What a coder makes of one suggestion."""

from typing import Any

from django import forms
from django.utils.translation import gettext

from coding.models import Decision


class DecisionForm(forms.Form):
    """Take, adjust or reject, with a reason if there is one; adjusting needs other borders."""

    outcome = forms.ChoiceField(choices=Decision.Outcome.choices)
    reason = forms.CharField(required=False, max_length=1000)
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        adjusts = cleaned.get("outcome") == Decision.Outcome.ADJUST
        if adjusts and (cleaned.get("start") is None or cleaned.get("end") is None):
            self.add_error(None, gettext("Select the words in the text, then save the new borders."))
        if not adjusts:
            cleaned["start"] = cleaned["end"] = None
        return cleaned
