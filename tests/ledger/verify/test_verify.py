from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from ledger.invoices.services import credit, issue, record_payment
from ledger.models import Entry
from ledger.posting import post_many, reverse
from ledger.verify import Finding, Proof, Verified, verify_ledger
from tests.ledger.books import DAY, payment, payout, release
from tests.ledger.invoices.scene import draft
from tests.ledger.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _books(settings: Settings) -> None:
    """Fill the books with one of everything: 2 invoices' worth of entries and a reversal."""
    settings.VERIFIERS = ()
    with transaction.atomic():
        post_many([release("statement:1", 500), payout("payout:1", 500), payment("stray", 7)])
        reverse("stray", new_key="stray:returned", effective_on=DAY)
        invoice = issue(draft(1_000))
        issue(draft(500, key="second"))
        credit(draft(-100, key="correction"), invoice=invoice)
        record_payment(
            invoice=invoice, amount_minor=300, received_on=DAY, reference="r1", rail="bank"
        )
    seal_all()


def one_by_hand() -> Verified:
    yield Proof("things of another part agree", 3)


def one_that_finds() -> Verified:
    yield Finding("stm_1", "statement_differs", "line 4")


def one_in_plain_text() -> list[str]:
    return ["lic_1 2026-10: evidence is missing"]


def tamper(*statements: str) -> None:
    """Change what no guard lets anybody change, as the owner of the tables could."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


def findings() -> list[tuple[str, str]]:
    return sorted({(f.code, f.where) for f in verify_ledger() if isinstance(f, Finding)})


def test_sound_books_are_proven_with_what_was_counted() -> None:
    said = list(verify_ledger())

    counts = {proof.what: proof.count for proof in said if isinstance(proof, Proof)}
    guards = counts.pop("guards of the database are switched on")
    assert counts == {
        # release, payout, stray and its return, two invoices, a credit note, a payment
        "entries balance in every currency": 8,
        "entries have two postings or more": 8,
        # seven of two legs and three with tax, of which two are invoices: 5 × 2 + 3 × 3
        "postings name an entry and an account in their currency": 19,
        # cash, in transit, accrued, receivable, earned, payable, tax
        "balances equal the sum of their postings": 7,
        "reversals mirror what they reverse": 1,
        "series are numbered without a gap": 2,
        "invoices equal their lines, their taxes and their entry": 2,
        "credit notes equal their lines, their taxes and their entry": 1,
        "invoices are settled by what was paid and credited": 1,
        "entries hold what was posted": 8,
        "links of the hash chain follow from their entries": 8,
    }
    assert guards > 20
    assert len(said) == len(counts) + 1


@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        (
            "UPDATE ledger_posting SET amount_minor = 501 WHERE amount_minor = 500",
            {"balance_wrong", "chain_broken", "entry_altered", "entry_unbalanced"},
        ),
        (
            (
                "DELETE FROM ledger_posting WHERE entry_id ="
                " (SELECT id FROM ledger_entry WHERE key = 'stray:returned')"
            ),
            {
                "balance_wrong",
                "chain_broken",
                "entry_altered",
                "entry_incomplete",
                "reversal_unlike",
            },
        ),
        (
            (
                "UPDATE ledger_balance SET posted_minor = posted_minor + 1"
                " WHERE account_id = (SELECT id FROM ledger_account WHERE purpose = 'cash')"
            ),
            {"balance_wrong"},
        ),
        (
            (
                "DELETE FROM ledger_balance WHERE account_id ="
                " (SELECT id FROM ledger_account WHERE purpose = 'cash' AND party = 'bank')"
            ),
            {"balance_wrong"},
        ),
        (
            "UPDATE ledger_posting SET account_id = 0 WHERE amount_minor = 500",
            {
                "balance_wrong",
                "posting_adrift",
                "chain_broken",
                "entry_altered",
            },
        ),
        ("UPDATE ledger_invoice SET number = 3 WHERE number = 2", {"number_missing"}),
        ("UPDATE ledger_series SET last_number = 9 WHERE kind = 'invoice'", {"number_missing"}),
        (
            "UPDATE ledger_invoiceline SET amount_minor = 499 WHERE amount_minor = 500",
            {"invoice_wrong"},
        ),
        ("UPDATE ledger_invoicetax SET tax_minor = 1 WHERE tax_minor = 50", {"invoice_wrong"}),
        ("UPDATE ledger_creditnoteline SET amount_minor = 1", {"credit_note_wrong"}),
        ("UPDATE ledger_payment SET amount_minor = 299", {"settlement_wrong"}),
        (
            "UPDATE ledger_chainlink SET digest = repeat('0', 64) WHERE position = 8",
            {"chain_broken"},
        ),
        ("UPDATE ledger_entry SET request_hash = '' WHERE key = 'stray'", {"entry_altered"}),
    ],
)
def test_each_thing_that_can_be_wrong_is_found(statement: str, codes: set[str]) -> None:
    tamper(statement)

    assert {code for code, _ in findings()} == codes


def test_a_finding_names_where_it_is() -> None:
    tamper("UPDATE ledger_invoice SET net_minor = 501 WHERE number = 2")

    wrong = [said for said in verify_ledger() if isinstance(said, Finding)]

    # Tax 50, so 501 + 50 is 551 where 550 was booked.
    assert wrong == [
        Finding("KYO-2026-00002", "invoice_wrong", "net 501, lines 500, tax 50 of 50, booked 550")
    ]


def test_a_guard_that_was_switched_off_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posting_append_only")
        try:
            found = findings()
        finally:
            cursor.execute("ALTER TABLE ledger_posting ENABLE TRIGGER ledger_posting_append_only")

    assert found == [("guard_off", "ledger_posting_append_only")]


def test_the_command_prints_what_it_proved(settings: Settings) -> None:
    settings.VERIFIERS = (f"{__name__}.one_by_hand",)
    out = StringIO()

    call_command("verify", stdout=out)

    printed = out.getvalue().splitlines()
    assert printed[0] == "           8  entries balance in every currency"
    assert printed[-2:] == ["           3  things of another part agree", "The books are proven."]


def test_the_command_names_every_finding_and_exits_with_two(settings: Settings) -> None:
    settings.VERIFIERS = (f"{__name__}.one_that_finds", f"{__name__}.one_in_plain_text")
    err = StringIO()

    with pytest.raises(CommandError, match="2 findings") as refused:
        call_command("verify", stdout=StringIO(), stderr=err)

    assert refused.value.returncode == 2
    assert "statement_differs: stm_1: line 4" in err.getvalue()
    assert "lic_1 2026-10: evidence is missing" in err.getvalue()
    assert Entry.objects.count() == 8
