"""What an entry's memo says of its cause, in words, with the page each name leads to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.invoices.models import Invoice
from ledger.payouts.models import Payout
from licensing.deals.models import Licence
from licensing.royalties.models import Charge, Statement
from licensing.templatetags.periods import period

LABELS: dict[str, str | Promise] = {
    "charge": _("Charge"),
    "credit_note": _("Credit note"),
    "invoice": _("Invoice"),
    "jurisdiction": _("Tax jurisdiction"),
    "licence": _("Licence"),
    "month": _("Month"),
    "payout": _("Payout"),
    "period": _("Period"),
    "price": pgettext_lazy("clause", "Price"),
    "reference": _("Reference"),
    "statement": _("Statement"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a memo says; ``is_id`` where it is a name that is copied, not read."""

    label: str
    value: str
    url: str = ""
    is_id: bool = False


def facts(memo: Mapping[str, str]) -> list[Fact]:
    """Return a memo's facts in its own order; what it names and nobody knows has no page."""
    return [_fact(name, str(value)) for name, value in memo.items()]


def _fact(name: str, value: str) -> Fact:
    label = str(LABELS.get(name, name))
    if name in {"period", "month"}:
        return Fact(label, period(value))
    find = PAGES.get(name)
    return Fact(label, value, find(value) if find else "", is_id=find is not None)


def _charge(public_id: str) -> str:
    found = Charge.objects.select_related("period").filter(public_id=public_id).first()
    return f"{reverse('period', args=[found.period.public_id])}#{public_id}" if found else ""


def _licence(public_id: str) -> str:
    found = Licence.objects.select_related("deal").filter(public_id=public_id).first()
    return reverse("deal", args=[found.deal.public_id]) if found else ""


def _statement(public_id: str) -> str:
    known = Statement.objects.filter(public_id=public_id).exists()
    return reverse("statement", args=[public_id]) if known else ""


def _invoice(public_id: str) -> str:
    known = Invoice.objects.filter(public_id=public_id).exists()
    return reverse("invoice", args=[public_id]) if known else ""


def _payout(public_id: str) -> str:
    known = Payout.objects.filter(public_id=public_id).exists()
    return reverse("payout", args=[public_id]) if known else ""


PAGES: dict[str, Callable[[str], str]] = {
    "charge": _charge,
    "invoice": _invoice,
    "licence": _licence,
    "payout": _payout,
    "statement": _statement,
}
