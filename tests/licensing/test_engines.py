"""Engines are lent again in one process: empty, as confined as new ones, never after a fault."""

from pathlib import Path

import pytest

from licensing import engines, evidence
from licensing.evidence import EngineError, quoted

MAKES = (
    "CREATE TYPE unsaid AS ENUM ('')",
    "CREATE TABLE lines (note unsaid)",
    'CREATE VIEW "odd ""name" AS FROM lines',
)


def test_an_engine_is_lent_again_and_empty() -> None:
    with evidence.workplace() as folder, evidence.engine(folder) as first:
        for statement in MAKES:
            first.execute(statement)
    with evidence.workplace() as folder, evidence.engine(folder) as second:
        assert second is first
        for statement in MAKES:
            second.execute(statement)


def test_two_jobs_at_once_have_an_engine_each() -> None:
    with evidence.workplace() as folder, evidence.engine(folder) as one:
        one.execute("CREATE TABLE lines (i INTEGER)")
        with evidence.engine(folder) as other:
            other.execute("CREATE TABLE lines (i INTEGER)")
            assert other is not one


def test_an_engine_in_which_a_job_failed_is_not_lent_again() -> None:
    with (
        evidence.workplace() as folder,
        pytest.raises(EngineError),
        evidence.engine(folder) as first,
    ):
        first.execute("SELECT * FROM nothing")

    with evidence.workplace() as folder, evidence.engine(folder) as second:
        assert second is not first


def test_a_lent_engine_sees_nothing_outside_the_workplaces(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    refusals = (
        f"FROM read_csv({quoted(secret)})",
        f"COPY (SELECT 1) TO {quoted(tmp_path / 'made.csv')}",
        "SET memory_limit = '64GB'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    )

    for refused in refusals:
        with (
            evidence.workplace() as folder,
            pytest.raises(EngineError),
            evidence.engine(folder) as engine,
        ):
            engine.execute(refused)

    assert not (tmp_path / "made.csv").exists()


def test_a_file_beside_the_job_is_a_copy_that_may_be_written_over(tmp_path: Path) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("a\n1\n")

    with evidence.workplace() as folder:
        near = evidence.beside(kept, folder)
        with evidence.engine(folder, [near]) as engine:
            rows = engine.execute(f"FROM read_csv({quoted(near)})").fetchall()
            engine.execute(f"COPY (SELECT 2 AS a) TO {quoted(near)} (FORMAT csv)")

        assert near.is_relative_to(engines.home())
    assert rows == [(1,)]
    assert kept.read_text() == "a\n1\n"
