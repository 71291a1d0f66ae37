"""The hash chain: each entry's digest covers its content and the digest before it.

Whoever keeps one old digest can prove later that nothing before it was changed, inserted or
removed, even by someone who could switch the database's guards off. Entries are chained in the
order (transaction id, id) and only below the horizon, the oldest transaction still running: no
entry can appear later before one that was chained. Reading by the greatest id would miss entries
that commit late.
"""

import hashlib
import json
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet

from ledger.journal import content_hash
from ledger.models import ChainLink, Entry, Posting

GENESIS = "0" * 64
BATCH = 2_000
# Two sealers would take the same positions; this lock is theirs alone.
SEALER_LOCK = 7_109_001
BELOW_HORIZON = """
WITH last AS (
    SELECT chained.xact, chained.id FROM ledger_chainlink AS link
    JOIN ledger_entry AS chained ON chained.id = link.entry_id
    ORDER BY link.position DESC LIMIT 1
)
SELECT e.id FROM ledger_entry AS e
WHERE e.xact < pg_snapshot_xmin(pg_current_snapshot())
  AND (NOT EXISTS (SELECT FROM last) OR (e.xact, e.id) > (SELECT xact, id FROM last))
ORDER BY e.xact, e.id
LIMIT %s
"""


def stored_content(entry: Entry) -> str:
    """Hash what is stored of an entry, as its draft was hashed; read from its postings."""
    return content_hash(
        cause=entry.cause,
        effective_on=entry.effective_on,
        legs=(
            (p.account.purpose, p.account.party, p.account.currency, p.amount_minor)
            for p in entry.postings.all()
        ),
        memo=entry.memo,
        reverses=entry.reverses.key if entry.reverses else None,
    )


def digest(previous: str, entry: Entry) -> str:
    """Return an entry's digest after the one before it."""
    said = {
        "previous": previous,
        "key": entry.key,
        "content": stored_content(entry),
        "posted_at": entry.posted_at.isoformat(),
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def whole(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Load entries with their postings and accounts, as their content needs them."""
    postings = Posting.objects.select_related("account").order_by("pk")
    return entries.select_related("reverses").prefetch_related(Prefetch("postings", postings))


def seal() -> int:
    """Chain what has come to lie below the horizon; return how many entries that were."""
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        cursor.execute(BELOW_HORIZON, [BATCH])
        ids = [row[0] for row in cursor.fetchall()]
    last = ChainLink.objects.order_by("-position").first()
    position, previous = (last.position, last.digest) if last else (0, GENESIS)
    found = {entry.pk: entry for entry in whole(Entry.objects.filter(pk__in=ids))}
    links = []
    for entry_id in ids:
        position += 1
        previous = digest(previous, found[entry_id])
        links.append(ChainLink(entry_id=entry_id, position=position, digest=previous))
    ChainLink.objects.bulk_create(links)
    return len(links)


def broken_links() -> Iterator[ChainLink]:
    """Yield every link that does not follow from the stored entries, recomputing all of them.

    After a broken link the stored digest is taken on, so that each change is named by itself.
    """
    expected, previous = 1, GENESIS
    entries = whole(Entry.objects.filter(chain_link__isnull=False)).select_related("chain_link")
    ordered = entries.order_by("chain_link__position")
    for entry in ordered.iterator(chunk_size=BATCH):
        link = entry.chain_link
        if link.position != expected or link.digest != digest(previous, entry):
            yield link
        expected, previous = link.position + 1, link.digest
