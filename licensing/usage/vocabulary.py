"""The words a line may use, and every code a line or a report can be answered with.

A code is stable and public; its reason says what is wrong and its suggestion what to do. Codes are
listed in the order in which they are tried: a line carries the first that applies.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

REQUIRED: Final = ("line_id", "work", "use", "unit", "quantity")
OPTIONAL: Final = ("territory", "language", "media", "note")
COLUMNS: Final = REQUIRED + OPTIONAL

# Units are data: these, and whatever unit a licence prices.
UNITS: Final = (
    "token",
    "page",
    "item",
    "image",
    "second",
    "minute",
    "character",
    "byte",
    "query",
    "fetch",
    "output",
    "revenue",
    "word",
    "article",
    "track",
    "frame",
)


class Verdict(StrEnum):
    """What became of a line; the three sum to what was received."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Code:
    """Why a line was not accepted, and what to do about it."""

    code: str
    verdict: Verdict
    reason: "StrPromise"
    suggestion: "StrPromise"


_SAME = _("Correct the line and send it in a correction under the same line_id.")

LINE_CODES: Final = (
    Code(
        "line_id_missing",
        Verdict.REJECTED,
        _("The line has no line_id, or one longer than 200 characters."),
        _("Give every line an id of its own and send the report as a replacement."),
    ),
    Code(
        "line_id_duplicate",
        Verdict.REJECTED,
        _("Several lines carry this line_id, so a correction could not tell them apart."),
        _("Give each line its own line_id and send them in a correction."),
    ),
    Code(
        "quantity_invalid",
        Verdict.REJECTED,
        _("The quantity is not a plain decimal of at most 24 digits, 6 of them decimals."),
        _("Write digits and at most one point, without sign, exponent or separators."),
    ),
    Code("unit_unknown", Verdict.REJECTED, _("The unit is not a known one."), _SAME),
    Code("use_unknown", Verdict.REJECTED, _("The use is not a known one."), _SAME),
    Code(
        "work_malformed",
        Verdict.REJECTED,
        _("The work is not written scheme:value, or its check digit is wrong."),
        _("Write the work as in isbn:9784… or domain:www.example.com."),
    ),
    Code(
        "territory_unknown",
        Verdict.REJECTED,
        _("The territory is not an ISO 3166 code."),
        _("Write two capitals such as JP, WW for the world, or leave it empty."),
    ),
    Code(
        "language_malformed",
        Verdict.REJECTED,
        _("The language is not written as a BCP 47 tag."),
        _("Write a tag such as ja, en-GB or zh-Hant, or leave it empty."),
    ),
    Code(
        "media_malformed",
        Verdict.REJECTED,
        _("The medium is not a word of small letters, digits, - and _."),
        _("Write a medium as the licence does, such as video, or leave it empty."),
    ),
    Code(
        "period_out_of_term",
        Verdict.QUARANTINED,
        _("The licence is not in force in this period."),
        _("Report under the licence of that time, or agree an amendment."),
    ),
    Code(
        "model_not_granted",
        Verdict.QUARANTINED,
        _("The licence does not cover this model or version."),
        _("Name a model of the licence, or agree an amendment for the new version."),
    ),
    Code(
        "use_not_granted",
        Verdict.QUARANTINED,
        _("The licence does not grant this use."),
        _("Agree an amendment, or correct the use."),
    ),
    Code(
        "unit_not_priced",
        Verdict.QUARANTINED,
        _("No price of the licence counts this unit for this use."),
        _("Report in a unit the licence prices, or agree an amendment."),
    ),
    Code(
        "territory_not_granted",
        Verdict.QUARANTINED,
        _("The licence does not cover this territory."),
        _("Agree an amendment, or correct the territory."),
    ),
    Code(
        "media_not_granted",
        Verdict.QUARANTINED,
        _("The licence does not cover this medium."),
        _("Agree an amendment, or correct the medium."),
    ),
    Code(
        "work_infringing",
        Verdict.QUARANTINED,
        _("The licensor says that this work was used without its permission."),
        _("Stop using the work, and write to the licensor; a formal notice may follow."),
    ),
    Code(
        "work_unknown",
        Verdict.QUARANTINED,
        _("No work in the catalogue carries this identifier."),
        _("Check the identifier; the licensor can match it to a work."),
    ),
    Code(
        "work_not_granted",
        Verdict.QUARANTINED,
        _("The work is known and not part of the licence's repertoire."),
        _("Ask the licensor to grant it, or correct the identifier."),
    ),
)

REPORT_CODES: Final = {
    "empty": _("The file holds no lines."),
    "unreadable": _("The file cannot be read in the format it was sent as."),
    "not_utf8": _("The lines are not UTF-8."),
    "characters_refused": _("The lines hold control or text-direction characters."),
    "columns_wrong": _("The columns are not those of a usage report."),
    "line_malformed": _("A line does not have the columns that the first line names."),
    "too_large": _("The lines expand to more than this system reads."),
    "too_costly": _("Reading the file takes more memory or time than one report may."),
    "sha256_disagrees": _("The SHA-256 in the header is not that of the lines."),
    "lines_disagree": _("The header's count of lines is not that of the file."),
    "quantity_disagrees": _("The header's total quantity is not that of the lines."),
    "quantity_overflow": _("The quantities sum to more than can be counted."),
    "upload_abandoned": _("The upload was begun and never completed."),
    "refers_to_unknown": _("The report this one replaces or corrects is not there."),
}

BY_CODE: Final = {code.code: code for code in LINE_CODES}
