import uuid
from collections.abc import Collection, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from coding.actions.disputes import Settlement
from coding.models import Adjudication, DisputeSide
from coding.passages import Passage
from observations.access import nothing_here

Outcome = Adjudication.Outcome


class SettleForm(forms.Form):
    """What a person decided on a dispute: `outcome` is a reading's letter, "merged", "nobody" or "chosen".

    "chosen" comes with words and a code: the dispute's own with other borders, or another one.
    """

    outcome = forms.RegexField(r"^([A-Z]|merged|nobody|chosen)$", error_messages={"required": _("Choose an outcome.")})
    reason = forms.CharField(required=False, max_length=1000)
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=1)
    code = forms.UUIDField(required=False)

    def settlement(self, sides: Mapping[str, DisputeSide], disputed: Collection[uuid.UUID]) -> Settlement:
        """The decision as the action takes it; a letter names a reading only to the person it was drawn for."""
        said = self.cleaned_data
        outcome, reason, code = said["outcome"], said["reason"], said["code"]
        if outcome in (Outcome.MERGED, Outcome.NOBODY):
            return Settlement(outcome=outcome, reason=reason)
        if outcome != "chosen":
            if outcome not in sides:
                raise nothing_here()
            return Settlement(outcome=Outcome.SIDE, side=sides[outcome], reason=reason)
        start, end = said["start"], said["end"]
        chosen = (Passage(code, start, end),) if code and start is not None and end is not None else ()
        return Settlement(outcome=Outcome.EDITED if code in disputed else Outcome.NEW, passages=chosen, reason=reason)
