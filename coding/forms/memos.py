"""The forms of memos and of the study's journal."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coding.actions.memos import TEXT_LENGTH, TITLE_LENGTH
from coding.forms.marks import MEMO_KINDS, uuid_of
from coding.models import Memo
from coding.queries.memos import Wanted
from observations.forms.fields import day_field


class MemoForm(forms.Form):
    """What a memo says, and whether the others may read it."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LENGTH, required=False)
    text = forms.CharField(label=_("Text"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 8}))
    is_shared = forms.BooleanField(
        label=_("Shared with the team"),
        required=False,
        help_text=_("Who still reads blind sees it once their own first readings are submitted."),
    )


class EntryForm(MemoForm):
    """An entry of the study's journal."""

    day = day_field(_("Day"), required=True)
    field_order = ("day", "title", "text", "is_shared")


def form_for(memo: Memo | None, asked: Mapping[str, Any] | None, *, is_entry: bool) -> MemoForm:
    """The form of a memo, or of a journal's entry, filled with what the memo says or with what was sent."""
    initial = {name: getattr(memo, name) for name in ("title", "text", "is_shared", "day")} if memo else {}
    return (EntryForm if is_entry else MemoForm)(asked, initial=initial)


def wanted_of(asked: Mapping[str, str], *, with_words: bool) -> Wanted:
    """What an address or a sent form asks of the list of memos; what it says wrongly is left out."""
    about, shared = asked.get("about", ""), asked.get("shared", "")
    return Wanted(
        about=about if about in MEMO_KINDS else "",
        author=uuid_of(asked, "author"),
        shared=shared if shared in ("shared", "private") else "",
        source=uuid_of(asked, "source"),
        code=uuid_of(asked, "code"),
        segment=uuid_of(asked, "segment"),
        removed=bool(asked.get("removed")),
        words=asked.get("words", "")[:200].strip() if with_words else "",
    )
