"""The repertoire snapshot: which works a licence covers, frozen at signature.

Kept as Parquet in the evidence store, one row per work: ``work_id`` (the catalogue's own number),
``public_id`` and ``kind``, ascending. Works that come into the repertoire later are not in it, and
works that leave it stay licensed until an amendment says otherwise.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from licensing import evidence
from licensing.catalogue.models import Work
from licensing.catalogue.repertoire import repertoire_of
from licensing.deals.models import Licence
from licensing.deals.terms import Terms
from licensing.errors import Fault, InvalidInput


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a frozen repertoire is kept, its hash, and how many works it holds."""

    key: str
    sha256: str
    works: int


class NothingToLicense(InvalidInput):
    """The licensor controls no work for these uses on the day of signature."""

    code = "repertoire_empty"
    status = 409


def licensable(licence: Licence, terms: Terms) -> QuerySet[Work]:
    """Return the works the terms select on the day of signature.

    Only works that the licensor controls wholly, or all of whose owners have given the collective
    a mandate: a permission that not every owner gave is none.
    """
    works = repertoire_of(
        licence.licensor,
        uses=terms.grant.uses,
        on=timezone.localdate(licence.signed_at),
        territory=terms.grant.territory,
    ).exclude(public_id__in=terms.grant.works.exclude)
    return works.order_by("pk")


def freeze(licence: Licence, terms: Terms) -> Snapshot:
    """Write the snapshot of a licence; raises `NothingToLicense` if it would be empty."""
    rows = licensable(licence, terms).values_list("pk", "public_id", "kind")
    with evidence.workplace() as folder:
        listing = folder / "works.csv"
        count = _write(listing, rows)
        if count == 0:
            raise NothingToLicense(
                f"{licence.licensor.name} has no works to license for these uses: either none "
                "are registered, or not every owner has given it a mandate.",
                faults=[Fault("grant.works", "repertoire_empty", "No work would be licensed.")],
            )
        parquet = folder / "works.parquet"
        with evidence.engine(folder) as duck:
            duck.execute(
                f"COPY (FROM read_csv({evidence.quoted(listing)}, header = false, "
                "columns = {'work_id': 'BIGINT', 'public_id': 'VARCHAR', 'kind': 'VARCHAR'}) "
                "ORDER BY work_id) "
                f"TO {evidence.quoted(parquet)} (FORMAT parquet, COMPRESSION zstd)"
            )
        kept = evidence.put_file(f"licences/{licence.public_id}/repertoire.parquet", parquet)
    return Snapshot(kept.key, kept.sha256, count)


def _write(listing: Path, rows: "QuerySet[Work, tuple[int, str, str]]") -> int:
    count = 0
    with listing.open("w", newline="") as file, connection.cursor() as cursor:
        writer = csv.writer(file)
        # A repertoire is read whole. Joined row by row, as statistics older than a large import
        # suggest, it would take minutes while the parties wait for the signature.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for row in rows.iterator(chunk_size=10_000):
            writer.writerow(row)
            count += 1
        cursor.execute("SET LOCAL enable_nestloop = on")
    return count
