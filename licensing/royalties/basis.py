"""The shares a close divides by, exported once and kept beside its result.

Parquet, one row per share in force on the period's last day of a work that the licence covers:
``work_id, payee, weight, weight_total, territory``. Payees are organisation slugs, which never
change. With it `verify` divides by what was true then, whatever the catalogue says now.

What the shares leave of a declared whole belongs to suspense; of a work of which more is claimed
than its whole, all of it does. Both by territory: the whole is that of each.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from licensing import evidence
from licensing.catalogue import share_changes
from licensing.deals.models import Licence
from licensing.royalties import kept_bases
from licensing.royalties.allocation import SUSPENSE
from licensing.royalties.models import KeptBasis
from licensing.territories import WORLD
from licensing.usage.matching import coverage

WORLD_WIDE = evidence.quoted(WORLD)

# Below this many works the database is asked for just these; above, for every share in force.
FEW_WORKS = 200_000

# A country stands behind the rest of a row and the world does not, so that a licence without
# shares by country hashes as it always did.
# Rows are handed over in blocks: a message of the copy for each share costs more than the query.
SHARES = """
COPY (
    SELECT string_agg(
        concat(
            s.work_id, ',', o.slug, ',', s.weight, ',', w.weight_total,
            CASE WHEN s.territory <> {world} THEN concat(',', s.territory) END
        ), chr(10)
        ORDER BY s.work_id, o.slug, s.territory
    )
    FROM licensing_share AS s JOIN licensing_organisation AS o ON o.id = s.holder_id
    JOIN licensing_work AS w ON w.id = s.work_id
    WHERE (s.starts_on IS NULL OR s.starts_on <= {on})
      AND (s.ends_on IS NULL OR s.ends_on >= {on})
      {these}
    GROUP BY s.work_id / 1024 ORDER BY s.work_id / 1024
) TO STDOUT (FORMAT csv)
"""


@dataclass(frozen=True, slots=True)
class Basis:
    """A kept basis: its key in the evidence store and the hash of what it says."""

    key: str
    sha256: str
    works: int
    granted: tuple[str, ...]
    """How many works the licence covers, owned or not, and which were granted after signature."""


def freeze(licence: Licence, on: date, folder: Path) -> Basis:
    """Return the kept shares of the works that a licence covers on a day, exported if need be.

    The hash is of the rows as text, so that it does not depend on how Parquet was written; the
    same shares are kept once, and do not leave the database again while none of them changed.
    """
    with coverage.covered(licence, on) as covered:
        kept = kept_bases.find(licence, covered, on, folder)
        kept = kept or _make(licence, covered, on, folder)
    return Basis(kept.key, kept.sha256, covered.count, covered.granted)


def hash_of(licence: Licence, on: date, folder: Path) -> str:
    """Return the hash that freezing the shares would have now; keeps nothing."""
    with coverage.covered(licence, on) as covered:
        if kept := kept_bases.find(licence, covered, on, folder):
            return kept.sha256
        listing = folder / "shares.csv"
        _export(on, _only(covered, folder), listing)
    return _hash(listing)


def _make(licence: Licence, covered: coverage.Covered, on: date, folder: Path) -> KeptBasis:
    """Export the shares and keep them, with the moment before anything was read."""
    moment = share_changes.moment()
    these = _only(covered, folder)
    first_on, last_on = kept_bases.valid_days(covered, on, these, folder)
    listing, parquet = folder / "shares.csv", folder / "shares.parquet"
    _export(on, these, listing)
    _write(listing, covered.works, parquet, folder)
    stored = evidence.put_addressed(f"licences/{licence.public_id}/basis", ".parquet", parquet)
    return KeptBasis.objects.create(
        licence=licence,
        granted=list(covered.granted),
        layout=kept_bases.LAYOUT,
        first_on=first_on,
        last_on=last_on,
        moment=moment,
        key=stored.key,
        sha256=_hash(listing),
    )


def _write(listing: Path, works: Path, parquet: Path, folder: Path) -> None:
    """Write the shares of these works as Parquet, with what belongs to nobody in suspense."""
    with evidence.engine(folder, reads=[works]) as duck:
        duck.execute(
            f"""
            COPY (
                WITH listed AS (
                    SELECT work_id, payee, weight, whole,
                        coalesce(country, {WORLD_WIDE}) AS territory,
                        sum(weight) OVER (PARTITION BY work_id, country)::BIGINT AS claimed
                    FROM read_csv(
                        {evidence.quoted(listing)}, header = false, auto_detect = false,
                        null_padding = true, columns = {{
                            'work_id': 'BIGINT', 'payee': 'VARCHAR', 'weight': 'BIGINT',
                            'whole': 'BIGINT', 'country': 'VARCHAR'
                        }}
                    )
                    SEMI JOIN read_parquet({evidence.quoted(works)}) USING (work_id)
                )
                SELECT work_id, payee, weight, coalesce(whole, claimed) AS weight_total, territory
                FROM listed WHERE whole IS NULL OR claimed <= whole
                UNION ALL
                SELECT DISTINCT work_id, {evidence.quoted(SUSPENSE)},
                    CASE WHEN claimed > whole THEN whole ELSE whole - claimed END, whole,
                    territory
                FROM listed WHERE claimed <> whole
                ORDER BY work_id, payee, territory
            ) TO {evidence.quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)
            """  # noqa: S608  # only quoted paths of our own making
        )


def _hash(listing: Path) -> str:
    with listing.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _only(covered: coverage.Covered, folder: Path) -> str:
    """Return the condition that a share is of these works, or none where they are many."""
    if covered.count > FEW_WORKS:
        return ""
    with evidence.engine(folder, reads=[covered.works]) as duck:
        found = duck.execute(
            f"SELECT work_id FROM read_parquet({evidence.quoted(covered.works)})"  # noqa: S608  # our own path
        ).fetchall()
    numbers = ",".join(str(int(work_id)) for (work_id,) in found)
    return f"AND s.work_id = ANY ('{{{numbers}}}'::bigint[])"


def _export(on: date, these: str, listing: Path) -> None:
    """Write the shares in force as CSV, straight out of PostgreSQL."""
    query = SHARES.format(world=WORLD_WIDE, on=f"DATE '{on.isoformat()}'", these=these)
    with (
        connection.cursor() as cursor,
        cursor.copy(query) as copy,
        listing.open("wb") as target,
    ):
        for block in copy:
            target.write(bytes(block).strip(b'"\n') + b"\n")
