"""The codebook over HTTP: writing codes, publishing versions, and the machine's lexicon."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.code_changes import MEANING, change_code
from coding.actions.codebooks import (
    Meaning,
    add_code,
    add_lexicon_entry,
    publish_codebook,
    retire_lexicon_entry,
)
from coding.api.codes import CodesView, CodeView
from coding.api.serializers import CodeOut
from coding.examples import written
from coding.lexicon_csv import LONGEST_EXPRESSION, LONGEST_NOTE
from coding.models import Code, CodebookEntry, CodebookVersion, LexiconEntry
from coding.queries.codebook import code_known_to, lexicon_known_to, version_entries, version_of, versions_of
from coding.queries.workspace import code_record, codes_known_to
from fieldstudy.api.endpoints import APIView
from fieldstudy.api.pagination import Cursor
from fieldstudy.errors import Conflict, gettext_noop
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.roles import Permission

PAGES = [OpenApiParameter("cursor", str), OpenApiParameter("limit", int)]
LANGUAGE = serializers.RegexField(
    r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$", error_messages={"invalid": _("Name each text by its language, as en or fr.")}
)


class TextsField(serializers.DictField):
    """A text in several languages, by language code."""

    def __init__(self, longest: int = 4_000, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(max_length=longest, allow_blank=True), **kwargs)

    def run_child_validation(self, data: Any) -> Any:
        for language in data:
            LANGUAGE.run_validation(language)
        return super().run_child_validation(data)


class MeaningIn(serializers.Serializer):
    """What a code means. Each text is a mapping of language code to text."""

    names = TextsField(120)
    definitions = TextsField(required=False)
    include_when = TextsField(required=False)
    exclude_when = TextsField(required=False)
    examples = TextsField(required=False)


class NewCodeIn(MeaningIn):
    """A code to add. The id is made by the client: sending the same again gives the same code."""

    id = serializers.UUIDField(required=False)
    sign = serializers.CharField(min_length=2, max_length=4)
    parent = serializers.UUIDField(required=False, allow_null=True, default=None)  # type: ignore[assignment]
    stance = serializers.ChoiceField(Code.Stance.values, default="neither")
    usable = serializers.BooleanField(default=True, help_text="False for a heading, which only holds codes.")
    weighs = serializers.BooleanField(default=False)


class CodeChange(serializers.Serializer):
    """What to change of a code; what is left out stays. `parent` and `position` together move it."""

    names = TextsField(120, required=False)
    definitions = TextsField(required=False)
    include_when = TextsField(required=False)
    exclude_when = TextsField(required=False)
    examples = TextsField(required=False)
    sign = serializers.CharField(min_length=2, max_length=4, required=False)
    stance = serializers.ChoiceField(Code.Stance.values, required=False)
    weighs = serializers.BooleanField(required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]
    position = serializers.IntegerField(required=False, min_value=0)
    retired = serializers.BooleanField(required=False, help_text="True takes the code out of use, False restores it.")
    based_on = serializers.UUIDField(
        required=False, help_text="The revision that the change was made to: 409 when it is not the current one."
    )


class VersionIn(serializers.Serializer):
    """A version to publish."""

    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class VersionOut(serializers.Serializer):
    """A published, immutable version of the codebook."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    note = serializers.CharField()
    published_at = serializers.DateTimeField()
    codes = serializers.IntegerField(help_text="How many codes it holds.")


class VersionCodeOut(serializers.Serializer):
    """A code as it stood in a version. Each text is a mapping of language code to text."""

    code = serializers.UUIDField()
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    depth = serializers.IntegerField(help_text="0 for the top of a branch.")
    sign = serializers.CharField()
    hue = serializers.IntegerField(min_value=1, max_value=8)
    stance = serializers.ChoiceField(Code.Stance.values)
    usable = serializers.BooleanField(help_text="False for a heading, which only holds codes.")
    revision = serializers.UUIDField(help_text="What the code meant then; passages name the one they were made under.")
    names = TextsField(120)
    definitions = TextsField()
    include_when = TextsField()
    exclude_when = TextsField()
    examples = TextsField(help_text="Those written for the code.")


class VersionContentOut(VersionOut):
    """A published version with the codes it holds, in the order of its tree."""

    entries = VersionCodeOut(many=True)


class EntryIn(serializers.Serializer):
    """A phrase or pattern for a code."""

    code = serializers.UUIDField()
    language = serializers.RegexField(r"^([a-z]{2,3})?$", default="", allow_blank=True)
    kind = serializers.ChoiceField(LexiconEntry.Kind.values)
    expression = serializers.CharField(max_length=LONGEST_EXPRESSION)
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")


class EntryOut(serializers.Serializer):
    """A standing entry of the lexicon."""

    id = serializers.UUIDField()
    code = serializers.UUIDField(source="code_id")
    language = serializers.CharField()
    kind = serializers.CharField()
    expression = serializers.CharField()
    note = serializers.CharField()


class CodebookCodesView(CodesView):
    """The codes of a study: read by all, written by those who may."""

    @extend_schema(
        operation_id="codes_create",
        request=NewCodeIn,
        responses={201: CodeOut, 200: OpenApiResponse(CodeOut, description="Was there already")},
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        sent = NewCodeIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        new_id = said.get("id") or uuid.uuid4()
        there = codes_known_to(viewer).filter(pk=new_id).first()
        if there is not None and there.sign == said["sign"].strip().upper():
            return Response(_shown(there), status=200)
        if Code.objects.filter(pk=new_id).exists():
            raise Conflict("code.id_taken", gettext_noop("Another code has this id."))
        code = add_code(
            viewer=viewer,
            id=new_id,
            sign=said["sign"],
            meaning=_meaning(said),
            at=timezone.now(),
            parent=code_known_to(viewer, said["parent"]) if said["parent"] else None,
            stance=said["stance"],
            is_codable=said["usable"],
            asks_weight=said["weighs"],
        )
        return Response(_shown(code), status=201)


class CodebookCodeView(CodeView):
    """One code: read by all, changed by those who may."""

    @extend_schema(operation_id="codes_update", request=CodeChange, responses=CodeOut)
    def patch(self, request: Request, slug: str, code_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        code = code_known_to(viewer, code_id)
        sent = CodeChange(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        if said.get("parent"):
            said["parent"] = code_known_to(viewer, said["parent"])
        if "weighs" in said:
            said["asks_weight"] = said.pop("weighs")
        said |= {name: _written(said[name]) for name in MEANING if name in said}
        change_code(viewer=viewer, code=code, at=timezone.now(), changes=said)
        return Response(_shown(code_known_to(viewer, code.pk)))


class VersionsView(APIView):
    """The published versions of the codebook."""

    @extend_schema(operation_id="codebook_versions_list", parameters=PAGES, responses=VersionOut(many=True))
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        pages = Cursor()
        page = pages.paginate_queryset(versions_of(viewer).order_by("id"), request, view=self) or []
        return pages.get_paginated_response(VersionOut(page, many=True).data)

    @extend_schema(operation_id="codebook_versions_publish", request=VersionIn, responses={201: VersionOut})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        sent = VersionIn(data=request.data)
        sent.is_valid(raise_exception=True)
        note = sent.validated_data["note"]
        version: CodebookVersion = publish_codebook(viewer=viewer, id=uuid.uuid4(), note=note, at=timezone.now())
        return Response(VersionOut(versions_of(viewer).get(pk=version.pk)).data, status=201)


class VersionView(APIView):
    """One published version, as it was."""

    @extend_schema(operation_id="codebook_version", responses=VersionContentOut)
    def get(self, request: Request, slug: str, number: int) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        version = version_of(viewer, number)
        entries = [_entry_record(depth, entry) for depth, entry in version_entries(version)]
        return Response(VersionOut(version).data | {"entries": VersionCodeOut(entries, many=True).data})


class LexiconView(APIView):
    """The machine's lexicon. Those who neither write it nor run the machine get an empty list."""

    @extend_schema(
        operation_id="lexicon_list",
        parameters=[*PAGES, OpenApiParameter("code", uuid.UUID)],
        responses=EntryOut(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        asked = serializers.UUIDField(allow_null=True).run_validation(request.query_params.get("code") or None)
        entries = lexicon_known_to(viewer, code_known_to(viewer, asked) if asked else None)
        pages = Cursor()
        page = pages.paginate_queryset(entries.order_by("id"), request, view=self) or []
        return pages.get_paginated_response(EntryOut(page, many=True).data)

    @extend_schema(operation_id="lexicon_create", request=EntryIn, responses={201: EntryOut})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        sent = EntryIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = dict(sent.validated_data)
        code = code_known_to(viewer, said.pop("code"))
        entry = add_lexicon_entry(viewer=viewer, id=uuid.uuid4(), code=code, at=timezone.now(), **said)
        return Response(EntryOut(entry).data, status=201)


class LexiconEntryView(APIView):
    """One entry of the lexicon."""

    @extend_schema(operation_id="lexicon_retire", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, entry_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.CODEBOOK)
        retire_lexicon_entry(viewer=viewer, entry=get_row(viewer, LexiconEntry, entry_id), at=timezone.now())
        return Response(status=204)


def _entry_record(depth: int, entry: CodebookEntry) -> dict[str, Any]:
    texts = {name: getattr(entry.revision, name) for name in MEANING}
    return texts | {
        "code": entry.code_id,
        "parent": entry.parent_id,
        "depth": depth,
        "sign": entry.sign,
        "hue": entry.code.hue,
        "stance": entry.stance,
        "usable": entry.is_codable,
        "revision": entry.revision_id,
        "examples": written(entry.revision.examples),
    }


def _meaning(said: dict[str, Any]) -> Meaning:
    texts: dict[str, Any] = {name: _written(said.get(name, {})) for name in MEANING}
    return Meaning(**texts)


def _written(texts: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in texts.items() if text}


def _shown(code: Code) -> Any:
    return CodeOut(code_record(code, get_language() or "en")).data
