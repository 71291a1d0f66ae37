"""Lines by verdict, ready to be fixed and sent as a correction."""

# ruff: noqa: S608 -- every inserted value is a constant of ours or goes through `quoted`

from pathlib import Path
from typing import Final

from licensing import evidence
from licensing.errors import IllegalMove, InvalidInput
from licensing.evidence import quoted
from licensing.usage.layout import kept_lines
from licensing.usage.models import UsageReport
from licensing.usage.vocabulary import LINE_CODES, Verdict

FORMATS: Final = {
    "csv": "FORMAT csv, HEADER true",
    "json": "FORMAT json, ARRAY true",
    "ndjson": "FORMAT json, ARRAY false",
    "parquet": "FORMAT parquet",
}


class UnknownChoice(InvalidInput):
    """A word in the query that means nothing here."""

    code = "choice_unknown"
    status = 400


def write_lines(
    report: UsageReport, folder: Path, *, verdict: str = "", file_format: str = ""
) -> Path:
    """Write a report's lines of one verdict, or all, into ``folder`` and return the file.

    The format is that in which they came, unless another is named. The columns are those of a
    usage report, then ``verdict, code, reason, suggestion``, which are taken out before the lines
    are sent again. Raises `UnknownChoice`, and `IllegalMove` for a
    report whose lines are not judged.
    """
    if verdict and verdict not in set(Verdict):
        raise UnknownChoice(f"verdict is one of: {', '.join(Verdict)}.")
    file_format = file_format or report.format
    if file_format not in FORMATS:
        raise UnknownChoice(f"as is one of: {', '.join(FORMATS)}.")
    if not report.lines_key:
        raise IllegalMove(
            f"{report.report_id} has no judged lines: it is {report.state}.",
            state=report.state,
        )
    target = folder / f"lines.{file_format}"
    with evidence.local_path(report.lines_key) as lines, evidence.engine(folder, [lines]) as engine:
        condition = f"WHERE verdict = {quoted(verdict)}" if verdict else ""
        engine.execute(
            f"""
            COPY (
                SELECT line_id, work, "use", unit,
                       coalesce(quantity_text,
                                regexp_replace(CAST(quantity AS VARCHAR), '\\.?0+$', ''))
                           AS quantity,
                       territory, language, media, note, verdict, lines.code,
                       coalesce(reason, '') AS reason, coalesce(suggestion, '') AS suggestion
                FROM {kept_lines(engine, [lines])} AS lines
                LEFT JOIN (VALUES {_reasons()}) AS told (code, reason, suggestion)
                    ON told.code = lines.code
                {condition} ORDER BY line_no
            ) TO {quoted(target)} ({FORMATS[file_format]})
            """
        )
    return target


def _reasons() -> str:
    """Return the codes with their words in the reader's language, as SQL rows."""
    return ", ".join(
        f"({quoted(one.code)}, {quoted(one.reason)}, {quoted(one.suggestion)})"
        for one in LINE_CODES
    )
