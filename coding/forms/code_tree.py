"""Forms of changes to the tree of codes: what a code is merged into, and what it is split into."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coding.actions.code_tree import Part
from coding.actions.codebooks import Meaning
from coding.forms.codebook import LONGEST_NAME, LONGEST_TEXT, parent_choices
from coding.models import Code
from coding.queries.codebook import Codebook
from observations.forms.fields import language_word


class MergeForm(forms.Form):
    """The code that stays, and whose definition stays with it."""

    into = forms.ChoiceField(label=_("Merge into"))
    keeps = forms.ChoiceField(
        label=_("Whose definition stays"), choices=[("into", "into"), ("from", "from")], required=False, initial="into"
    )
    note = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", gettext("Choose a code")), *choices]  # type: ignore[attr-defined]


class PartForm(forms.Form):
    """One of the codes that a code is split into: its sign, and its name and definition in each language."""

    sign = forms.CharField(label=_("Sign"), max_length=4, min_length=2, required=False)

    def __init__(self, *args: Any, languages: Sequence[str], number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number, self.languages = number, list(languages)
        self.fields["sign"].widget.attrs |= {"autocapitalize": "characters", "autocomplete": "off"}
        for language in self.languages:
            named = {"language": language_word(language)}
            self.fields[f"name_{language}"] = forms.CharField(
                label=gettext("Name in %(language)s") % named,
                required=False,
                max_length=LONGEST_NAME,
                widget=forms.TextInput(attrs={"lang": language}),
            )
        for language in self.languages:
            named = {"language": language_word(language)}
            self.fields[f"definition_{language}"] = forms.CharField(
                label=gettext("Definition in %(language)s") % named,
                required=False,
                max_length=LONGEST_TEXT,
                widget=forms.Textarea(attrs={"lang": language, "rows": 2}),
            )

    @property
    def is_blank(self) -> bool:
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("sign") and "sign" not in self.errors:
            self.add_error("sign", gettext("A sign is two to four letters or digits."))
        if not any(cleaned.get(f"name_{language}") for language in self.languages):
            self.add_error(f"name_{self.languages[0]}", gettext("A code needs a name."))
        return cleaned

    def part(self) -> Part:
        return Part(uuid.uuid4(), self.cleaned_data["sign"], Meaning(self._texts("name"), self._texts("definition")))

    def _texts(self, column: str) -> dict[str, str]:
        values = {language: self.cleaned_data[f"{column}_{language}"] for language in self.languages}
        return {language: text.replace("\r\n", "\n") for language, text in values.items() if text}


def parts_of(forms: Sequence[PartForm]) -> list[Part] | None:
    """What the forms say, blank ones beyond the second left out; None when one of them is not right."""
    said = [form for form in forms if form.number <= 2 or not form.is_blank]
    # Each is asked, so that each shows what is not right with it.
    right = [form.is_valid() for form in said]
    return [form.part() for form in said] if all(right) else None


def into_choices(codebook: Codebook, code: Code) -> list[tuple[str, str]]:
    """The codes another may be merged into: not itself, what is below it, proposals, or a heading where it is none."""
    may = {
        str(node.code.pk)
        for node in codebook.order
        if node.code.proposed_in_id is None and (node.code.is_codable or not code.is_codable)
    }
    return [choice for choice in parent_choices(codebook, code) if choice[0] in may]
