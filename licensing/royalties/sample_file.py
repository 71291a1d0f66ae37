"""Reading a file of usage lines for a quote: the columns of a usage report, and every line right.

A report quarantines a bad line and goes on; a quote stops, because a quote that silently left
lines out would promise a wrong price.
"""

import csv
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from licensing.deals.terms.territories import TERRITORIES
from licensing.deals.terms.uses import USE_NAMES
from licensing.errors import Fault, InvalidInput
from licensing.royalties.quote import Sample
from licensing.royalties.rates import Tally
from licensing.royalties.rates.rational import as_decimal
from licensing.usage.formats import Plain, prepare_csv
from licensing.usage.refusal import snippet

MAX_FAULTS = 20
_QUANTITY = re.compile(r"[0-9]{1,24}(\.[0-9]{1,6})?")
_UNIT = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_WORK = re.compile(r"[a-z][a-z0-9_]{0,31}:\S{1,500}")

Kind = tuple[str, str, str]
Row = Mapping[str, str]


class InvalidSample(InvalidInput):
    """Lines that no quote can be made of; ``faults`` names each line and field."""

    code = "invalid_usage"


def read_sample(path: Path) -> Sample:
    """Read a CSV file, plain or (named ``.gz``) compressed, and add it up by use and unit.

    Raises `InvalidSample` naming file, line and field, with the lines numbered as an editor does
    and their ``line_id`` beside; `ReportRefused` for bytes that no report may hold, and `OSError`
    for a file that cannot be opened.
    """
    compression = "gzip" if path.suffix == ".gz" else ""
    with tempfile.TemporaryDirectory() as folder:
        return _added_up(path.name, prepare_csv(path, compression, Path(folder)))


def _added_up(name: str, plain: Plain) -> Sample:
    sums: dict[Kind, Fraction] = defaultdict(Fraction)
    works: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    faults: list[Fault] = []
    for number, row in _rows(name, plain):
        where = f"{name} line {number} (line_id {snippet(row['line_id'])})"
        wrong = list(_line_faults(where, row, seen))
        seen.add(row["line_id"])
        faults.extend(wrong)
        if len(faults) >= MAX_FAULTS:
            break
        if not wrong:
            quantity = Fraction(row["quantity"])
            sums[row["use"], row["unit"], row.get("territory", "")] += quantity
            if quantity:
                works[row["use"]].add(row["work"])
    if faults:
        raise InvalidSample(f"{name} has lines that cannot be quoted.", faults=faults)
    tallies = [
        Tally(use, unit, as_decimal(sums[use, unit, place]), territory=place or None)
        for use, unit, place in sorted(sums)
    ]
    return Sample(tallies, works)


def _rows(name: str, plain: Plain) -> Iterator[tuple[int, Row]]:
    with plain.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            next(reader)
            for fields in reader:
                if len(fields) != len(plain.columns):
                    raise _stop(
                        name, reader.line_num, f"Write {len(plain.columns)} fields, as in line 1."
                    )
                if any("\udc80" <= letter <= "\udcff" for letter in "".join(fields)):
                    raise _stop(name, reader.line_num, "Write it in UTF-8.")
                yield reader.line_num, dict(zip(plain.columns, fields, strict=True))
        except csv.Error as error:
            raise _stop(name, reader.line_num, f"It cannot be read ({error}).") from None


def _stop(name: str, number: int, message: str) -> InvalidSample:
    fault = Fault(f"{name} line {number}", "line_malformed", message)
    return InvalidSample(message, faults=[fault])


def _line_faults(where: str, row: Row, seen: set[str]) -> Iterator[Fault]:
    if not row["line_id"]:
        yield _fault(where, "line_id", "line_id_missing", "Give the line an id of its own.")
    elif row["line_id"] in seen:
        yield _fault(where, "line_id", "line_id_duplicate", "An earlier line has this id.")
    if not _WORK.fullmatch(row["work"]):
        yield _fault(
            where, "work", "work_malformed", "Write scheme:value, as in domain:www.example.com."
        )
    if row["use"] not in USE_NAMES:
        yield _fault(where, "use", "use_unknown", f"Use one of {', '.join(sorted(USE_NAMES))}.")
    if not _UNIT.fullmatch(row["unit"]):
        yield _fault(where, "unit", "unit_malformed", "Write a unit such as token or page.")
    if not _QUANTITY.fullmatch(row["quantity"]):
        yield _fault(
            where,
            "quantity",
            "quantity_invalid",
            f'"{snippet(row["quantity"])}" is not a plain decimal. Write digits with at most one '
            "point and 6 decimals, without sign, exponent or grouping.",
        )
    if row.get("territory") and row["territory"] not in TERRITORIES:
        yield _fault(where, "territory", "territory_unknown", "Write two capitals such as JP.")


def _fault(where: str, field: str, code: str, message: str) -> Fault:
    return Fault(f"{where} {field}", code, message)
