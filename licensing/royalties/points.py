"""The points of a licence's works, laid out from its terms and its repertoire snapshot."""

from pathlib import Path

from licensing.deals import terms as contract
from licensing.evidence import engine, quoted


def lay(terms: contract.Terms, snapshot: Path, folder: Path) -> Path | None:
    """Write Parquet of ``work_id, points``, one row per licensed work; None for other keys.

    A work that the terms name has the points of that rule; otherwise those of its kind; otherwise
    those of all others.
    """
    distribution = terms.distribution
    if distribution.key != "points":
        return None
    rest = int(distribution.otherwise or 0)
    target = folder / "points.parquet"
    with engine(folder, reads=[snapshot]) as duck:
        for named, column in (("works", "public_id"), ("kinds", "kind")):
            pairs = [
                (value, rule.points)
                for rule in distribution.points
                for value in getattr(rule, named)
            ]
            duck.execute(
                f"CREATE TABLE by_{named} AS "
                f"SELECT unnest($1::VARCHAR[]) AS {column}, unnest($2::BIGINT[]) AS points",
                [[value for value, _ in pairs], [points for _, points in pairs]],
            )
        duck.execute(
            f"""
            COPY (
                SELECT work_id,
                       coalesce(by_works.points, by_kinds.points, {rest}) AS points
                FROM read_parquet({quoted(snapshot)})
                LEFT JOIN by_works USING (public_id) LEFT JOIN by_kinds USING (kind)
                ORDER BY work_id
            ) TO {quoted(target)} (FORMAT parquet)
            """  # noqa: S608  # our own path and a whole number
        )
    return target
