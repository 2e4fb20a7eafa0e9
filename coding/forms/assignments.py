"""The form that hands out sources."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coding.queries.assignments import Matrix, is_apart
from fieldstudy.models import User
from observations.forms.fields import day_field
from observations.models import Source


class DrawForm(forms.Form):
    """How sources are drawn for coders: how many read each, what share is read by several, and by which seed."""

    readers = forms.IntegerField(label=_("Coders per source"), min_value=1, initial=2)
    share = forms.IntegerField(
        label=_("Sources read by several, in %"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=_("The others are read by one coder. Agreement is measured on what several read."),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**53,
        help_text=_("The same seed draws the same again; keep it for the methods section."),
    )
    due_on = day_field(_("Due on"))

    def __init__(self, *args: Any, matrix: Matrix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readers"].widget.attrs["max"] = len(matrix.coders)
        self._most = len(matrix.coders)

    def clean_readers(self) -> int:
        return min(int(self.cleaned_data["readers"]), self._most)


class AssignForm(forms.Form):
    """The ticked cells of the matrix, or all free ones of a coder, and when they are due."""

    cells = forms.MultipleChoiceField(required=False)
    all_of = forms.CharField(required=False)
    due_on = day_field(_("Due on"))

    def __init__(self, *args: Any, matrix: Matrix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cells = {cell.key: cell for cell in matrix.cells()}
        own = [cells for _, cells in matrix.rows if not is_apart(cells)]
        self._free = [cell.key for cells in own for cell in cells if cell.state == "unassigned"]
        self.fields["cells"].choices = [(key, key) for key in self._cells]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if coder := cleaned.get("all_of"):
            cleaned["cells"] = [key for key in self._free if str(self._cells[key].user.pk) == coder]
            if not cleaned["cells"]:
                self.add_error(None, gettext("This coder has every source already."))
        elif not cleaned.get("cells") and "cells" not in self.errors:
            self.add_error("cells", gettext("Tick at least one source for a coder."))
        return cleaned

    def handed(self) -> list[tuple[User, list[Source]]]:
        """Each coder with the sources ticked for them."""
        by_user: dict[User, list[Source]] = {}
        for key in self.cleaned_data["cells"]:
            by_user.setdefault(self._cells[key].user, []).append(self._cells[key].source)
        return list(by_user.items())
