"""The works a licence covers on a day: its frozen repertoire, and what was granted since."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from licensing import evidence
from licensing.catalogue.models import Work
from licensing.deals.models import Licence
from licensing.evidence import quoted
from licensing.usage.matching import repertoires
from licensing.usage.matching.models import Kind, MatchDecision


@dataclass(frozen=True, slots=True)
class Covered:
    """Parquet of the covered works as of the snapshot, their number, and those granted since."""

    works: Path
    count: int
    granted: tuple[str, ...]


def granted(licence: Licence, on: date) -> tuple[str, ...]:
    """Return the ids of the works granted beside the repertoire up to a day, in a fixed order."""
    return tuple(granted_each([(licence.pk, on)]).get(licence.pk, []))


def granted_each(asked: Sequence[tuple[int, date]]) -> dict[int, list[str]]:
    """Return the same for several licences, each on its own day, in one query."""
    until = dict(asked)
    found: dict[int, list[str]] = defaultdict(list)
    grants = MatchDecision.objects.standing(Kind.GRANT).filter(licence__in=until)
    for licence, starts_on, work in grants.order_by("work__public_id").values_list(
        "licence", "starts_on", "work__public_id"
    ):
        if licence in until and starts_on is not None and starts_on <= until[licence]:
            found[licence].append(str(work))
    return found


@contextmanager
def covered(licence: Licence, on: date) -> Iterator[Covered]:
    """Give the works covered on a day as a file for as long as the block runs."""
    with with_granted(licence, granted(licence, on)) as works:
        yield works


@contextmanager
def with_granted(licence: Licence, added: tuple[str, ...]) -> Iterator[Covered]:
    """Give the frozen repertoire together with these works, which are not in it."""
    with evidence.local_path(licence.snapshot_key) as snapshot:
        if not added:
            yield Covered(snapshot, licence.snapshot_works, ())
            return
        works = Work.objects.filter(public_id__in=added).values_list("pk", "public_id", "kind")
        with evidence.workplace() as folder:
            path = folder / "covered.parquet"
            with evidence.engine(folder, [snapshot]) as duck:
                duck.execute("CREATE TABLE added (work_id BIGINT, public_id VARCHAR, kind VARCHAR)")
                duck.executemany("INSERT INTO added VALUES ($1, $2, $3)", list(works))
                duck.execute(
                    f"""
                    COPY (
                        FROM read_parquet({quoted(snapshot)}) UNION ALL BY NAME FROM added
                        ORDER BY work_id
                    ) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)
                    """
                )
            yield Covered(path, licence.snapshot_works + len(added), added)


def holding(licence: Licence, works: Collection[int], on: date) -> set[int]:
    """Return which of some works a licence covers on a day."""
    grants = MatchDecision.objects.standing(Kind.GRANT).filter(
        licence=licence, work__in=works, starts_on__lte=on
    )
    return repertoires.holding(licence, works) | set(grants.values_list("work", flat=True))


def holds(licence: Licence, work_id: int, on: date) -> bool:
    """Whether a licence covers a work on a day."""
    return bool(holding(licence, [work_id], on))
