"""The form of a second look at a passage."""

from django import forms

from coding.models import SegmentReview


class ReviewForm(forms.Form):
    """What becomes of a passage, and which code it gets where it is coded anew."""

    outcome = forms.ChoiceField(choices=SegmentReview.Outcome.choices)
    code_id = forms.UUIDField(required=False)
