import pytest

from ledger.payouts import recipients
from ledger.payouts.errors import RecipientNotReady
from ledger.payouts.gateway import Unreachable
from ledger.payouts.models import Recipient
from ledger.payouts.tasks import refresh_recipient, refresh_recipients
from tests.doubles.stripe.double import StripeDouble
from tests.ledger.payouts.scene import Queue

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("stripe_double", "queue"),
]


def test_a_party_is_enrolled_once_and_verified_on_stripes_pages(
    stripe_double: StripeDouble, queue: Queue
) -> None:
    recipient = recipients.enrol(party="org_quill", country="JP", snapshot={"name": "Quill"})
    assert recipients.enrol(party="org_quill", country="JP") == recipient
    assert not recipient.is_ready
    assert "external_account" in recipient.requirements

    url = recipients.onboarding_url(
        party="org_quill", refresh_url="http://127.0.0.1/a", return_url="http://127.0.0.1/b"
    )
    stripe_double.submit_onboarding(url.rsplit("/", 1)[1])
    assert refresh_recipients() == 1
    queue.run()

    after = Recipient.objects.get(pk=recipient.pk)
    assert after.is_ready
    assert (after.country, after.default_currency) == ("JP", "JPY")
    assert after.snapshot == {"name": "Quill"}
    assert refresh_recipients() == 0
    assert len(stripe_double.state()["accounts"]) == 1


def test_an_account_whose_opening_was_not_answered_is_found_again(
    stripe_double: StripeDouble,
) -> None:
    stripe_double.control({"fail": [{"on": "accounts.create", "how": "timeout_after_effect"}]})
    with pytest.raises(Unreachable):
        recipients.enrol(party="org_quill", country="JP")
    assert Recipient.objects.get().stripe_account_id == ""

    recipient = recipients.enrol(party="org_quill", country="JP")

    assert [one["id"] for one in stripe_double.state()["accounts"]] == [recipient.stripe_account_id]


def test_there_is_no_onboarding_before_enrolment(stripe_double: StripeDouble) -> None:
    with pytest.raises(RecipientNotReady, match="org_quill has no payout account yet"):
        recipients.onboarding_url(party="org_quill", refresh_url="", return_url="")

    assert stripe_double.state()["calls"] == []


def test_an_account_that_cannot_be_asked_about_keeps_what_is_known(
    stripe_double: StripeDouble,
) -> None:
    stripe_double.control({"onboarding": "immediate"})
    recipient = recipients.enrol(party="org_quill", country="JP")
    stripe_double.control({"fail": [{"on": "accounts.retrieve", "how": "500"}]})

    refresh_recipient(recipient.pk)

    recipient.refresh_from_db()
    assert recipient.is_ready


def test_a_party_without_an_account_is_not_asked_about(stripe_double: StripeDouble) -> None:
    recipient = Recipient.objects.create(party="org_new")

    assert recipients.refresh(recipient.pk) == recipient
    assert refresh_recipients() == 0
    assert stripe_double.state()["calls"] == []
