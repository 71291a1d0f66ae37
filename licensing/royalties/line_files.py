"""A statement's lines as rows of a file, with the fields that royalty systems read."""

from collections.abc import Iterator
from typing import Any

from licensing.royalties import content

TEXTS = (
    "kind",
    "licence",
    "licence_title",
    "licensor",
    "licensor_reference",
    "licensee",
    "licensee_reference",
    "territory",
    "period",
    "adjustment",
    "charge",
    "price",
    "basis",
    "rate",
    "unit",
    "charge_quantity",
)
AMOUNTS = (
    "charge_minor",
    "gross_minor",
    "operator_fee_minor",
    "collective_fee_minor",
    "reserve_minor",
    "recouped_minor",
    "withholding_minor",
    "net_minor",
)
HEADER = (
    "statement",
    "month",
    "currency",
    "line",
    *TEXTS,
    *(name.removesuffix("_minor") for name in AMOUNTS),
)


def rows(stated: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the header, then a row for each line of a statement's content.

    Amounts are plain decimals in major units; they sum to the statement column by column.
    """
    yield list(HEADER)
    for number, line in enumerate(stated["lines"], start=1):
        yield [
            stated["statement"],
            stated["month"],
            stated["currency"],
            number,
            *(text_of(line, name) for name in TEXTS),
            *(content.amount(stated["currency"], line[name]) for name in AMOUNTS),
        ]


def text_of(line: dict[str, Any], name: str) -> str:
    """Return a field that is no amount as text."""
    value = line[name]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)


def harmless(cell: Any) -> Any:
    """Return a cell that a spreadsheet will not run as a formula; numbers stay as they are."""
    risky = isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    if not risky or cell[1:].replace(".", "", 1).isdigit():
        return cell
    return f"'{cell}"
