"""What the journal says: one account's balance or history, all accounts' trial balance.

Reads only. Balances are given on the account's own side, so that what a payee is owed and what a
licensee owes are both positive; a trial balance has a debit and a credit column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet, Sum, Window

from ledger.journal import AccountRef, Purpose
from ledger.models import Account, Balance, Posting


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account's line in a trial balance, minor units; one of the two columns is zero."""

    account: AccountRef
    debit_minor: int
    credit_minor: int


def balance_minor(account: AccountRef, as_of: date | None = None) -> int:
    """Return what an account holds, minor units, positive on its own side.

    With ``as_of`` the books at the end of that day, by the day entries belong to; without it,
    everything posted. An account nothing was posted to holds 0.
    """
    if as_of is None:
        row = _of(account).values_list("normal_side", "posted_minor").first()
        return row[0] * row[1] if row else 0
    found = Posting.objects.filter(**_named(account), entry__effective_on__lte=as_of)
    total: int | None = found.aggregate(total=Sum("amount_minor"))["total"]
    return account.purpose.normal_side * int(total or 0)


def available_minor(account: AccountRef) -> int:
    """Return how much may be drawn: the balance less holds; below zero after a correction."""
    available: int | None = _of(account).values_list("available_minor", flat=True).first()
    return available or 0


def available_by_party(purpose: Purpose, parties: Iterable[str], currency: str) -> dict[str, int]:
    """Return what is available to each of many parties, in one query; 0 where nothing was."""
    wanted = list(parties)
    found = Balance.objects.filter(
        account__purpose=purpose, account__party__in=wanted, account__currency=currency
    ).values_list("account__party", "available_minor")
    return dict.fromkeys(wanted, 0) | dict(found)


def trial_balance(currency: str | None = None, as_of: date | None = None) -> list[TrialRow]:
    """Return every account that is not at zero; each currency's columns have the same total."""
    if as_of is None:
        accounts = Account.objects.annotate(total=F("balance__posted_minor"))
    else:
        accounts = Account.objects.filter(postings__entry__effective_on__lte=as_of).annotate(
            total=Sum("postings__amount_minor")
        )
    if currency is not None:
        accounts = accounts.filter(currency=currency)
    rows = accounts.exclude(total=0).order_by("currency", "purpose", "party")
    return [TrialRow(row.ref, max(row.total, 0), max(-row.total, 0)) for row in rows]


def history(account: AccountRef) -> QuerySet[Posting]:
    """Return an account's postings, newest first, each with its entry and ``running_minor``.

    ``running_minor`` is the balance after the posting in the order written, debit positive.
    """
    running = {"running_minor": Window(Sum("amount_minor"), order_by=F("id").asc())}
    postings = Posting.objects.filter(**_named(account)).select_related("entry")
    return postings.annotate(**running).order_by("-id")


def _of(account: AccountRef) -> QuerySet[Balance]:
    return Balance.objects.filter(**_named(account))


def _named(account: AccountRef) -> dict[str, str]:
    return {
        "account__purpose": account.purpose,
        "account__party": account.party,
        "account__currency": account.currency,
    }
