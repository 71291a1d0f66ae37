"""PURE. A usage report's header: what the licensee says the lines are, and their control totals."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from licensing.errors import Fault, InvalidInput
from licensing.strict_json import Number
from licensing.usage.strict import canonical

MAX_TEXT: Final = 100
MAX_UNITS: Final = 32
QUANTITY_DIGITS: Final = 24
QUANTITY: Final = re.compile(r"[0-9]{1,24}(?:\.[0-9]{1,6})?", re.ASCII)
# A sum of lines has more digits than a line may have.
TOTAL: Final = re.compile(r"[0-9]{1,32}(?:\.[0-9]{1,6})?", re.ASCII)
PERIOD: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
UNIT: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
COUNT: Final = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)

FIELDS: Final = frozenset(
    {
        "report_id",
        "type",
        "replaces",
        "corrects",
        "licence",
        "period",
        "model",
        "lines",
        "quantity",
        "sha256",
    }
)


class ReportType(StrEnum):
    """What a report does to those before it; ``zero`` declares a period without use."""

    ORIGINAL = "original"
    REPLACEMENT = "replacement"
    CORRECTION = "correction"
    ZERO = "zero"


class InvalidHeader(InvalidInput):
    """The header cannot be read; ``faults`` names each field."""

    code = "header_invalid"
    status = 400


@dataclass(frozen=True, slots=True)
class Header:
    """A header whose every field is proved; quantities are exact."""

    report_id: str
    type: ReportType
    licence: str
    period: date
    lines: int
    quantity: Mapping[str, Decimal] = field(default_factory=dict)
    model_family: str = ""
    model_version: str = ""
    sha256: str = ""
    refers_to: str = ""

    @property
    def canonical(self) -> str:
        """Return the text that decides whether two headers say the same."""
        quantity = {unit: plain(total) for unit, total in self.quantity.items()}
        values = [self.report_id, self.type.value, self.licence, f"{self.period:%Y-%m}"]
        values += [self.model_family, self.model_version, str(self.lines), self.sha256]
        return canonical([*values, self.refers_to, quantity])


def plain(value: Decimal) -> str:
    """Return a decimal without exponent or needless zeros: ``1500``, ``0.25``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse(document: Any) -> Header:
    """Read a header that `strict.loads` returned; raises `InvalidHeader` with every fault."""
    if not isinstance(document, Mapping):
        raise InvalidHeader("The header is a JSON object with report_id, type, licence and so on.")
    reader = _Reader(document)
    header = reader.header()
    if reader.faults:
        raise InvalidHeader("The header cannot be read; see errors.", faults=reader.faults)
    return header


class _Reader:
    """Reads field by field and collects faults, so that one answer names them all."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def header(self) -> Header:
        self._known(self.document, FIELDS, "")
        kind = self._type()
        family, version = self._model()
        return Header(
            report_id=self._text("report_id", self.document),
            type=kind,
            licence=self._text("licence", self.document),
            period=self._period(),
            lines=self._lines(kind),
            quantity=self._quantity(kind),
            model_family=family,
            model_version=version,
            sha256=self._sha256(),
            refers_to=self._refers_to(kind),
        )

    def _fault(self, where: str, code: str, message: str) -> None:
        self.faults.append(Fault(where, code, message))

    def _known(self, part: Mapping[str, Any], names: Iterable[str], prefix: str) -> None:
        for name in sorted(set(part) - set(names)):
            self._fault(
                f"{prefix}{name}", "unknown_field", "This field is not known; leave it out."
            )

    def _text(self, name: str, part: Mapping[str, Any], prefix: str = "") -> str:
        value = part.get(name)
        if type(value) is not str or not value.strip() or len(value) > MAX_TEXT:
            self._fault(
                f"{prefix}{name}", "text_expected", f"Write a text of 1 to {MAX_TEXT} characters."
            )
            return ""
        if value != value.strip():
            self._fault(f"{prefix}{name}", "spaces_around", "Take out the spaces around it.")
        return value

    def _type(self) -> ReportType:
        value = self.document.get("type")
        if isinstance(value, str) and value in {kind.value for kind in ReportType}:
            return ReportType(value)
        names = ", ".join(ReportType)
        self._fault("type", "type_unknown", f"Write one of: {names}.")
        return ReportType.ORIGINAL

    def _period(self) -> date:
        value = self.document.get("period")
        found = PERIOD.fullmatch(value) if type(value) is str else None
        if found is None or found[1] == "0000":
            self._fault("period", "period_malformed", "Write a month such as 2026-10.")
            return date.min
        return date(int(found[1]), int(found[2]), 1)

    def _model(self) -> tuple[str, str]:
        model = self.document.get("model")
        if model is None:
            return "", ""
        if not isinstance(model, Mapping):
            self._fault("model", "object_expected", 'Write {"family": …, "version": …}.')
            return "", ""
        self._known(model, {"family", "version"}, "model.")
        return self._text("family", model, "model."), self._text("version", model, "model.")

    def _lines(self, kind: ReportType) -> int:
        value = self.document.get("lines", Number("0") if kind is ReportType.ZERO else None)
        if not isinstance(value, Number) or not COUNT.fullmatch(value):
            self._fault("lines", "count_expected", "Write how many lines there are, e.g. 13501.")
            return 0
        if kind is ReportType.ZERO and int(value) != 0:
            self._fault("lines", "zero_has_lines", "A report of type zero has no lines.")
        if kind is not ReportType.ZERO and int(value) == 0:
            self._fault("lines", "no_lines", "To declare a period without use, send the type zero.")
        return int(value)

    def _quantity(self, kind: ReportType) -> dict[str, Decimal]:
        value = self.document.get("quantity", {} if kind is ReportType.ZERO else None)
        if not isinstance(value, Mapping) or len(value) > MAX_UNITS:
            self._fault(
                "quantity", "object_expected", 'Write a total per unit, e.g. {"token": "1500"}.'
            )
            return {}
        if kind is ReportType.ZERO and value:
            self._fault("quantity", "zero_has_quantity", "A report of type zero has no quantity.")
        if kind is not ReportType.ZERO and not value:
            self._fault("quantity", "total_missing", "Write the total of each unit in the lines.")
        return {unit: self._total(unit, total) for unit, total in value.items()}

    def _total(self, unit: str, total: Any) -> Decimal:
        if not UNIT.fullmatch(unit):
            self._fault(f"quantity.{unit}", "unit_malformed", "A unit is a word such as token.")
        if isinstance(total, str) and TOTAL.fullmatch(total):
            return Decimal(total)
        self._fault(
            f"quantity.{unit}",
            "quantity_invalid",
            'Write a decimal in a string, digits and one point: "1500" or "0.25".',
        )
        return Decimal(0)

    def _sha256(self) -> str:
        value = self.document.get("sha256")
        if value is None:
            return ""
        if type(value) is not str or not SHA256.fullmatch(value):
            self._fault(
                "sha256",
                "sha256_malformed",
                "Write the SHA-256 of the uncompressed lines as 64 lower-case hex digits.",
            )
            return ""
        return value

    def _refers_to(self, kind: ReportType) -> str:
        wanted = {ReportType.REPLACEMENT: "replaces", ReportType.CORRECTION: "corrects"}.get(kind)
        for name in ("replaces", "corrects"):
            if name in self.document and name != wanted:
                self._fault(name, "does_not_belong", f"A report of type {kind} has no {name}.")
        if wanted is None:
            return ""
        if wanted not in self.document:
            self._fault(wanted, "missing", "Name the report_id of the report this one is about.")
            return ""
        return self._text(wanted, self.document)
