"""Works over the API: what exists, what names it, who owns it and what is reserved."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.catalogue import contests, services
from licensing.catalogue.finding import narrowed, sees_shares, shown
from licensing.catalogue.imports.rows import LONGEST, MAX_WEIGHT
from licensing.catalogue.models import Reservation, Share, Work
from licensing.territories import WORLD

BY_TERRITORY = (
    'Weights by country, ISO 3166: {"JP": {"tide": 1}}. They stand there in place of `shares`; '
    "countries left out have none of their own."
)
READ_OR_WRITE = scope(get="works:read", post="works:write")
WRITE = scope(post="works:write")


class ShareOutput(serializers.ModelSerializer[Share]):
    """One owner's part: its weight among the weights in force."""

    holder = serializers.CharField(source="holder.slug")

    class Meta:
        model = Share
        fields = ["holder", "weight", "territory", "starts_on", "ends_on"]


class StandingReservation(serializers.ModelSerializer[Reservation]):
    """A reservation of a work that stands today."""

    id = serializers.CharField(source="public_id")
    holder = serializers.CharField(source="holder.slug")

    class Meta:
        model = Reservation
        fields = ["id", "holder", "uses", "statement", "starts_on"]


class WorkOutput(serializers.ModelSerializer[Work]):
    """A work; ``shares`` (those in force today) are shown to the rights side only."""

    id = serializers.CharField(source="public_id")
    identifiers = serializers.SerializerMethodField()
    shares = ShareOutput(many=True, required=False)
    reservations = StandingReservation(many=True)

    class Meta:
        model = Work
        fields = [
            "id",
            *LONGEST,
            "weight_total",
            "identifiers",
            "shares",
            "reservations",
            "created_at",
        ]

    def get_identifiers(self, work: Work) -> list[str]:
        """Return the work's names as ``scheme:value``."""
        return [str(name) for name in work.identifiers.all()]

    def to_representation(self, instance: Work) -> dict[str, Any]:
        """Leave the shares out for whoever may not see them."""
        shown: dict[str, Any] = super().to_representation(instance)
        request = self.context.get("request")
        if request is None or not sees_shares(actor(request)):
            shown.pop("shares")
            shown.pop("weight_total")
        return shown


class SharesField(serializers.DictField):
    """Owners' slugs with whole weights."""

    child = serializers.IntegerField(min_value=1, max_value=MAX_WEIGHT)


class ByTerritoryField(serializers.DictField):
    """Shares by country; they stand there in place of the world-wide ones."""

    child = SharesField()


class WorkInput(serializers.Serializer[Any]):
    """A work to be registered."""

    kind = serializers.CharField(max_length=LONGEST["kind"])
    title = serializers.CharField(max_length=LONGEST["title"])
    title_kana = serializers.CharField(required=False)
    title_en = serializers.CharField(required=False)
    released = serializers.CharField(required=False, help_text="1986, 1986-08 or 1986-08-02.")
    production_company = serializers.CharField(required=False)
    copyright_notice = serializers.CharField(required=False)
    identifiers = serializers.ListField(child=serializers.CharField(max_length=300))
    shares = SharesField(help_text='Weights by owner: {"studio-kaede": 2, "quill": 1}.')
    by_territory = ByTerritoryField(required=False, help_text=BY_TERRITORY)
    starts_on = serializers.DateField(required=False, help_text="The first day of the shares.")


class IdentifierInput(serializers.Serializer[Any]):
    """Another name of a work."""

    identifier = serializers.CharField(max_length=300, help_text="E.g. isbn:9784101092058.")


class SharesInput(serializers.Serializer[Any]):
    """Who owns a work from a day on."""

    shares = SharesField()
    by_territory = ByTerritoryField(required=False, help_text=BY_TERRITORY)
    starts_on = serializers.DateField()
    weight_total = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="What the shares of each territory are parts of; left out where they sum to it.",
    )


class ClaimInput(serializers.Serializer[Any]):
    """A part of a work that one's own organisation claims."""

    weight = serializers.IntegerField(min_value=1, max_value=MAX_WEIGHT)
    starts_on = serializers.DateField()
    territory = serializers.CharField(
        default=WORLD, help_text="ISO 3166, such as JP; WW is the world."
    )


FILTERS = [
    OpenApiParameter("identifier", description="scheme:value, such as isbn:9784101092058."),
    OpenApiParameter("title", description="A part of the title, its reading or its English form."),
    OpenApiParameter("kind"),
    OpenApiParameter("holder", description="An owner's slug or id; for the rights side."),
]


class WorkList(ApiView, ListAPIView[Work]):
    """List works, or register one."""

    permission_classes = [READ_OR_WRITE]
    serializer_class = WorkOutput

    def get_queryset(self) -> QuerySet[Work]:
        """Return the works the filters leave."""
        who = actor(self.request)
        visible = Work.objects.visible_to(who)
        return shown(narrowed(visible, who, self.request.query_params.dict()))

    @extend_schema(parameters=FILTERS)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List works, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=WorkInput, responses={201: WorkOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Register a work."""
        body = WorkInput(data=request.data)
        body.is_valid(raise_exception=True)
        work = services.register_work(by=actor(request), **body.validated_data)
        return Response(_shown(request, work.public_id), status=201)


class WorkDetail(ApiView, RetrieveAPIView[Work]):
    """One work."""

    permission_classes = [scope(get="works:read")]
    serializer_class = WorkOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Work]:
        """Return what the actor may see."""
        return shown(Work.objects.visible_to(actor(self.request)))


class WorkIdentifiers(ApiView):
    """Give a work another name."""

    permission_classes = [WRITE]

    @extend_schema(request=IdentifierInput, responses={201: WorkOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Add an identifier."""
        body = IdentifierInput(data=request.data)
        body.is_valid(raise_exception=True)
        services.add_identifier(by=actor(request), work_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id), status=201)


class WorkShares(ApiView):
    """Replace a work's shares from a day on."""

    permission_classes = [WRITE]

    @extend_schema(request=SharesInput, responses={201: WorkOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record who owns the work from that day."""
        body = SharesInput(data=request.data)
        body.is_valid(raise_exception=True)
        services.set_shares(by=actor(request), work_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id), status=201)


class WorkClaims(ApiView):
    """Claim a part of a work; what is claimed beyond the whole blocks it until it is settled."""

    permission_classes = [WRITE]

    @extend_schema(request=ClaimInput, responses={201: WorkOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record the claim of the actor's own organisation."""
        body = ClaimInput(data=request.data)
        body.is_valid(raise_exception=True)
        contests.claim_share(by=actor(request), work_id=public_id, **body.validated_data)
        return Response(_shown(request, public_id), status=201)


def _shown(request: Request, public_id: str) -> Any:
    work = get_object_or_404(shown(Work.objects.visible_to(actor(request))), public_id=public_id)
    return WorkOutput(work, context={"request": request}).data
