"""Mandates and reservations over the API."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.catalogue import mandates, reservations
from licensing.catalogue.models import Mandate, Reservation
from licensing.catalogue.uses import USE_NAMES
from licensing.errors import Fault, InvalidInput
from licensing.parties.models import Organisation

READ_OR_WRITE = scope(get="works:read", post="works:write")
WRITE = scope(post="works:write")


class UsesField(serializers.ListField):
    """Uses by name; ``ai-all`` and ``all`` stand for sets."""

    child = serializers.ChoiceField(choices=USE_NAMES)
    allow_empty = False


class MandateOutput(serializers.ModelSerializer[Mandate]):
    """A mandate; an empty territory is the world."""

    id = serializers.CharField(source="public_id")
    member = serializers.CharField(source="member.slug")
    collective = serializers.CharField(source="collective.slug")
    excluded_works = serializers.SerializerMethodField()

    class Meta:
        model = Mandate
        fields = [
            "id",
            "member",
            "collective",
            "uses",
            "territory",
            "starts_on",
            "ends_on",
            "excluded_works",
        ]

    def get_excluded_works(self, mandate: Mandate) -> list[str]:
        """Return the ids of the works that the mandate leaves out."""
        return [work.public_id for work in mandate.excluded_works.all()]


class MandateInput(serializers.Serializer[Any]):
    """A mandate to be given; the member is the sender unless the operator records it."""

    member = serializers.CharField(required=False, help_text="Slug or id; else yourself.")
    collective = serializers.CharField(help_text="The collective's slug or id.")
    uses = UsesField()
    territory = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}$"), required=False, allow_empty=False
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    excluded_works = serializers.ListField(child=serializers.CharField(), required=False)


class MandateEnd(serializers.Serializer[Any]):
    """The last day of a mandate."""

    ends_on = serializers.DateField()


class ReservationOutput(serializers.ModelSerializer[Reservation]):
    """A public statement; without ``work`` it is about all of the holder's works."""

    id = serializers.CharField(source="public_id")
    holder = serializers.CharField(source="holder.slug")
    work = serializers.CharField(source="work.public_id", allow_null=True, default=None)

    class Meta:
        model = Reservation
        fields = ["id", "holder", "work", "uses", "statement", "starts_on", "lifted_on", "made_at"]


class ReservationInput(serializers.Serializer[Any]):
    """A reservation to be stated; without ``work`` of everything the sender owns."""

    work = serializers.CharField(source="work_id", required=False, help_text="work_….")
    uses = UsesField()
    statement = serializers.CharField(max_length=5000)
    starts_on = serializers.DateField()


class ReservationLift(serializers.Serializer[Any]):
    """The first day on which a reservation no longer stands."""

    on = serializers.DateField()


class MandateList(ApiView, ListAPIView[Mandate]):
    """List mandates given and held, or give one."""

    permission_classes = [READ_OR_WRITE]
    serializer_class = MandateOutput

    def get_queryset(self) -> QuerySet[Mandate]:
        """Return what the actor may see."""
        return _mandates(self.request)

    @extend_schema(request=MandateInput, responses={201: MandateOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Let a collective act for a member."""
        body = MandateInput(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        who = actor(request)
        member = fields.pop("member", None)
        mandate = mandates.give(
            by=who,
            member=_organisation("member", member) if member else who.organisation,
            collective=_organisation("collective", fields.pop("collective")),
            **fields,
        )
        return Response(MandateOutput(mandate).data, status=201)


class MandateEnding(ApiView):
    """End a mandate after a day."""

    permission_classes = [WRITE]

    @extend_schema(request=MandateEnd, responses={200: MandateOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record the last day."""
        body = MandateEnd(data=request.data)
        body.is_valid(raise_exception=True)
        mandate = mandates.end(by=actor(request), mandate_id=public_id, **body.validated_data)
        return Response(MandateOutput(mandate).data)


class ReservationList(ApiView, ListAPIView[Reservation]):
    """List reservations, or state one."""

    permission_classes = [READ_OR_WRITE]
    serializer_class = ReservationOutput

    def get_queryset(self) -> QuerySet[Reservation]:
        """Return the statements the filters leave."""
        found = Reservation.objects.visible_to(actor(self.request)).select_related("holder", "work")
        wanted = self.request.query_params
        if holder := wanted.get("holder"):
            found = found.filter(Q(holder__slug=holder) | Q(holder__public_id=holder))
        if work := wanted.get("work"):
            found = found.filter(work__public_id=work)
        if wanted.get("standing") == "true":
            found = found.in_force(timezone.localdate())
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("holder", description="Slug or id."),
            OpenApiParameter("work", description="work_…."),
            OpenApiParameter("standing", bool, description="Only those that stand today."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List reservations, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=ReservationInput, responses={201: ReservationOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """State that rights are reserved."""
        body = ReservationInput(data=request.data)
        body.is_valid(raise_exception=True)
        made = reservations.reserve(by=actor(request), **body.validated_data)
        return Response(ReservationOutput(made).data, status=201)


class ReservationLifting(ApiView):
    """Lift a reservation from a day on."""

    permission_classes = [WRITE]

    @extend_schema(request=ReservationLift, responses={200: ReservationOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record from which day it no longer stands."""
        body = ReservationLift(data=request.data)
        body.is_valid(raise_exception=True)
        made = reservations.lift(by=actor(request), reservation_id=public_id, **body.validated_data)
        return Response(ReservationOutput(made).data)


def _mandates(request: Request) -> QuerySet[Mandate]:
    return (
        Mandate.objects.visible_to(actor(request))
        .select_related("member", "collective")
        .prefetch_related("excluded_works")
    )


def _organisation(where: str, name: str) -> Organisation:
    found = Organisation.objects.filter(Q(slug=name) | Q(public_id=name)).first()
    if found is None:
        raise InvalidInput(
            f"There is no organisation {name!r}.",
            faults=[Fault(where, "organisation_unknown", "Give its slug or its id (org_…).")],
        )
    return found
