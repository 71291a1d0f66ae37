"""What money asks of an organisation: invoices to pay, accounts to open, payouts to look at."""

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.documents.models import Document
from ledger.documents.models import State as DocumentState
from ledger.invoices.models import State as InvoiceState
from ledger.payouts.lifecycle import State
from ledger.payouts.models import Payout, PayoutMove, Recipient
from licensing.access import Actor
from licensing.parties.roles import Kind, Scope
from licensing.royalties.models import Statement, StatementState
from licensing.settlement import payouts, visible
from licensing.settlement.visible import names_of
from licensing.templatetags.money import money
from licensing.todo import Event, Task

MOST = 10


def tasks(actor: Actor) -> Iterator[Task]:
    """Yield a licensee's invoices, a payee's account, and finance's payouts."""
    if actor.kind is Kind.LICENSEE and actor.may(Scope.INVOICES_READ):
        yield from _invoices(actor)
    if actor.kind in {Kind.LICENSOR, Kind.COLLECTIVE} and actor.may(Scope.MEMBERS_MANAGE):
        yield from _account(actor)
    if actor.may(Scope.PAYOUTS_RUN):
        yield from _payouts()
    if actor.is_operator and actor.may(Scope.STATEMENTS_APPROVE):
        yield from _documents()


def _invoices(actor: Actor) -> Iterator[Task]:
    unpaid = visible.invoices(actor).filter(state=InvoiceState.ISSUED).order_by("due_on")
    for one in unpaid[:MOST]:
        last_moment = datetime.combine(
            one.due_on, time(23, 59), tzinfo=timezone.get_current_timezone()
        )
        yield Task(
            _("Pay invoice %(number)s") % {"number": one.label},
            reverse("invoice", args=[one.public_id]),
            tone="critical" if last_moment < timezone.now() else "warning",
            until=last_moment,
        )


def _account(actor: Actor) -> Iterator[Task]:
    """Yield the account as a task once there is something to be paid."""
    organisation = actor.organisation
    if not Statement.objects.filter(payee=organisation, state=StatementState.ISSUED).exists():
        return
    own = Recipient.objects.filter(party=organisation.public_id).first()
    if own is None or not own.is_ready:
        yield Task(_("Open your payout account, so that you can be paid"), reverse("payouts"))


def _payouts() -> Iterator[Task]:
    troubled = Payout.objects.filter(state__in=[State.FAILED, State.RETURNED])
    failed = list(troubled.select_related("recipient").order_by("-pk")[:MOST])
    names = names_of({one.party for one in failed})
    for one in failed:
        told = {"amount": money(one.net_minor, one.currency), "payee": names.get(one.party, "")}
        yield Task(
            _("The payout of %(amount)s to %(payee)s failed") % told,
            reverse("payout", args=[one.public_id]),
            tone="critical",
        )
    payable = sum(one.can_be_paid for one in payouts.due())
    if payable:
        yield Task(_("Pay what is due"), reverse("payout-run"), count=payable)


def _documents() -> Iterator[Task]:
    failed = Document.objects.filter(state=DocumentState.FAILED).count()
    if failed:
        yield Task(
            _("Documents could not be prepared"), reverse("jobs"), tone="critical", count=failed
        )


def events(actor: Actor, most: int) -> Iterator[Event]:
    """Yield the latest moves of payouts and the latest invoices an actor may see."""
    if actor.may(Scope.PAYOUTS_READ):
        moves = PayoutMove.objects.filter(
            payout__in=visible.payouts(actor),
            to_state__in=[State.PAID, State.FAILED, State.RETURNED],
        )
        latest = list(moves.select_related("payout__recipient").order_by("-pk")[:most])
        names = names_of({move.payout.party for move in latest})
        for move in latest:
            paid = money(move.payout.net_minor, move.payout.currency)
            yield Event(
                at=move.at,
                text=_("Payout of %(amount)s") % {"amount": paid},
                url=reverse("payout", args=[move.payout.public_id]),
                kind="payout",
                state=move.to_state,
                who=names.get(move.payout.party, "") if actor.is_operator else "",
            )
    if actor.may(Scope.INVOICES_READ):
        for one in visible.invoices(actor)[:most]:
            yield Event(
                at=one.recorded_at,
                text=_("Invoice %(number)s") % {"number": one.label},
                url=reverse("invoice", args=[one.public_id]),
                kind="invoice",
                state=one.state,
                who=one.party_snapshot["name"] if actor.is_operator else "",
            )
