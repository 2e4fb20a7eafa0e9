from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coding.models import Adjudication
from coding.queries.auto_settling import LEAST_OVERLAP, USUAL_OVERLAP, Rule
from fieldstudy.models import User
from observations.access import Viewer
from observations.queries.alphabet import by_name
from observations.roles import Role

RULES = (
    (Adjudication.Rule.UNANIMOUS, _("All applied the same code: keep the words all of them hold")),
    (Adjudication.Rule.MAJORITY, _("More than half say the very same: take what they say")),
    (Adjudication.Rule.OVERLAP, _("The same code on nearly the same words: merge")),
)


class RuleForm(forms.Form):
    """A rule to settle by; `threshold` is the overlap asked for, in percent."""

    rule_name = forms.ChoiceField(label=_("Rule"), choices=RULES, widget=forms.RadioSelect)
    threshold = forms.IntegerField(
        label=_("Overlap, in percent"),
        min_value=round(LEAST_OVERLAP * 100),
        max_value=100,
        initial=round(USUAL_OVERLAP * 100),
        required=False,
        help_text=_("For the third rule: of all words that either of two readings holds, how many both hold."),
    )
    batch = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def rule(self) -> Rule:
        threshold = self.cleaned_data["threshold"]
        return Rule(self.cleaned_data["rule_name"], USUAL_OVERLAP if threshold is None else threshold / 100)


class WaiverForm(forms.Form):
    """Leave for somebody else to settle disputes over their own segments."""

    user = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none(), empty_label=_("choose"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = viewer.study.memberships.filter(roles__overlap=[Role.LEAD, Role.SUPERVISOR])
        others = User.objects.filter(pk__in=members.values("user")).exclude(pk=viewer.user.pk)
        self.fields["user"].queryset = by_name(others)  # type: ignore[attr-defined]
