"""Proving the books: every check reads what is stored and recomputes what must follow from it.

A verifier is a callable without arguments that yields a `Proof` for each thing it proved and a
`Finding`, or its plain text, for each thing that is wrong. `settings.VERIFIERS` names the ones of
other parts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection

from ledger import chain
from ledger.models import ChainLink, Entry


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was proved, and of how many."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where it is, a stable code, and what was found."""

    where: str
    code: str
    message: str


Verified = Iterator[Proof | Finding]
Verifier = Callable[[], Iterator[Proof | Finding | str]]


@dataclass(frozen=True, slots=True)
class Query:
    """A proof in SQL: ``wrong`` selects (where, message) of breaches, ``count`` what was read."""

    what: str
    code: str
    count: str
    wrong: str


QUERIES = (
    Query(
        what="entries balance in every currency",
        code="entry_unbalanced",
        count="SELECT count(*) FROM ledger_entry",
        wrong="""
            SELECT e.key, 'off by ' || sum(p.amount_minor) || ' ' || p.currency
            FROM ledger_posting AS p JOIN ledger_entry AS e ON e.id = p.entry_id
            GROUP BY e.key, p.currency HAVING sum(p.amount_minor) <> 0""",
    ),
    Query(
        what="entries have two postings or more",
        code="entry_incomplete",
        count="SELECT count(*) FROM ledger_entry",
        wrong="""
            SELECT e.key, count(p.id) || ' postings'
            FROM ledger_entry AS e LEFT JOIN ledger_posting AS p ON p.entry_id = e.id
            GROUP BY e.key HAVING count(p.id) < 2""",
    ),
    Query(
        what="postings name an entry and an account in their currency",
        code="posting_adrift",
        count="SELECT count(*) FROM ledger_posting",
        wrong="""
            SELECT 'posting ' || p.id, 'entry ' || p.entry_id || ', account ' || p.account_id
            FROM ledger_posting AS p LEFT JOIN ledger_entry AS e ON e.id = p.entry_id
            LEFT JOIN ledger_account AS a ON a.id = p.account_id AND a.currency = p.currency
            WHERE e.id IS NULL OR a.id IS NULL""",
    ),
    Query(
        what="balances equal the sum of their postings",
        code="balance_wrong",
        count="SELECT count(*) FROM ledger_balance",
        wrong="""
            SELECT a.purpose || ':' || a.party || ':' || a.currency,
                   coalesce(b.posted_minor::text, 'no balance') || ' but postings sum to '
                   || coalesce(p.total, 0)
            FROM ledger_account AS a LEFT JOIN ledger_balance AS b ON b.account_id = a.id
            LEFT JOIN (SELECT account_id, sum(amount_minor) AS total FROM ledger_posting
                       GROUP BY account_id) AS p ON p.account_id = a.id
            WHERE b.posted_minor IS DISTINCT FROM coalesce(p.total, 0)""",
    ),
    Query(
        what="reversals mirror what they reverse",
        code="reversal_unlike",
        count="SELECT count(*) FROM ledger_entry WHERE reverses_id IS NOT NULL",
        wrong="""
            SELECT e.key, 'does not mirror ' || o.key
            FROM ledger_entry AS e JOIN ledger_entry AS o ON o.id = e.reverses_id
            WHERE EXISTS (
                SELECT FROM (SELECT * FROM ledger_posting WHERE entry_id = e.id) AS m
                FULL JOIN (SELECT * FROM ledger_posting WHERE entry_id = o.id) AS r
                    ON r.account_id = m.account_id
                WHERE m.amount_minor IS DISTINCT FROM -r.amount_minor)""",
    ),
    Query(
        what="series are numbered without a gap",
        code="number_missing",
        count="SELECT count(*) FROM ledger_series",
        wrong="""
            SELECT s.prefix, count(n.number) || ' numbers up to ' || coalesce(max(n.number), 0)
                   || ', the series stands at ' || s.last_number
            FROM ledger_series AS s LEFT JOIN (
                SELECT series_id, number FROM ledger_invoice
                UNION ALL SELECT series_id, number FROM ledger_creditnote
            ) AS n ON n.series_id = s.id
            GROUP BY s.id
            HAVING count(n.number) <> s.last_number
                OR coalesce(max(n.number), 0) <> s.last_number""",
    ),
    Query(
        what="invoices equal their lines, their taxes and their entry",
        code="invoice_wrong",
        count="SELECT count(*) FROM ledger_invoice",
        wrong="""
            SELECT i.label, 'net ' || i.net_minor || ', lines ' || coalesce(l.net, 0)
                   || ', tax ' || i.tax_minor || ' of ' || coalesce(t.tax, 0)
                   || ', booked ' || coalesce(p.booked, 0)
            FROM ledger_invoice AS i
            LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS net FROM ledger_invoiceline
                       GROUP BY 1) AS l ON l.invoice_id = i.id
            LEFT JOIN (SELECT invoice_id, sum(tax_minor) AS tax, sum(net_minor) AS net
                       FROM ledger_invoicetax GROUP BY 1) AS t ON t.invoice_id = i.id
            LEFT JOIN (SELECT p.entry_id, sum(p.amount_minor) AS booked FROM ledger_posting AS p
                       JOIN ledger_account AS a ON a.id = p.account_id
                       WHERE a.purpose = 'receivable' GROUP BY 1) AS p ON p.entry_id = i.entry_id
            WHERE l.net IS DISTINCT FROM i.net_minor OR t.net IS DISTINCT FROM i.net_minor
               OR t.tax IS DISTINCT FROM i.tax_minor OR p.booked IS DISTINCT FROM i.total_minor""",
    ),
    Query(
        what="credit notes equal their lines, their taxes and their entry",
        code="credit_note_wrong",
        count="SELECT count(*) FROM ledger_creditnote",
        wrong="""
            SELECT c.label, 'net ' || c.net_minor || ', lines ' || coalesce(l.net, 0)
                   || ', tax ' || c.tax_minor || ' of ' || coalesce(t.tax, 0)
                   || ', booked ' || coalesce(p.booked, 0)
            FROM ledger_creditnote AS c
            LEFT JOIN (SELECT credit_note_id, sum(amount_minor) AS net FROM ledger_creditnoteline
                       GROUP BY 1) AS l ON l.credit_note_id = c.id
            LEFT JOIN (SELECT credit_note_id, sum(tax_minor) AS tax, sum(net_minor) AS net
                       FROM ledger_creditnotetax GROUP BY 1) AS t ON t.credit_note_id = c.id
            LEFT JOIN (SELECT p.entry_id, -sum(p.amount_minor) AS booked FROM ledger_posting AS p
                       JOIN ledger_account AS a ON a.id = p.account_id
                       WHERE a.purpose = 'receivable' GROUP BY 1) AS p ON p.entry_id = c.entry_id
            WHERE l.net IS DISTINCT FROM c.net_minor OR t.net IS DISTINCT FROM c.net_minor
               OR t.tax IS DISTINCT FROM c.tax_minor OR p.booked IS DISTINCT FROM c.total_minor""",
    ),
    Query(
        what="invoices are settled by what was paid and credited",
        code="settlement_wrong",
        count="SELECT count(*) FROM ledger_payment",
        wrong="""
            SELECT i.label, 'paid ' || i.paid_minor || ' of ' || coalesce(p.paid, 0)
                   || ', credited ' || i.credited_minor || ' of ' || coalesce(c.credited, 0)
            FROM ledger_invoice AS i
            LEFT JOIN (SELECT invoice_id, sum(amount_minor) AS paid FROM ledger_payment
                       GROUP BY 1) AS p ON p.invoice_id = i.id
            LEFT JOIN (SELECT invoice_id, sum(total_minor) AS credited FROM ledger_creditnote
                       GROUP BY 1) AS c ON c.invoice_id = i.id
            WHERE i.paid_minor <> coalesce(p.paid, 0)
               OR i.credited_minor <> coalesce(c.credited, 0)""",
    ),
    Query(
        what="guards of the database are switched on",
        code="guard_off",
        count="SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ '^ledger_'",
        wrong="""
            SELECT tgname::text, 'is switched off' FROM pg_trigger
            WHERE NOT tgisinternal AND tgname ~ '^ledger_' AND tgenabled <> 'O'""",
    ),
)


def verify_ledger() -> Verified:
    """Prove the journal, its balances and chain, and the invoices; payouts are another's."""
    for query in QUERIES:
        yield from proved(query)
    yield from verify_contents()
    yield from verify_chain()


def proved(query: Query) -> Verified:
    """Run one query's proof."""
    with connection.cursor() as cursor:
        cursor.execute(query.wrong)
        for where, message in cursor.fetchall():
            yield Finding(where, query.code, message)
        cursor.execute(query.count)
        yield Proof(query.what, cursor.fetchone()[0])


def verify_contents() -> Verified:
    """Prove that each entry's postings are the ones it was asked to hold, by their hash."""
    count = 0
    for entry in chain.whole(Entry.objects.order_by("pk")).iterator(chunk_size=chain.BATCH):
        count += 1
        if chain.stored_content(entry) != entry.request_hash:
            yield Finding(entry.key, "entry_altered", "is not what was posted under this key")
    yield Proof("entries hold what was posted", count)


def verify_chain() -> Verified:
    """Prove the hash chain from its first link."""
    for link in chain.broken_links():
        yield Finding(
            f"link {link.position}", "chain_broken", f"does not follow from entry {link.entry_id}"
        )
    yield Proof("links of the hash chain follow from their entries", ChainLink.objects.count())
