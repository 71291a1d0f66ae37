"""Matching over the API: what found no licensed work, deciding about it, and undoing."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.usage.matching import decisions, finding
from licensing.usage.matching.decisions import MOST_AT_ONCE, Choice
from licensing.usage.matching.forms import CHOICES
from licensing.usage.matching.models import Kind, MatchDecision, Sighting, Status, Unmatched

READ_OR_WRITE = scope(get="matching:read", post="matching:write")


class DecisionOutput(serializers.ModelSerializer[MatchDecision]):
    """What was decided; a mapping without ``licensor`` holds for every licence."""

    id = serializers.CharField(source="public_id")
    decision = serializers.ChoiceField(source="kind", choices=Kind.choices)
    identifier = serializers.CharField(source="name")
    licence = serializers.CharField(source="licence.public_id", default=None)
    licensor = serializers.CharField(source="licensor.slug", default=None)
    work = serializers.CharField(source="work.public_id", default=None)
    by = serializers.CharField(source="by.slug")
    undoes = serializers.CharField(source="undoes.public_id", default=None)

    class Meta:
        model = MatchDecision
        fields = [
            "id",
            "decision",
            "identifier",
            "licence",
            "licensor",
            "work",
            "starts_on",
            "reason",
            "by",
            "at",
            "undoes",
            "undone_at",
        ]


class UnmatchedOutput(serializers.ModelSerializer[Unmatched]):
    """An identifier without a licensed work; ``stake_minor`` estimates its lines' cost alone."""

    id = serializers.CharField(source="public_id")
    identifier = serializers.CharField(source="name")
    licence = serializers.CharField(source="licence.public_id")
    licensee = serializers.CharField(source="licence.licensee.slug")
    currency = serializers.CharField(source="licence.currency")
    work = serializers.CharField(source="work.public_id", default=None)
    decision = serializers.CharField(source="decision.public_id", default=None)
    quantity = serializers.DictField(child=serializers.CharField(), help_text="By unit.")

    class Meta:
        model = Unmatched
        fields = [
            "id",
            "identifier",
            "licence",
            "licensee",
            "work",
            "status",
            "decision",
            "reports",
            "lines",
            "quantity",
            "currency",
            "stake_minor",
            "first_seen_at",
        ]


class SightingOutput(serializers.ModelSerializer[Sighting]):
    """The lines of one report under the identifier; an empty code says that they are accepted."""

    report = serializers.CharField(source="report.public_id")
    period = serializers.CharField(source="report.label")

    class Meta:
        model = Sighting
        fields = ["report", "period", "code", "lines", "uses", "stake_minor"]


class UnmatchedDetailOutput(UnmatchedOutput):
    """An identifier with the reports that hold it."""

    sightings = SightingOutput(many=True)

    class Meta(UnmatchedOutput.Meta):
        fields = [*UnmatchedOutput.Meta.fields, "sightings"]


class DecisionInput(serializers.Serializer[Any]):
    """A decision about one or several identifiers."""

    unmatched = serializers.ListField(
        child=serializers.CharField(), min_length=1, max_length=MOST_AT_ONCE, help_text="unm_…."
    )
    decision = serializers.ChoiceField(choices=CHOICES)
    work = serializers.CharField(required=False, help_text="For map: work_… or an identifier.")
    starts_on = serializers.DateField(
        required=False, help_text="For grant, or for map to grant in the same step."
    )
    reason = serializers.CharField(max_length=2000)


class UndoInput(serializers.Serializer[Any]):
    """Why a decision is undone."""

    reason = serializers.CharField(max_length=2000)


def _unmatched(request: Request) -> QuerySet[Unmatched]:
    return Unmatched.objects.visible_to(actor(request)).select_related(
        "licence__licensee", "work", "decision"
    )


def _decisions(request: Request) -> QuerySet[MatchDecision]:
    return MatchDecision.objects.visible_to(actor(request)).select_related(
        "licence", "licensor", "work", "by", "undoes"
    )


class UnmatchedList(ApiView, ListAPIView[Unmatched]):
    """List identifiers that no licensed work answers."""

    permission_classes = [scope(get="matching:read")]
    serializer_class = UnmatchedOutput

    def get_queryset(self) -> QuerySet[Unmatched]:
        """Return what the filters leave."""
        found = _unmatched(self.request)
        asked = self.request.query_params
        if licence := asked.get("licence"):
            found = found.filter(licence__public_id=licence)
        if status := asked.get("status"):
            found = found.filter(status=status)
        if identifier := asked.get("identifier"):
            found = found.filter(name=identifier)
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("licence", description="lic_…."),
            OpenApiParameter("status", enum=[status.value for status in Status]),
            OpenApiParameter("identifier", description="scheme:value in its normal form."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, newest first."""
        return super().get(request, *args, **kwargs)


class UnmatchedDetail(ApiView, RetrieveAPIView[Unmatched]):
    """One identifier with the reports that hold it."""

    permission_classes = [scope(get="matching:read")]
    serializer_class = UnmatchedDetailOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Unmatched]:
        """Return what the actor may see."""
        return _unmatched(self.request).prefetch_related("sightings__report")


class DecisionList(ApiView, ListAPIView[MatchDecision]):
    """List what was decided, or decide."""

    permission_classes = [READ_OR_WRITE]
    serializer_class = DecisionOutput

    def get_queryset(self) -> QuerySet[MatchDecision]:
        """Return what the actor may see, of one identifier if asked."""
        found = _decisions(self.request)
        if identifier := self.request.query_params.get("identifier"):
            found = found.filter(name=identifier)
        return found

    @extend_schema(
        parameters=[OpenApiParameter("identifier", description="scheme:value in its normal form.")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List decisions, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=DecisionInput, responses={201: DecisionOutput(many=True)})
    @keyed()
    def post(self, request: Request) -> Response:
        """Decide about identifiers together; their reports are judged again by a job."""
        body = DecisionInput(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        by = actor(request)
        work = finding.named(by, said["work"]).public_id if said.get("work") else ""
        choice = Choice(Kind(said["decision"]), said["reason"], work, said.get("starts_on"))
        made = decisions.decide(by=by, unmatched=said["unmatched"], choice=choice)
        return Response(DecisionOutput(made, many=True).data, status=201)


class UndoDecision(ApiView):
    """Undo a decision."""

    permission_classes = [scope(post="matching:write")]

    @extend_schema(request=UndoInput, responses={201: DecisionOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Append the undoing; the reports are judged again by a job."""
        body = UndoInput(data=request.data)
        body.is_valid(raise_exception=True)
        made = decisions.undo(by=actor(request), decision_id=public_id, **body.validated_data)
        return Response(DecisionOutput(made).data, status=201)
