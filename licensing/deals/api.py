"""Deals, offers and licences over the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.deals import references, services
from licensing.deals.models import REFERENCE_LENGTH, Deal, Licence, Offer, Signature
from licensing.errors import Fault, InvalidInput
from licensing.parties.models import Organisation

READ_OR_NEGOTIATE = scope(get="deals:read", post="deals:write")


class PartyOutput(serializers.ModelSerializer[Organisation]):
    """An organisation as others see it."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Organisation
        fields = ["id", "slug", "name", "kind", "country"]


class OfferInput(serializers.Serializer[Any]):
    """One round of terms."""

    terms = serializers.DictField(help_text="A Terms document, schema terms/1.")
    expires_at = serializers.DateTimeField()
    message = serializers.CharField(max_length=5000, allow_blank=True, default="")


class DealInput(OfferInput):
    """A first offer and whom it is made to."""

    title = serializers.CharField(max_length=200)
    counterparty = serializers.CharField(help_text="The other side's id (org_…) or slug.")


class AcceptInput(serializers.Serializer[Any]):
    """Which offer is accepted."""

    offer = serializers.CharField(help_text="The standing offer's id, ofr_….")


class SignInput(serializers.Serializer[Any]):
    """A signature under the agreed terms."""

    signer_name = serializers.CharField(max_length=120)
    signer_title = serializers.CharField(max_length=120, allow_blank=True, default="")
    terms_hash = serializers.CharField(help_text="The hash of the accepted offer: sha256:….")


class ReferenceInput(serializers.Serializer[Any]):
    """The number one's own side files a deal under."""

    reference = serializers.CharField(max_length=REFERENCE_LENGTH, allow_blank=True)


class OfferOutput(serializers.ModelSerializer[Offer]):
    """A round as both sides see it."""

    id = serializers.CharField(source="public_id")
    made_by = serializers.CharField(source="made_by.public_id")
    answer = serializers.CharField(allow_null=True)

    class Meta:
        model = Offer
        fields = [
            "id",
            "round",
            "made_by",
            "made_at",
            "expires_at",
            "terms",
            "terms_hash",
            "message",
            "answered_at",
            "answer",
        ]


class DealSummary(serializers.ModelSerializer[Deal]):
    """A deal in a list."""

    id = serializers.CharField(source="public_id")
    licensor = PartyOutput()
    licensee = PartyOutput()
    licence = serializers.SerializerMethodField()

    class Meta:
        model = Deal
        fields = [
            "id",
            "title",
            "state",
            "licensor",
            "licensor_reference",
            "licensee",
            "licensee_reference",
            "opened_at",
            "licence",
        ]

    def get_licence(self, deal: Deal) -> str | None:
        """Return the id of the licence that the deal ended in."""
        licence = getattr(deal, "licence", None)
        return licence.public_id if licence else None


class DealOutput(DealSummary):
    """A deal with its rounds, newest first."""

    offers = OfferOutput(many=True)

    class Meta(DealSummary.Meta):
        fields = [*DealSummary.Meta.fields, "offers"]


class SignatureOutput(serializers.ModelSerializer[Signature]):
    """Who signed for which side."""

    organisation = serializers.CharField(source="organisation.public_id")

    class Meta:
        model = Signature
        fields = ["organisation", "signer_name", "signer_title", "signed_at", "terms_hash"]


class LicenceOutput(serializers.ModelSerializer[Licence]):
    """The agreement in force."""

    id = serializers.CharField(source="public_id")
    deal = serializers.CharField(source="deal.public_id")
    title = serializers.CharField(source="deal.title")
    state = serializers.CharField(source="deal.state")
    licensor = PartyOutput()
    licensee = PartyOutput()
    licensor_reference = serializers.CharField(source="deal.licensor_reference")
    licensee_reference = serializers.CharField(source="deal.licensee_reference")
    signatures = SignatureOutput(source="offer.signatures", many=True)

    class Meta:
        model = Licence
        fields = [
            "id",
            "deal",
            "title",
            "state",
            "licensor",
            "licensor_reference",
            "licensee",
            "licensee_reference",
            "currency",
            "starts_on",
            "ends_on",
            "signed_at",
            "terms",
            "terms_hash",
            "snapshot_sha256",
            "snapshot_works",
            "signatures",
        ]


def deals_of(request: Request) -> QuerySet[Deal]:
    """Return the deals the request may see, ready to be shown."""
    return (
        Deal.objects.visible_to(actor(request))
        .select_related("licensor", "licensee", "licence")
        .prefetch_related("offers__made_by")
    )


def counterparty(name: str) -> Organisation:
    """Return an organisation by its id or slug; raises `InvalidInput`."""
    field = "public_id" if name.startswith("org_") else "slug"
    found = Organisation.objects.filter(**{field: name}).first()
    if found is None:
        raise InvalidInput(
            f"There is no organisation {name!r}.",
            faults=[
                Fault("counterparty", "organisation_unknown", "Give its id (org_…) or its slug.")
            ],
        )
    return found


class DealList(ApiView, ListAPIView[Deal]):
    """List deals, or open one with a first offer."""

    permission_classes = [READ_OR_NEGOTIATE]
    serializer_class = DealSummary

    def get_queryset(self) -> QuerySet[Deal]:
        """Return what the actor may see."""
        return deals_of(self.request)

    @extend_schema(request=DealInput, responses={201: DealOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Open a deal."""
        body = DealInput(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        fields["counterparty"] = counterparty(fields["counterparty"])
        deal = services.open_deal(by=actor(request), **fields)
        return Response(_shown(request, deal.public_id), status=201)


class DealDetail(ApiView, RetrieveAPIView[Deal]):
    """One deal with its rounds."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = DealOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Deal]:
        """Return what the actor may see."""
        return deals_of(self.request)


class CounterOffer(ApiView):
    """Answer the standing offer with new terms."""

    permission_classes = [scope(post="deals:write")]

    @extend_schema(request=OfferInput, responses={201: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Make the next round."""
        body = OfferInput(data=request.data)
        body.is_valid(raise_exception=True)
        services.counter_offer(by=actor(request), deal_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id), status=201)


class AcceptOffer(ApiView):
    """Accept the other side's standing offer."""

    permission_classes = [scope(post="deals:write")]

    @extend_schema(request=AcceptInput, responses={200: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Agree to the offer named."""
        body = AcceptInput(data=request.data)
        body.is_valid(raise_exception=True)
        services.accept_offer(
            by=actor(request), deal_id=public_id, offer_id=body.validated_data["offer"]
        )
        return Response(_shown(request, public_id))


class DeclineOffer(ApiView):
    """Decline the other side's standing offer."""

    permission_classes = [scope(post="deals:write")]

    @extend_schema(request=None, responses={200: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """End the negotiation."""
        services.decline_offer(by=actor(request), deal_id=public_id)
        return Response(_shown(request, public_id))


class WithdrawOffer(ApiView):
    """Take one's own standing offer back."""

    permission_classes = [scope(post="deals:write")]

    @extend_schema(request=None, responses={200: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """End the negotiation."""
        services.withdraw(by=actor(request), deal_id=public_id)
        return Response(_shown(request, public_id))


class SignDeal(ApiView):
    """Sign the agreed terms; the second signature makes the licence."""

    permission_classes = [scope(post="deals:sign")]

    @extend_schema(request=SignInput, responses={200: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Sign for one's own side."""
        body = SignInput(data=request.data)
        body.is_valid(raise_exception=True)
        services.sign(by=actor(request), deal_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id))


class SetReference(ApiView):
    """Write the number that one's own side files the deal under."""

    permission_classes = [scope(post="deals:write")]

    @extend_schema(request=ReferenceInput, responses={200: DealOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Write it, or take it away with an empty text; statements issued before keep theirs."""
        body = ReferenceInput(data=request.data)
        body.is_valid(raise_exception=True)
        references.set_reference(by=actor(request), deal_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id))


class LicenceList(ApiView, ListAPIView[Licence]):
    """List licences."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = LicenceOutput

    def get_queryset(self) -> QuerySet[Licence]:
        """Return what the actor may see."""
        return licences_of(self.request)


class LicenceDetail(ApiView, RetrieveAPIView[Licence]):
    """One licence."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = LicenceOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Licence]:
        """Return what the actor may see."""
        return licences_of(self.request)


def licences_of(request: Request) -> QuerySet[Licence]:
    """Return the licences the request may see, ready to be shown."""
    return (
        Licence.objects.visible_to(actor(request))
        .select_related("deal", "offer", "licensor", "licensee")
        .prefetch_related("offer__signatures__organisation")
    )


def _shown(request: Request, public_id: str) -> Any:
    return DealOutput(get_object_or_404(deals_of(request), public_id=public_id)).data
