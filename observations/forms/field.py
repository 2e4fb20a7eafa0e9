"""Forms of where and with what the field work is done: sites, tools and what tools promise."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from observations.forms.fields import TOOL_KINDS, add_texts, texts_of
from observations.models import Study


class _InLanguages(forms.Form):
    """A form with one text in the study's languages."""

    TEXT = ""
    LABEL: Any = ""
    ROWS = 1

    def __init__(self, *args: Any, study: Study, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = study.languages
        add_texts(self, self.TEXT, self.LABEL, self.languages, rows=self.ROWS)

    def details(self) -> dict[str, Any]:
        """The form's values, with the text as a mapping of language to text."""
        plain = {name: value for name, value in self.cleaned_data.items() if not name.startswith(f"{self.TEXT}_")}
        return plain | {self.TEXT: texts_of(self, self.TEXT, self.languages)}


class SiteForm(_InLanguages):
    """A ward, practice or laboratory."""

    TEXT, LABEL = "specialty", _("Specialty")
    name = forms.CharField(label=_("Name"), max_length=120)
    alias = forms.CharField(
        label=_("Alias"), max_length=60, help_text=_("What stands for it in published data, as in Site A.")
    )


class ToolForm(_InLanguages):
    """An AI system under study."""

    TEXT, LABEL, ROWS = "description", _("Description"), 2
    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=TOOL_KINDS)
    maker = forms.CharField(label=_("Maker"), max_length=120, required=False)
    regulatory_status = forms.CharField(label=_("Regulatory status"), max_length=200, required=False)
    autonomy = forms.CharField(
        label=_("Autonomy"), max_length=200, required=False, help_text=_("What it does without a person.")
    )


class PromiseForm(_InLanguages):
    """A claim made for a tool."""

    TEXT, LABEL = "text", _("What is promised")
    claimed_by = forms.CharField(label=_("By whom"), max_length=120, required=False)
    claimed_where = forms.CharField(label=_("Where"), max_length=200, required=False)
    claimed_on = forms.CharField(label=_("When"), max_length=20, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([f"text_{language}" for language in self.languages])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in [f"text_{language}" for language in self.languages]:
            cleaned[name] = without_quotes(cleaned.get(name, ""))
        if not any(cleaned.get(f"text_{language}") for language in self.languages):
            self.add_error(f"text_{self.languages[0]}", gettext("Write the promise in at least one language."))
        return cleaned


def without_quotes(text: str) -> str:
    """The text without one pair of quotation marks around the whole: pages put their own."""
    for opening, closing in ("«»", "“”", '""'):
        if len(text) > 1 and text[0] == opening and text[-1] == closing and opening not in text[1:-1]:
            return text[1:-1].strip()
    return text
