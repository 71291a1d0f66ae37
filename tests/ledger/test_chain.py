from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from ledger.chain import BATCH, GENESIS, broken_links, digest, seal, stored_content, whole
from ledger.models import ChainLink, Entry
from ledger.posting import post, post_many
from ledger.tasks import seal_journal
from tests.concurrency import Elsewhere, together
from tests.ledger.books import payment, release
from tests.ledger.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    second = Elsewhere()
    yield second
    second.close()


def posted(*keys: str) -> None:
    with transaction.atomic():
        post_many([payment(key) for key in keys])


def chained() -> list[str]:
    return list(ChainLink.objects.order_by("position").values_list("entry__key", flat=True))


def tamper(statement: str) -> None:
    """Change what no guard lets anybody change, as the owner of the tables could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_posting ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")


def test_entries_are_chained_in_the_order_of_their_transactions() -> None:
    posted("b")
    posted("a", "c")

    assert seal_all() == 3
    assert seal() == 0

    assert chained() == ["b", "a", "c"]
    first = whole(Entry.objects.filter(key="b")).get()
    assert stored_content(first) == payment("b").content_hash
    assert ChainLink.objects.get(position=1).digest == digest(GENESIS, first)
    assert list(broken_links()) == []


def test_an_entry_is_chained_only_when_nothing_older_can_still_appear(
    elsewhere: Elsewhere,
) -> None:
    def post_late() -> None:
        with transaction.atomic():
            post(release("late", 5, payee="org_late"))

    # The first posts and stays open; the second posts later, elsewhere, and commits first.
    with transaction.atomic():
        post(release("early", 5, payee="org_early"))
        elsewhere.do(post_late)
        sealed_too_soon = elsewhere.do(seal)

    assert sealed_too_soon == 0
    assert seal_all() == 2
    assert chained() == ["early", "late"]


def test_two_sealers_at_once_chain_every_entry_once() -> None:
    posted(*(f"payment:{n}" for n in range(50)))

    together(seal, seal)
    seal_journal()
    seal_all()

    assert ChainLink.objects.count() == 50
    assert list(broken_links()) == []


def test_a_long_journal_is_chained_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.chain.BATCH", 7)
    posted(*(f"payment:{n:02}" for n in range(20)))

    assert seal_all() == 20
    assert list(broken_links()) == []
    assert BATCH == 2_000


@pytest.mark.parametrize(
    "statement",
    [
        (
            "UPDATE ledger_posting SET amount_minor = 2 * amount_minor"
            " WHERE entry_id = (SELECT id FROM ledger_entry WHERE key = 'b')"
        ),
        "UPDATE ledger_entry SET effective_on = '2020-01-01' WHERE key = 'b'",
        "UPDATE ledger_entry SET memo = '{\"x\": \"y\"}' WHERE key = 'b'",
        "UPDATE ledger_entry SET key = 'renamed' WHERE key = 'b'",
        "UPDATE ledger_entry SET posted_at = now() - interval '1 day' WHERE key = 'b'",
    ],
)
def test_any_change_to_a_chained_entry_breaks_its_link(statement: str) -> None:
    posted("a", "b", "c")
    seal_all()

    tamper(statement)

    assert [link.position for link in broken_links()] == [2]


def test_an_entry_taken_out_breaks_the_chain() -> None:
    posted("a", "b", "c")
    seal_all()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_chainlink DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_chainlink WHERE position = 2")
        cursor.execute("ALTER TABLE ledger_chainlink ENABLE TRIGGER USER")

    assert [link.position for link in broken_links()] == [3]


def test_links_are_never_rewritten() -> None:
    posted("a")
    seal_all()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ChainLink.objects.update(digest="0" * 64)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ChainLink.objects.all()._raw_delete("default")  # noqa: SLF001 - past Django's collector


def test_the_periodic_task_chains_what_was_posted() -> None:
    posted("a")

    # Another database's transaction may hold the horizon back for a moment.
    while not ChainLink.objects.exists():
        seal_journal()

    seal_journal()
    assert chained() == ["a"]
