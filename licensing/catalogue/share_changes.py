"""Which works' shares changed since a moment, as the database itself noted.

A trigger on shares, and on the wholes that works declare, appends the blocks of works that a
statement touched together with its transaction. Nobody waits for anybody, nothing that writes
shares can forget it, and what a transaction rolls back is not noted either.

A moment is what one statement could see. A change counts as later than it exactly if that
statement could not see it, so one that commits late is never taken for an old one. A moment of
another database, as after a restore, compares with nothing.
"""

from django.db import connection, models
from django.db.models import Func

from ledger.models import TransactionIdField

# The trigger divides by the same number.
WORKS_PER_BLOCK = 1024

# A snapshot does not list the transaction that takes it: what that changes counts as later.
NOW = """
SELECT concat_ws(' ',
    concat_ws('/', system_identifier, oid),
    pg_current_snapshot(),
    coalesce(pg_current_xact_id_if_assigned()::text, '')
)
FROM pg_control_system(), pg_database WHERE datname = current_database()
"""
SINCE = """
SELECT DISTINCT block FROM licensing_sharechange
WHERE xact >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
  AND (NOT pg_visible_in_snapshot(xact, %(seen)s::pg_snapshot) OR xact::text = %(own)s)
"""


class ShareChange(models.Model):
    """A block of works of which a transaction changed shares; without a block, of all works."""

    xact = TransactionIdField(
        db_default=Func(function="pg_current_xact_id", output_field=models.BigIntegerField()),
        db_index=True,
        editable=False,
    )
    block = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.xact}: {self.block}"


def moment() -> str:
    """Return what can be seen now, to ask later what changed since.

    Taken before shares are read: a change that commits in between then counts as later although
    it was read, and never the other way round.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        (found,) = cursor.fetchone()
    return str(found)


def blocks_changed_since(seen: str) -> frozenset[int] | None:
    """Return the blocks of works whose shares changed since a moment; None if any may have."""
    database, snapshot, own = seen.split(" ")
    if database != moment().split(" ")[0]:
        return None
    with connection.cursor() as cursor:
        cursor.execute(SINCE, {"seen": snapshot, "own": own})
        blocks = [block for (block,) in cursor.fetchall()]
    return None if None in blocks else frozenset(blocks)
