import csv
import subprocess
import sys
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data, realization
from django.core.management import CommandError, call_command
from django.db import transaction

from ledger import recipes
from ledger.balances import trial_balance
from ledger.exports import beancount
from ledger.invoices.services import issue
from ledger.journal import AccountRef, Purpose
from ledger.money import currency, decimal_text
from ledger.posting import post, post_many, reverse
from tests.ledger.books import DAY, payment, payout, release
from tests.ledger.invoices.scene import ABROAD, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def _books() -> None:
    """Fill the books in yen, dollars and dinars, with corrections and awkward text."""
    post_many([release("statement:1", 500), payout("payout:1", 200)])
    post(release("fix", -400))
    post(payment('a "quoted" \\ key\nin two lines', 1_234_567))
    reverse("statement:1", new_key="statement:1:undone", effective_on=date(2026, 11, 30))
    issue(draft(1_000))
    issue(draft(5_214_650, key="usd", customer=ABROAD, currency="USD"))
    post(
        recipes.period_closed(
            key="period:kwd",
            licensee="Ünïcode co-op",
            currency="KWD",
            effective_on=date(2026, 9, 30),
            operator_fee=5,
            collective_fees={},
            parts={"_x": 995},
            suspense=7,
            memo={"Period Label": "2026-09"},
        )
    )


def load(text: str) -> tuple[list[Any], list[Any]]:
    entries, errors, _ = loader.load_string(text)
    return entries, errors


@pytest.mark.usefixtures("_books")
def test_beancount_finds_no_error_and_sums_to_our_trial_balance() -> None:
    entries, errors = load("".join(beancount.lines()))

    assert errors == []
    root = realization.realize(entries)  # type: ignore[no-untyped-call]
    for row in trial_balance():
        account = realization.get(  # type: ignore[no-untyped-call]
            root, beancount.name(row.account)
        )
        units = account.balance.get_currency_units(row.account.currency)
        minor = row.debit_minor - row.credit_minor
        assert units.number == Decimal(decimal_text(minor, currency(row.account.currency)))
    assert len([entry for entry in entries if isinstance(entry, data.Transaction)]) == 8


@pytest.mark.usefixtures("_books")
def test_beancount_would_notice_a_missing_posting() -> None:
    text = "".join(beancount.lines())
    without = text.replace("  Assets:Cash:Bank  1234567 JPY\n", "  Assets:Cash:Bank  1 JPY\n")

    assert text != without
    assert load(without)[1] != []


@pytest.mark.usefixtures("_books")
def test_a_transaction_says_its_cause_key_and_memo() -> None:
    entries, _ = load("".join(beancount.lines()))

    said = {entry.narration: entry for entry in entries if isinstance(entry, data.Transaction)}
    assert said["period:kwd"].meta["memo-period-label"] == "2026-09"
    assert (said["period:kwd"].payee, said["period:kwd"].date) == (
        "period_closed",
        date(2026, 9, 30),
    )
    assert said["statement:1:undone"].meta["reverses"] == "statement:1"
    assert 'a "quoted" \\ key in two lines' in said


def test_empty_books_are_a_file_without_errors() -> None:
    assert load("".join(beancount.lines())) == ([], [])


@pytest.mark.parametrize(
    ("account", "name"),
    [
        (AccountRef(Purpose.RECEIVABLE, "org_abc2", "JPY"), "Assets:Receivable:Org-abc2"),
        (AccountRef(Purpose.IN_TRANSIT, "stripe", "JPY"), "Liabilities:In-Transit:Stripe"),
        (AccountRef(Purpose.TAX, "JP", "JPY"), "Liabilities:Tax:JP"),
        (AccountRef(Purpose.SUSPENSE, "", "JPY"), "Liabilities:Suspense"),
        (AccountRef(Purpose.EARNED, "_x", "JPY"), "Liabilities:Earned:X-x"),
        (AccountRef(Purpose.EARNED, "é:1", "JPY"), "Liabilities:Earned:X-e9--3a-1"),
    ],
)
def test_account_names_are_ones_that_beancount_takes(account: AccountRef, name: str) -> None:
    assert beancount.name(account) == name


def test_every_purpose_has_a_place_in_the_chart_of_accounts() -> None:
    assert beancount.ROOTS.keys() == set(Purpose)


@pytest.mark.usefixtures("_books")
def test_csv_has_a_row_for_each_posting_that_sums_to_zero() -> None:
    out = StringIO()
    call_command("export_ledger", format="csv", stdout=out)

    rows = list(csv.DictReader(StringIO(out.getvalue())))
    # six entries of two legs, an invoice with tax of three, a close with suspense of four
    assert len(rows) == 19
    assert sum(int(row["amount_minor"]) for row in rows) == 0
    fixed = next(row for row in rows if row["key"] == "fix")
    assert fixed | {"entry": "", "posted_at": ""} == {
        "entry": "",
        "key": "fix",
        "cause": "earnings_released",
        "effective_on": DAY.isoformat(),
        "posted_at": "",
        "reverses": "",
        "purpose": "earned",
        "party": "org_quill",
        "currency": "JPY",
        "amount_minor": "-400",
        "amount": "-400",
        "memo": "{}",
    }
    dinar = next(row for row in rows if row["purpose"] == "suspense")
    assert (dinar["amount"], dinar["memo"]) == ("-0.007", '{"Period Label": "2026-09"}')
    undone = next(row for row in rows if row["key"] == "statement:1:undone")
    assert undone["reverses"] == "statement:1"


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_file_that_bean_check_passes(tmp_path: Path) -> None:
    with transaction.atomic():
        post_many([release("statement:1", 500), payout("payout:1", 200)])
    file = tmp_path / "books.beancount"
    out = StringIO()

    call_command("export_ledger", format="beancount", output=file, stdout=out)

    checked = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "beancount.scripts.check", str(file)],
        capture_output=True,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
    assert out.getvalue() == f"{file} written.\n"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("export_ledger", "--format", "xlsx")
