"""What a payee's pages say of its reserves and advances."""

from django.urls import reverse

from licensing.royalties.models import Period
from tests.licensing.advances.paid import advanced, pay
from tests.licensing.reserves.test_holding_back import reserved
from tests.licensing.royalties.books import Books
from tests.licensing.royalties.conftest import Enter


def test_a_payee_reads_what_is_held_for_it_and_until_when(books: Books, browser: Enter) -> None:
    reserved(books).closed()

    page = browser(books.aoba).get(reverse("payouts")).content.decode()

    assert "Held in reserve" in page
    assert "$0.36" in page
    assert "31 Jan 2027" in page


def test_a_licensor_reads_what_it_has_not_recouped(books: Books, browser: Enter) -> None:
    pay(advanced(books))

    client = browser(books.collective)

    assert "Advances not recouped yet" in client.get(reverse("payouts")).content.decode()
    assert "$4.00" in client.get(reverse("payout-account")).content.decode()


def test_nothing_is_said_where_nothing_is_kept(books: Books, browser: Enter) -> None:
    books.closed()

    assert (
        "Advances and reserves" not in browser(books.aoba).get(reverse("payouts")).content.decode()
    )


def test_a_statement_and_its_explanation_say_what_is_in_reserve(
    books: Books, browser: Enter
) -> None:
    reserved(books).issued()
    client = browser(books.aoba)
    statement = books.statement_of(books.aoba)

    page = client.get(reverse("statement", args=[statement.public_id])).content.decode()
    why = client.get(reverse("statement-why", args=[statement.public_id, 1]))

    assert "0.36 in reserve" in page
    assert "Held in reserve" in page
    assert why.status_code == 200


def test_a_period_shows_what_is_held_so_that_its_parts_sum_to_the_charge(
    books: Books, browser: Enter
) -> None:
    """15 and 48 of fees, 328 and 66 received, 36 and 7 held: 500."""
    reserved(books).closed()
    period = Period.objects.get()

    page = browser(books.operator.organisation).get(reverse("period", args=[period.public_id]))

    shown = page.context["charges"][0]
    assert (shown.whole.amount_minor, shown.whole.reserve_minor) == (457, 43)
    assert shown.whole.charge_minor == 500
    assert "Held in reserve" in page.content.decode()
