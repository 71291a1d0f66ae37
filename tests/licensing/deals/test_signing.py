import hashlib
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from licensing import evidence
from licensing.catalogue.models import Work
from licensing.deals import services
from licensing.deals.models import Licence
from licensing.deals.services import HashMismatch, SignedAlready
from licensing.deals.snapshot import NothingToLicense
from licensing.errors import IllegalMove, InvalidInput
from licensing.parties.roles import Kind
from tests.licensing.deals.table import (
    TERMS,
    Table,
    mandate,
    organisation,
    refused,
    set_table,
    state_of,
    terms,
    work,
)

pytestmark = pytest.mark.django_db


def frozen_works(licence: Licence) -> list[tuple[int, str, str]]:
    """Read a licence's snapshot back from the evidence store."""
    with (
        evidence.local_path(licence.snapshot_key) as parquet,
        evidence.workplace() as folder,
        evidence.engine(folder, reads=[parquet]) as duck,
    ):
        found: list[Any] = duck.read_parquet(str(parquet.resolve())).fetchall()
    return found


def titles(licence: Licence) -> list[str]:
    """Return the titles of the works a licence froze."""
    frozen = [public_id for _, public_id, _ in frozen_works(licence)]
    return sorted(Work.objects.filter(public_id__in=frozen).values_list("title", flat=True))


def test_the_first_signature_waits_for_the_second(table: Table) -> None:
    deal = table.agreed()

    assert table.sign(deal, table.licensee) is None

    assert state_of(deal) == "signing"
    assert not Licence.objects.exists()


def test_the_second_signature_makes_the_licence(
    table: Table,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    deal = table.agreed()
    table.sign(deal, table.licensor)

    with django_capture_on_commit_callbacks(execute=True):
        licence = table.sign(deal, table.licensee)

    assert licence is not None
    assert state_of(deal) == "in_force"
    assert (licence.terms, licence.currency) == (TERMS, "JPY")
    assert licence.terms_hash == licence.offer.terms_hash
    assert (licence.starts_on, licence.ends_on) == (date(2026, 10, 1), date(2029, 9, 30))
    assert [(move.move, move.to_state) for move in deal.moves.all()] == [
        ("open", "negotiating"),
        ("accept", "agreed"),
        ("sign_first", "signing"),
        ("sign_second", "in_force"),
    ]
    assert queued == [
        "licensing.deals.tasks.tell_counterparty",
        "licensing.deals.tasks.prepare_agreement",
    ]


def test_a_signature_records_who_signed_which_hash(table: Table) -> None:
    deal = table.agreed()

    table.sign(deal, table.licensee)

    signature = deal.offers.get().signatures.get()
    assert (signature.signer_name, signature.signer_title) == ("Mori Akiko", "Head of rights")
    assert signature.organisation == table.licensee.organisation
    assert signature.terms_hash == deal.offers.get().terms_hash


def test_signing_needs_the_hash_of_what_was_agreed(table: Table) -> None:
    deal = table.agreed()

    with refused(HashMismatch):
        table.sign(deal, table.licensee, "sha256:" + "0" * 64)
    with refused(HashMismatch):
        services.sign(
            by=table.licensee,
            deal_id=deal.public_id,
            signer_name="Mori Akiko",
            signer_title="",
            terms_hash="",
        )


def test_a_signature_needs_a_name(table: Table) -> None:
    deal = table.agreed()

    with refused(InvalidInput):
        services.sign(
            by=table.licensee,
            deal_id=deal.public_id,
            signer_name="  ",
            signer_title="",
            terms_hash=deal.offers.get().terms_hash,
        )


def test_one_side_cannot_sign_for_both(table: Table) -> None:
    deal = table.agreed()
    table.sign(deal, table.licensee)

    with refused(SignedAlready):
        table.sign(deal, table.licensee)


def test_nothing_is_signed_before_it_is_agreed_or_after_it_is_in_force(table: Table) -> None:
    open_deal = table.open()
    standing = open_deal.standing_offer
    assert standing is not None
    licence = table.in_force()

    with refused(IllegalMove):
        table.sign(open_deal, table.licensee, standing.terms_hash)
    with refused(IllegalMove):
        table.sign(licence.deal, table.licensee)


def test_a_term_without_an_end_stays_open(table: Table) -> None:
    licence = table.in_force(terms(grant=TERMS["grant"] | {"ends_on": None}))

    assert licence.ends_on is None


def test_the_snapshot_freezes_the_repertoire_of_that_day(table: Table) -> None:
    licence = table.in_force()
    work("Too Late", table.licensor.organisation)

    works = Work.objects.exclude(title="Too Late").order_by("pk")
    assert frozen_works(licence) == list(works.values_list("pk", "public_id", "kind"))
    assert licence.snapshot_works == 2
    with evidence.open_stream(licence.snapshot_key) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() == licence.snapshot_sha256


def test_the_snapshot_leaves_out_excluded_works(table: Table) -> None:
    ferry = Work.objects.get(title="Winter Ferry")
    works = {"select": "repertoire", "exclude": [ferry.public_id]}

    licence = table.in_force(terms(grant=TERMS["grant"] | {"works": works}))

    assert titles(licence) == ["The Paper Lantern"]


def test_a_permission_that_not_every_owner_gave_is_none(table: Table) -> None:
    other = organisation("lantern-house", Kind.LICENSOR)
    work("Shared", table.licensor.organisation, other)
    work("Foreign", other)

    licence = table.in_force()

    assert titles(licence) == ["The Paper Lantern", "Winter Ferry"]


def test_the_mandates_bound_a_collectives_snapshot() -> None:
    table = set_table(Kind.COLLECTIVE)
    collective = table.licensor.organisation
    given, expired, search_only, japan_only, none = (
        organisation(slug, Kind.LICENSOR)
        for slug in ("given", "expired", "search-only", "japan-only", "none")
    )
    left_out = work("Left out", given)
    mandate(given, collective, "ai-train").excluded_works.add(left_out)
    mandate(expired, collective, "ai-train", ends_on=date(2026, 9, 30))
    mandate(search_only, collective, "search")
    mandate(japan_only, collective, "ai-train", territory=["JP"])
    for holder in (given, expired, search_only, japan_only, none):
        work(f"By {holder.slug}", holder)
    work("By given and none", given, none)

    licence = table.in_force()

    assert titles(licence) == ["By given"]


def test_a_narrower_territory_is_within_a_mandate_for_it() -> None:
    table = set_table(Kind.COLLECTIVE)
    member = organisation("japan-only", Kind.LICENSOR)
    mandate(member, table.licensor.organisation, "ai-train", territory=["JP"])
    work("At home", member)

    licence = table.in_force(terms(grant=TERMS["grant"] | {"territory": ["JP"]}))

    assert titles(licence) == ["At home"]


def test_a_licence_for_nothing_is_not_made() -> None:
    table = set_table(Kind.COLLECTIVE)
    deal = table.agreed()
    table.sign(deal, table.licensor)

    with refused(NothingToLicense):
        table.sign(deal, table.licensee)

    assert state_of(deal) == "signing"
