"""Whose shares reach a use: those declared for its country, otherwise the world-wide ones.

A work that has any share for a country is divided there by these alone; its world-wide shares
stand everywhere else. Where neither reaches, nobody is known to own what was used.
"""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from pathlib import Path

from licensing import evidence
from licensing.evidence import Engine, quoted
from licensing.territories import WORLD

NO_SHARES = """
    (SELECT 0 AS work_id, '' AS payee, 0 AS weight, 0 AS weight_total, '' AS territory WHERE false)
"""


def attach(engine: Engine, shares: Path | None) -> bool:
    """Make the view ``shares``; return whether some work has shares of its own for a country.

    A basis kept before shares were told apart by territory holds world-wide ones only.
    """
    if shares is None:
        engine.execute(f"CREATE VIEW shares AS FROM {NO_SHARES}")
        return False
    kept = f"read_parquet({quoted(shares)})"
    if "territory" not in evidence.columns_of(engine, shares):
        engine.execute(f"CREATE VIEW shares AS SELECT *, {quoted(WORLD)} AS territory FROM {kept}")
        return False
    engine.execute(f"CREATE VIEW shares AS FROM {kept}")
    found = engine.execute(f"SELECT 1 FROM shares WHERE territory <> {quoted(WORLD)} LIMIT 1")
    return bool(found.fetchall())


def place(engine: Engine, unstated: str) -> None:
    """Make the view ``placed``: the lines in force, each with the territory whose shares stand.

    A line without a territory counts as used where ``unstated`` says.
    """
    engine.execute(
        f"""
        CREATE TABLE declared AS
        SELECT DISTINCT work_id AS of_work, territory AS standing FROM shares
        WHERE territory <> {quoted(WORLD)}
        """
    )
    engine.execute(
        f"""
        CREATE VIEW placed AS
        SELECT in_force.*, coalesce(standing, {quoted(WORLD)}) AS standing
        FROM in_force LEFT JOIN declared
            ON of_work = work_id AND standing = coalesce(nullif(territory, ''), {quoted(unstated)})
        """
    )


def without_use(engine: Engine, unstated: str) -> None:
    """Make the view ``standing``: the shares by which a work that nobody used is divided."""
    engine.execute(
        f"""
        CREATE VIEW standing AS
        SELECT work_id, payee, weight, weight_total FROM shares
        WHERE territory = CASE
            WHEN work_id IN (SELECT work_id FROM shares WHERE territory = {quoted(unstated)})
            THEN {quoted(unstated)} ELSE {quoted(WORLD)} END
        """
    )
