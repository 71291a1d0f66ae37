"""Prices and bounds that look back: what was counted before decides what this month costs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from licensing.royalties import closing, verify
from licensing.royalties.earlier import EarlierPeriodOpen
from licensing.royalties.models import Charge, Close, Period, PeriodState
from tests.licensing.royalties.books import (
    FERRY,
    LANTERN,
    OCTOBER,
    PRICE,
    TERMS,
    Books,
    parts,
    picture,
)
from tests.licensing.royalties.conftest import NOON

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TIERS = [
    {"up_to": "2000000", "unit_price": "3.00"},
    {"up_to": None, "unit_price": "2.00"},
]
GRADUATED = {"id": "p", "model": "graduated", "unit": "token", "per": "1000000", "tiers": TIERS}
BY_YEAR = GRADUATED | {"tally": "year"}
PER_USED = {"id": "p", "model": "per_work", "amount": "2.50", "count": "used", "tally": "year"}
SHORT = TERMS["grant"] | {"ends_on": "2026-12-31"}


def lantern(quantity: str) -> list[dict[str, str]]:
    return [LANTERN | {"quantity": quantity}]


def report(books: Books, month: date, lines: list[dict[str, str]]) -> None:
    books.report(lines, report_id=f"{month:%Y-%m}", period=f"{month:%Y-%m}")


def correct(books: Books, month: date, line: dict[str, str], number: int = 1) -> None:
    books.report(
        [line],
        report_id=f"{month:%Y-%m}-c{number}",
        period=f"{month:%Y-%m}",
        type="correction",
        corrects=f"{month:%Y-%m}",
    )


def charged(price_id: str = "p") -> dict[str, list[int]]:
    """Return what was booked for a price, charge by charge, in each month."""
    found: dict[str, list[int]] = {}
    for charge in Charge.objects.filter(price_id=price_id).order_by("pk"):
        found.setdefault(charge.period.label, []).append(charge.amount_minor)
    return found


def close_what_is_due() -> None:
    """Work as the sweep does, until nothing is due."""
    while due := Period.objects.filter(state=PeriodState.DUE).order_by("starts_on").first():
        assert closing.close_period(due.pk) is not None


def test_a_tier_reached_in_october_counts_in_november(books: Books) -> None:
    """1.5 million at 3.00 are 4.50; 3 million are 6.00 and 2.00, so November costs 3.50 of them."""
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    report(books, NOVEMBER, lantern("1500000"))

    books.close()
    books.close(NOVEMBER)

    assert charged() == {"2026-10": [450], "2026-11": [350]}
    assert Charge.objects.get(period__starts_on=NOVEMBER).quantity == Decimal(1_500_000)
    assert list(verify.findings()) == []


def test_a_correction_of_october_runs_through_the_months_after_it(books: Books) -> None:
    """With 2.5 million October costs 6.00 + 1.00, and November, at the second tier alone, 3.00.

    So October owes 2.50 more and November 0.50 less. December had nothing and has nothing.
    """
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    report(books, NOVEMBER, lantern("1500000"))
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        books.close(month)

    correct(books, OCTOBER, LANTERN | {"quantity": "2500000"})
    books.close()
    states = list(Period.objects.order_by("starts_on").values_list("state", flat=True))
    close_what_is_due()

    assert states == ["closed", "due", "due"]
    assert charged() == {"2026-10": [450, 250], "2026-11": [350, -50]}
    assert list(Period.objects.values_list("state", flat=True)) == ["closed"] * 3
    assert list(verify.findings()) == []


def test_an_october_closed_again_from_the_same_leaves_november_alone(books: Books) -> None:
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    books.close()
    books.close(NOVEMBER)

    books.close()

    assert Period.objects.get(starts_on=NOVEMBER).state == PeriodState.CLOSED
    assert Close.objects.count() == 3


def test_november_is_not_closed_before_october(books: Books) -> None:
    books = books.priced(BY_YEAR)
    report(books, NOVEMBER, lantern("1500000"))
    november = closing.note_change(books.licence, NOVEMBER)
    before = picture()

    with pytest.raises(EarlierPeriodOpen, match="2026-10 is not closed"):
        closing.request_close(by=books.operator, period_id=november.public_id)

    assert picture() == before


def test_november_waits_while_october_is_open_again(books: Books) -> None:
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    books.close()
    books.close(NOVEMBER)
    report(books, NOVEMBER, lantern("1000000"))
    correct(books, OCTOBER, LANTERN | {"quantity": "0"})
    november = closing.note_change(books.licence, NOVEMBER)
    closing.note_change(books.licence, OCTOBER)

    with pytest.raises(EarlierPeriodOpen):
        closing.request_close(by=books.operator, period_id=november.public_id)

    assert charged() == {"2026-10": [450]}


def test_a_close_that_was_due_before_october_opened_again_says_why_it_stopped(
    books: Books,
) -> None:
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    books.close()
    november = books.due(NOVEMBER)
    correct(books, OCTOBER, LANTERN | {"quantity": "0"})
    closing.note_change(books.licence, OCTOBER)

    assert closing.close_period(november.pk) is None

    november.refresh_from_db()
    assert november.state == PeriodState.OPEN
    assert november.failure.startswith("2026-10 is not closed")


def test_december_waits_for_november_and_is_not_refused(books: Books) -> None:
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        books.close(month)
    correct(books, OCTOBER, LANTERN | {"quantity": "0"})
    books.close()
    december = Period.objects.get(starts_on=DECEMBER)

    assert closing.close_period(december.pk) is None

    december.refresh_from_db()
    assert (december.state, december.failure) == (PeriodState.DUE, "")
    close_what_is_due()
    assert charged() == {"2026-10": [450, -450]}


def test_a_licence_year_begins_with_nothing_counted(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From October 2026 to September 2027, and then anew: 1 million at 3.00 again."""
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("9000000"))
    for number in range(12):
        books.close(date(2026 + (9 + number) // 12, (9 + number) % 12 + 1, 1))
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=365))
    report(books, date(2027, 10, 1), lantern("1000000"))

    books.close(date(2027, 10, 1))

    assert charged() == {"2026-10": [2000], "2027-10": [300]}


def test_a_volume_price_over_the_term_may_give_back_what_came_before(books: Books) -> None:
    """Two million at 3.00 are 6.00; 2.5 million, all at 2.00, are 5.00: November costs −1.00."""
    books = books.priced(GRADUATED | {"model": "volume", "tally": "term"})
    report(books, OCTOBER, lantern("2000000"))
    report(books, NOVEMBER, lantern("500000"))

    books.close()
    books.close(NOVEMBER)

    assert charged() == {"2026-10": [600], "2026-11": [-100]}
    assert list(verify.findings()) == []


def test_a_work_is_paid_for_once_in_its_year(books: Books) -> None:
    """October uses the Lantern, November both: only the Ferry is new, and only it is divided.

    250 less 24 and 8 are 218, by 2 : 1 145.33 and 72.67: aoba 145, birch 73.
    """
    books = books.priced(PER_USED)
    report(books, OCTOBER, [LANTERN])
    report(books, NOVEMBER, [LANTERN, FERRY])

    books.close()
    books.close(NOVEMBER)

    assert charged() == {"2026-10": [250], "2026-11": [250]}
    november = Charge.objects.get(period__starts_on=NOVEMBER)
    assert [(slug, net) for role, slug, *_, net in parts(november) if role == "payee"] == [
        ("aoba", 145),
        ("birch", 73),
    ]
    assert november.quantity == Decimal(1)
    assert list(verify.findings()) == []


def test_a_work_no_longer_used_in_october_is_first_used_in_november(books: Books) -> None:
    books = books.priced(PER_USED)
    report(books, OCTOBER, [LANTERN])
    report(books, NOVEMBER, [LANTERN])
    books.close()
    books.close(NOVEMBER)

    correct(books, OCTOBER, LANTERN | {"quantity": "0"})
    books.close()
    close_what_is_due()

    assert charged() == {"2026-10": [250, -250], "2026-11": [250]}
    assert list(verify.findings()) == []


def test_works_licensed_are_paid_for_once_in_the_term(books: Books) -> None:
    books = books.priced(PER_USED | {"count": "licensed", "tally": "term"})

    books.close()
    books.close(NOVEMBER)

    assert charged() == {"2026-10": [500]}


def test_a_cap_takes_off_what_the_year_costs_above_it(books: Books) -> None:
    """500 and 250, capped at 600: November is charged 250 and gives 150 back.

    −150: collective −14.25 → −14, operator −4.5 → −5 (away from zero), rest −131, all aoba's, as
    November's 250 is.
    """
    books = books.agreed(cap={"amount": "6.00", "window": "year"})
    report(books, OCTOBER, [LANTERN, FERRY])
    report(books, NOVEMBER, lantern("1000000"))

    books.close()
    books.close(NOVEMBER)

    assert charged("tokens") == {"2026-10": [500], "2026-11": [250]}
    assert charged("cap") == {"2026-11": [-150]}
    cap = Charge.objects.get(price_id="cap")
    assert [(role, slug, net) for role, slug, *_, net in parts(cap)] == [
        ("operator_fee", "kyodaku", -5),
        ("collective_fee", "quill-press", -14),
        ("payee", "aoba", -131),
    ]
    assert list(verify.findings()) == []


def test_a_correction_downwards_gives_back_what_the_cap_took(books: Books) -> None:
    """Without October's Ferry 250 + 250 stay below 600, and the cap takes nothing."""
    books = books.agreed(cap={"amount": "6.00", "window": "year"})
    report(books, OCTOBER, [LANTERN, FERRY])
    report(books, NOVEMBER, lantern("1000000"))
    books.close()
    books.close(NOVEMBER)

    correct(books, OCTOBER, FERRY | {"quantity": "0"})
    books.close()
    close_what_is_due()

    assert charged("tokens") == {"2026-10": [500, -250], "2026-11": [250]}
    assert charged("cap") == {"2026-11": [-150, 150]}
    assert list(verify.findings()) == []


def test_a_guarantee_is_made_up_in_the_last_month_of_its_window(books: Books) -> None:
    """The term is three months and comes to 500 of 1,100: December makes up 600.

    Divided as the term's 417 : 83 before fees. Collective 57, operator 18, rest 525 → 437.85 and
    87.15 → 438, 87.
    """
    books = books.agreed(grant=SHORT, minimum_guarantee={"amount": "11.00", "window": "term"})
    report(books, OCTOBER, [LANTERN, FERRY])

    for month in (OCTOBER, NOVEMBER, DECEMBER):
        books.close(month)

    assert charged("minimum_guarantee") == {"2026-12": [600]}
    guarantee = Charge.objects.get(price_id="minimum_guarantee")
    assert [(role, slug, net) for role, slug, *_, net in parts(guarantee)] == [
        ("operator_fee", "kyodaku", 18),
        ("collective_fee", "quill-press", 57),
        ("payee", "aoba", 438),
        ("payee", "birch", 87),
    ]
    assert list(verify.findings()) == []


def test_late_usage_is_earned_out_of_the_guarantee(books: Books) -> None:
    books = books.agreed(grant=SHORT, minimum_guarantee={"amount": "11.00", "window": "term"})
    report(books, OCTOBER, [LANTERN, FERRY])
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        books.close(month)

    report(books, NOVEMBER, lantern("1600000"))
    books.close(NOVEMBER)
    close_what_is_due()

    assert charged("tokens") == {"2026-10": [500], "2026-11": [400]}
    assert charged("minimum_guarantee") == {"2026-12": [600, -400]}
    assert list(verify.findings()) == []


def test_a_guarantee_without_any_usage_gives_every_licensed_work_the_same(books: Books) -> None:
    """500 without a report: aoba and birch 5 : 1, as in the month worked by hand."""
    books = books.agreed(
        grant=SHORT, minimum_guarantee={"amount": "5.00", "window": "period"}, cap=None
    )

    books.close()

    guarantee = Charge.objects.get()
    assert [(slug, net) for role, slug, *_, net in parts(guarantee) if role == "payee"] == [
        ("aoba", 364),
        ("birch", 73),
    ]
    assert list(verify.findings()) == []


def test_what_a_close_hands_on_is_proved(books: Books) -> None:
    books = books.priced(BY_YEAR)
    report(books, OCTOBER, lantern("1500000"))
    close = books.close()
    assert close.carried == {
        "charged_minor": 450,
        "tallies": [{"use": "ai-train", "unit": "token", "quantity": "1500000"}],
    }

    close.carried["tallies"][0]["quantity"] = "9"
    close.save()

    (finding,) = verify.findings()
    assert finding.endswith("close 1: hands on to later periods what its lines do not say")


@pytest.mark.parametrize("price", [PRICE, PRICE | {"factors": []}], ids=["bare", "no factors"])
def test_a_price_of_one_month_hands_on_nothing(books: Books, price: dict[str, Any]) -> None:
    books = books.priced(price)
    books.report()

    assert books.close().carried == {}
