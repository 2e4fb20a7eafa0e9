"""Disputes over HTTP: the worklist, one dispute, settling, reopening, and what a rule would settle."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coding.actions.auto_settling import auto_settle, undo_batch
from coding.actions.disputes import Settlement, build_disputes, reopen, settle
from coding.models import Adjudication, Dispute
from coding.passages import Passage
from coding.queries.auto_settling import USUAL_OVERLAP, Rule, proposals
from coding.queries.dispute_list import STATES, Filters, worklist
from coding.queries.dispute_page import Earlier, Shown, letters, opened
from fieldstudy.api.endpoints import APIView
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission

OUTCOMES = Adjudication.Outcome.values


class PassageIO(serializers.Serializer):
    """A code on `[start, end)`, in code points of the source's current text."""

    code = serializers.UUIDField()
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


class DisputeOut(serializers.Serializer):
    """A dispute in the worklist."""

    id = serializers.UUIDField()
    source = serializers.UUIDField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(Dispute.Kind.values)
    redefined = serializers.BooleanField()
    codes = serializers.ListField(child=serializers.UUIDField())
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    state = serializers.ChoiceField(STATES)
    outcome = serializers.ChoiceField([*OUTCOMES, ""])


class DisputesOut(serializers.Serializer):
    """A page of the worklist: `after` is what to ask the next one for, null at the end."""

    count = serializers.IntegerField()
    settled = serializers.IntegerField()
    after = serializers.UUIDField(allow_null=True)
    results = DisputeOut(many=True)


class NoteOut(serializers.Serializer):
    """What a memo says, without whose it is."""

    title = serializers.CharField()
    text = serializers.CharField()


class DisputeSideOut(serializers.Serializer):
    """What one reading holds, under the letter it has for you, with the memos on it. Whose it is is not told here."""

    letter = serializers.CharField()
    passages = PassageIO(many=True)
    memos = NoteOut(many=True)


class EarlierOut(serializers.Serializer):
    """An outcome that was taken back; `letter` is the side it had taken."""

    outcome = serializers.ChoiceField(OUTCOMES)
    letter = serializers.CharField()
    reason = serializers.CharField()
    settled_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField()
    saw_machine = serializers.BooleanField()
    saw_identities = serializers.BooleanField()


class DisputeFull(serializers.Serializer):
    """A dispute with its sides, and its outcome if it has one."""

    id = serializers.UUIDField()
    source = serializers.UUIDField()  # type: ignore[assignment]
    revision = serializers.UUIDField()
    kind = serializers.ChoiceField(Dispute.Kind.values)
    redefined = serializers.BooleanField()
    codes = serializers.ListField(child=serializers.UUIDField())
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    sides = DisputeSideOut(many=True)
    agreed = PassageIO(many=True)
    outcome = serializers.ChoiceField([*OUTCOMES, ""])
    taken = serializers.CharField()
    reason = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)
    consensus = PassageIO(many=True)
    earlier = EarlierOut(many=True)


class SettleIn(serializers.Serializer):
    """An outcome. `letter` names the side taken; `passages` the words and codes of "edited" and "new"."""

    id = serializers.UUIDField(required=False)
    outcome = serializers.ChoiceField(OUTCOMES)
    letter = serializers.CharField(required=False, max_length=1, default="")
    passages = PassageIO(many=True, required=False, default=list)
    reason = serializers.CharField(required=False, max_length=1000, allow_blank=True, default="")


class BuiltOut(serializers.Serializer):
    """What comparing the readings gave."""

    disputes = serializers.IntegerField()
    new = serializers.IntegerField()
    gone = serializers.IntegerField()


class RuleIn(serializers.Serializer):
    """A rule to settle by, as one batch."""

    rule = serializers.ChoiceField(Adjudication.Rule.values)
    threshold = serializers.FloatField(required=False, default=USUAL_OVERLAP)
    batch = serializers.UUIDField(required=False)


class ProposalOut(serializers.Serializer):
    """What a rule would make of a dispute."""

    dispute = serializers.UUIDField()
    outcome = serializers.ChoiceField(OUTCOMES)
    passages = PassageIO(many=True)


class BatchOut(serializers.Serializer):
    """A batch, and how many disputes it settled or gave back."""

    batch = serializers.UUIDField()
    disputes = serializers.IntegerField()


class DisputesView(APIView):
    """The worklist."""

    @extend_schema(
        operation_id="disputes_list",
        parameters=[
            OpenApiParameter(name, str)
            for name in ("code", "kind", "redefined", "pair", "site", "source", "state", "after")
        ],
        responses=DisputesOut,
        description="Disputes between readings you may all know of, 50 at a time, in the order of sources and text.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        found = worklist(viewer, Filters.asked(request.query_params))
        rows, after = found.page(request.query_params.get("after", ""))
        results = [
            {
                "id": row.id,
                "source": row.source,
                "kind": row.kind,
                "redefined": row.redefined,
                "codes": row.codes,
                "start": row.start,
                "end": row.end,
                "state": STATES[row.is_settled],
                "outcome": row.outcome,
            }
            for row in rows
        ]
        told = {
            "count": len(found.rows),
            "settled": sum(row.is_settled for row in found.rows),
            "after": after,
            "results": results,
        }
        return Response(DisputesOut(told).data)

    @extend_schema(
        operation_id="disputes_build",
        request=None,
        responses=BuiltOut,
        description="Compare first readings again. Nothing changes where they did not.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        return Response(BuiltOut(build_disputes(viewer=viewer, at=timezone.now())).data)


class DisputeView(APIView):
    """One dispute."""

    @extend_schema(operation_id="disputes_read", responses=DisputeFull)
    def get(self, request: Request, slug: str, dispute_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        page = opened(viewer, dispute_id)
        dispute, adjudication = page.dispute, page.adjudication
        told = {
            "id": dispute.pk,
            "source": dispute.source_id,
            "revision": dispute.source.revision_id,
            "kind": dispute.kind,
            "redefined": dispute.redefined,
            "codes": [code.pk for code in page.codes],
            "start": dispute.now_start,
            "end": dispute.now_end,
            "sides": [
                {
                    "letter": column.letter,
                    "passages": [_passage(one) for one in column.passages],
                    "memos": column.all_memos,
                }
                for column in page.columns
            ],
            "agreed": [_passage(one) for one in page.agreed],
            "outcome": adjudication.outcome if adjudication else "",
            "taken": next((column.letter for column in page.columns if column.is_taken), ""),
            "reason": adjudication.reason if adjudication else "",
            "settled_at": adjudication.settled_at if adjudication else None,
            "consensus": [_passage(one) for one in page.outcome],
            "earlier": [_earlier(one) for one in page.earlier],
        }
        return Response(DisputeFull(told).data)


class DisputeSettleView(APIView):
    """Settling."""

    @extend_schema(
        operation_id="disputes_settle",
        request=SettleIn,
        responses={200: DisputeOut},
        description="Settle a dispute. 409 when it is settled already; 403 over your own reading without a waiver.",
    )
    def post(self, request: Request, slug: str, dispute_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        sent = SettleIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        page = opened(viewer, dispute_id)
        side = letters(viewer, page.dispute).get(said["letter"]) if said["outcome"] == "side" else None
        settlement = Settlement(
            said["outcome"], side, tuple(Passage(**passage) for passage in said["passages"]), said["reason"]
        )
        made = settle(
            viewer=viewer,
            dispute_id=dispute_id,
            id=said.get("id", uuid.uuid4()),
            settlement=settlement,
            at=timezone.now(),
        )
        return Response(_told(page.dispute, made.outcome))


class DisputeReopenView(APIView):
    """Reopening."""

    @extend_schema(operation_id="disputes_reopen", request=None, responses=DisputeOut)
    def post(self, request: Request, slug: str, dispute_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        return Response(_told(reopen(viewer=viewer, dispute_id=dispute_id, at=timezone.now()), ""))


class AutoSettleView(APIView):
    """Settling by rule."""

    @extend_schema(
        operation_id="disputes_rule_preview",
        parameters=[
            OpenApiParameter("rule", str, enum=Adjudication.Rule.values, required=True),
            OpenApiParameter("threshold", float, default=USUAL_OVERLAP),
        ],
        responses=ProposalOut(many=True),
        description="What a rule would settle now. Nothing is written.",
    )
    def get(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        sent = RuleIn(data=request.query_params)
        sent.is_valid(raise_exception=True)
        found = proposals(viewer, Rule(sent.validated_data["rule"], sent.validated_data["threshold"]))
        told = [{"dispute": one.dispute.pk, "outcome": one.outcome, "passages": one.passages} for one in found]
        return Response(ProposalOut(told, many=True).data)

    @extend_schema(
        operation_id="disputes_rule_apply",
        request=RuleIn,
        responses=BatchOut,
        description="Settle what the rule settles, as one batch. The same batch again settles nothing more.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        sent = RuleIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        batch = said.get("batch", uuid.uuid4())
        rule = Rule(said["rule"], said["threshold"])
        settled = auto_settle(viewer=viewer, rule=rule, batch=batch, at=timezone.now())
        return Response(BatchOut({"batch": batch, "disputes": settled}).data)


class BatchUndoView(APIView):
    """Taking a batch back."""

    @extend_schema(operation_id="disputes_batch_undo", request=None, responses=BatchOut)
    def post(self, request: Request, slug: str, batch_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.SETTLE)
        undone = undo_batch(viewer=viewer, batch=batch_id, at=timezone.now())
        return Response(BatchOut({"batch": batch_id, "disputes": undone}).data)


def _earlier(one: Earlier) -> dict[str, Any]:
    names = ("outcome", "reason", "settled_at", "undone_at", "saw_machine", "saw_identities")
    return {"letter": one.letter, **{name: getattr(one.adjudication, name) for name in names}}


def _passage(shown: Shown) -> dict[str, Any]:
    return {"code": shown.code.pk, "start": shown.start, "end": shown.end}


def _told(dispute: Dispute, outcome: str) -> dict[str, Any]:
    told = {
        "id": dispute.pk,
        "source": dispute.source_id,
        "kind": dispute.kind,
        "redefined": dispute.redefined,
        "codes": dispute.codes,
        "start": dispute.now_start,
        "end": dispute.now_end,
        "state": STATES[bool(outcome)],
        "outcome": outcome,
    }
    return dict(DisputeOut(told).data)
