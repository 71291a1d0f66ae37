"""The books as a Beancount file, line by line, with a balance assertion for every account.

``bean-check`` on the file proves again, by another program, that every entry balances and that
the postings sum to what our balances say.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Max, Min, Sum

from ledger.chain import BATCH, whole
from ledger.journal import AccountRef, Purpose
from ledger.models import Account, Entry, Posting
from ledger.money import currency, decimal_text
from ledger.snapshots import one_moment

ROOTS = {
    Purpose.ACCRUED: "Assets:Accrued",
    Purpose.RECEIVABLE: "Assets:Receivable",
    Purpose.CASH: "Assets:Cash",
    Purpose.UNRECOUPED: "Assets:Unrecouped",
    Purpose.EARNED: "Liabilities:Earned",
    Purpose.PAYABLE: "Liabilities:Payable",
    Purpose.IN_TRANSIT: "Liabilities:In-Transit",
    Purpose.WITHHOLDING: "Liabilities:Withholding",
    Purpose.TAX: "Liabilities:Tax",
    Purpose.PREPAID: "Liabilities:Prepaid",
    Purpose.RESERVE: "Liabilities:Reserve",
    Purpose.SUSPENSE: "Liabilities:Suspense",
    Purpose.FEES: "Income:Fees",
}


def lines() -> Iterator[str]:
    """Yield the file, a few lines at a time, as of one moment."""
    with one_moment():
        yield 'option "title" "Kyodaku"\n'
        codes = Account.objects.order_by("currency").values_list("currency", flat=True).distinct()
        for code in codes:
            yield f'option "operating_currency" "{code}"\n'
        yield from _openings()
        for entry in whole(Entry.objects.order_by("pk")).iterator(chunk_size=BATCH):
            yield _transaction(entry)
        yield from _balances()


def name(account: AccountRef) -> str:
    """Return an account's Beancount name: ``Assets:Receivable:Org-abc``.

    A character that Beancount does not take is written as its code between dashes.
    """
    if not account.party:
        return ROOTS[account.purpose]
    party = "".join(
        c if c.isascii() and c.isalnum() else "-" if c == "_" else f"-{ord(c):x}-"
        for c in account.party
    )
    first = party[0].upper() if party[0].isalnum() else f"X{party[0]}"
    return f"{ROOTS[account.purpose]}:{first}{party[1:]}"


def _openings() -> Iterator[str]:
    opened = Account.objects.annotate(since=Min("postings__entry__effective_on"))
    by_name: dict[str, tuple[date, set[str]]] = {}
    for account in opened.exclude(since=None).order_by("purpose", "party", "currency"):
        known_as = name(account.ref)
        since, codes = by_name.get(known_as, (account.since, set()))
        by_name[known_as] = (min(since, account.since), codes | {account.currency})
    for known_as, (since, codes) in by_name.items():
        yield f"{since} open {known_as} {','.join(sorted(codes))}\n"


def _transaction(entry: Entry) -> str:
    said = [
        f"\n{entry.effective_on} * {_quoted(entry.cause)} {_quoted(entry.key)}\n",
        f"  entry: {entry.pk}\n",
        f"  posted-at: {_quoted(entry.posted_at.isoformat())}\n",
    ]
    if entry.reverses:
        said.append(f"  reverses: {_quoted(entry.reverses.key)}\n")
    said += [f"  memo-{_tag(key)}: {_quoted(value)}\n" for key, value in entry.memo.items()]
    for posting in entry.postings.all():
        amount = decimal_text(posting.amount_minor, currency(posting.currency))
        said.append(f"  {name(posting.account.ref)}  {amount} {posting.currency}\n")
    return "".join(said)


def _balances() -> Iterator[str]:
    """Assert each account at the start of the day after the last one in the books."""
    last: date | None = Entry.objects.aggregate(last=Max("effective_on"))["last"]
    if last is None:
        return
    totals = Posting.objects.values("account__purpose", "account__party", "currency")
    yield "\n"
    for row in totals.annotate(total=Sum("amount_minor")).order_by(*totals.query.values_select):
        account = AccountRef(
            Purpose(row["account__purpose"]), row["account__party"], row["currency"]
        )
        amount = decimal_text(row["total"], currency(account.currency))
        day = last + timedelta(days=1)
        yield f"{day} balance {name(account)}  {amount} {account.currency}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _tag(key: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in key.lower())
