"""The columns of kept lines, so that those kept before a column existed are read as they were."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from licensing.evidence import Engine, quoted

# Columns that came later; a line kept before then says nothing about them.
LATER: Final = ("language", "media")


def kept_lines(engine: Engine, paths: Iterable[Path]) -> str:
    """Return the SQL that reads kept lines, with what they do not say as empty texts."""
    files = ", ".join(quoted(path) for path in paths)
    rows = engine.execute(f"SELECT DISTINCT name FROM parquet_schema([{files}])").fetchall()  # noqa: S608  # our own paths
    there = [name for name in LATER if (name,) in rows]
    absent = "".join(f", '' AS {name}" for name in LATER if name not in there)
    said = ", ".join(f"coalesce({name}, '') AS {name}" for name in there)
    replaced = f" REPLACE ({said})" if said else ""
    return (
        f"(SELECT *{replaced}{absent} "  # noqa: S608  # our own paths and names
        f"FROM read_parquet([{files}], union_by_name = true, filename = true))"
    )
