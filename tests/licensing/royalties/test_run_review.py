"""Reviewing a run: what is not done, and whose month differs from the one before.

November is reported with other quantities than October, see `books`: the lantern's million alone
is 250 cents, collective 23.75 → 24, operator 7.5 → 8, aoba the rest: 218. In October aoba had 364
and birch 73; the collective's fee was 48.
"""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from licensing.access import Actor
from licensing.royalties import disputes, review, statements
from licensing.royalties.models import Run
from licensing.royalties.review import Variance, per_cent
from licensing.usage import overlaps
from tests.factories import bearer
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.royalties.conftest import Enter

NOVEMBER = date(2026, 11, 1)


def november(books: Books) -> Run:
    """Issue October, use the lantern alone in November and close that."""
    books.issued()
    books.report([LANTERN], report_id="nov-1", period="2026-11")
    books.close(NOVEMBER)
    return Run.objects.get(state="draft")


def told(books: Books, run: Run) -> dict[str, str]:
    """Return the checks that are not as they should be."""
    return {one.code: one.text for one in review.checks(books.operator, run) if not one.is_fine}


def variances(run: Run, *, only_flagged: bool = False) -> dict[str, tuple[int, int | None, bool]]:
    """Return change, per cent and flag by payee."""
    found = review.changes(list(review.with_variance(run, only_flagged=only_flagged)))
    return {
        one.payee.slug: (seen.change_minor, seen.change_percent, seen.is_flagged)
        for one, seen in found
    }


def test_a_month_is_set_beside_the_one_before(books: Books) -> None:
    """218 − 364 = −146, −40.1 %; the fee 24 − 48 = −24, −50 %."""
    run = november(books)

    assert variances(run) == {"aoba": (-146, -40, True), "quill-press": (-24, -50, True)}


def test_only_what_changed_more_than_the_setting_is_flagged(
    books: Books, settings: Settings
) -> None:
    settings.VARIANCE_FLAG_PERCENT = 45
    run = november(books)

    assert variances(run)["aoba"] == (-146, -40, False)
    assert list(variances(run, only_flagged=True)) == ["quill-press"]


def test_the_first_month_is_new(books: Books) -> None:
    books.closed()
    run = Run.objects.get()

    assert variances(run)["birch"] == (73, None, True)
    assert set(variances(run, only_flagged=True)) == {"aoba", "birch", "quill-press"}


def test_a_supplementary_run_is_compared_with_the_month_so_far(books: Books) -> None:
    """Half the lantern is taken back in a second run of October; no September to compare."""
    books.issued()
    books.correct(LANTERN | {"quantity": "500000"})
    books.close()
    run = Run.objects.get(state="draft")

    (seen,) = [
        seen
        for one, seen in review.changes(list(review.with_variance(run)))
        if one.payee == books.aoba
    ]

    total = sum(one.net_minor for one in books.aoba.statements.all())
    assert (seen.now_minor, seen.before_minor) == (total, None)


@pytest.mark.parametrize(
    ("now", "before", "percent", "flagged"),
    [
        (130, 100, 30, False),
        (131, 100, 31, True),
        (0, 100, -100, True),
        (-50, -100, 50, True),
        (0, None, None, False),
        (0, 0, None, False),
        (5, 0, None, True),
        (1005, 1000, 1, False),
    ],
)
def test_a_change_is_told_in_per_cent_of_the_month_before(
    now: int, before: int | None, percent: int | None, *, flagged: bool
) -> None:
    seen = Variance(now, before)

    assert (seen.change_percent, seen.is_flagged) == (percent, flagged)


def test_who_earned_before_and_has_nothing_now_is_counted(books: Books) -> None:
    run = november(books)

    assert told(books, run) == {
        "payees_gone": "1 payee who earned in the month before has no statement."
    }


def test_lines_that_came_twice_are_told_before_they_are_charged(books: Books) -> None:
    run = november(books)
    twice = books.report([LANTERN], report_id="nov-2", period="2026-11")
    overlaps.compare(twice.pk)
    overlap = "1 line of the month came in two reports: see whether it is one use."

    assert told(books, run)["reports_overlap"] == overlap


def test_what_is_held_disputed_or_not_reported_is_told(books: Books) -> None:
    books.issued()
    disputes.dispute(
        by=Actor.owner_of(books.birch),
        statement_id=books.statement_of(books.birch).public_id,
        reason="Where is the ferry?",
    )
    silent = books.table.in_force(books.licence.terms)
    books.correct(LANTERN | {"quantity": "500000"})
    books.close()
    run = Run.objects.get(state="draft")
    held = run.statements.get(payee=books.aoba)
    statements.hold(statement_id=held.public_id, reason="bank details")

    found = told(books, run)

    assert silent.starts_on <= run.month
    assert found == {
        "periods_closed": "1 of 2 periods of the month are not closed.",
        "reports_received": "1 licence has not reported the month.",
        "statements_held": "1 statement of the run is held and will not be issued.",
        "disputes_open": "1 dispute waits for an answer.",
    }


def test_the_page_lists_what_changed(books: Books, browser: Enter) -> None:
    run = november(books)
    client = browser(books.operator.organisation)

    page = client.get(reverse("run", args=[run.public_id]), {"changed": "1"})

    text = page.content.decode()
    assert [one["statement"].payee.slug for one in page.context["lines"]] == [
        "aoba",
        "quill-press",
    ]
    assert "−40%" in text


def test_the_api_has_the_checklist_and_the_variance(books: Books) -> None:
    run = november(books)
    client = Client(headers=bearer(books.operator.organisation))

    shown = client.get(f"/api/v1/runs/{run.public_id}").json()
    listed = client.get(f"/api/v1/runs/{run.public_id}/statements?flagged=true").json()["data"]

    assert [one["code"] for one in shown["checks"] if not one["is_fine"]] == ["payees_gone"]
    assert {
        (one["before_minor"], one["change_minor"], one["change_percent"]) for one in listed
    } == {
        (364, -146, -40),
        (48, -24, -50),
    }
    assert (
        Client(headers=bearer(books.aoba)).get(f"/api/v1/runs/{run.public_id}").status_code == 403
    )


@pytest.mark.parametrize(("part", "share"), [(1, "0.01%"), (50, "0.50%"), (10_000, "100.00%")])
def test_a_share_is_told_with_two_decimals(part: int, share: str) -> None:
    assert per_cent(part, 10_000) == share
    assert per_cent(1, 10**9) == "0.01%"
