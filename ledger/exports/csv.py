"""The books as CSV: one row for each posting, in the order written."""

import csv
import json
from collections.abc import Iterator

from ledger.chain import BATCH, whole
from ledger.models import Entry
from ledger.money import currency, decimal_text
from ledger.snapshots import one_moment

COLUMNS = (
    "entry",
    "key",
    "cause",
    "effective_on",
    "posted_at",
    "reverses",
    "purpose",
    "party",
    "currency",
    "amount_minor",
    "amount",
    "memo",
)


class Echo:
    """A file that hands back what is written to it, so that rows can be streamed."""

    def write(self, text: str) -> str:
        """Return the row."""
        return text


def lines() -> Iterator[str]:
    """Yield the header and a line for each posting, as of one moment; debits are positive."""
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    with one_moment():
        for entry in whole(Entry.objects.order_by("pk")).iterator(chunk_size=BATCH):
            for row in rows(entry):
                yield writer.writerow(row)


def rows(entry: Entry) -> Iterator[tuple[str | int, ...]]:
    """Yield an entry's rows, one for each posting."""
    memo = json.dumps(entry.memo, ensure_ascii=False, sort_keys=True)
    for posting in entry.postings.all():
        yield (
            entry.pk,
            entry.key,
            entry.cause,
            entry.effective_on.isoformat(),
            entry.posted_at.isoformat(),
            entry.reverses.key if entry.reverses else "",
            posting.account.purpose,
            posting.account.party,
            posting.currency,
            posting.amount_minor,
            decimal_text(posting.amount_minor, currency(posting.currency)),
            memo,
        )
