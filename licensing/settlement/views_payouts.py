"""Payouts in the dashboard: the list, one payout, the run that pays, and a payee's own account."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ledger import balances
from ledger.documents.models import Document
from ledger.errors import LedgerError
from ledger.journal import Purpose
from ledger.models import Account
from ledger.payouts import lifecycle, recipients, services
from ledger.payouts.gateway import GatewayError
from ledger.payouts.lifecycle import Move, State
from ledger.payouts.models import STATE_LABELS, Payout, Recipient
from licensing.access import ActorRequest, scoped
from licensing.parties.roles import Kind, Scope
from licensing.refusal_words import refusal_said
from licensing.royalties import reserving
from licensing.settlement import payouts as settling
from licensing.settlement import visible
from licensing.settlement.forms import ReasonForm

PER_PAGE = 25
REFRESH_SECONDS = 5
RIGHTS_SIDE = (Kind.LICENSOR, Kind.COLLECTIVE)
MOVING = (State.RESERVED, State.SENDING, State.IN_TRANSIT)
REASONS: dict[str, str | Promise] = {
    "payout_under_way": _("A payout in this currency is under way."),
    "nothing_payable": _("Nothing is payable: a correction took more than was earned since."),
    "below_threshold": _("Below the smallest amount that is paid out; it waits for more."),
    "account_not_ready": _("The payout account is not open or not verified yet."),
}
SAID: dict[str, str | Promise] = {
    Move.RESERVE: _("Reserved"),
    Move.SEND: _("Being sent"),
    Move.ACCEPT: _("Taken by the bank"),
    Move.PAY: _("Paid"),
    Move.FAIL: _("Failed"),
    Move.RETURN: _("Came back"),
    Move.RETRY: _("Tried again"),
    Move.CANCEL: _("Cancelled"),
}


@scoped(Scope.PAYOUTS_READ)
def payouts(request: ActorRequest) -> HttpResponse:
    """List payouts; a payee also sees its payout account."""
    state = request.GET.get("state", "")
    found = visible.payouts(request.actor)
    is_any = found.exists()
    if state in {one.value for one in State}:
        found = found.filter(state=state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    names = visible.names_of({one.party for one in page})
    is_payee = request.actor.kind in RIGHTS_SIDE
    context = {
        "page_title": _("Payouts"),
        "page": page,
        "lines": [{"payout": one, "payee": names.get(one.party, one.party)} for one in page],
        "state": state,
        "states": [(one.value, label) for one, label in STATE_LABELS.items()],
        "is_empty": not is_any,
        "may_run": request.actor.may(Scope.PAYOUTS_RUN),
        "is_payee": is_payee,
        **(_kept(request) if is_payee else {}),
        "account": _account(request) if is_payee else None,
        "may_open_account": request.actor.may(Scope.MEMBERS_MANAGE),
        "refresh_seconds": REFRESH_SECONDS if any(one.state in MOVING for one in page) else None,
    }
    return render(request, "settlement/payouts.html", context)


def _kept(request: ActorRequest) -> dict[str, Any]:
    """Return what a payee has of advances and what is held in reserve for it."""
    party = request.actor.organisation
    accounts = Account.objects.filter(purpose=Purpose.UNRECOUPED, party=party.public_id)
    found = [(one.currency, balances.balance_minor(one.ref)) for one in accounts]
    return {
        "unrecouped": [{"currency": code, "minor": minor} for code, minor in found if minor],
        "reserves": list(reserving.held_for(party)),
    }


def _account(request: ActorRequest) -> Recipient | None:
    return Recipient.objects.filter(party=request.actor.organisation.public_id).first()


@scoped(Scope.PAYOUTS_READ)
def payout(request: ActorRequest, public_id: str) -> HttpResponse:
    """Show a payout: its moves, its attempts, the statements it pays, its remittance."""
    shown = _visible(request, public_id)
    may_run = request.actor.may(Scope.PAYOUTS_RUN)
    state = State(shown.state)
    context = {
        "page_title": _("Payout"),
        "breadcrumbs": [{"label": _("Payouts"), "url": reverse("payouts")}],
        "payout": shown,
        "payee": visible.names_of({shown.party}).get(shown.party, shown.party),
        "moves": [
            {
                "title": SAID[one.move],
                "at": one.at,
                "text": one.reason,
                "kind": "payout",
                "state": one.to_state,
            }
            for one in shown.moves.order_by("-pk")
        ],
        "attempts": shown.attempts.order_by("-number"),
        "statements": shown.statements.select_related("statement__run").order_by("pk"),
        "remittances": Document.objects.filter(
            kind="remittance", subject__startswith=shown.public_id
        ),
        "may_run": may_run,
        "may_hold": may_run and not shown.hold_reason and state in lifecycle.UNDER_WAY,
        "may_retry": may_run and lifecycle.can(state, Move.RETRY),
        "may_reserve": may_run and lifecycle.can(state, Move.RESERVE) and not shown.hold_reason,
        "may_cancel": may_run and lifecycle.can(state, Move.CANCEL),
        "refresh_seconds": REFRESH_SECONDS if state in MOVING else None,
    }
    return render(request, "settlement/payout.html", context)


def _visible(request: ActorRequest, public_id: str) -> Payout:
    return get_object_or_404(visible.payouts(request.actor), public_id=public_id)


def _moved(
    request: ActorRequest, shown: Payout, move: Callable[[], object], done: str | Promise
) -> HttpResponse:
    """Make a move and go back to the payout, which tells what came of it."""
    try:
        move()
    except LedgerError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(done))
    return redirect("payout", shown.public_id)


def _by(request: ActorRequest) -> str:
    """Name who decides, for the appended row of the move."""
    person = request.actor.user
    return person.email if person else request.actor.organisation.public_id


@scoped(Scope.PAYOUTS_RUN)
@require_POST
def hold(request: ActorRequest, public_id: str) -> HttpResponse:
    """Keep a payout back, with a reason."""
    shown = _visible(request, public_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _moved(
        request, shown, lambda: services.hold(payout_id=shown.pk, reason=reason), _("Held.")
    )


@scoped(Scope.PAYOUTS_RUN)
@require_POST
def release(request: ActorRequest, public_id: str) -> HttpResponse:
    """Let a held payout go."""
    shown = _visible(request, public_id)
    return _moved(request, shown, lambda: services.release_hold(payout_id=shown.pk), _("Released."))


@scoped(Scope.PAYOUTS_RUN)
@require_POST
def retry(request: ActorRequest, public_id: str) -> HttpResponse:
    """Send a payout that failed or came back once more."""
    shown = _visible(request, public_id)
    return _moved(
        request,
        shown,
        lambda: services.retry(payout_id=shown.pk, by=_by(request)),
        _("The payout is being sent again."),
    )


@scoped(Scope.PAYOUTS_RUN)
@require_POST
def reserve(request: ActorRequest, public_id: str) -> HttpResponse:
    """Send a payout that is due."""
    shown = _visible(request, public_id)
    return _moved(
        request,
        shown,
        lambda: services.reserve(payout_id=shown.pk, by=_by(request)),
        _("The payout is being sent."),
    )


@scoped(Scope.PAYOUTS_RUN)
@require_POST
def cancel(request: ActorRequest, public_id: str) -> HttpResponse:
    """Give up a payout that is only due."""
    shown = _visible(request, public_id)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _moved(
        request,
        shown,
        lambda: services.cancel(payout_id=shown.pk, reason=reason, by=_by(request)),
        _("Cancelled. What it would have paid is payable again."),
    )


@scoped(Scope.PAYOUTS_RUN)
def payout_run(request: ActorRequest) -> HttpResponse:
    """Show who is due what and what stands in the way; paying asks first."""
    if request.method == "POST":
        return _pay(request)
    due = list(settling.due())
    payable = [one for one in due if one.can_be_paid]
    context = {
        "page_title": _("Pay what is due"),
        "breadcrumbs": [{"label": _("Payouts"), "url": reverse("payouts")}],
        "payable": payable,
        "waiting": [{"due": one, "reason": REASONS[one.reason]} for one in due if one.reason],
        "totals": _totals(payable),
    }
    return render(request, "settlement/payout_run.html", context)


def _totals(payable: list[settling.Due]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for one in payable:
        sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
    return [{"currency": code, "minor": minor} for code, minor in sorted(sums.items())]


def _pay(request: ActorRequest) -> HttpResponse:
    batch, _left_out = settling.run(by=_by(request))
    sent = len(batch.reserved)
    if sent:
        text = ngettext("%(n)s payout is being sent.", "%(n)s payouts are being sent.", sent)
        messages.success(request, text % {"n": sent})
    else:
        messages.warning(request, str(_("Nobody could be paid; see below why.")))
    for refusal in batch.refused:
        messages.error(request, refusal.reason)
    return redirect("payouts" if sent else "payout-run")


@scoped(Scope.PAYOUTS_READ)
def account(request: ActorRequest) -> HttpResponse:
    """Show a payee's own account as Stripe knows it now; Stripe sends people back here."""
    _refuse_others(request)
    own = _account(request)
    if own is not None:
        try:
            own = recipients.refresh(own.pk)
        except GatewayError as error:
            messages.warning(
                request,
                str(_("Stripe cannot be reached, so this may be old: %(reason)s"))
                % {"reason": error.message},
            )
    context = {
        "page_title": _("Payout account"),
        "breadcrumbs": [{"label": _("Payouts"), "url": reverse("payouts")}],
        "account": own,
        **_kept(request),
        "may_open_account": request.actor.may(Scope.MEMBERS_MANAGE),
    }
    return render(request, "settlement/account.html", context)


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def open_account(request: ActorRequest) -> HttpResponse:
    """Open the payee's account; its details are given on Stripe's own pages next."""
    _refuse_others(request)
    try:
        settling.enrol(request.actor.organisation, email=_by(request))
    except GatewayError as error:
        messages.error(request, error.message)
        return redirect("payouts")
    return redirect("payout-account")


@scoped(Scope.MEMBERS_MANAGE)
def onboarding(request: ActorRequest) -> HttpResponseBase:
    """Lead to Stripe's pages; the address is good once, so it is asked for at each visit."""
    _refuse_others(request)
    here = request.build_absolute_uri(reverse("payout-onboarding"))
    back = request.build_absolute_uri(reverse("payout-account"))
    try:
        address = recipients.onboarding_url(
            party=request.actor.organisation.public_id, refresh_url=here, return_url=back
        )
    except LedgerError as refusal:
        messages.error(request, refusal_said(refusal))
        return redirect("payouts")
    except GatewayError as error:
        messages.error(request, error.message)
        return redirect("payouts")
    return redirect(address)


def _refuse_others(request: ActorRequest) -> None:
    """Answer 404 to whoever is never paid."""
    if request.actor.kind not in RIGHTS_SIDE:
        raise Http404
