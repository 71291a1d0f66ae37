from pathlib import Path

from licensing import evidence
from licensing.evidence import quoted
from licensing.usage.layout import kept_lines


def test_lines_kept_before_a_column_existed_say_nothing_about_it(tmp_path: Path) -> None:
    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    with evidence.engine(tmp_path) as engine:
        engine.execute(f"COPY (SELECT 1 AS line_no) TO {quoted(old)}")
        engine.execute(
            f"COPY (SELECT 2 AS line_no, 'ja' AS language, 'video' AS media) TO {quoted(new)}"
        )

        for paths, expected in (
            ([old], [(1, "", "")]),
            ([new], [(2, "ja", "video")]),
            ([old, new], [(1, "", ""), (2, "ja", "video")]),
        ):
            reading = kept_lines(engine, paths)
            found = engine.execute(f"SELECT line_no, language, media FROM {reading} ORDER BY 1")  # noqa: S608  # a test's own words
            assert found.fetchall() == expected
