"""Notices over the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.usage.notices import services
from licensing.usage.notices.models import Notice, NoticeState, Stage


class NoticeOutput(serializers.ModelSerializer[Notice]):
    """A reminder or formal notice; ``missing`` names the months that had not come."""

    id = serializers.CharField(source="public_id")
    licence = serializers.CharField(source="licence.public_id")
    missing = serializers.ListField(child=serializers.CharField())
    answer = serializers.CharField(source="answer.public_id", default=None)

    class Meta:
        model = Notice
        fields = [
            "id",
            "licence",
            "stage",
            "starts_on",
            "ends_on",
            "missing",
            "due_on",
            "deadline_on",
            "issued_at",
            "state",
            "answer",
            "settled_at",
        ]


class WithdrawInput(serializers.Serializer[Any]):
    """Why a notice is taken back."""

    reason = serializers.CharField(max_length=2000)


def _notices(request: Request) -> QuerySet[Notice]:
    return Notice.objects.visible_to(actor(request)).select_related("licence", "answer")


class NoticeList(ApiView, ListAPIView[Notice]):
    """List reminders and formal notices."""

    permission_classes = [scope(get="usage:read")]
    serializer_class = NoticeOutput

    def get_queryset(self) -> QuerySet[Notice]:
        """Return what the filters leave."""
        found = _notices(self.request)
        for name, field in (
            ("licence", "licence__public_id"),
            ("state", "state"),
            ("stage", "stage"),
        ):
            if wanted := self.request.query_params.get(name):
                found = found.filter(**{field: wanted})
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("licence", description="lic_…."),
            OpenApiParameter("state", enum=NoticeState.values),
            OpenApiParameter("stage", enum=Stage.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, newest first."""
        return super().get(request, *args, **kwargs)


class NoticeDetail(ApiView, RetrieveAPIView[Notice]):
    """One notice."""

    permission_classes = [scope(get="usage:read")]
    serializer_class = NoticeOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Notice]:
        """Return what the actor may see."""
        return _notices(self.request)


class WithdrawNotice(ApiView):
    """Take a notice back."""

    permission_classes = [scope(post="notices:write")]

    @extend_schema(request=WithdrawInput, responses={200: NoticeOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Record that it no longer stands, and why."""
        body = WithdrawInput(data=request.data)
        body.is_valid(raise_exception=True)
        made = services.withdraw(by=actor(request), notice_id=public_id, **body.validated_data)
        return Response(NoticeOutput(made).data)
