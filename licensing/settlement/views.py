"""Invoices, credit notes and documents in the dashboard."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ledger.documents import services as documents
from ledger.documents.models import Document
from ledger.documents.models import State as DocumentState
from ledger.errors import LedgerError
from ledger.invoices import services as invoicing
from ledger.invoices.models import Invoice
from ledger.invoices.models import State as InvoiceState
from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Scope
from licensing.refusal_words import refusal_said
from licensing.royalties.models import Charge
from licensing.settlement import claims, visible
from licensing.settlement.api import file_of
from licensing.settlement.forms import PaymentForm

PER_PAGE = 25
REFRESH_SECONDS = 2
TABS = {"": _("All"), "open": _("To be paid"), "overdue": _("Overdue"), "settled": _("Settled")}


def shown_state(invoice: Invoice) -> str:
    """Return an invoice's state as its badge shows it: overdue and part paid stand out."""
    if invoice.state != InvoiceState.ISSUED:
        return invoice.state
    if invoice.due_on < timezone.localdate():
        return "overdue"
    return "part_paid" if invoice.paid_minor or invoice.credited_minor else invoice.state


@scoped(Scope.INVOICES_READ)
def invoices(request: ActorRequest) -> HttpResponse:
    """List a licensee's invoices; the operator sees everybody's."""
    tab = request.GET.get("state", "")
    query = request.GET.get("q", "").strip()
    mine = visible.invoices(request.actor)
    found = mine
    if query:
        found = found.filter(
            Q(label__icontains=query)
            | Q(party_snapshot__name__icontains=query)
            | Q(public_id=query)
        )
    today = timezone.localdate()
    by_tab = {
        "": Q(),
        "open": Q(state=InvoiceState.ISSUED),
        "overdue": Q(state=InvoiceState.ISSUED, due_on__lt=today),
        "settled": ~Q(state=InvoiceState.ISSUED),
    }
    page = Paginator(found.filter(by_tab.get(tab, Q())), PER_PAGE).get_page(request.GET.get("page"))
    owed = (
        mine.filter(state=InvoiceState.ISSUED)
        .values_list("currency")
        .annotate(Sum("total_minor"), Sum("paid_minor"), Sum("credited_minor"))
    )
    context = {
        "page_title": _("Invoices"),
        "tabs": [
            {"label": label, "url": f"?state={name}" if name else "?", "current": name == tab}
            for name, label in TABS.items()
        ],
        "tab": tab,
        "query": query,
        "page": page,
        "lines": [{"invoice": one, "state": shown_state(one)} for one in page],
        "credit_notes": visible.credit_notes(request.actor).select_related("invoice")[:PER_PAGE],
        "owed": [
            {"currency": code, "minor": total - paid - credited}
            for code, total, paid, credited in owed.order_by("currency")
        ],
        "waiting": list(claims.waiting()) if request.actor.is_operator else [],
        "is_empty": not query and not tab and not page.paginator.count,
    }
    return render(request, "settlement/invoices.html", context)


@scoped(Scope.INVOICES_READ)
def invoice(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show an invoice: lines, tax, what was paid and credited, and its papers."""
    return _show(request, _visible_invoice(request, public_id))


def _visible_invoice(request: ActorRequest, public_id: str) -> Invoice:
    return get_object_or_404(visible.invoices(request.actor), public_id=public_id)


def _show(request: ActorRequest, shown: Invoice, form: PaymentForm | None = None) -> HttpResponse:
    notes = list(shown.credit_notes.order_by("pk"))
    subjects = [shown.public_id, *(note.public_id for note in notes)]
    papers = Document.objects.filter(subject__in=subjects).order_by("subject", "language")
    may_record = request.actor.may(Scope.INVOICES_WRITE) and shown.outstanding_minor > 0
    context = {
        "page_title": shown.label,
        "breadcrumbs": [{"label": _("Invoices"), "url": reverse("invoices")}],
        "invoice": shown,
        "state": shown_state(shown),
        "lines": _lines(request, shown),
        "taxes": shown.taxes.all(),
        "payments": shown.payments.order_by("pk"),
        "notes": [
            {"note": note, "papers": [one for one in papers if one.subject == note.public_id]}
            for note in notes
        ],
        "papers": [one for one in papers if one.subject == shown.public_id],
        "form": (form or PaymentForm(shown)) if may_record else None,
        "may_read_journal": request.actor.may(Scope.LEDGER_READ),
    }
    return render(request, "settlement/invoice.html", context, status=422 if form else 200)


def _lines(request: ActorRequest, shown: Invoice) -> list[dict[str, Any]]:
    """Return an invoice's lines, each with the page that explains its charge."""
    lines = list(shown.lines.all())
    charges = Charge.objects.visible_to(request.actor).select_related("period")
    pages = {
        one.public_id: f"{reverse('period', args=[one.period.public_id])}#{one.public_id}"
        for one in charges.filter(public_id__in=[line.source for line in lines])
    }
    return [{"line": line, "url": pages.get(line.source, "")} for line in lines]


@scoped(Scope.INVOICES_WRITE)
@require_POST
def record_payment(request: ActorRequest, public_id: str) -> HttpResponse:
    """Book money that arrived."""
    shown = _visible_invoice(request, public_id)
    form = PaymentForm(shown, request.POST)
    if not form.is_valid():
        return _show(request, shown, form)
    said = form.cleaned_data
    try:
        invoicing.record_payment(
            invoice=shown,
            amount_minor=said["amount"],
            received_on=said["received_on"],
            reference=said["reference"],
            rail=said["rail"],
        )
    except LedgerError as refusal:
        form.add_error(None, refusal_said(refusal))
        return _show(request, shown, form)
    messages.success(request, str(_("The payment is booked.")))
    return redirect("invoice", public_id)


@scoped(Scope.DEALS_READ)
def document(request: ActorRequest, public_id: str) -> HttpResponseBase:
    """Hand out a PDF; while it is being prepared, a page that looks again by itself."""
    found = get_object_or_404(visible.documents(request.actor), public_id=public_id)
    if found.state == DocumentState.RENDERED:
        return file_of(found)
    is_due = found.state == DocumentState.DUE
    context = {
        "page_title": _("Document"),
        "document": found,
        "is_due": is_due,
        "may_retry": request.actor.is_operator,
        "refresh_seconds": REFRESH_SECONDS if is_due else None,
    }
    return render(request, "settlement/document.html", context, status=202 if is_due else 409)


@scoped(Scope.STATEMENTS_APPROVE)
@require_POST
def retry_document(request: ActorRequest, public_id: str) -> HttpResponse:
    """Have a document that failed printed once more."""
    found = get_object_or_404(visible.documents(request.actor), public_id=public_id)
    documents.retry(document_id=found.pk)
    messages.success(request, str(_("The document is being prepared again.")))
    return redirect("jobs")
