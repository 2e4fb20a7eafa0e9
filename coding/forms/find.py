"""The forms of searching, of coding what was found, and of asking for passages."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coding.queries.conditions import conditions_in, variable_names
from coding.queries.passages import codes_in_order
from coding.queries.search import Wanted
from coding.queries.visible import codes_visible_to
from coding.retrieval.terms import LONGEST, read_search
from fieldstudy.errors import FieldstudyError
from fieldstudy.languages import pick
from fieldstudy.web import translated
from observations.access import Viewer
from observations.forms.fields import SOURCE_KINDS
from observations.queries.studies import sites_of

SORT_CHOICES = [
    ("date", _("by date")),
    ("source", _("by source")),
    ("left", _("by the words before")),
    ("right", _("by the words after")),
]


class SearchForm(forms.Form):
    """What to look for, where, and in which order to show it."""

    text = forms.CharField(label=_("Words"), max_length=LONGEST)
    sort = forms.ChoiceField(label=_("Order"), choices=SORT_CHOICES, required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    site = forms.ChoiceField(label=_("Site"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {"type": "search", "autocomplete": "off", "spellcheck": "false"}
        self.fields["kind"].choices = [("", _("all")), *SOURCE_KINDS]  # type: ignore[attr-defined]
        self.fields["site"].choices = [("", _("all")), *((str(site.pk), site.name) for site in sites_of(viewer))]  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            read_search(text)
        except FieldstudyError as error:
            raise forms.ValidationError(translated(error)) from error
        return text

    def asked(self) -> dict[str, str]:
        """What was sent, as the session keeps it."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def wanted(self) -> Wanted:
        """What was sent, as a search."""
        data = self.cleaned_data
        site = uuid.UUID(data["site"]) if data["site"] else None
        return Wanted(text=data["text"], sort=data["sort"] or "date", kind=data["kind"], site=site)


class CodingForm(forms.Form):
    """Which hits to code, with what, and how much around each."""

    which = forms.ChoiceField(label=_("Hits"), choices=[("chosen", _("the chosen hits")), ("all", _("all hits"))])
    unit = forms.ChoiceField(
        label=_("Code"),
        choices=[("hit", _("the words found")), ("sentence", _("the sentences")), ("turn", _("the turns"))],
    )
    code = forms.ChoiceField(label=_("with"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = code_choices(viewer)  # type: ignore[attr-defined]

    def hits(self) -> list[str]:
        """The keys of the hits that were chosen."""
        return self.data.getlist("hit")  # type: ignore[attr-defined]


def code_choices(viewer: Viewer, *, by_sign: bool = False) -> list[tuple[str, str]]:
    """The codes that can be applied, as the codebook orders them; on request all, under their signs. Two queries."""
    codes = codes_visible_to(viewer).select_related("revision")
    rows = {code.pk: code for code in (codes if by_sign else codes.filter(is_codable=True))}
    language = get_language() or "en"
    ordered = [rows[pk] for pk in codes_in_order(viewer) if pk in rows]
    return [
        (code.sign if by_sign else str(code.pk), f"{code.sign} {pick(code.revision.names, language)}")
        for code in ordered
        if code.revision
    ]


JOIN_CHOICES = [
    ("and", _("and")),
    ("and not", _("and not")),
    ("or", _("or")),
    ("overlapping", _("overlapping")),
    ("within", _("within")),
    ("containing", _("containing")),
    ("near", _("near")),
    ("followed by", _("followed by")),
    ("preceded by", _("preceded by")),
]
UNIT_CHOICES = [("turns", _("turns")), ("characters", _("characters"))]
COMPARISON_CHOICES = [("=", "="), ("!=", "≠"), ("<", "<"), ("<=", "≤"), (">", ">"), (">=", "≥")]


class PieceForm(forms.Form):
    """One piece to add to a query by clicks: a code, a condition, or a comparison; nothing chosen is nothing to add."""

    needed: ClassVar[dict[str, dict[str, Any]]] = {
        "add_code": {"code": _("Choose the code to add.")},
        "add_condition": {"condition": _("Choose the condition to add.")},
        "add_comparison": {
            "compared": _("Choose the figure or variable to compare."),
            "value": _("Type the value to compare with."),
        },
    }

    how = forms.ChoiceField(label=_("How"), choices=JOIN_CHOICES, required=False)
    code = forms.ChoiceField(label=_("Code"), required=False)
    subtree = forms.BooleanField(label=_("and the codes below it"), required=False)
    distance = forms.IntegerField(label=_("At most"), min_value=0, max_value=1_000_000, required=False, initial=1)
    unit = forms.ChoiceField(label=_("away, in"), choices=UNIT_CHOICES, required=False)
    any_reading = forms.BooleanField(label=_("in any reading"), required=False)
    condition = forms.ChoiceField(label=_("Condition"), required=False)
    compared = forms.ChoiceField(label=_("Figure or variable"), required=False)
    operator = forms.ChoiceField(label=_("is"), choices=COMPARISON_CHOICES, required=False, initial=">=")
    value = forms.CharField(label=_("Value"), max_length=200, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [("", ""), *code_choices(viewer, by_sign=True)]  # type: ignore[attr-defined]
        conditions = [(label, choices) for label, choices in conditions_in(viewer) if choices]
        self.fields["condition"].choices = [("", ""), *conditions]  # type: ignore[attr-defined]
        variables = [(f'var."{name}"', name) for name in variable_names(viewer)]
        figures = [
            ("weight", _("weight")),
            ("version", _("codebook version")),
            ("round", _("round")),
            ("date", _("date")),
        ]
        self.fields["compared"].choices = [("", ""), *figures, *variables]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        for button, fields in self.needed.items():
            for name, told in fields.items() if button in self.data else ():
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, told)
        return data
