"""Engines are lent again in one process: empty, as confined as new ones, never after a fault."""

from pathlib import Path

import pytest

from licensing import engines, evidence, workplaces
from licensing.errors import LicensingError
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

        assert near.is_relative_to(workplaces.home())
    assert rows == [(1,)]
    assert kept.read_text() == "a\n1\n"


TABLES = ("CREATE TABLE counts (i INTEGER)",)
ADD = "INSERT INTO counts SELECT CAST($1::VARCHAR AS INTEGER)"
SUM = "SELECT count(*), sum(i) FROM counts"


def test_an_engine_with_tables_is_lent_again_with_them_empty() -> None:
    with evidence.rehearsed(TABLES) as first:
        first.ask(ADD, "7")
        assert first.ask(SUM) == [(1, 7)]
    with evidence.rehearsed(TABLES) as second:
        assert second is first
        assert second.ask(SUM) == [(0, None)]
        second.ask(ADD, "1")
        second.ask(ADD, "2")
        assert second.ask(SUM) == [(2, 3)]


def test_jobs_at_once_do_not_see_each_others_tables() -> None:
    with evidence.rehearsed(TABLES) as one, evidence.rehearsed(TABLES) as other:
        one.ask(ADD, "7")
        assert other.ask(SUM) == [(0, None)]


def count_and_refuse() -> None:
    with evidence.rehearsed(TABLES) as engine:
        engine.ask(ADD, "7")
        raise LicensingError("No.")


def count_and_fail() -> None:
    with evidence.rehearsed(TABLES) as engine:
        engine.ask(ADD, "seven")


def test_a_refused_job_leaves_its_engine_and_a_failed_one_does_not() -> None:
    with evidence.rehearsed(TABLES) as first:
        first.ask(ADD, "1")
    with pytest.raises(LicensingError):
        count_and_refuse()
    with evidence.rehearsed(TABLES) as second:
        assert second is first
        assert second.ask(SUM) == [(0, None)]
    with pytest.raises(EngineError):
        count_and_fail()
    with evidence.rehearsed(TABLES) as third:
        assert third is not first
        assert third.ask(SUM) == [(0, None)]
    assert not first.folder.exists()


def test_a_plan_that_was_given_up_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "KEPT_PLANS", 1)

    with evidence.rehearsed(TABLES) as engine:
        engine.ask(ADD, "7")
        engine.ask(SUM)
        engine.ask(ADD, "8")
        assert engine.ask(SUM) == [(2, 15)]


def test_a_text_is_never_read_as_part_of_a_statement() -> None:
    with evidence.rehearsed(()) as engine:
        said = "'); DROP TABLE counts; --"
        assert engine.ask("SELECT $1::VARCHAR", said) == [(said,)]


def test_an_engine_with_tables_sees_no_file_but_its_own(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")

    for refused in (
        f"FROM read_csv({quoted(secret)})",
        f"COPY (SELECT 1) TO {quoted(tmp_path / 'made.csv')}",
    ):
        with pytest.raises(EngineError), evidence.rehearsed(TABLES) as engine:
            engine.ask(refused)

    assert not (tmp_path / "made.csv").exists()
