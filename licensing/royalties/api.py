"""Periods, charges, runs and statements over the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.royalties import closing, content, downloads, explain, review, statements
from licensing.royalties.models import Charge, Period, Run, Statement


class PeriodOutput(serializers.ModelSerializer[Period]):
    """One accounting period of one licence."""

    id = serializers.CharField(source="public_id")
    licence = serializers.CharField(source="licence.public_id")
    month = serializers.CharField(source="label")

    class Meta:
        model = Period
        fields = [
            "id",
            "licence",
            "month",
            "starts_on",
            "ends_on",
            "state",
            "failure",
            "steps_done",
            "steps_total",
            "closed_at",
        ]


class ChargeOutput(serializers.ModelSerializer[Charge]):
    """What one price adds to what the licensee owes, with its trace."""

    id = serializers.CharField(source="public_id")
    licence = serializers.CharField(source="period.licence.public_id")
    period = serializers.CharField(source="period.label")
    price = serializers.CharField(source="price_id")
    corrects = serializers.CharField(source="corrects.public_id", default=None)

    class Meta:
        model = Charge
        fields = [
            "id",
            "licence",
            "period",
            "kind",
            "price",
            "sequence",
            "corrects",
            "unit",
            "quantity",
            "currency",
            "amount_minor",
            "rated_minor",
            "trace",
        ]


class StatementSummary(serializers.ModelSerializer[Statement]):
    """A statement in a list; amounts in minor units."""

    id = serializers.CharField(source="public_id")
    run = serializers.CharField(source="run.public_id")
    month = serializers.DateField(source="run.month", format="%Y-%m")
    payee = serializers.CharField(source="payee.public_id")
    payee_name = serializers.CharField(source="payee.name")

    class Meta:
        model = Statement
        fields = [
            "id",
            "run",
            "month",
            "payee",
            "payee_name",
            "currency",
            "state",
            "gross_minor",
            "operator_fee_minor",
            "collective_fee_minor",
            "reserve_minor",
            "recouped_minor",
            "net_minor",
            "issued_at",
        ]


class StatementOutput(StatementSummary):
    """A statement with its frozen content."""

    class Meta(StatementSummary.Meta):
        fields = [*StatementSummary.Meta.fields, "content", "content_sha256"]


class RunOutput(serializers.ModelSerializer[Run]):
    """A batch of statements."""

    id = serializers.CharField(source="public_id")
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = Run
        fields = ["id", "month", "number", "state", "approved_at", "issued_at"]


class PeriodList(ApiView, ListAPIView[Period]):
    """List accounting periods; filter by ``licence`` and ``state``."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = PeriodOutput

    def get_queryset(self) -> QuerySet[Period]:
        """Return what the actor may see."""
        found = Period.objects.visible_to(actor(self.request)).select_related("licence")
        if licence := self.request.query_params.get("licence"):
            found = found.filter(licence__public_id=licence)
        if state := self.request.query_params.get("state"):
            found = found.filter(state=state)
        return found


class PeriodDetail(ApiView, RetrieveAPIView[Period]):
    """One accounting period; poll it while it is being closed."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = PeriodOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Period]:
        """Return what the actor may see."""
        return Period.objects.visible_to(actor(self.request)).select_related("licence")


class ClosePeriod(ApiView):
    """Ask for a period to be closed."""

    permission_classes = [scope(post="periods:close")]

    @extend_schema(request=None, responses={202: PeriodOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Start the close; the period says how far it is."""
        period = closing.request_close(by=actor(request), period_id=public_id)
        return Response(PeriodOutput(period).data, status=202)


class ChargeList(ApiView, ListAPIView[Charge]):
    """List charges; filter by ``licence`` and ``period`` (2026-10)."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = ChargeOutput

    def get_queryset(self) -> QuerySet[Charge]:
        """Return what the actor may see."""
        found = Charge.objects.visible_to(actor(self.request)).select_related(
            "period__licence", "corrects"
        )
        if licence := self.request.query_params.get("licence"):
            found = found.filter(period__licence__public_id=licence)
        if period := self.request.query_params.get("period"):
            found = found.filter(period__starts_on=f"{period}-01")
        return found


class RunList(ApiView, ListAPIView[Run]):
    """List runs of statements."""

    permission_classes = [scope(get="statements:approve")]
    serializer_class = RunOutput
    queryset = Run.objects.all()


class CheckOutput(serializers.Serializer[Any]):
    """One thing to look at before a run is approved."""

    code = serializers.CharField()
    is_fine = serializers.BooleanField()
    text = serializers.CharField(help_text="In the language of the request.")


class ReviewOutput(RunOutput):
    """A run with what to look at before it is approved."""

    checks = serializers.SerializerMethodField()

    class Meta(RunOutput.Meta):
        fields = [*RunOutput.Meta.fields, "checks"]

    @extend_schema_field(CheckOutput(many=True))
    def get_checks(self, run: Run) -> list[Any]:
        """Return the checks as they stand now."""
        found: Any = review.checks(actor(self.context["request"]), run)
        return list(CheckOutput(found, many=True).data)


class VarianceOutput(StatementSummary):
    """A statement beside its payee's month before; amounts in minor units."""

    before_minor = serializers.IntegerField(allow_null=True)
    change_minor = serializers.SerializerMethodField()
    change_percent = serializers.SerializerMethodField()
    is_flagged = serializers.SerializerMethodField()

    class Meta(StatementSummary.Meta):
        fields = [
            *StatementSummary.Meta.fields,
            "before_minor",
            "change_minor",
            "change_percent",
            "is_flagged",
        ]

    def get_change_minor(self, statement: Statement) -> int:
        """Return what the month so far comes to more, or less."""
        return review.variance_of(statement).change_minor

    def get_change_percent(self, statement: Statement) -> int | None:
        """Return the change in whole per cent, null where there was nothing before."""
        return review.variance_of(statement).change_percent

    def get_is_flagged(self, statement: Statement) -> bool:
        """Tell whether finance is asked to look at it."""
        return review.variance_of(statement).is_flagged


class RunDetail(ApiView, RetrieveAPIView[Run]):
    """One run with its checklist."""

    permission_classes = [scope(get="statements:approve")]
    serializer_class = ReviewOutput
    lookup_field = "public_id"
    queryset = Run.objects.all()


class RunStatements(ApiView, ListAPIView[Statement]):
    """List a run's statements with their variance; ``flagged=true`` lists only those flagged."""

    permission_classes = [scope(get="statements:approve")]
    serializer_class = VarianceOutput

    @extend_schema(parameters=[OpenApiParameter("flagged", bool)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return a page of them."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Statement]:
        """Return the statements of the run."""
        run = get_object_or_404(Run, public_id=self.kwargs["public_id"])
        only_flagged = self.request.query_params.get("flagged") == "true"
        return review.with_variance(run, only_flagged=only_flagged).select_related("run")


class ApproveRun(ApiView):
    """Approve a draft run."""

    permission_classes = [scope(post="statements:approve")]

    @extend_schema(request=None, responses={200: RunOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Approve every statement of the run that is not held."""
        run = statements.approve_run(by=actor(request), run_id=public_id)
        return Response(RunOutput(run).data)


class IssueRun(ApiView):
    """Issue an approved run."""

    permission_classes = [scope(post="statements:approve")]

    @extend_schema(request=None, responses={202: RunOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Start issuing; the run says when it is done."""
        _ = request
        run = statements.request_issue(run_id=public_id)
        return Response(RunOutput(run).data, status=202)


def statements_of(request: Request) -> QuerySet[Statement]:
    """Return the statements the request may see, ready to be shown."""
    return Statement.objects.visible_to(actor(request)).select_related("run", "payee")


class StatementList(ApiView, ListAPIView[Statement]):
    """List statements; filter by ``month`` (2026-10)."""

    permission_classes = [scope(get="statements:read")]
    serializer_class = StatementSummary

    def get_queryset(self) -> QuerySet[Statement]:
        """Return what the actor may see."""
        found = statements_of(self.request)
        if month := self.request.query_params.get("month"):
            found = found.filter(run__month=f"{month}-01")
        return found


class StatementDetail(ApiView, RetrieveAPIView[Statement]):
    """One statement with its frozen content."""

    permission_classes = [scope(get="statements:read")]
    serializer_class = StatementOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Statement]:
        """Return what the actor may see."""
        return statements_of(self.request)


class StatementFile(ApiView):
    """A statement as a file: its lines, the frozen document, or the works behind every line."""

    permission_classes = [scope(get="statements:read")]

    @extend_schema(
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=sorted(downloads.FILES))
        ],
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, downloads.XLSX_TYPE): OpenApiTypes.BINARY,
            (200, downloads.PARQUET_TYPE): OpenApiTypes.BINARY,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
    )
    def get(self, request: Request, public_id: str, name: str) -> HttpResponseBase:
        """Return the file; ``statement.json`` is byte for byte what ``content_sha256`` is of."""
        statement = get_object_or_404(statements_of(request), public_id=public_id)
        if name not in downloads.FILES:
            raise NotFound
        return downloads.response(statement, name)


class StatementUsage(ApiView):
    """The usage lines behind one line of a statement, from 1."""

    permission_classes = [scope(get="statements:read")]

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str, number: int) -> HttpResponseBase:
        """Return them as CSV, with the report and the place of each and the payee's share."""
        statement = get_object_or_404(statements_of(request), public_id=public_id)
        allocations = content.allocations_of(statement)
        if not 1 <= number <= len(allocations):
            raise NotFound
        return downloads.usage_csv(statement, allocations[number - 1], number)


class StatementExplain(ApiView):
    """Why a statement says what it says: every line down to the reports behind it."""

    permission_classes = [scope(get="statements:read")]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, public_id: str) -> Response:
        """Return the chain of each line."""
        statement = get_object_or_404(statements_of(request), public_id=public_id)
        body: dict[str, Any] = explain.statement(statement)
        return Response(body)
