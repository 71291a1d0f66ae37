"""Two connections at once: of two moves that exclude each other exactly one succeeds."""

from collections.abc import Callable

import pytest

from licensing.deals import services
from licensing.deals.models import Deal, Licence
from licensing.errors import IllegalMove
from tests.concurrency import together
from tests.licensing.deals.table import Table, set_table, state_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seated(transactional_db: None) -> Table:  # noqa: ARG001 - it asks for the database
    return set_table()


def outcome(*moves: Callable[[], object]) -> tuple[int, list[Exception]]:
    """Make moves at one moment; return how many succeeded and what refused the others."""
    results = together(*moves)
    refusals = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(refusal, IllegalMove) for refusal in refusals)
    return len(results) - len(refusals), refusals


def accepting(seated: Table, deal: Deal) -> Callable[[], object]:
    """Return the licensee's acceptance of the offer it has read."""
    offer = deal.offers.get()
    return lambda: services.accept_offer(
        by=seated.licensee, deal_id=deal.public_id, offer_id=offer.public_id
    )


def test_accepting_and_withdrawing_at_once(seated: Table) -> None:
    deal = seated.open()

    succeeded, refusals = outcome(
        accepting(seated, deal),
        lambda: services.withdraw(by=seated.licensor, deal_id=deal.public_id),
    )

    # Withdrawing stays legal between agreement and signature: so it may follow an acceptance.
    assert (succeeded, state_of(deal)) in {(1, "withdrawn"), (2, "withdrawn")}
    assert [move.move for move in deal.moves.all()] in (
        ["open", "withdraw"],
        ["open", "accept", "withdraw"],
    )
    assert len(refusals) == 2 - succeeded


def test_accepting_and_declining_at_once(seated: Table) -> None:
    deal = seated.open()

    succeeded, _ = outcome(
        accepting(seated, deal),
        lambda: services.decline_offer(by=seated.licensee, deal_id=deal.public_id),
    )

    assert succeeded == 1
    assert deal.offers.get().answer == deal.moves.last().to_state.replace("agreed", "accepted")  # type: ignore[union-attr]


def test_accepting_twice_at_once(seated: Table) -> None:
    deal = seated.open()

    succeeded, _ = outcome(
        accepting(seated, deal),
        accepting(seated, deal),
    )

    assert succeeded == 1
    assert [move.move for move in deal.moves.all()] == ["open", "accept"]


def test_two_counter_offers_at_once(seated: Table) -> None:
    deal = seated.open()

    succeeded, _ = outcome(
        lambda: seated.counter(deal, seated.licensee),
        lambda: seated.counter(deal, seated.licensee),
    )

    assert succeeded == 1
    assert sorted(deal.offers.values_list("round", flat=True)) == [1, 2]


def test_both_sides_signing_at_once_make_one_licence(seated: Table) -> None:
    deal = seated.agreed()

    succeeded, _ = outcome(
        lambda: seated.sign(deal, seated.licensor),
        lambda: seated.sign(deal, seated.licensee),
    )

    assert succeeded == 2
    assert state_of(deal) == "in_force"
    assert Licence.objects.count() == 1


def test_one_side_signing_twice_at_once_signs_once(seated: Table) -> None:
    deal = seated.agreed()

    succeeded, _ = outcome(
        lambda: seated.sign(deal, seated.licensee),
        lambda: seated.sign(deal, seated.licensee),
    )

    assert succeeded == 1
    assert state_of(deal) == "signing"
    assert deal.offers.get().signatures.count() == 1
