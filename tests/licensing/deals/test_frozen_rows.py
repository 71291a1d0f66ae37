from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from licensing.deals.models import Answer, Deal, DealMove, Licence, Offer, Signature
from tests.licensing.deals.table import Table, in_days, picture, priced

pytestmark = pytest.mark.django_db


@contextmanager
def unchanged() -> Iterator[None]:
    """Check that every row is as it was."""
    before = picture()
    yield
    assert picture() == before


@pytest.mark.parametrize(
    "change",
    [
        {"terms": priced("0.01")},
        {"terms_hash": "sha256:" + "0" * 64},
        {"round": 7},
        {"message": "Something else"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.usefixtures("deal")
def test_the_database_refuses_to_change_what_was_offered(change: dict[str, Any]) -> None:
    with (
        unchanged(),
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
    ):
        Offer.objects.update(**change)


@pytest.mark.usefixtures("deal")
def test_the_database_refuses_to_move_an_expiry() -> None:
    with unchanged(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Offer.objects.update(expires_at=in_days(300))


@pytest.mark.parametrize("model", [Offer, DealMove, Signature])
def test_the_database_refuses_to_forget_an_offer_a_move_or_a_signature(
    table: Table, model: type[Model]
) -> None:
    table.in_force()

    with unchanged(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        model._default_manager.all()._raw_delete("default")  # noqa: SLF001  # past Django's own collector


@pytest.mark.parametrize(
    "change",
    [{"terms": priced("0.01")}, {"terms_hash": "sha256:"}, {"snapshot_sha256": "0" * 64}],
    ids=lambda change: next(iter(change)),
)
def test_the_database_refuses_to_change_a_licence(table: Table, change: dict[str, Any]) -> None:
    table.in_force()

    with unchanged(), pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Licence.objects.update(**change)


def test_the_database_refuses_a_second_standing_offer(table: Table, deal: Deal) -> None:
    standing = deal.standing_offer
    assert standing is not None
    second = Offer(
        deal=deal,
        round=2,
        made_by=table.licensee.organisation,
        made_at=standing.made_at,
        expires_at=standing.expires_at,
        terms=standing.terms,
        terms_hash=standing.terms_hash,
    )

    with unchanged(), pytest.raises(IntegrityError, match="one_standing"), transaction.atomic():
        second.save()


@pytest.mark.usefixtures("deal")
def test_the_database_refuses_an_answer_without_its_moment() -> None:
    with unchanged(), pytest.raises(IntegrityError, match="with_an_answer"), transaction.atomic():
        Offer.objects.update(answer=Answer.ACCEPTED)
