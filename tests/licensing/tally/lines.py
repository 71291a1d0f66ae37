"""Judged lines and shares written as the intake and the close write them."""

from collections.abc import Sequence
from pathlib import Path

from licensing import evidence
from licensing.evidence import quoted
from licensing.royalties.tally import ReportFile

Row = tuple[str, int | None, str, str, str, str, str, str, str]
"""line_id, work_id, use, unit, quantity, territory, verdict, language, media."""


def row(
    line_id: str,
    work_id: int | None = 1,
    quantity: str = "10",
    *,
    use: str = "ai-train",
    unit: str = "token",
    territory: str = "",
    verdict: str = "accepted",
    language: str = "",
    media: str = "",
) -> Row:
    return (line_id, work_id, use, unit, quantity, territory, verdict, language, media)


def report(
    folder: Path, rows: Sequence[Row], name: str = "a", root: str = "", sequence: int = 0
) -> ReportFile:
    path = folder / f"{name}.parquet"
    columns = list(zip(*rows, strict=True)) or [()] * 9
    with evidence.engine(folder) as engine:
        engine.execute(
            f"""
            COPY (
                SELECT row_number() OVER () AS line_no, line_id, 'domain:x' AS work, work_id, "use",
                       unit, CAST(quantity AS DECIMAL(30, 6)) AS quantity, territory, verdict,
                       language, media
                FROM (
                    SELECT unnest($1::VARCHAR[]) AS line_id, unnest($2::BIGINT[]) AS work_id,
                           unnest($3::VARCHAR[]) AS "use", unnest($4::VARCHAR[]) AS unit,
                           unnest($5::VARCHAR[]) AS quantity, unnest($6::VARCHAR[]) AS territory,
                           unnest($7::VARCHAR[]) AS verdict,
                           unnest($8::VARCHAR[]) AS language, unnest($9::VARCHAR[]) AS media
                )
            ) TO {quoted(path)} (FORMAT parquet)
            """,  # noqa: S608  # the path is the test's own
            [list(column) for column in columns],
        )
    return ReportFile(name, root or name, sequence, path, "vista", "2")


def shares(folder: Path, rows: Sequence[tuple[int, str, int]]) -> Path:
    path = folder / "shares.parquet"
    with evidence.engine(folder) as engine:
        engine.execute(
            f"""
            COPY (
                SELECT *, CAST(sum(weight) OVER (PARTITION BY work_id) AS BIGINT) AS weight_total
                FROM (SELECT unnest($1::BIGINT[]) AS work_id, unnest($2::VARCHAR[]) AS payee,
                             unnest($3::BIGINT[]) AS weight)
            ) TO {quoted(path)} (FORMAT parquet)
            """,  # noqa: S608  # the path is the test's own
            [list(column) for column in zip(*rows, strict=True)],
        )
    return path


def shares_by_country(folder: Path, rows: Sequence[tuple[int, str, int, str]]) -> Path:
    """Write shares with their territory: the weights of each sum to its whole."""
    path = folder / "shares_by_country.parquet"
    with evidence.engine(folder) as engine:
        engine.execute(
            f"""
            COPY (
                SELECT *, CAST(sum(weight) OVER (PARTITION BY work_id, territory) AS BIGINT)
                    AS weight_total
                FROM (SELECT unnest($1::BIGINT[]) AS work_id, unnest($2::VARCHAR[]) AS payee,
                             unnest($3::BIGINT[]) AS weight, unnest($4::VARCHAR[]) AS territory)
            ) TO {quoted(path)} (FORMAT parquet)
            """,  # noqa: S608  # the path is the test's own
            [list(column) for column in zip(*rows, strict=True)],
        )
    return path
