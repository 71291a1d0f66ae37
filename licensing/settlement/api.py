"""Invoices, payments, payouts and documents over the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.documents.models import Document
from ledger.documents.models import State as DocumentState
from ledger.invoices import services as invoices
from ledger.invoices.models import Invoice, InvoiceLine, Payment
from ledger.payouts.models import Payout
from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.errors import IllegalMove
from licensing.settlement import payouts, visible


class InvoiceLineOutput(serializers.ModelSerializer[InvoiceLine]):
    """One line of an invoice; ``source`` is the charge it is for."""

    class Meta:
        model = InvoiceLine
        fields = ["description", "source", "quantity", "unit", "amount_minor", "tax_rate"]


class InvoiceSummary(serializers.ModelSerializer[Invoice]):
    """An invoice in a list; amounts in minor units."""

    id = serializers.CharField(source="public_id")
    number = serializers.CharField(source="label")
    customer = serializers.CharField(source="party")
    outstanding_minor = serializers.IntegerField()

    class Meta:
        model = Invoice
        fields = [
            "id",
            "number",
            "customer",
            "currency",
            "issued_on",
            "due_on",
            "state",
            "net_minor",
            "tax_minor",
            "total_minor",
            "paid_minor",
            "credited_minor",
            "outstanding_minor",
            "memo",
        ]


class InvoiceOutput(InvoiceSummary):
    """An invoice with its lines."""

    lines = InvoiceLineOutput(many=True)

    class Meta(InvoiceSummary.Meta):
        fields = [*InvoiceSummary.Meta.fields, "lines"]


class PaymentInput(serializers.Serializer[Any]):
    """Money that arrived for an invoice."""

    amount_minor = serializers.IntegerField(min_value=1)
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=128, help_text="The bank's own reference.")
    rail = serializers.CharField(max_length=32, default="bank")


class PaymentOutput(serializers.ModelSerializer[Payment]):
    """A payment as booked."""

    invoice = serializers.CharField(source="invoice.public_id")

    class Meta:
        model = Payment
        fields = ["invoice", "amount_minor", "received_on", "reference", "rail"]


class PayoutOutput(serializers.ModelSerializer[Payout]):
    """A payout; amounts in minor units."""

    id = serializers.CharField(source="public_id")
    payee = serializers.CharField(source="party")
    statements = serializers.ListField(source="causes", child=serializers.CharField())

    class Meta:
        model = Payout
        fields = [
            "id",
            "payee",
            "currency",
            "gross_minor",
            "withholding_minor",
            "net_minor",
            "state",
            "statements",
            "due_on",
            "paid_on",
            "hold_reason",
        ]


class LeftOut(serializers.Serializer[Any]):
    """A payee that was not paid, and why."""

    payee = serializers.CharField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()
    reason = serializers.CharField()


class PayoutRunOutput(serializers.Serializer[Any]):
    """What a payout run did."""

    reserved = serializers.ListField(child=serializers.CharField())
    left_out = LeftOut(many=True)


class DocumentOutput(serializers.ModelSerializer[Document]):
    """A PDF and whether it is ready."""

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Document
        fields = [
            "id",
            "kind",
            "subject",
            "language",
            "state",
            "sha256",
            "page_count",
            "requested_at",
        ]


class InvoiceList(ApiView, ListAPIView[Invoice]):
    """List invoices."""

    permission_classes = [scope(get="invoices:read")]
    serializer_class = InvoiceSummary

    def get_queryset(self) -> QuerySet[Invoice]:
        """Return what the actor may see."""
        return visible.invoices(actor(self.request))


class InvoiceDetail(ApiView, RetrieveAPIView[Invoice]):
    """One invoice with its lines."""

    permission_classes = [scope(get="invoices:read")]
    serializer_class = InvoiceOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[Invoice]:
        """Return what the actor may see."""
        return visible.invoices(actor(self.request)).prefetch_related("lines")


class InvoicePayments(ApiView):
    """Record money that arrived for an invoice."""

    permission_classes = [scope(post="invoices:write")]

    @extend_schema(request=PaymentInput, responses={201: PaymentOutput})
    @keyed()
    def post(self, request: Request, public_id: str) -> Response:
        """Book the payment; the same reference again is the same payment."""
        body = PaymentInput(data=request.data)
        body.is_valid(raise_exception=True)
        invoice = get_object_or_404(visible.invoices(actor(request)), public_id=public_id)
        payment = invoices.record_payment(invoice=invoice, **body.validated_data)
        return Response(PaymentOutput(payment).data, status=201)


class PayoutList(ApiView, ListAPIView[Payout]):
    """List payouts."""

    permission_classes = [scope(get="payouts:read")]
    serializer_class = PayoutOutput

    def get_queryset(self) -> QuerySet[Payout]:
        """Return what the actor may see."""
        return visible.payouts(actor(self.request))


class PayoutRuns(ApiView):
    """Pay everybody who can be paid."""

    permission_classes = [scope(post="payouts:run")]

    @extend_schema(request=None, responses={202: PayoutRunOutput})
    @keyed()
    def post(self, request: Request) -> Response:
        """Prepare and reserve; workers send."""
        batch, left_out = payouts.run(by=actor(request).organisation.public_id)
        body = {
            "reserved": list(batch.reserved),
            "left_out": [
                {
                    "payee": one.payee.public_id,
                    "currency": one.currency,
                    "amount_minor": one.amount_minor,
                    "reason": one.reason,
                }
                for one in left_out
            ]
            + [
                {"payee": one.party, "currency": "", "amount_minor": 0, "reason": one.code}
                for one in batch.refused
            ],
        }
        return Response(body, status=202)


class DocumentList(ApiView, ListAPIView[Document]):
    """List documents; filter by ``subject``: an invoice, statement, licence or payout."""

    permission_classes = [scope(get="deals:read")]
    serializer_class = DocumentOutput

    def get_queryset(self) -> QuerySet[Document]:
        """Return what the actor may see."""
        found = visible.documents(actor(self.request))
        if subject := self.request.query_params.get("subject"):
            found = found.filter(subject=subject)
        return found


class DocumentFile(ApiView):
    """Download a PDF."""

    permission_classes = [scope(get="deals:read")]

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str) -> FileResponse:
        """Stream the file; 409 while it is being prepared."""
        found = visible.documents(actor(request))
        return file_of(get_object_or_404(found, public_id=public_id))


def file_of(document: Document) -> FileResponse:
    """Return a document's file; raises `IllegalMove` until it is rendered."""
    if document.state != DocumentState.RENDERED:
        raise IllegalMove(
            "This document is still being prepared; try again in a moment.",
            code="document_not_ready",
        )
    name = f"{document.kind}-{document.subject}-{document.language}.pdf"
    return FileResponse(document.file.open("rb"), content_type="application/pdf", filename=name)
