"""Finance from the command line: close, issue, see who is due."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Entry
from ledger.payouts.models import Payout
from licensing.royalties.models import Charge, Run
from tests.licensing.royalties.books import Books


def said(*words: str) -> str:
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def test_a_period_is_closed_by_licence_and_month(books: Books) -> None:
    books.report()

    printed = said("close_period", books.licence.public_id, "2026-10")

    assert printed == "tokens: 5.00 USD\n2026-10 closed from 1 reports, 2 lines.\n"
    assert Charge.objects.get().amount_minor == 500


@pytest.mark.parametrize("month", ["2026-13", "26-10", "2026-1", "october", "２０２６-10"])
def test_a_month_that_is_none_is_refused(books: Books, month: str) -> None:
    with pytest.raises(CommandError, match="is not a month"):
        said("close_period", books.licence.public_id, month)

    assert not Entry.objects.exists()


def test_an_unknown_licence_is_refused(books: Books) -> None:
    del books

    with pytest.raises(CommandError, match="There is no licence 'lic_nobody'") as refused:
        said("close_period", "lic_nobody", "2026-10")

    assert refused.value.returncode == 2


def test_a_month_is_approved_and_issued(books: Books) -> None:
    books.closed()

    printed = said("issue_statements", "2026-10")

    assert printed == "2026-10 · 1: 3 statements issued, 0 held.\n"
    assert Run.objects.get().state == "issued"


def test_a_month_without_a_run_has_nothing_to_issue(books: Books) -> None:
    books.report()

    with pytest.raises(CommandError, match="2026-10 has no run to issue") as refused:
        said("issue_statements", "2026-10")

    assert refused.value.returncode == 2
    assert not Entry.objects.exists()


def test_a_dry_run_names_who_is_due_and_what_stands_in_the_way(issued: Books) -> None:
    printed = said("run_payouts", "--dry-run").splitlines()

    assert f"{issued.aoba.slug}: 3.64 USD account_not_ready" in printed
    assert f"{issued.birch.slug}: 0.73 USD account_not_ready" in printed
    assert not Payout.objects.exists()


def test_payees_without_an_account_are_left_out(issued: Books) -> None:
    printed = said("run_payouts", "--currency", "USD").splitlines()

    assert printed[-1] == "0 payouts reserved."
    assert f"{issued.aoba.slug}: 3.64 USD account_not_ready" in printed
    assert not Payout.objects.exists()


def test_a_currency_nobody_settles_in_is_refused(issued: Books) -> None:
    del issued

    with pytest.raises(CommandError, match="'XXX' is not a currency") as refused:
        said("run_payouts", "--currency", "XXX")

    assert refused.value.returncode == 2
