"""What payouts refuse; nothing has moved when one of these is raised."""

from ledger.errors import LedgerError


class InvalidPayout(LedgerError):
    """An amount that cannot be paid out, such as one that withholding leaves nothing of."""

    code = "payout_invalid"
    status = 422


class PayoutUnderWay(LedgerError):
    """The payee already has a payout in this currency that the rail has not yet taken."""

    code = "payout_under_way"


class PayoutHeld(LedgerError):
    """Somebody holds this payout back, with a reason."""

    code = "payout_held"


class RecipientNotReady(LedgerError):
    """The payee cannot be paid yet: no payout account, or one that Stripe has not verified."""

    code = "recipient_not_ready"
