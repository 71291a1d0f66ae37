"""What the ledger refuses, each with a stable code and the HTTP status it maps to."""

from collections.abc import Mapping


class LedgerError(Exception):
    """Base of every refusal; ``code`` is stable, the message is for a person."""

    code = "ledger_error"
    status = 409

    def __init__(self, detail: str, **context: str | int | None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context: Mapping[str, str | int | None] = context


class UnknownCurrency(LedgerError):
    """A code that is not in `money.CURRENCIES`."""

    code = "currency_unknown"
    status = 400


class CurrencyMismatch(LedgerError):
    """Two amounts that cannot be added."""

    code = "currency_mismatch"
    status = 400


class NothingToDivideBy(LedgerError):
    """An amount was to be divided among weights that sum to zero."""

    code = "weights_empty"
    status = 409


class InvalidEntry(LedgerError):
    """A draft that no journal may hold: unbalanced, empty, a zero leg or an account twice."""

    code = "entry_invalid"
    status = 422


class KeyConflict(LedgerError):
    """The key was used before for another content; the first entry stands."""

    code = "key_conflict"


class UnknownEntry(LedgerError):
    """No entry has the key that was to be reversed."""

    code = "entry_unknown"
    status = 404


class AlreadyReversed(LedgerError):
    """The entry has been reversed under another key; it cannot be reversed twice."""

    code = "already_reversed"


class NotEnoughAvailable(LedgerError):
    """A payout would take an account below what is available in it."""

    code = "not_enough_available"


class OutsideTransaction(LedgerError):
    """The journal was written to outside a transaction, so its cause could fail after it."""

    code = "outside_transaction"
    status = 500


class DocumentRefused(LedgerError):
    """A page that may not be printed: no title, no language, or a resource from elsewhere."""

    code = "document_refused"
    status = 422


class InvalidInvoice(LedgerError):
    """A draft that cannot be an invoice; the message names the field and what to do."""

    code = "invoice_invalid"
    status = 422


class UnknownInvoice(LedgerError):
    """No invoice has that id."""

    code = "invoice_unknown"
    status = 404


class Overpaid(LedgerError):
    """A payment of more than the invoice still asks for."""

    code = "overpaid"


class CreditExceedsInvoice(LedgerError):
    """A credit note of more than the invoice was for, less what was credited before."""

    code = "credit_exceeds_invoice"
