"""What finance writes about money: payments that arrived, and why a payout waits."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.invoices.models import Invoice
from ledger.money import currency, decimal_text
from licensing.templatetags.money import money

AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
RAILS = [("bank", gettext_lazy("Bank transfer")), ("stripe", gettext_lazy("Stripe"))]


class PaymentForm(forms.Form):
    """Money that arrived for one invoice."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=24)
    received_on = forms.DateField(
        label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=128,
        help_text=gettext_lazy("The bank’s own; the same reference again is the same payment."),
    )
    rail = forms.ChoiceField(label=gettext_lazy("Arrived by"), choices=RAILS)

    def __init__(self, invoice: Invoice, data: object = None) -> None:
        self.unit = currency(invoice.currency)
        open_amount = decimal_text(invoice.outstanding_minor, self.unit)
        initial = {"amount": open_amount, "received_on": timezone.localdate().isoformat()}
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self.fields["amount"].help_text = _("In %(code)s; %(amount)s is open.") % {
            "code": self.unit.code,
            "amount": money(invoice.outstanding_minor, self.unit),
        }

    def clean_amount(self) -> int:
        """Return minor units; ``1,234.50`` and ``1234.5`` are both read."""
        written = self.cleaned_data["amount"].replace(",", "").strip()
        if not AMOUNT.fullmatch(written):
            raise ValidationError(
                _("%(written)s is not an amount. Write it like 1234.50.") % {"written": written}
            )
        minor = Decimal(written) * self.unit.minor_per_major
        if minor <= 0 or minor != int(minor):
            raise ValidationError(
                _("An amount is above zero and has at most %(digits)s decimals in %(code)s.")
                % {"digits": self.unit.exponent, "code": self.unit.code}
            )
        return int(minor)


class ReasonForm(forms.Form):
    """Why a payout is held or given up."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
