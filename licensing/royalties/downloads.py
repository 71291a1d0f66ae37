"""Statements as files to take away."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse

from licensing.royalties import detail
from licensing.royalties.content import allocations_of, amount, plain
from licensing.royalties.models import Statement

COLUMNS = (
    "statement",
    "month",
    "currency",
    "licence",
    "licensee",
    "period",
    "charge",
    "price",
    "kind",
    "unit",
    "work",
    "title",
    "quantity",
    "weight",
    "weight_total",
    "gross",
    "operator_fee",
    "collective_fee",
    "reserve",
    "recouped",
    "net",
)


class _Echo:
    """A file that hands back what is written to it, for streaming."""

    def write(self, text: str) -> str:
        """Return the line."""
        return text


def statement_csv(statement: Statement) -> StreamingHttpResponse:
    """Stream a statement: a row per charge with its amounts, then a row per work behind it.

    Only charge rows carry money, so that the columns sum to the statement; work rows carry the
    quantities and the weights that the money was divided by.
    """
    writer = csv.writer(_Echo())
    body = (writer.writerow(row) for row in rows(statement))
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    name = f"{statement.public_id}-{statement.run.month:%Y-%m}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def rows(statement: Statement) -> Iterator[list[Any]]:
    """Yield the header and every row of the download."""
    yield list(COLUMNS)
    for allocation in allocations_of(statement):
        charge = allocation.charge
        licence = charge.period.licence
        start = [
            statement.public_id,
            f"{statement.run.month:%Y-%m}",
            statement.currency,
            licence.public_id,
            licence.licensee.name,
            charge.period.label,
            charge.public_id,
            charge.price_id,
        ]
        money = [
            amount(statement, minor)
            for minor in (
                allocation.gross_minor,
                allocation.operator_fee_minor,
                allocation.collective_fee_minor,
                allocation.reserve_minor,
                allocation.recouped_minor,
                allocation.amount_minor,
            )
        ]
        yield [*start, "charge", charge.unit, "", "", plain(charge.quantity), "", "", *money]
        for work in detail.works_of(allocation):
            yield [
                *start,
                "work",
                charge.unit,
                work.work_public_id,
                _text(work.title),
                plain(work.quantity),
                work.weight,
                work.weight_total,
                *[""] * len(money),
            ]


def _text(title: str) -> str:
    """Return a title that a spreadsheet will not run as a formula."""
    return f"'{title}" if title[:1] in {"=", "+", "-", "@", "\t", "\r"} else title
