"""Submitting usage reports in one piece, judged at once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from licensing import evidence
from licensing.access import Actor
from licensing.deals import terms as contract
from licensing.deals.models import Licence
from licensing.usage import confined, formats, grant, intake, keeping, submission
from licensing.usage.header import Header, ReportType
from licensing.usage.intake import Inputs, IntakeResult
from licensing.usage.matching import coverage, standing
from licensing.usage.models import UsageReport
from licensing.usage.refusal import ReportRefused
from licensing.usage.registered import RegisteredWorks
from licensing.usage.submission import Submission


def submit_json(*, by: Actor, body: bytes) -> tuple[UsageReport, bool]:
    """Take a small report in one piece and judge it at once; returns it and whether it is new.

    The same report sent again is returned as it is. Raises what `submission` raises, and
    `ReportRefused` for a report that is unusable as a whole; then nothing is kept of it.
    """
    document, lines = submission.read_body(body)
    made = submission.of_json(by=by, document=document, lines=lines)
    if (earlier := submission.repeated(made)) is not None:
        return earlier, False
    with evidence.workplace() as folder:
        original = folder / "original.json"
        original.write_bytes(body)
        if made.header.type is ReportType.ZERO:
            if lines:
                raise ReportRefused("lines_disagree", "A report of type zero has no lines.")
            return keeping.keep(made, original, None)
        result = _judge(made, formats.prepare_json(lines, folder), folder)
        return keeping.keep(made, original, result)


def submit_file(
    *, by: Actor, document: Any, path: Path, file_format: str = "csv", compression: str = ""
) -> tuple[UsageReport, bool]:
    """Take a file of any size that lies on this machine, and judge it at once.

    Raises as `submit_json` does.
    """
    made = submission.of_file(
        by=by, document=document, file_format=file_format, compression=compression
    )
    if (earlier := submission.repeated(made)) is not None:
        return earlier, False
    with evidence.workplace() as folder:
        result = _judge(made, confined.prepare(path, file_format, compression, folder), folder)
        return keeping.keep(made, path, result)


def _judge(made: Submission, source: formats.Plain, folder: Path) -> IntakeResult:
    return judge(
        header=made.header,
        licence=made.licence,
        source=source,
        folder=folder,
        checks_sha256=made.format != "json",
    )


def judge(  # noqa: PLR0913  # what a verdict depends on, each by name
    *,
    header: Header,
    licence: Licence,
    source: formats.Plain,
    folder: Path,
    checks_sha256: bool = True,
    step: Callable[[int], None] = intake.unwatched,
) -> IntakeResult:
    """Judge lines against a licence; raises `ReportRefused`."""
    is_small = source.size <= settings.SMALL_REPORT_BYTES
    view = grant.view(
        contract.parse(licence.terms),
        period=header.period,
        family=header.model_family,
        version=header.model_version,
    )
    known = standing.of(licence)
    with coverage.covered(licence, standing.last_day(header.period)) as covered:
        catalogue = RegisteredWorks(licence.licensor_id)
        works = evidence.beside(covered.works, folder) if is_small else covered.works
        inputs = Inputs(header, view, works, catalogue, checks_sha256, step, known.infringing)
        return replace(intake.check(source, inputs, folder), judged_through=known.through)
