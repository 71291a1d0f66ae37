"""Why a whole report is refused, and the first lines that are to blame."""

from collections.abc import Sequence

from licensing.errors import Fault, InvalidInput
from licensing.usage.vocabulary import REPORT_CODES

SHOWN = 20
SNIPPET = 120


class ReportRefused(InvalidInput):
    """The lines cannot be taken as a whole; ``code`` is one of `vocabulary.REPORT_CODES`."""

    def __init__(self, code: str, detail: str = "", lines: Sequence[Fault] = ()) -> None:
        reason = str(REPORT_CODES[code])
        super().__init__(f"{reason} {detail}".strip(), faults=list(lines)[:SHOWN])
        self.code = code
        self.said = detail


def blamed(line: int, code: str, message: str) -> Fault:
    """Name a line, counted from 1 for the first below the row of columns."""
    return Fault(f"line {line}", code, message)


def snippet(text: str) -> str:
    """Return the start of a text, safe to print."""
    shown = text if len(text) <= SNIPPET else text[:SNIPPET] + "…"
    return "".join(char if char.isprintable() else "�" for char in shown)
