"""The form of a second look at a passage."""

from django import forms

from coding.models import SegmentReview


class ReviewForm(forms.Form):
    """What becomes of a passage, which code it gets where it is coded anew, and the passage to go on to."""

    outcome = forms.ChoiceField(choices=SegmentReview.Outcome.choices)
    code_id = forms.UUIDField(required=False)
    then = forms.UUIDField(required=False)
