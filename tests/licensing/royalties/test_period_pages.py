"""Periods in the dashboard: what finance sees of a month, and closing."""

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from licensing.parties.roles import Role
from licensing.royalties import month, plain_trace
from licensing.royalties.models import Period
from licensing.royalties.views_periods import change_of
from tests.licensing.royalties.books import FERRY, OCTOBER, TERMS, Books, picture
from tests.licensing.royalties.conftest import Enter

OF_OCTOBER = "?month=2026-10"


def test_a_month_lists_licences_with_and_without_reports(books: Books, browser: Enter) -> None:
    waiting = books.table.in_force(TERMS)
    books.report()

    response = browser(books.operator.organisation).get(reverse("periods") + OF_OCTOBER)

    rows = {row.licence: row for row in response.context["rows"]}
    assert rows[books.licence].is_ready
    assert (rows[waiting].in_force, rows[waiting].period) == (0, None)
    assert (response.context["ready"], response.context["awaited"]) == (1, 1)


def test_the_month_that_ended_last_is_shown_first(books: Books, browser: Enter) -> None:
    response = browser(books.operator.organisation).get(reverse("periods"))

    assert response.context["month"] == OCTOBER


def test_a_changed_report_marks_its_period(books: Books, browser: Enter) -> None:
    books.closed()
    books.correct(FERRY | {"quantity": "0"})

    response = browser(books.operator.organisation).get(reverse("periods") + OF_OCTOBER)

    (row,) = response.context["rows"]
    assert (row.is_stale, row.charged_minor, row.is_ready) == (True, 500, True)
    assert "Reports changed" in response.content.decode()


def test_finance_asks_for_every_ready_period_at_once(books: Books, browser: Enter) -> None:
    books.table.in_force(TERMS)
    books.report()

    response = browser(books.operator.organisation).post(
        reverse("periods-close-ready"), {"month": "2026-10"}, follow=True
    )

    assert "1 period is being closed." in response.content.decode()
    assert Period.objects.get().state == "due"


def test_a_period_without_reports_is_closed_alone(books: Books, browser: Enter) -> None:
    response = browser(books.operator.organisation).post(
        reverse("period-close"),
        {"month": "2026-10", "licence": books.licence.public_id},
        follow=True,
    )

    assert Period.objects.get().state == "due"
    assert "The period is being closed." in response.content.decode()


def test_a_refused_close_is_told_and_moves_nothing(books: Books, browser: Enter) -> None:
    books.report()
    books.due()
    before = picture()

    response = browser(books.operator.organisation).post(
        reverse("period-close"),
        {"month": "2026-10", "licence": books.licence.public_id},
        follow=True,
    )

    assert "being closed already" in response.content.decode()
    assert picture() == before


def test_a_month_that_is_none_is_not_found(books: Books, browser: Enter) -> None:
    client = browser(books.operator.organisation)

    assert client.post(reverse("periods-close-ready"), {"month": "13"}).status_code == 404
    assert client.get(reverse("periods") + "?month=x").status_code == 200


def test_a_period_shows_how_its_charge_was_made_and_who_gets_it(
    books: Books, browser: Enter
) -> None:
    close = books.closed()

    page = browser(books.operator.organisation).get(
        reverse("period", args=[close.period.public_id])
    )

    text = page.content.decode()
    assert "Count 2,000,000 tokens for training of AI models" in text
    assert "$2.50 for every 1,000,000 units" in text
    assert "Rounded once, half away from zero, to $0.01" in text
    (shown,) = page.context["charges"]
    assert [part.amount_minor for part in (*shown.fees, *shown.payees)] == [48, 15, 364, 73]
    assert shown.whole.amount_minor == 500


def test_a_licensee_sees_the_charge_and_not_who_gets_it(books: Books, browser: Enter) -> None:
    close = books.closed()

    page = browser(books.licence.licensee).get(reverse("period", args=[close.period.public_id]))

    assert page.status_code == 200
    assert "Aoba" not in page.content.decode()
    assert page.context["charges"][0].payees == ()


def test_an_outsider_finds_no_period(books: Books, browser: Enter) -> None:
    close = books.closed()

    page = browser(books.table.outsider.organisation).get(
        reverse("period", args=[close.period.public_id])
    )

    assert page.status_code == 404


def test_a_viewer_does_not_close(books: Books, browser: Enter) -> None:
    client = browser(books.operator.organisation, Role.VIEWER)

    assert client.get(reverse("periods")).status_code == 403
    assert client.post(reverse("period-close")).status_code == 403


def test_progress_answers_with_the_bar_until_the_close_is_done(
    books: Books, browser: Enter
) -> None:
    books.report()
    period = books.due()
    client = browser(books.operator.organisation)
    address = reverse("period-progress", args=[period.public_id])
    under_way = client.get(address)
    Period.objects.update(state="closed")

    done = client.get(address)

    assert "<progress" in under_way.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_a_long_month_costs_no_more_queries_than_a_short_one(
    books: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(4):
        books.table.in_force(TERMS)
    books.closed()
    client = browser(books.operator.organisation)

    with django_assert_num_queries(12):
        client.get(reverse("periods") + OF_OCTOBER)


@pytest.mark.parametrize(
    ("now", "earlier", "said"),
    [(150, 100, "+50%"), (50, 100, "−50%"), (100, 100, "±0%"), (1, 0, ""), (1, -5, "")],
)
def test_a_change_is_told_in_per_cent(now: int, earlier: int, said: str) -> None:
    assert change_of(now, earlier) == said


def test_months_follow_each_other_over_the_year() -> None:
    january, december = OCTOBER.replace(month=1), OCTOBER.replace(month=12)

    assert month.before(january) == december.replace(year=2025)
    assert month.after(december) == january.replace(year=2027)
    assert [month.before(OCTOBER).month, month.after(OCTOBER).month] == [9, 11]


def test_every_step_of_a_trace_has_words() -> None:
    trace: list[plain_trace.Record] = [
        {"step": "count", "use": "ai-train", "unit": "token", "quantity": "9", "times": "1.5",
         "territory": "JP", "counted": "13.5"},
        {"step": "deduct", "quantity": "1", "counted": "12.5"},
        {"step": "tier", "above": "0", "up_to": "5", "per": "1", "unit_price": "2",
         "flat_fee": "3", "quantity": "5", "amount": "13"},
        {"step": "volume", "up_to": None, "per": "1", "unit_price": "2", "flat_fee": "0",
         "amount": "1/3"},
        {"step": "package", "free_units": "1", "per": "10", "unit_price": "2", "packages": "2",
         "amount": "4"},
        {"step": "share", "rate": "0.3", "amount": "3"},
        {"step": "works", "works": 3, "each": "5", "amount": "15"},
        {"step": "fixed", "fixed": "31", "days": 10, "of_days": 31, "amount": "10"},
        {"step": "charged", "currency": "USD", "minor": 500, "amount": "5"},
        {"step": "escalate", "times": "1.02", "amount": "5.1"},
        {"step": "minimum", "limit": "6", "amount": "6"},
        {"step": "maximum", "limit": "4", "amount": "4"},
        {"step": "round", "currency": "USD", "amount_minor": 400},
        {"step": "difference", "amount_minor": 300},
        {"step": "less", "minor": 100, "amount_minor": 200},
        {"step": "unheard_of"},
    ]  # fmt: skip

    said = [(line.text, line.figure) for line in plain_trace.lines(trace, "USD")]

    assert said == [
        ("Count 9 tokens for training of AI models in Japan, times 1.5", "13.5"),
        ("Deduct 1", "12.5"),
        ("Above 0 up to 5: 5 units at $2.00 for every 1, and $3.00 for the band", "$13.00"),
        ("The whole quantity at $2.00 for every 1 units", "1/3"),
        ("2 started packages of 10 at $2.00; 1 units are free", "$4.00"),
        ("30% of the revenue", "$3.00"),
        ("3 works at $5.00 each", "$15.00"),
        ("Fixed amount of $31.00, for 10 of 31 days", "$10.00"),
        ("All prices together: $5.00", "$5.00"),
        ("Escalated by the factor 1.02", "$5.10"),
        ("At least $6.00", "$6.00"),
        ("At most $4.00", "$4.00"),
        ("Rounded once, half away from zero, to $0.01", "$4.00"),
        ("Less what the window had come to before this period", "$3.00"),
        ("Less $1.00 charged by the prices themselves", "$2.00"),
        ("unheard_of", ""),
    ]
