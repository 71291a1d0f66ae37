"""A payout that failed is sent again as its next attempt, and never arrives twice."""

import pytest

from ledger.documents.models import Document
from ledger.payouts import services
from ledger.payouts.errors import PayoutUnderWay
from ledger.payouts.lifecycle import IllegalMove
from ledger.payouts.models import Payout
from ledger.payouts.tasks import take_back_transfers
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.scene import (
    FAILED,
    PAID,
    RESERVED,
    RETURNED,
    Queue,
    deliver,
    journal,
    payable,
    prepared,
    reserved,
    settle,
)

pytestmark = pytest.mark.usefixtures("payee")


@pytest.fixture
def failed(stripe_double: StripeDouble, queue: Queue) -> Payout:
    """Return a payout that the bank sent back before it arrived."""
    payout = reserved()
    queue.run()
    deliver(settle(stripe_double, "failed"))
    queue.run()
    payout.refresh_from_db()
    return payout


def test_a_second_attempt_ends_in_one_payment(
    stripe_double: StripeDouble, queue: Queue, failed: Payout
) -> None:
    services.retry(payout_id=failed.pk, by="usr_finance")
    queue.run()
    deliver(settle(stripe_double, "paid"))
    queue.run()
    assert take_back_transfers() == 1
    queue.run()

    failed.refresh_from_db()
    assert failed.state == "paid"
    assert [(one.number, one.state) for one in failed.attempts.all()] == [
        (1, "succeeded"),
        (2, "succeeded"),
    ]
    assert journal() == [RESERVED, FAILED, RESERVED, PAID]
    assert payable() == 70_000
    transfers = stripe_double.state()["transfers"]
    assert sum(one["amount"] - one["amount_reversed"] for one in transfers) == 26_937
    assert take_back_transfers() == 0


def test_a_late_event_about_an_earlier_attempt_moves_nothing(
    stripe_double: StripeDouble, queue: Queue, failed: Payout
) -> None:
    event = stripe_double.state()["events"][-1]
    services.retry(payout_id=failed.pk, by="usr_finance")
    queue.run()

    deliver(event | {"id": "evt_again"})
    queue.run()

    failed.refresh_from_db()
    assert failed.state == "in_transit"
    assert journal() == [RESERVED, FAILED, RESERVED]


def test_what_came_back_is_paid_again_with_its_own_remittance(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    payout = reserved()
    queue.run()
    deliver(settle(stripe_double, "paid"))
    queue.run()
    deliver(settle(stripe_double, "failed"))
    queue.run()

    services.retry(payout_id=payout.pk, by="usr_finance")
    queue.run()
    deliver(settle(stripe_double, "paid"))
    queue.run()

    assert journal() == [RESERVED, PAID, RETURNED, RESERVED, PAID]
    printed = Document.objects.filter(kind="remittance").order_by("id")
    assert [one.subject for one in printed] == [payout.public_id, f"{payout.public_id}-2"]


def test_only_what_failed_or_came_back_is_tried_again(queue: Queue) -> None:
    payout = reserved()
    queue.run()

    with pytest.raises(IllegalMove, match="in_transit cannot retry"):
        services.retry(payout_id=payout.pk, by="usr_finance")

    assert payout.attempts.count() == 1
    assert journal() == [RESERVED]


def test_a_failed_payout_is_not_tried_again_beside_a_new_one(failed: Payout) -> None:
    prepared("run-2")

    with pytest.raises(PayoutUnderWay):
        services.retry(payout_id=failed.pk, by="usr_finance")

    failed.refresh_from_db()
    assert failed.state == "failed"
    assert journal() == [RESERVED, FAILED]


def test_a_transfer_that_cannot_be_taken_back_now_is_tried_again(
    stripe_double: StripeDouble, queue: Queue, failed: Payout
) -> None:
    stripe_double.control({"fail": [{"on": "transfers.reversals.create", "how": "500"}]})
    take_back_transfers()
    queue.run()
    assert failed.attempts.get().take_back

    take_back_transfers()
    queue.run()

    attempt = failed.attempts.get()
    assert not attempt.take_back
    assert attempt.reversal_id
    assert stripe_double.state()["transfers"][0]["amount_reversed"] == 26_937
