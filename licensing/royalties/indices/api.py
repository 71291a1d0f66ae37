"""Index readings over the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.royalties.indices import services
from licensing.royalties.indices.models import IndexReading


class IndexReadingOutput(serializers.ModelSerializer[IndexReading]):
    """One revision of a reading; the highest of a month counts."""

    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = IndexReading
        fields = ["series", "month", "revision", "value", "source", "entered_at"]


class IndexReadingInput(serializers.Serializer[Any]):
    """A reading as published, and where."""

    series = serializers.RegexField(r"^[A-Z0-9][A-Z0-9_.-]{0,39}$", help_text="Such as JP-CPI.")
    month = serializers.RegexField(r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", help_text="Such as 2026-09.")
    value = serializers.DecimalField(max_digits=18, decimal_places=6)
    source = serializers.CharField(  # type: ignore[assignment]  # a field's own `source` is text
        max_length=500, help_text="The publication and its day."
    )


class IndexReadingList(ApiView, ListAPIView[IndexReading]):
    """List every revision of every reading, or enter one; for the operator."""

    permission_classes = [scope(get="ledger:read", post="periods:close")]
    serializer_class = IndexReadingOutput

    def get_queryset(self) -> QuerySet[IndexReading]:
        """Return all readings, or those of one series."""
        series = self.request.query_params.get("series")
        return IndexReading.objects.filter(**({"series": series} if series else {}))

    @extend_schema(parameters=[OpenApiParameter("series", str, description="One series alone.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the readings, those entered last first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=IndexReadingInput, responses={201: IndexReadingOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Enter a reading; entered again, it is a new revision."""
        body = IndexReadingInput(data=request.data)
        body.is_valid(raise_exception=True)
        reading = services.enter_reading(by=actor(request), **body.validated_data)
        return Response(IndexReadingOutput(reading).data, status=201)
