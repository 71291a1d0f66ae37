"""Two at the same moment, each on its own connection; and decisions while reports are judged."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from licensing.royalties import closing
from licensing.royalties.closing import StillChecking
from licensing.usage import intake
from licensing.usage.intake import IntakeResult
from licensing.usage.matching import counting, rejudging
from licensing.usage.matching.decisions import AlreadyDecided
from licensing.usage.matching.models import Judging, Kind, MatchDecision, Unmatched
from tests.concurrency import together
from tests.licensing.matching.desk import (
    SHIGURE,
    decide,
    item,
    map_to,
    reported,
    undo,
    verdicts,
    work,
    work_off,
)
from tests.licensing.royalties.books import LANTERN, PRICE, Books, open_books

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(transactional_db: None, queued: list[str]) -> Iterator[Books]:  # noqa: ARG001  # needed before it
    yield open_books()
    connection.close()


def test_of_two_mappings_at_once_one_stands(shared: Books) -> None:
    reported(shared, [SHIGURE])
    ferry, lantern = work("Winter Ferry"), work("The Paper Lantern")

    outcomes = together(
        lambda: map_to(shared.operator, "shigure.jp", ferry),
        lambda: map_to(shared.table.licensor, "shigure.jp", lantern),
    )

    assert [type(one) for one in outcomes if isinstance(one, Exception)] == [AlreadyDecided]
    assert MatchDecision.objects.count() == 1


def test_the_same_decision_twice_at_once_is_one(shared: Books) -> None:
    reported(shared, [SHIGURE])

    first, second = together(
        *[lambda: decide(shared.operator, "shigure.jp", kind=Kind.INFRINGING)] * 2
    )

    assert first == second
    assert MatchDecision.objects.count() == 1


def test_a_decision_undone_twice_at_once_is_undone_once(shared: Books) -> None:
    reported(shared, [SHIGURE])
    mapping = map_to(shared.operator, "shigure.jp", work("Winter Ferry"))

    first, second = together(*[lambda: undo(shared.operator, mapping)] * 2)

    assert first == second
    assert MatchDecision.objects.filter(kind="undo").count() == 1


def test_a_report_judged_again_by_two_workers_is_judged_once(shared: Books) -> None:
    report = reported(shared, [LANTERN, SHIGURE])
    map_to(shared.operator, "shigure.jp", work("Winter Ferry"))

    together(*[lambda: rejudging.judge_again(report.pk)] * 2)
    work_off()

    assert Judging.objects.count() == 1
    assert verdicts(report) == [("accepted", "", 2)]


def test_a_mapping_for_everybody_misses_no_report_that_is_counted_at_that_moment(
    shared: Books,
) -> None:
    other = shared.priced(PRICE | {"unit_price": "1"})
    reported(shared, [SHIGURE])
    elsewhere = other.report([SHIGURE], report_id="other-1")
    ferry = work("Winter Ferry")

    together(
        lambda: counting.count(elsewhere.pk),
        lambda: decide(
            shared.operator,
            "shigure.jp",
            kind=Kind.MAP,
            of=shared.licence,
            work_id=ferry.public_id,
        ),
    )
    work_off()

    assert verdicts(elsewhere) == [("accepted", "", 1)]
    assert set(Unmatched.objects.values_list("status", flat=True)) == {"mapped"}


def test_a_decision_made_while_a_report_is_judged_reaches_it(
    shared: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(shared, [SHIGURE])
    check: Any = intake.check

    def slowly(*given: Any) -> IntakeResult:
        result: IntakeResult = check(*given)
        map_to(shared.operator, "shigure.jp", work("Winter Ferry"))
        return result

    monkeypatch.setattr(intake, "check", slowly)
    later = shared.report([SHIGURE], report_id="nov-1", period="2026-11")
    monkeypatch.undo()
    work_off()

    assert verdicts(later) == [("accepted", "", 1)]


def test_an_undoing_made_while_a_report_is_judged_reaches_it(
    shared: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(shared, [SHIGURE])
    mapping = map_to(shared.operator, "shigure.jp", work("Winter Ferry"))
    work_off()
    check: Any = intake.check

    def slowly(*given: Any) -> IntakeResult:
        result: IntakeResult = check(*given)
        undo(shared.operator, mapping)
        return result

    monkeypatch.setattr(intake, "check", slowly)
    later = shared.report([SHIGURE], report_id="nov-1", period="2026-11")
    monkeypatch.undo()
    work_off()

    assert verdicts(later) == [("quarantined", "work_unknown", 1)]
    assert item("shigure.jp").status == "open"


def test_a_period_is_not_closed_while_a_report_waits_to_be_judged_again(shared: Books) -> None:
    reported(shared, [LANTERN, SHIGURE])
    map_to(shared.operator, "shigure.jp", work("Winter Ferry"))

    with pytest.raises(StillChecking):
        shared.due()


def test_a_report_judged_again_while_its_period_is_rated_is_rated_again(
    shared: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1,000,000 and then 1,400,000 tokens: 250 is never booked, 350 is."""
    reported(shared, [LANTERN, SHIGURE])
    period = shared.due()
    rate = closing.rate_period

    def slowly(rated: Any) -> Any:
        outcome = rate(rated)
        if not MatchDecision.objects.exists():
            map_to(shared.operator, "shigure.jp", work("Winter Ferry"))
            work_off()
        return outcome

    monkeypatch.setattr(closing, "rate_period", slowly)
    close = closing.close_period(period.pk)

    assert close is not None
    assert [charge.amount_minor for charge in close.charges.all()] == [350]
