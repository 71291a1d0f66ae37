"""What is reserved is out of what is payable; what cannot be sent is refused with its reason."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from ledger import posting, recipes
from ledger.errors import LedgerError, NotEnoughAvailable
from ledger.payouts import services
from ledger.payouts.errors import InvalidPayout, PayoutHeld, RecipientNotReady
from ledger.payouts.lifecycle import IllegalMove
from ledger.payouts.models import Payout, PayoutAttempt, PayoutMove, Recipient
from ledger.payouts.services import Refusal
from tests.ledger.payouts.scene import (
    DAY,
    RESERVED,
    Queue,
    earn,
    journal,
    payable,
    prepared,
    reserved,
)

pytestmark = pytest.mark.usefixtures("payee")


def refused(payout: Payout, refusal: type[LedgerError], reason: str) -> None:
    """Assert that reserving is refused and that nothing moved."""
    before = payable()
    with pytest.raises(refusal, match=reason):
        services.reserve(payout_id=payout.pk, on=DAY)
    payout.refresh_from_db()
    assert payout.state == "due"
    assert journal() == []
    assert payable() == before
    assert not payout.attempts.exists()
    assert not payout.moves.exists()


def test_reserving_books_once_and_announces_it(queue: Queue, settings: Settings) -> None:
    settings.SUBSCRIBERS = {"payout.moved": ("licensing.tell",)}
    payout = prepared()
    queue.clear()

    services.reserve(payout_id=payout.pk, on=DAY)

    assert journal() == [RESERVED]
    assert payable() == 70_000
    queue.commit()
    assert queue.messages == [
        ("licensing.tell", {"payout_id": payout.pk}),
        ("ledger.payouts.tasks.send_payout", {"payout_id": payout.pk}),
    ]
    with pytest.raises(IllegalMove):
        services.reserve(payout_id=payout.pk, on=DAY)
    assert journal() == [RESERVED]


def test_a_payee_without_an_account_is_refused() -> None:
    earn(5_000, party="org_new", key="earned-new")
    payout = prepared(party="org_new", amount_minor=5_000, withholding_minor=0)

    refused(payout, RecipientNotReady, "org_new has no payout account yet")


def test_a_payee_that_is_not_verified_is_refused_naming_what_is_missing(payee: Recipient) -> None:
    payout = prepared()
    Recipient.objects.update(payouts_enabled=False, requirements=["external_account"])
    refused(payout, RecipientNotReady, "org_quill's payout account still waits for external_accou")

    Recipient.objects.update(requirements=[])
    refused(payout, RecipientNotReady, "still waits for Stripe's verification")
    assert payee.is_ready


def test_a_held_payout_is_refused_until_it_is_released(queue: Queue) -> None:
    payout = prepared()
    services.hold(payout_id=payout.pk, reason=" details in doubt ")
    refused(payout, PayoutHeld, "is held: details in doubt")
    with pytest.raises(InvalidPayout, match="needs a reason"):
        services.hold(payout_id=payout.pk, reason=" ")

    services.release_hold(payout_id=payout.pk)
    services.reserve(payout_id=payout.pk, on=DAY)
    queue.run()

    payout.refresh_from_db()
    assert payout.state == "in_transit"


def test_what_a_correction_took_since_is_refused() -> None:
    payout = prepared()
    with transaction.atomic():
        posting.post(
            recipes.earnings_released(
                key="correction",
                payee="org_quill",
                currency="JPY",
                effective_on=DAY,
                amount_minor=-70_001,
            )
        )

    refused(payout, NotEnoughAvailable, "more than is available")


def test_sending_what_is_due_skips_what_cannot_be_sent(queue: Queue) -> None:
    earn(5_000, party="org_new", key="earned-new")
    ready = prepared()
    not_ready = prepared("run-2", party="org_new", amount_minor=5_000, withholding_minor=0)
    earn(5_000, party="org_held", key="earned-held")
    held = prepared("run-3", party="org_held", amount_minor=5_000, withholding_minor=0)
    services.hold(payout_id=held.pk, reason="asked to wait")

    early = services.send_due(on=date(2026, 10, 30))
    batch = services.send_due(by="usr_finance", on=DAY)
    queue.run()

    assert (early.reserved, early.refused) == ((), ())
    assert batch.reserved == (ready.public_id,)
    assert batch.refused == (
        Refusal(
            not_ready.public_id,
            "org_new",
            "recipient_not_ready",
            "org_new has no payout account yet",
        ),
    )
    states = dict(Payout.objects.values_list("recipient__party", "state"))
    assert states == {"org_quill": "in_transit", "org_new": "due", "org_held": "due"}


def test_only_the_payouts_asked_for_are_sent() -> None:
    payout = prepared()

    assert services.send_due(payout_ids=[payout.pk + 1], on=DAY).reserved == ()
    assert services.send_due(payout_ids=[payout.pk], on=DAY).reserved == (payout.public_id,)


def test_a_reserved_payout_cannot_be_cancelled() -> None:
    payout = reserved()

    with pytest.raises(IllegalMove, match="reserved cannot cancel"):
        services.cancel(payout_id=payout.pk, reason="late", by="usr_finance")

    assert journal() == [RESERVED]


def test_the_database_refuses_what_must_never_be() -> None:
    payout = reserved()
    attempt = payout.attempts.get()

    with pytest.raises(IntegrityError, match="payout_attempt_one_open"), transaction.atomic():
        PayoutAttempt.objects.create(
            payout=payout, number=2, idempotency_key="x", account_id=attempt.account_id
        )
    with pytest.raises(IntegrityError, match="payout_one_under_way"), transaction.atomic():
        Payout.objects.create(
            key="x", recipient=payout.recipient, currency="JPY", gross_minor=1, due_on=DAY
        )
    with pytest.raises(IntegrityError, match="payout_sends_something"), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(withholding_minor=30_000)
    with pytest.raises(IntegrityError, match="payout_paid_has_a_day"), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="paid")
    with pytest.raises(IntegrityError, match="append-only: UPDATE"), transaction.atomic():
        PayoutMove.objects.update(reason="never")
    with pytest.raises(IntegrityError, match="append-only: DELETE"), transaction.atomic():
        PayoutMove.objects.all().delete()
