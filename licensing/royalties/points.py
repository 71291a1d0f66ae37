"""The points of a licence's works, laid out from its terms and its repertoire snapshot."""

from pathlib import Path

from licensing.deals import terms as contract
from licensing.usage.evidence import engine, quoted


def lay(terms: contract.Terms, snapshot: Path, folder: Path) -> Path | None:
    """Write Parquet of ``work_id, points``, one row per licensed work; None for other keys.

    A work that the terms name has the points of that rule; otherwise those of its kind; otherwise
    those of all others.
    """
    distribution = terms.distribution
    if distribution.key != "points":
        return None
    target = folder / "points.parquet"
    with engine(folder, reads=[snapshot]) as duck:
        duck.execute("CREATE TABLE by_work (public_id VARCHAR, points BIGINT)")
        duck.execute("CREATE TABLE by_kind (kind VARCHAR, points BIGINT)")
        for rule in distribution.points:
            for work in rule.works:
                duck.execute("INSERT INTO by_work VALUES ($1, $2)", [work, rule.points])
            for kind in rule.kinds:
                duck.execute("INSERT INTO by_kind VALUES ($1, $2)", [kind, rule.points])
        duck.execute(
            f"""
            COPY (
                SELECT work_id,
                       coalesce(by_work.points, by_kind.points, {int(distribution.otherwise or 0)})
                           AS points
                FROM read_parquet({quoted(snapshot)})
                LEFT JOIN by_work USING (public_id) LEFT JOIN by_kind USING (kind)
                ORDER BY work_id
            ) TO {quoted(target)} (FORMAT parquet)
            """  # noqa: S608  # our own path and a whole number
        )
    return target
