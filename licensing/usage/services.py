"""Submitting usage reports in one piece, judged at once."""

import io
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from functools import partial
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
from licensing.usage.matching import coverage, repertoires, standing
from licensing.usage.matching.standing import Standing
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
    if made.is_named_before and (earlier := submission.repeated(made)) is not None:
        return earlier, False
    original = io.BytesIO(body)
    if made.header.type is ReportType.ZERO:
        if lines:
            raise ReportRefused("lines_disagree", "A report of type zero has no lines.")
        return keeping.keep(made, original, None)
    with evidence.workplace() as folder:
        result = _judge(made, formats.prepare_json(lines), folder)
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
    if made.is_named_before and (earlier := submission.repeated(made)) is not None:
        return earlier, False
    with evidence.workplace() as folder:
        result = _judge(made, confined.prepare(path, file_format, compression, folder), folder)
        with path.open("rb") as original:
            return keeping.keep(made, original, result)


def _judge(made: Submission, source: formats.Plain | formats.Held, folder: Path) -> IntakeResult:
    return judge(header=made.header, licence=made.licence, source=source, folder=folder)


def judge(
    *,
    header: Header,
    licence: Licence,
    source: formats.Plain | formats.Held,
    folder: Path,
    step: Callable[[int], None] = intake.unwatched,
) -> IntakeResult:
    """Judge lines against a licence; raises `ReportRefused`."""
    view = grant.view(
        contract.parse(licence.terms),
        period=header.period,
        family=header.model_family,
        version=header.model_version,
    )
    known = standing.of(licence)
    last_day = standing.last_day(header.period)
    inputs = partial(
        Inputs,
        header=header,
        grant=view,
        catalogue=RegisteredWorks(licence.licensor_id),
        step=step,
        infringing=known.infringing,
    )
    if isinstance(source, formats.Held):
        given = inputs(works=partial(_covered, licence, known, last_day))
        return replace(intake.check(source, given, folder), judged_through=known.through)
    with coverage.covered(licence, last_day) as covered:
        is_small = source.size <= settings.SMALL_REPORT_BYTES
        works = evidence.beside(covered.works, folder) if is_small else covered.works
        result = intake.check(source, inputs(works=works), folder)
    return replace(result, judged_through=known.through)


def _covered(
    licence: Licence, known: Standing, last_day: date, works: Collection[int]
) -> Collection[int]:
    if known.grants:
        return coverage.holding(licence, works, last_day)
    return repertoires.holding(licence, works)
