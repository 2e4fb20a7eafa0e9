"""Rounds over HTTP: opened to calibrate by or to read again, their progress and results, closed and opened again."""

import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.rounds import Aim, Handed, close_round, open_calibration, reopen_round, serve_again
from coding.api.assignments import member_of
from coding.models import Round
from coding.queries.rounds import (
    Results,
    drawn,
    passes_in,
    progress_in,
    readable_again,
    results_of,
    round_at,
    rounds_of,
)
from coding.rounds import TARGET
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_source
from observations.roles import Permission


class HandedIn(serializers.Serializer):
    """The sources one coder gets, named by the e-mail they sign in with."""

    coder = serializers.EmailField()
    sources = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)


class RoundIn(serializers.Serializer):
    """A round to open. To calibrate: `target` and `targets`; to read again: `weeks`, and `seed` if it was drawn.

    `id` may come from the client; the same id opens one round.
    """

    id = serializers.UUIDField(required=False)
    purpose = serializers.ChoiceField([Round.Purpose.CALIBRATION.value, Round.Purpose.AGAIN.value])
    handed = HandedIn(many=True, allow_empty=False)
    target = serializers.FloatField(default=TARGET, min_value=0, max_value=1)
    targets = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=1), default=dict)
    weeks = serializers.IntegerField(default=4, min_value=0, max_value=520)
    seed = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=2**53)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=500)

    def validate_targets(self, said: dict[str, float]) -> dict[uuid.UUID, float]:
        try:
            return {uuid.UUID(code): value for code, value in said.items()}
        except ValueError:
            raise serializers.ValidationError(gettext("Targets are by the id of a code.")) from None


class RoundOut(serializers.Serializer):
    """A round besides the study's own."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    purpose = serializers.ChoiceField(Round.Purpose.values)
    note = serializers.CharField()
    target = serializers.FloatField(allow_null=True)
    targets = serializers.DictField(child=serializers.FloatField(), help_text="By code, where it has its own.")
    seed = serializers.IntegerField(allow_null=True)
    weeks = serializers.IntegerField(allow_null=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class CoderProgressOut(serializers.Serializer):
    """How far a coder is, of the sources assigned to them in the round."""

    coder = serializers.CharField(source="coder.alias", help_text="The coder's alias in the study.")
    assigned = serializers.IntegerField()
    submitted = serializers.IntegerField()
    open = serializers.IntegerField()
    due_on = serializers.DateField(
        allow_null=True, help_text="When the first source that is not submitted is due; null where none is."
    )


class ReachedOut(serializers.Serializer):
    """What a code reached (`code` null: all together); `outcome` says it against its target, in a calibration round."""

    code = serializers.UUIDField(source="code.pk", allow_null=True, default=None)
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    undefined_because = serializers.CharField(source="because", allow_null=True)
    target = serializers.FloatField(source="verdict.target", allow_null=True, default=None)
    outcome = serializers.ChoiceField(
        ["met", "missed", "few", "undefined"], source="verdict.outcome", allow_null=True, default=None
    )


class RoundResultsOut(serializers.Serializer):
    """A calibration round's latest figures, weakest code first, and whether calibrating can end by the exit rule."""

    run = serializers.UUIDField(source="run.pk")
    can_end = serializers.BooleanField()
    codes = ReachedOut(source="rows", many=True)


class PassesOut(serializers.Serializer):
    """One coder's earlier and later readings of the same sources, compared."""

    coder = serializers.CharField(source="coder.alias")
    sources = serializers.IntegerField()
    overall = ReachedOut()
    codes = ReachedOut(source="rows", many=True)


class RoundFull(RoundOut):
    """A round with how far it is and what it gave: `results` of calibrating, `passes` of reading again."""

    progress = CoderProgressOut(many=True)
    results = RoundResultsOut(allow_null=True)
    passes = PassesOut(many=True)


class ReadableOut(serializers.Serializer):
    """A source that a coder can read again, and when they submitted it."""

    coder = serializers.EmailField(source="coder.user.email")
    source = serializers.UUIDField(source="source.pk")  # type: ignore[assignment]
    submitted_at = serializers.DateTimeField()


class RoundsView(APIView):
    """The rounds of a study besides its own."""

    @extend_schema(operation_id="rounds_list", responses=RoundOut(many=True), description="The latest first.")
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.AUDIT)
        return Response(RoundOut(rounds_of(viewer), many=True).data)

    @extend_schema(operation_id="rounds_open", request=RoundIn, responses={201: RoundOut})
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        sent = RoundIn(data=request.data)
        sent.is_valid(raise_exception=True)
        return Response(RoundOut(_opened(viewer, sent.validated_data)).data, status=201)


class DrawIn(serializers.Serializer):
    """Since when, and by what to draw; without a seed nothing is drawn, and all is told."""

    weeks = serializers.IntegerField(default=4, min_value=0, max_value=520)
    each = serializers.IntegerField(default=2, min_value=1, max_value=500)
    seed = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=2**53)


class RoundsAgainView(APIView):
    """What can be read again."""

    @extend_schema(
        operation_id="rounds_readable_again",
        parameters=[DrawIn],
        responses=ReadableOut(many=True),
        description=(
            "What coders submitted at least `weeks` weeks ago and may be handed again; with a `seed`, "
            "`each` sources drawn by it for every coder."
        ),
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        sent = DrawIn(data=request.query_params)
        sent.is_valid(raise_exception=True)
        asked = sent.validated_data
        found = readable_again(viewer, weeks=asked["weeks"], now=timezone.now())
        if asked["seed"] is not None:
            found = drawn(found, each=asked["each"], seed=asked["seed"])
        return Response(ReadableOut(found, many=True).data)


class RoundView(APIView):
    """One round."""

    @extend_schema(
        operation_id="rounds_read",
        responses=RoundFull,
        description="To coders only rounds they read in, and of them their own progress and passes.",
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        round = round_at(viewer, number)
        again = round.purpose == Round.Purpose.AGAIN
        told = {
            "progress": CoderProgressOut(progress_in(viewer, round), many=True).data,
            "results": None if again or not viewer.may(Permission.AUDIT) else _results(results_of(viewer, round)),
            "passes": PassesOut(passes_in(viewer, round), many=True).data if again else [],
        }
        return Response(RoundOut(round).data | told)


class RoundCloseView(APIView):
    """Letting nobody begin a reading of a round any more."""

    @extend_schema(operation_id="rounds_close", request=None, responses=RoundOut)
    def post(self, request: Request, slug: str, number: int) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        round = close_round(viewer=viewer, round=round_at(viewer, number), at=timezone.now())
        return Response(RoundOut(round).data)


class RoundReopenView(APIView):
    """Letting what is assigned in a closed round be begun again."""

    @extend_schema(operation_id="rounds_reopen", request=None, responses=RoundOut)
    def post(self, request: Request, slug: str, number: int) -> Response:
        viewer = enter(user_of(request), slug, Permission.ASSIGN)
        return Response(RoundOut(reopen_round(viewer=viewer, round=round_at(viewer, number))).data)


def _opened(viewer: Viewer, said: dict[str, Any]) -> Round:
    known = {pk: get_source(viewer, pk) for pk in {pk for row in said["handed"] for pk in row["sources"]}}
    handed: Handed = [(member_of(viewer, row["coder"]), [known[pk] for pk in row["sources"]]) for row in said["handed"]]
    given = {
        "viewer": viewer,
        "id": said.get("id", uuid.uuid4()),
        "handed": handed,
        "due_on": said["due_on"],
        "note": said["note"],
        "at": timezone.now(),
    }
    if said["purpose"] == Round.Purpose.AGAIN:
        return serve_again(**given, weeks=said["weeks"], seed=said["seed"])
    return open_calibration(**given, aim=Aim(said["target"], said["targets"]))


def _results(results: Results | None) -> dict[str, Any] | None:
    return None if results is None else dict(RoundResultsOut(results).data)
