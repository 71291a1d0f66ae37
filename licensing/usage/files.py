"""Files of lines: the table of their formats, and telling which one a file is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from licensing.usage import parquet
from licensing.usage.formats import BOM, COMPRESSIONS, Plain, prepare_csv
from licensing.usage.ndjson import prepare_ndjson
from licensing.usage.parquet import prepare_parquet

Preparer = Callable[[Path, str, Path], Plain]
FORMATS: Final[Mapping[str, Preparer]] = {
    "csv": prepare_csv,
    "ndjson": prepare_ndjson,
    "parquet": prepare_parquet,
}
# How names end, by compression; and the bytes by which each is known.
ENDINGS: Final = {"": "", "gzip": ".gz", "zstd": ".zst"}
MAGIC: Final = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
SUFFIXES: Final = ", ".join(
    [*(f".{name}" for name in FORMATS), *(f"…{ending}" for ending in ENDINGS.values() if ending)]
)
_PEEK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Shape:
    """A file's format and compression."""

    format: str
    compression: str


def prepare(source: Path, file_format: str, compression: str, folder: Path) -> Plain:
    """Prove a file's bytes and make it ready for the engine; raises `ReportRefused`."""
    return FORMATS[file_format](source, compression, folder)


def named(name: str) -> Shape:
    """Return what a file's name says it is; CSV where it says nothing."""
    compression = next(
        (known for known, ending in ENDINGS.items() if ending and name.endswith(ending)), ""
    )
    file_format = Path(name.removesuffix(ENDINGS[compression])).suffix.removeprefix(".")
    return Shape(file_format if file_format in FORMATS else "csv", compression)


def shape_of(path: Path) -> Shape:
    """Return what a file is by its first bytes, for a sender who is not asked for it.

    Raises `ReportRefused` for one whose compression is damaged from the start.
    """
    with path.open("rb") as stream:
        first = stream.read(_PEEK)
        if first.startswith(parquet.MAGIC):
            return Shape("parquet", "")
        compression = next((one for one, magic in MAGIC.items() if first.startswith(magic)), "")
        stream.seek(0)
        first = next(COMPRESSIONS[compression](stream, path.stat().st_size), b"")
    is_object = first.removeprefix(BOM).lstrip(b" \r\n").startswith(b"{")
    return Shape("ndjson" if is_object else "csv", compression)
