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
