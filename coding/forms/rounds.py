"""The forms that open a round: to calibrate by, or to read sources again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coding.models import Code
from coding.queries.rounds import Again, known_to_have_seen
from coding.rounds import TARGET
from fieldstudy.models import User
from observations.access import Viewer
from observations.forms.fields import day_field
from observations.models import Source
from observations.queries.alphabet import by_name
from observations.queries.source_list import by_date_and_title
from observations.queries.sources import sources_of
from observations.roles import Role


class CalibrationForm(forms.Form):
    """Which sources and coders to calibrate by, and what is to be reached."""

    sources = forms.MultipleChoiceField(label=_("Sources"), widget=forms.CheckboxSelectMultiple)
    coders = forms.ModelMultipleChoiceField(
        label=_("Coders"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    target = forms.FloatField(
        label=_("Target for alpha"),
        initial=TARGET,
        min_value=0.01,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.01"}),
    )
    targets = forms.CharField(
        label=_("Codes with a target of their own"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on a line, its sign and the value: STR 0.80"),
    )
    due_on = day_field(_("Due on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sources = {str(source.pk): source for source in by_date_and_title(sources_of(viewer.study.pk))}
        self._codes = {code.sign.casefold(): code.pk for code in Code.objects.filter(study=viewer.study)}
        members = viewer.study.memberships.filter(roles__contains=[Role.CODER], user__is_active=True)
        coders = by_name(User.objects.filter(pk__in=members.values("user")))
        self.fields["coders"].queryset = coders  # type: ignore[attr-defined]
        read = {source for _, source in known_to_have_seen(viewer, self._sources.values())}
        self.fields["sources"].choices = [  # type: ignore[attr-defined]
            (key, gettext("%(title)s (read before)") % {"title": source.title} if source.pk in read else source.title)
            for key, source in self._sources.items()
        ]

    def clean_targets(self) -> dict[uuid.UUID, float]:
        wanted = {}
        for line in self.cleaned_data["targets"].splitlines():
            if line.strip():
                sign, _blank, value = line.strip().rpartition(" ")
                wanted[self._code(sign.strip(), line)] = _value(value, line)
        return wanted

    def _code(self, sign: str, line: str) -> uuid.UUID:
        found = self._codes.get(sign.casefold())
        if found is None:
            raise forms.ValidationError(gettext("No code has the sign in “%(line)s”.") % {"line": line.strip()})
        return found

    def handed(self) -> list[tuple[User, list[Source]]]:
        """Every coder with all the sources."""
        sources = [self._sources[key] for key in self.cleaned_data["sources"]]
        return [(user, sources) for user in self.cleaned_data["coders"]]


def _value(text: str, line: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise forms.ValidationError(gettext("“%(line)s” needs a value above 0 and at most 1.") % {"line": line.strip()})
    return value


class AgainForm(forms.Form):
    """What coders read again: drawn from what is old enough, or chosen."""

    weeks = forms.IntegerField(label=_("Submitted at least so many weeks ago"), min_value=0, max_value=520, initial=4)
    each = forms.IntegerField(label=_("Sources for each coder"), min_value=1, max_value=500, initial=2)
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**53,
        help_text=_("The same seed draws the same again; keep it for the methods section."),
    )
    due_on = day_field(_("Due on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


def ticked(eligible: Sequence[Again], keys: Sequence[str]) -> list[tuple[User, list[Source]]]:
    """Each coder with the sources ticked for them, of those that can be read again."""
    handed: dict[User, list[Source]] = {}
    for one in eligible:
        if one.key in keys and one.coder.user is not None:
            handed.setdefault(one.coder.user, []).append(one.source)
    return list(handed.items())
