"""What changed from one round to the next, over the API."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView
from licensing.deals.labels import CLAUSES
from licensing.deals.models import Deal
from licensing.deals.redline import Change, Kind, differences


class ChangeOutput(serializers.Serializer[Change]):
    """One clause that two rounds say differently."""

    path = serializers.CharField(help_text="The place, e.g. prices[tokens].tiers[1].up_to.")
    clause = serializers.CharField(source="label", help_text="The same without names and numbers.")
    title = serializers.SerializerMethodField()
    kind = serializers.ChoiceField([Kind.ADDED.value, Kind.REMOVED.value, Kind.CHANGED.value])
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)

    def get_title(self, change: Change) -> str:
        """Return the clause's title in the language the request asks for."""
        return str(CLAUSES[change.label])


class RedlineOutput(serializers.Serializer[Any]):
    """The difference between a round and the one before it."""

    round = serializers.IntegerField()
    compared_with = serializers.IntegerField(allow_null=True, help_text="null for the first round")
    changes = ChangeOutput(many=True)


class Redline(ApiView):
    """What a round changed, clause by clause; nothing for the first round."""

    permission_classes = [scope(get="deals:read")]

    @extend_schema(responses={200: RedlineOutput})
    def get(self, request: Request, public_id: str, number: int) -> Response:
        """Return the changes."""
        deal = Deal.objects.visible_to(actor(request)).filter(public_id=public_id).first()
        if deal is None:
            raise Http404
        rounds = {
            offer.round: offer.terms for offer in deal.offers.filter(round__in=[number - 1, number])
        }
        if number not in rounds:
            raise Http404
        before = rounds.get(number - 1)
        changes = [] if before is None else differences(before, rounds[number])
        told = {
            "round": number,
            "compared_with": None if before is None else number - 1,
            "changes": changes,
        }
        return Response(RedlineOutput(told).data)
