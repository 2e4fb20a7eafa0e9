"""The form that starts the machine."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from observations.models import Source


class StartForm(forms.Form):
    """Which sources the machine reads: all of them, or those that are ticked."""

    which = forms.ChoiceField(
        choices=[("all", _("All sources")), ("some", _("Those ticked below"))], widget=forms.RadioSelect, initial="all"
    )
    sources = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sources = {str(source.pk): source for source in sources}
        self.fields["sources"].choices = [(pk, source.title) for pk, source in self._sources.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[Source]:
        if self.cleaned_data["which"] == "all":
            return list(self._sources.values())
        return [self._sources[pk] for pk in self.cleaned_data["sources"]]
