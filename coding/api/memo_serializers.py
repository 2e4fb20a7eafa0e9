"""The shapes of memos on the wire: what comes in and what goes out, apart."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from coding.actions.memos import TEXT_LENGTH, TITLE_LENGTH
from coding.models import Memo, MemoLink


class MemoLinkOut(serializers.Serializer):
    """From a memo to another memo, or to a segment: one of the two is null."""

    id = serializers.UUIDField()
    memo = serializers.UUIDField(allow_null=True)
    segment = serializers.UUIDField(allow_null=True)


class MemoOut(serializers.Serializer):
    """A thought on the study, a source, a stretch of text, a code or a segment."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="Goes up with every change; a PATCH names the one it is based on.")
    about = serializers.ChoiceField(Memo.About.values)
    source = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    code = serializers.UUIDField(allow_null=True)
    segment = serializers.UUIDField(allow_null=True)
    start = serializers.IntegerField(allow_null=True, help_text="Of a stretch: code points of the current revision.")
    end = serializers.IntegerField(allow_null=True, help_text="As `start`; the same as it when the words are gone.")
    title = serializers.CharField()
    text = serializers.CharField()
    shared = serializers.BooleanField()
    day = serializers.DateField(allow_null=True, help_text="Of an entry of the study's journal.")
    author = serializers.CharField()
    own = serializers.BooleanField(help_text="Whether you wrote it: only its author can change it.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    links = MemoLinkOut(many=True)


class MemoIn(serializers.Serializer):
    """A memo to write. The id is made by the client: sending the same again gives the same memo."""

    id = serializers.UUIDField()
    about = serializers.ChoiceField(Memo.About.values)
    subject = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The source, code or segment; of a stretch, its source; of the study, nothing.",
    )
    start = serializers.IntegerField(required=False, min_value=0, default=0)
    end = serializers.IntegerField(required=False, min_value=0, default=0)
    revision = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="The revision the offsets were counted on."
    )
    title = serializers.CharField(required=False, allow_blank=True, default="", max_length=TITLE_LENGTH)
    text = serializers.CharField(max_length=TEXT_LENGTH)
    shared = serializers.BooleanField(required=False, default=False)
    day = serializers.DateField(required=False, allow_null=True, default=None)


class MemoChange(serializers.Serializer):
    """What to change; what is left out stays. `version` is the one the change is based on."""

    version = serializers.IntegerField(min_value=1)
    title = serializers.CharField(required=False, allow_blank=True, max_length=TITLE_LENGTH)
    text = serializers.CharField(required=False, max_length=TEXT_LENGTH)
    shared = serializers.BooleanField(required=False)
    day = serializers.DateField(required=False, allow_null=True)


class MemoLinkIn(serializers.Serializer):
    """Where a link leads: to one memo or to one segment."""

    id = serializers.UUIDField()
    memo = serializers.UUIDField(required=False, allow_null=True, default=None)
    segment = serializers.UUIDField(required=False, allow_null=True, default=None)


class MemoSearch(serializers.Serializer):
    """Words to look for in title and text, whatever their case and accents; all of them have to be there."""

    words = serializers.CharField(max_length=200)


def memo_record(memo: Memo, links: Sequence[MemoLink], reader_id: Any) -> dict[str, Any]:
    """A memo as `MemoOut` describes it; its author is loaded."""
    plain = ("version", "about", "title", "text", "day", "created_at", "changed_at")
    return {name: getattr(memo, name) for name in plain} | {
        "id": memo.pk,
        "source": memo.source_id,
        "code": memo.code_id,
        "segment": memo.segment_id,
        "start": memo.now_start,
        "end": memo.now_end,
        "shared": memo.is_shared,
        "author": memo.author.name,
        "own": memo.author_id == reader_id,
        "links": [link_record(link) for link in links],
    }


def link_record(link: MemoLink) -> dict[str, Any]:
    """A link as `MemoLinkOut` describes it."""
    return {"id": link.pk, "memo": link.to_memo_id, "segment": link.to_segment_id}
