"""A statement as a spreadsheet: its summary, its lines, and the first of the works behind them.

Amounts are cells of type number, written digit by digit from the decimal and never by way of a
float. A spreadsheet keeps fifteen digits of a number, so a longer amount is written as text.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.money import currency
from licensing.royalties import content, line_files, printing, work_files
from licensing.royalties.models import Statement
from licensing.templatetags.charts import step_label
from licensing.templatetags.money import quantity
from licensing.templatetags.periods import period

EXACT_BELOW = 10**15
MOST_WORKS = 100_000
FIRST_COLUMN_WIDTH = 28


class Book:
    """A workbook in the making, with the formats its cells need."""

    def __init__(self, path: Path, folder: Path, code: str) -> None:
        self.book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "tmpdir": str(folder), "in_memory": False}
        )
        digits = currency(code).exponent
        self.code = code
        self.money: Format = self.book.add_format(
            {"num_format": "#,##0" + ("." + "0" * digits if digits else "")}
        )
        self.head: Format = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.title: Format = self.book.add_format({"bold": True, "font_size": 14})

    def sheet(self, name: str, widths: Sequence[int]) -> Worksheet:
        """Add a sheet with columns of these widths."""
        made: Worksheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            made.set_column(column, column, width)
        return made

    def amount(self, sheet: Worksheet, row: int, column: int, minor: int) -> None:
        """Write minor units in the currency's major unit."""
        text = content.amount(self.code, minor)
        if abs(minor) < EXACT_BELOW:
            sheet.write_number(row, column, Decimal(text), self.money)
        else:
            sheet.write_string(row, column, text)


def write(statement: Statement, folder: Path) -> Path:
    """Write the workbook into ``folder``, its words in the reader's language; return the file."""
    path = folder / "statement.xlsx"
    stated = content.stated(statement)
    making = Book(path, folder, statement.currency)
    with making.book:
        _summary(making, statement, stated)
        _lines(making, stated)
        _works(making, statement)
    return path


def _summary(making: Book, statement: Statement, stated: dict[str, Any]) -> None:
    sheet = making.sheet(_("Summary"), (FIRST_COLUMN_WIDTH, 40))
    sheet.write_string(0, 0, _("Royalty statement"), making.title)
    facts = [
        (_("Number"), stated["statement"]),
        (_("Period"), period(stated["month"])),
        (_("Payee"), stated["payee"]["name"]),
        (_("Issuer"), stated["operator"]["name"]),
        (_("Currency"), stated["currency"]),
        (_("SHA-256"), statement.content_sha256 or _("Draft, not issued")),
    ]
    for row, (label, value) in enumerate(facts, start=2):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, value)
    amounts = [
        (_("Opening balance"), stated["opening_minor"]),
        *((step_label(step), step["amount_minor"]) for step in printing.waterfall(stated)),
        (_("Closing balance"), stated["closing_minor"]),
    ]
    for row, (label, minor) in enumerate(amounts, start=3 + len(facts)):
        sheet.write_string(row, 0, label)
        making.amount(sheet, row, 1, minor)


def _lines(making: Book, stated: dict[str, Any]) -> None:
    first_amount = len(line_files.HEADER) - len(line_files.AMOUNTS)
    sheet = making.sheet(_("Lines"), [14] * len(line_files.HEADER))
    sheet.freeze_panes(1, 0)
    listed = line_files.rows(stated)
    for column, name in enumerate(next(listed)):
        sheet.write_string(0, column, name, making.head)
    for row, (cells, line) in enumerate(zip(listed, stated["lines"], strict=True), start=1):
        for column, cell in enumerate(cells[:first_amount]):
            sheet.write_string(row, column, str(cell))
        for column, name in enumerate(line_files.AMOUNTS, start=first_amount):
            making.amount(sheet, row, column, line[name])


def _works(making: Book, statement: Statement) -> None:
    found, has_more = work_files.first_rows(statement, MOST_WORKS)
    names = list(work_files.COLUMNS)
    sheet = making.sheet(_("Works"), [14] * len(names))
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, making.head)
    for row, cells in enumerate(found, start=1):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, str(cell))
    if has_more:
        note = _("The first %(count)s works; the CSV and Parquet by work have all of them.")
        sheet.write_string(len(found) + 2, 0, note % {"count": quantity(MOST_WORKS)})
