"""The journal in the dashboard: entries, one entry, the trial balance, one account's history."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger import balances
from ledger.exports import beancount
from ledger.exports import csv as postings_csv
from ledger.journal import AccountRef, Cause, Purpose
from ledger.models import Account, Entry, Posting
from licensing.access import ActorRequest, scoped
from licensing.parties.models import Organisation
from licensing.parties.roles import Scope
from licensing.settlement import memos
from licensing.settlement.visible import names_of

PER_PAGE = 30
PURPOSES: dict[Purpose, str | Promise] = {
    Purpose.ACCRUED: pgettext_lazy("account", "Accrued"),
    Purpose.RECEIVABLE: pgettext_lazy("account", "Receivable"),
    Purpose.CASH: pgettext_lazy("account", "Cash"),
    Purpose.UNRECOUPED: pgettext_lazy("account", "Unrecouped"),
    Purpose.EARNED: pgettext_lazy("account", "Earned"),
    Purpose.PAYABLE: pgettext_lazy("account", "Payable"),
    Purpose.IN_TRANSIT: pgettext_lazy("account", "In transit"),
    Purpose.WITHHOLDING: pgettext_lazy("account", "Withholding"),
    Purpose.TAX: pgettext_lazy("account", "Tax"),
    Purpose.PREPAID: pgettext_lazy("account", "Prepaid"),
    Purpose.RESERVE: pgettext_lazy("account", "Reserve"),
    Purpose.SUSPENSE: pgettext_lazy("account", "Suspense"),
    Purpose.FEES: pgettext_lazy("account", "Fees"),
}
# Whose an account is when it belongs to no organisation: a rail, or whoever runs Kyodaku.
NOT_ORGANISATIONS: dict[str, str | Promise] = {
    "bank": pgettext_lazy("account", "Bank"),
    "stripe": pgettext_lazy("account", "Stripe"),
    "operator": pgettext_lazy("account", "Operator"),
}
CAUSES: dict[str, str | Promise] = {
    Cause.PERIOD_CLOSED: _("Period closed"),
    Cause.INVOICE_ISSUED: _("Invoice issued"),
    Cause.CREDIT_NOTE_ISSUED: _("Credit note issued"),
    Cause.PAYMENT_RECEIVED: _("Payment received"),
    Cause.EARNINGS_RELEASED: _("Earnings released"),
    Cause.PAYOUT_RESERVED: _("Payout reserved"),
    Cause.PAYOUT_PAID: _("Payout paid"),
    Cause.PAYOUT_FAILED: _("Payout failed"),
    Cause.PAYOUT_RETURNED: _("Payout returned"),
    Cause.ADVANCE_INVOICED: _("Advance invoiced"),
    Cause.ADVANCE_RELEASED: _("Advance released"),
    Cause.RECOUPED: _("Recouped"),
    Cause.RESERVE_RELEASED: _("Reserve released"),
    Cause.REVERSAL: _("Reversal"),
}


EXPORTS: dict[str, tuple[Callable[[], Iterator[str]], str]] = {
    "csv": (postings_csv.lines, "text/csv"),
    "beancount": (beancount.lines, "text/plain"),
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def account_line(account: AccountRef, names: dict[str, str]) -> dict[str, Any]:
    """Return how an account is shown: its purpose in words, whose it is, where its history is."""
    return {
        "ref": account,
        "purpose": PURPOSES[account.purpose],
        "party": names.get(account.party) or NOT_ORGANISATIONS.get(account.party, account.party),
        "url": f"{reverse('journal-account')}?purpose={account.purpose}"
        f"&party={account.party}&currency={account.currency}",
    }


@scoped(Scope.LEDGER_READ)
def journal(request: ActorRequest) -> HttpResponse:
    """List entries, newest first, by account, party, cause, day and key."""
    asked = {
        name: request.GET.get(name, "").strip()
        for name in ("q", "purpose", "party", "cause", "since", "until")
    }
    found = _matching(asked).prefetch_related(
        Prefetch("postings", Posting.objects.select_related("account").order_by("-amount_minor"))
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    names = names_of({leg.account.party for entry in page for leg in entry.postings.all()})
    context = {
        "page_title": _("Journal"),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "page": page,
        "entries": [_entry_line(entry, names) for entry in page],
        "purposes": [(one.value, label) for one, label in PURPOSES.items()],
        "causes": list(CAUSES.items()),
    }
    return render(request, "settlement/journal.html", context)


def _matching(asked: dict[str, str]) -> QuerySet[Entry]:
    found = Entry.objects.order_by("-pk")
    legs = Q()
    if asked["purpose"]:
        legs &= Q(account__purpose=asked["purpose"])
    if asked["party"]:
        organisations = Organisation.objects.filter(
            Q(name__icontains=asked["party"]) | Q(slug=asked["party"])
        )
        named = organisations.values("public_id")
        legs &= Q(account__party__in=named) | Q(account__party=asked["party"])
    if legs:
        found = found.filter(pk__in=Posting.objects.filter(legs).values("entry"))
    if asked["cause"]:
        found = found.filter(cause=asked["cause"])
    if since := _day(asked["since"]):
        found = found.filter(effective_on__gte=since)
    if until := _day(asked["until"]):
        found = found.filter(effective_on__lte=until)
    return found.filter(key__icontains=asked["q"]) if asked["q"] else found


def _entry_line(entry: Entry, names: dict[str, str]) -> dict[str, Any]:
    legs = list(entry.postings.all())
    return {
        "entry": entry,
        "cause": CAUSES.get(entry.cause, entry.cause),
        "legs": [
            account_line(leg.account.ref, names)
            | {"amount_minor": leg.amount_minor, "currency": leg.currency}
            for leg in legs
        ],
        "sums": _debits(legs),
    }


def _debits(legs: list[Posting]) -> list[tuple[str, int]]:
    """Return how much an entry moves in each currency: the sum of its debits."""
    sums: dict[str, int] = {}
    for leg in legs:
        sums[leg.currency] = sums.get(leg.currency, 0) + max(leg.amount_minor, 0)
    return sorted(sums.items())


@scoped(Scope.LEDGER_READ)
def entry(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one entry with its postings, what it reverses and what reverses it."""
    found = Entry.objects.select_related("reverses", "reversed_by").prefetch_related(
        Prefetch("postings", Posting.objects.select_related("account").order_by("-amount_minor"))
    )
    shown = get_object_or_404(found, pk=pk)
    names = names_of({leg.account.party for leg in shown.postings.all()})
    context = {
        "page_title": CAUSES.get(shown.cause, shown.cause),
        "breadcrumbs": [{"label": _("Journal"), "url": reverse("journal")}],
        "line": _entry_line(shown, names),
        "entry": shown,
        "facts": memos.facts(shown.memo),
        "reversed_by": getattr(shown, "reversed_by", None),
    }
    return render(request, "settlement/entry.html", context)


@scoped(Scope.LEDGER_READ)
def trial_balance(request: ActorRequest) -> HttpResponse:
    """Show every account that is not at zero; each currency's columns have the same total."""
    codes = list(Account.objects.order_by("currency").values_list("currency", flat=True).distinct())
    chosen = request.GET.get("currency", "")
    as_of = _day(request.GET.get("as_of", ""))
    rows = balances.trial_balance(chosen if chosen in codes else None, as_of)
    names = names_of({row.account.party for row in rows})
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        shown = account_line(row.account, names) | {
            "debit_minor": row.debit_minor,
            "credit_minor": row.credit_minor,
        }
        groups.setdefault(row.account.currency, []).append(shown)
    context = {
        "page_title": _("Trial balance"),
        "breadcrumbs": [{"label": _("Journal"), "url": reverse("journal")}],
        "groups": [_balanced(code, listed) for code, listed in groups.items()],
        "codes": codes,
        "chosen": chosen,
        "as_of": as_of,
    }
    return render(request, "settlement/trial_balance.html", context)


def _balanced(code: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    debit = sum(row["debit_minor"] for row in rows)
    credit = sum(row["credit_minor"] for row in rows)
    return {
        "currency": code,
        "rows": rows,
        "debit_minor": debit,
        "credit_minor": credit,
        "balances": debit == credit,
    }


@scoped(Scope.LEDGER_READ)
def account(request: ActorRequest) -> HttpResponse:
    """Show an account's postings, newest first, with the balance after each."""
    found = get_object_or_404(
        Account,
        purpose=request.GET.get("purpose", ""),
        party=request.GET.get("party", ""),
        currency=request.GET.get("currency", ""),
    )
    page = Paginator(balances.history(found.ref), PER_PAGE).get_page(request.GET.get("page"))
    side = found.ref.purpose.normal_side
    context = {
        "page_title": PURPOSES[found.ref.purpose],
        "breadcrumbs": [
            {"label": _("Journal"), "url": reverse("journal")},
            {"label": _("Trial balance"), "url": reverse("trial-balance")},
        ],
        "account": account_line(found.ref, names_of({found.party})),
        "balance_minor": balances.balance_minor(found.ref),
        "currency": found.currency,
        "page": page,
        "lines": [
            {
                "posting": leg,
                "cause": CAUSES.get(leg.entry.cause, leg.entry.cause),
                "after_minor": side * leg.running_minor,
            }
            for leg in page
        ],
    }
    return render(request, "settlement/account_history.html", context)


@scoped(Scope.LEDGER_READ)
def export(request: ActorRequest, kind: str) -> HttpResponseBase:
    """Stream the whole journal, as of one moment."""
    del request
    if kind not in EXPORTS:
        raise Http404
    lines, content_type = EXPORTS[kind]
    response = StreamingHttpResponse(lines(), content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal.{kind}"'
    return response
