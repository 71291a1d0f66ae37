"""Agencies over the API."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.deals.models import Licence
from licensing.errors import Fault, InvalidInput
from licensing.parties.models import Organisation
from licensing.royalties.agencies import services
from licensing.royalties.agencies.models import Agency


class AgencyOutput(serializers.ModelSerializer[Agency]):
    """An agent's rate of a payee's parts; without ``licence`` of every licence."""

    id = serializers.CharField(source="public_id")
    payee = serializers.CharField(source="payee.slug")
    agent = serializers.CharField(source="agent.slug")
    licence = serializers.CharField(source="licence.public_id", allow_null=True, default=None)

    class Meta:
        model = Agency
        fields = ["id", "payee", "agent", "rate", "licence", "starts_on", "ends_on"]


class AgencyInput(serializers.Serializer[Any]):
    """A part to be given; the payee is the sender unless the operator records it."""

    payee = serializers.CharField(required=False, help_text="Slug or id; else yourself.")
    agent = serializers.CharField(help_text="The agent's slug or id.")
    rate = serializers.DecimalField(
        max_digits=13, decimal_places=12, help_text="A part of one: 0.15 is fifteen per cent."
    )
    licence = serializers.CharField(required=False, help_text="lic_…; else every licence.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)


class AgencyEnd(serializers.Serializer[Any]):
    """The last day of an agency."""

    ends_on = serializers.DateField()


class AgencyList(ApiView, ListAPIView[Agency]):
    """List agencies given and held, or give one."""

    permission_classes = [scope(get="statements:read", post="agencies:write")]
    serializer_class = AgencyOutput

    def get_queryset(self) -> QuerySet[Agency]:
        """Return what the actor may see."""
        found = Agency.objects.visible_to(actor(self.request))
        return found.select_related("payee", "agent", "licence").order_by("-pk")

    @extend_schema(request=AgencyInput, responses={201: AgencyOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Let an agent have a part."""
        body = AgencyInput(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        who = actor(request)
        payee, licence = fields.pop("payee", None), fields.pop("licence", None)
        agency = services.appoint(
            by=who,
            payee=_organisation("payee", payee) if payee else who.organisation,
            agent=_organisation("agent", fields.pop("agent")),
            licence=_licence(request, licence) if licence else None,
            **fields,
        )
        return Response(AgencyOutput(agency).data, status=201)


class AgencyEnding(ApiView):
    """End an agency after a day."""

    permission_classes = [scope(post="agencies:write")]

    @extend_schema(request=AgencyEnd, responses={200: AgencyOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record the last day."""
        body = AgencyEnd(data=request.data)
        body.is_valid(raise_exception=True)
        agency = services.end(by=actor(request), agency_id=public_id, **body.validated_data)
        return Response(AgencyOutput(agency).data)


def _organisation(where: str, name: str) -> Organisation:
    found = Organisation.objects.filter(Q(slug=name) | Q(public_id=name)).first()
    if found is None:
        raise InvalidInput(
            "The agency cannot be read; see errors.",
            faults=[Fault(where, "organisation_unknown", f"There is no organisation {name!r}.")],
        )
    return found


def _licence(request: Request, public_id: str) -> Licence:
    found = Licence.objects.visible_to(actor(request)).filter(public_id=public_id).first()
    if found is None:
        raise InvalidInput(
            "The agency cannot be read; see errors.",
            faults=[Fault("licence", "licence_unknown", f"There is no licence {public_id}.")],
        )
    return found
