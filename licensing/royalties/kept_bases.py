"""Finding a basis that was kept before and still holds, and knowing for which days one holds."""

from datetime import date
from pathlib import Path

from django.db import connection

from licensing import evidence
from licensing.catalogue import share_changes
from licensing.catalogue.share_changes import WORKS_PER_BLOCK
from licensing.deals.models import Licence
from licensing.evidence import quoted
from licensing.royalties.models import KeptBasis
from licensing.usage.matching.coverage import Covered

# Raised where the Parquet gets other columns, so that none of the old ones is taken for one.
LAYOUT = 1

# The last day before ``on`` that another share begins or ends, and the first one after it.
BOUNDARIES = """
SELECT s.work_id / {works},
    max(greatest(
        CASE WHEN s.starts_on <= {on} THEN s.starts_on END,
        CASE WHEN s.ends_on < {on} THEN s.ends_on + 1 END
    )),
    min(least(
        CASE WHEN s.starts_on > {on} THEN s.starts_on - 1 END,
        CASE WHEN s.ends_on >= {on} THEN s.ends_on END
    ))
FROM licensing_share AS s
WHERE (s.starts_on IS NOT NULL OR s.ends_on IS NOT NULL) {these}
GROUP BY 1
"""


def find(licence: Licence, covered: Covered, on: date, folder: Path) -> KeptBasis | None:
    """Return what was kept for these works, if it is what exporting their shares would say now."""
    made = KeptBasis.objects.holding(licence, covered.granted, on).filter(layout=LAYOUT)
    latest = made.order_by("-pk").first()
    if latest is None or not evidence.kept(latest.key):
        return None
    changed = share_changes.blocks_changed_since(latest.moment)
    if changed is None or (changed and changed & _blocks(covered, folder)):
        return None
    return latest


def valid_days(
    covered: Covered, on: date, these: str, folder: Path
) -> tuple[date | None, date | None]:
    """Return the first and last day on which the shares in force are those of a day; None is any.

    ``these`` is the condition that limits shares to those that are exported.
    """
    query = BOUNDARIES.format(on=f"DATE '{on.isoformat()}'", works=WORKS_PER_BLOCK, these=these)
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = cursor.fetchall()
    blocks = _blocks(covered, folder) if found else frozenset()
    begins = [first for block, first, _ in found if block in blocks and first is not None]
    ends = [last for block, _, last in found if block in blocks and last is not None]
    return max(begins, default=None), min(ends, default=None)


def _blocks(covered: Covered, folder: Path) -> frozenset[int]:
    """Return the blocks that the covered works lie in."""
    with evidence.engine(folder, [covered.works]) as duck:
        works = f"read_parquet({quoted(covered.works)})"
        rows = duck.execute(f"SELECT DISTINCT work_id // {WORKS_PER_BLOCK} FROM {works}").fetchall()  # noqa: S608  # our own path
    return frozenset(block for (block,) in rows)
