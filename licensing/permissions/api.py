"""`POST /api/v1/permissions`: whether one may train on a work."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView
from licensing.catalogue.uses import USE_NAMES
from licensing.permissions.answers import Answer, Question, Word, answer
from licensing.territories import WORLD

MOST_AT_ONCE = 10_000


class ModelInput(serializers.Serializer[Any]):
    """A model, named as in the grant."""

    family = serializers.CharField(max_length=120)
    version = serializers.CharField(max_length=120)


class PermissionInput(serializers.Serializer[Any]):
    """What you want to do with which works; the territory is the world unless you say less."""

    works = serializers.ListField(
        child=serializers.CharField(max_length=300),
        min_length=1,
        max_length=MOST_AT_ONCE,
        help_text="Named as in usage reports: domain:www.example.com, isbn:978…, work:work_….",
    )
    use = serializers.ChoiceField(choices=USE_NAMES)
    model = ModelInput()
    territory = serializers.RegexField(r"^[A-Z]{2}$", default=WORLD)
    on = serializers.DateField(required=False, help_text="A day; today unless you say so.")


class StandingOutput(serializers.Serializer[Any]):
    """Who reserves the work, in which words."""

    id = serializers.CharField(source="public_id")
    holder = serializers.CharField(source="holder.slug")
    statement = serializers.CharField()
    starts_on = serializers.DateField()


class AnswerOutput(serializers.Serializer[Answer]):
    """The answer for one work. Only ``licensed`` permits."""

    work = serializers.CharField(source="asked")
    answer = serializers.ChoiceField(choices=[word.value for word in Word], source="word")
    licence = serializers.CharField(source="licence.public_id", default=None, allow_null=True)
    reservation = StandingOutput(allow_null=True)


class PermissionOutput(serializers.Serializer[Any]):
    """How many of the works may be used, and the answer for each in the order asked."""

    permitted = serializers.IntegerField()
    answers = AnswerOutput(many=True)


class PermissionView(ApiView):
    """Ask before you train. Asking changes nothing, so it needs no Idempotency-Key."""

    permission_classes = [scope(post="deals:read")]

    @extend_schema(request=PermissionInput, responses={200: PermissionOutput})
    def post(self, request: Request) -> Response:
        """Answer for each work whether a licence of yours permits the use."""
        body = PermissionInput(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        question = Question(
            use=said["use"],
            family=said["model"]["family"],
            version=said["model"]["version"],
            territory=said["territory"],
            on=said.get("on") or timezone.localdate(),
        )
        answers = answer(actor(request).organisation, said["works"], question)
        permitted = sum(one.word is Word.LICENSED for one in answers)
        return Response(PermissionOutput({"permitted": permitted, "answers": answers}).data)
