"""What the forms of this room share: choices in words, texts in several languages, and where an error is shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import sentence, translated
from observations.queries.alphabet import alphabetical
from observations.roles import LABELS

SOURCE_KINDS = [("interview", _("Interview")), ("field_note", _("Field note")), ("document", _("Document"))]
TOOL_KINDS = [
    ("anomaly_detection", _("Anomaly detection")),
    ("prognosis", _("Prognosis, radiomics")),
    ("treatment_choice", _("Treatment choice")),
    ("second_opinion", _("Second opinion")),
    ("other", _("Other")),
]
PARTICIPANT_ROLES = [
    ("professional", _("Professional")),
    ("patient", _("Patient")),
    ("maker", _("Maker")),
    ("manager", _("Manager")),
    ("other", _("Other")),
]
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "nl", "pt", "zh-hans")


def role_choices() -> list[tuple[str, str]]:
    """The roles of a study, in words."""
    return [(role.value, sentence(label)) for role, label in LABELS.items()]


def language_name(language: str) -> str:
    """A language's name in the reader's language; its code where Django knows no name."""
    try:
        return str(get_language_info(language)["name_translated"])
    except KeyError:
        return language


def language_word(language: str) -> str:
    """A language's name inside a sentence, where French writes it small."""
    name = language_name(language)
    return name[:1].lower() + name[1:] if (get_language() or "").startswith("fr") else name


def language_choices(codes: Iterable[str], none: str = "") -> list[tuple[str, str]]:
    """Languages to choose from, by name; `none` is what leaving it open is called."""
    named = sorted(((code, language_name(code)) for code in codes), key=lambda pair: alphabetical(pair[1]))
    return [("", none), *named] if none else named


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """A day, chosen in the browser's own way."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def tick_field(label: Any, choices: Any, *, required: bool = False, help_text: Any = "") -> forms.MultipleChoiceField:
    """Some of several, to tick."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def add_texts(
    form: forms.Form,
    name: str,
    label: Any,
    languages: Iterable[str],
    *,
    rows: int = 1,
    longest: int = 2000,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Add a field for each language of a text kept in several; `texts` is what they hold at first."""
    for language in languages:
        attrs = {"lang": language} | ({"rows": str(rows)} if rows > 1 else {})
        form.fields[f"{name}_{language}"] = forms.CharField(
            label=gettext("%(what)s, in %(language)s") % {"what": label, "language": language_word(language)},
            required=False,
            max_length=longest,
            initial=(texts or {}).get(language, ""),
            widget=forms.Textarea(attrs=attrs) if rows > 1 else forms.TextInput(attrs=attrs),
        )


def texts_of(form: forms.Form, name: str, languages: Iterable[str]) -> dict[str, str]:
    """What was written in the fields of `add_texts`, without the empty ones."""
    written = {language: form.cleaned_data[f"{name}_{language}"] for language in languages}
    return {language: text for language, text in written.items() if text}


def show_error(form: forms.Form, error: FieldstudyError) -> None:
    """Put an action's error where the person looks: beside its first field of the form, else above the form."""
    field = next((name for name in error.fields if name in form.fields), None)
    form.add_error(field, translated(error))
