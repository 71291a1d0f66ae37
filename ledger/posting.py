"""The journal's only writers: post(), post_many(), reverse().

One function posts N entries, N = 1 included. Every item is answered: created, exists (same key,
same content) or conflict (same key, other content, nothing posted). Locks are taken in one order
everywhere, entry keys, then accounts by name, then balances by id, so that two batches which
touch the same accounts wait for each other and never deadlock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import IntegrityError, connection, transaction
from psycopg.types.json import Jsonb

from ledger.errors import (
    AlreadyReversed,
    KeyConflict,
    NotEnoughAvailable,
    OutsideTransaction,
    UnknownEntry,
)
from ledger.journal import (
    DRAWING_CAUSES,
    AccountRef,
    Cause,
    EntryDraft,
    Leg,
    Purpose,
)
from ledger.models import Entry

INSERT_ENTRIES = """
INSERT INTO ledger_entry (key, request_hash, cause, effective_on, memo, reverses_id)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::jsonb[], %s::bigint[])
ON CONFLICT (key) DO NOTHING
RETURNING key, id
"""
FIND_ENTRIES = "SELECT key, id, request_hash FROM ledger_entry WHERE key = ANY(%s)"
FIND_ACCOUNTS = """
SELECT a.purpose, a.party, a.currency, a.id
FROM ledger_account AS a
JOIN unnest(%s::text[], %s::text[], %s::text[]) AS wanted (purpose, party, currency)
    USING (purpose, party, currency)
"""
INSERT_ACCOUNTS = """
WITH made AS (
    INSERT INTO ledger_account (purpose, party, currency)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])
    ON CONFLICT (purpose, party, currency) DO NOTHING
    RETURNING id, purpose
)
INSERT INTO ledger_balance (account_id, normal_side)
SELECT id, CASE WHEN purpose = ANY(%s) THEN 1 ELSE -1 END FROM made
"""
INSERT_POSTINGS = """
INSERT INTO ledger_posting (entry_id, account_id, currency, amount_minor)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
"""
LOCK_BALANCES = """
SELECT account_id FROM ledger_balance WHERE account_id = ANY(%s) ORDER BY account_id FOR UPDATE
"""
# Ordinary postings move the floor with the balance; a drawing one meets it as a constraint.
MOVE_BALANCES = """
UPDATE ledger_balance AS b SET
    posted_minor = posted_minor + moved.amount,
    floor_minor = LEAST(0, normal_side * (posted_minor + moved.amount) - held_minor)
FROM unnest(%s::bigint[], %s::bigint[]) AS moved (account_id, amount)
WHERE b.account_id = moved.account_id
"""
DRAW_BALANCES = """
UPDATE ledger_balance AS b SET posted_minor = posted_minor + moved.amount
FROM unnest(%s::bigint[], %s::bigint[]) AS moved (account_id, amount)
WHERE b.account_id = moved.account_id
"""


class Status(StrEnum):
    """How the journal answered one draft."""

    CREATED = "created"
    EXISTS = "exists"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer for one key; ``entry_id`` is the entry that stands under it."""

    key: str
    status: Status
    entry_id: int


def post(draft: EntryDraft) -> Outcome:
    """Post one entry; a repetition answers ``exists``.

    Raises `KeyConflict` if the key stands for other content, and what `post_many` raises.
    """
    (outcome,) = post_many([draft])
    if outcome.status is Status.CONFLICT:
        raise KeyConflict(f"{draft.key} was posted before with other content", key=draft.key)
    return outcome


def post_many(drafts: Sequence[EntryDraft]) -> list[Outcome]:
    """Post entries in one go and answer each in the order given.

    A conflict is answered and not raised, so that one bad key does not cost the batch. Everything
    else refuses the whole batch and leaves nothing of it: `OutsideTransaction` without a
    surrounding transaction, `UnknownEntry` or `AlreadyReversed` for a bad ``reverses``,
    `NotEnoughAvailable` if a payout takes more than there is.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("post inside the transaction that records the cause")
    if not drafts:
        return []
    first_of_key = {draft.key: draft for draft in reversed(drafts)}
    in_order = [first_of_key[key] for key in sorted(first_of_key)]
    with transaction.atomic():
        created = _insert_entries(in_order)
        new = [(draft, created[draft.key]) for draft in in_order if draft.key in created]
        if new:
            accounts = _open_accounts({leg.account for draft, _ in new for leg in draft.legs})
            _insert_postings(new, accounts)
            _move_balances(new, accounts)
    return _answers(drafts, created)


def reverse(key: str, *, new_key: str, effective_on: date) -> Outcome:
    """Post the mirror of an entry, on its own date; the entry itself stays as it is.

    Raises `UnknownEntry` if nothing was posted under ``key`` and `AlreadyReversed` if another
    key has reversed it.
    """
    try:
        found = Entry.objects.get(key=key)
    except Entry.DoesNotExist:
        raise UnknownEntry(f"nothing was posted under {key}", key=key) from None
    return post(draft_of(found).mirrored(key=new_key, effective_on=effective_on))


def draft_of(found: Entry) -> EntryDraft:
    """Return the draft an entry was posted from, read back from its postings."""
    postings = found.postings.select_related("account")
    return EntryDraft(
        key=found.key,
        cause=Cause(found.cause),
        effective_on=found.effective_on,
        legs=tuple(Leg(posting.account.ref, posting.amount_minor) for posting in postings),
        memo=found.memo,
        reverses=found.reverses.key if found.reverses else None,
    )


def _insert_entries(drafts: Sequence[EntryDraft]) -> dict[str, int]:
    """Insert what is new and return its ids by key; waits for a rival transaction's same key."""
    reversed_ids = _ids_of(draft.reverses for draft in drafts if draft.reverses)
    for draft in drafts:
        if draft.reverses and draft.reverses not in reversed_ids:
            raise UnknownEntry(f"nothing was posted under {draft.reverses}", key=draft.reverses)
    rows = (
        [draft.key for draft in drafts],
        [draft.content_hash for draft in drafts],
        [str(draft.cause) for draft in drafts],
        [draft.effective_on for draft in drafts],
        [Jsonb(dict(draft.memo)) for draft in drafts],
        [reversed_ids.get(draft.reverses or "") for draft in drafts],
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(INSERT_ENTRIES, rows)
            return dict(cursor.fetchall())
    except IntegrityError as error:
        raise AlreadyReversed(
            f"one of {sorted(reversed_ids)} has been reversed under another key"
        ) from error


def _ids_of(keys: Iterable[str]) -> dict[str, int]:
    return dict(Entry.objects.filter(key__in=list(keys)).values_list("key", "id"))


def _open_accounts(refs: set[AccountRef]) -> dict[AccountRef, int]:
    """Return the ids of accounts, opening the ones that nothing was posted to before."""
    found = _find_accounts(refs)
    missing = sorted(refs - found.keys())
    if missing:
        debit_side = [str(purpose) for purpose in Purpose if purpose.normal_side == 1]
        with connection.cursor() as cursor:
            cursor.execute(INSERT_ACCOUNTS, [*_columns(missing), debit_side])
        found |= _find_accounts(missing)
    return found


def _find_accounts(refs: Iterable[AccountRef]) -> dict[AccountRef, int]:
    with connection.cursor() as cursor:
        cursor.execute(FIND_ACCOUNTS, _columns(refs))
        return {
            AccountRef(Purpose(purpose), party, code): account_id
            for purpose, party, code, account_id in cursor.fetchall()
        }


def _columns(refs: Iterable[AccountRef]) -> list[list[str]]:
    rows = [(str(ref.purpose), ref.party, ref.currency) for ref in refs]
    return [list(column) for column in zip(*rows, strict=True)]


def _insert_postings(
    new: Sequence[tuple[EntryDraft, int]], accounts: dict[AccountRef, int]
) -> None:
    rows = [
        (entry_id, accounts[leg.account], leg.account.currency, leg.amount_minor)
        for draft, entry_id in new
        for leg in draft.legs
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_POSTINGS, [list(column) for column in zip(*rows, strict=True)])


def _move_balances(new: Sequence[tuple[EntryDraft, int]], accounts: dict[AccountRef, int]) -> None:
    """Bring the balances up to date, ordinary movements before those that draw on them."""
    moved: Counter[int] = Counter()
    drawn: Counter[int] = Counter()
    for draft, _ in new:
        into = drawn if draft.cause in DRAWING_CAUSES else moved
        for leg in draft.legs:
            into[accounts[leg.account]] += leg.amount_minor
    with connection.cursor() as cursor:
        cursor.execute(LOCK_BALANCES, [sorted({*moved, *drawn})])
        cursor.execute(MOVE_BALANCES, [list(moved), list(moved.values())])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(DRAW_BALANCES, [list(drawn), list(drawn.values())])
    except IntegrityError as error:
        raise NotEnoughAvailable("the payout takes more than is available") from error


def _answers(drafts: Sequence[EntryDraft], created: dict[str, int]) -> list[Outcome]:
    """Answer every draft; a key given twice in one batch is created once and then exists."""
    stored = {
        found.key: found
        for found in Entry.objects.filter(key__in={draft.key for draft in drafts}).only(
            "key", "request_hash"
        )
    }
    answered: set[str] = set()
    outcomes = []
    for draft in drafts:
        found = stored[draft.key]
        if found.request_hash != draft.content_hash:
            status = Status.CONFLICT
        elif draft.key in created and draft.key not in answered:
            status = Status.CREATED
        else:
            status = Status.EXISTS
        answered.add(draft.key)
        outcomes.append(Outcome(draft.key, status, found.pk))
    return outcomes
