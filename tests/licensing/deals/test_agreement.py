import hashlib

import pytest
from django.core import mail
from pytest_django import DjangoCaptureOnCommitCallbacks

from ledger.documents.models import Document
from licensing.deals import agreement, services, tasks
from licensing.deals.models import Licence
from licensing.parties.models import Membership, User
from licensing.parties.roles import Kind, Role
from tests.licensing.deals.table import TERMS, Table, mandate, organisation, set_table, work

pytestmark = pytest.mark.django_db


def member(table: Table, side: str, role: Role) -> str:
    """Let a person join a side and return their address."""
    organisation = getattr(table, side).organisation
    user = User.objects.create_user(f"{role}@{organisation.slug}.example")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user.email


def test_the_agreement_is_asked_for_in_each_language_once(table: Table) -> None:
    licence = table.in_force()

    tasks.prepare_agreement(licence.pk)
    tasks.prepare_agreement(licence.pk)

    asked = Document.objects.about(licence.public_id)
    assert [(one.kind, one.language, one.party) for one in asked] == [
        ("agreement", "en", licence.licensor.public_id),
        ("agreement", "ja", licence.licensor.public_id),
    ]


def test_it_prints_the_very_bytes_whose_hash_was_signed(table: Table) -> None:
    licence = table.in_force()

    context = agreement.context_of(licence)

    printed = hashlib.sha256(context["canonical"].encode()).hexdigest()
    assert context["hash"] == licence.terms_hash == f"sha256:{printed}"
    assert context["terms"] == TERMS
    assert context["repertoire_count"] == 2
    assert context["licensor"]["acts_for"] is None
    assert context["issuer"]["slug"] == "kyodaku"
    assert [(one["party"], one["name"], one["role"]) for one in context["signatures"]] == [
        ("Tensor Labs", "Mori Akiko", "Head of rights"),
        ("Quill Press", "Mori Akiko", "Head of rights"),
    ]


def test_it_says_how_many_members_a_collective_acts_for() -> None:
    table = set_table(Kind.COLLECTIVE)
    for slug, use in (("one", "ai-train"), ("two", "ai-train"), ("three", "search")):
        holder = organisation(slug, Kind.LICENSOR)
        mandate(holder, table.licensor.organisation, use)
        work(f"By {slug}", holder)

    context = agreement.context_of(table.in_force())

    assert context["licensor"]["acts_for"] == 2


def test_the_sweep_finds_licences_without_their_agreement(table: Table) -> None:
    done, half, forgotten = (table.in_force() for _ in range(3))
    agreement.request(done)
    agreement.request(half)
    Document.objects.filter(subject=half.public_id, language="ja").delete()

    missing = list(agreement.missing().order_by("pk"))

    assert missing == [half, forgotten]


def test_the_sweep_asks_again_for_each_missing_agreement(
    table: Table,
    queued: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    table.in_force()

    with django_capture_on_commit_callbacks(execute=True):
        tasks.prepare_missing_agreements()

    assert queued == ["licensing.deals.tasks.prepare_agreement"]
    assert Licence.objects.count() == 1


def test_the_other_sides_negotiators_are_told_of_a_move(table: Table) -> None:
    told = [member(table, "licensee", Role.OWNER), member(table, "licensee", Role.NEGOTIATOR)]
    member(table, "licensee", Role.FINANCE)
    member(table, "licensor", Role.OWNER)
    deal = table.open()

    tasks.tell_counterparty(deal.moves.get().pk)

    message = mail.outbox[-1]
    assert sorted(message.to) == sorted(told)
    assert message.subject == "Kyodaku: Backlist for Vista 2: Negotiating"
    assert f"/deals/{deal.public_id}/" in message.body
    assert len([one for one in mail.outbox if one.to]) == 1


def test_a_mail_is_written_in_the_language_of_the_side_it_goes_to(table: Table) -> None:
    member(table, "licensee", Role.OWNER)
    table.licensee.organisation.language = "ja"
    table.licensee.organisation.save()
    deal = table.open()

    tasks.tell_counterparty(deal.moves.get().pk)

    assert "交渉中" in mail.outbox[-1].subject


def test_both_sides_are_told_when_an_offer_lapses(table: Table) -> None:
    both = {member(table, "licensor", Role.OWNER), member(table, "licensee", Role.OWNER)}
    deal = table.open()
    services.decline_offer(by=table.licensee, deal_id=deal.public_id)
    last = deal.moves.last()
    assert last is not None
    before = len(mail.outbox)

    tasks.tell_counterparty(last.pk)

    assert {to for one in mail.outbox[before:] for to in one.to} < both
