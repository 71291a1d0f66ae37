"""The evidence store: originals untouched, normalised lines and detail as Parquet.

Behind it is the Django storage ``evidence``: a local folder, or an S3 bucket. A key is written
once and never again, so a hash taken at intake still describes the file years later. This is
also the only module that opens DuckDB: each connection is held to the memory and threads of the
settings and sees no file but those it is given.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, copyfileobj
from typing import IO, Protocol

import duckdb
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from licensing import engines
from licensing.errors import LicensingError
from licensing.workplaces import home

CHUNK_BYTES = 1 << 20

# The engine by our own names, so that no other module depends on its package.
Engine = duckdb.DuckDBPyConnection
EngineError = duckdb.Error
UnreadableInput = (duckdb.InvalidInputException, duckdb.ConversionException)
Overflow = duckdb.OutOfRangeException
OutOfMemory = duckdb.OutOfMemoryException


class EvidenceExists(LicensingError):
    """Something is kept under this key already; evidence is never overwritten."""

    code = "evidence_exists"


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: where, how much, and its SHA-256."""

    key: str
    size: int
    sha256: str


def store() -> Storage:
    """Return the storage behind the evidence."""
    return storages["evidence"]


class Readable(Protocol):
    """Anything that is read in pieces: a file, a request's body, several files in a row."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece, or nothing at the end."""


class Measured:
    """A stream that counts and hashes what is read from it, so that a file is read once."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.count = 0

    def pieces(self) -> Iterator[bytes]:
        """Yield the rest; never seeks, so a socket will do."""
        while piece := self._stream.read(CHUNK_BYTES):
            self.count += len(piece)
            self._hash.update(piece)
            yield piece

    def stored(self, key: str) -> Stored:
        """Return what was read so far, as kept under a key."""
        return Stored(key, self.count, self._hash.hexdigest())


def put(key: str, stream: Readable) -> Stored:
    """Keep a stream under a key, hashing it on the way.

    A key is there whole or not at all, whatever happens to the process. Raises `EvidenceExists`
    and leaves what is there untouched if the key is taken, even by somebody who takes it at the
    same moment.
    """
    if store().exists(key):
        raise _taken(key)
    measured = Measured(stream)
    try:
        path: Path | None = Path(store().path(key))
    except NotImplementedError:
        path = None
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.parent if path is not None else None
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".making-") as making:
        making.writelines(measured.pieces())
        making.flush()
        if path is not None:
            _link(making, path, key)
        else:
            _upload(making, key)
    return measured.stored(key)


def _link(making: "tempfile._TemporaryFileWrapper[bytes]", path: Path, key: str) -> None:
    """Give a file written beside it its final name, which fails if the name is taken."""
    os.fsync(making.fileno())
    Path(making.name).chmod(0o644)
    try:
        os.link(making.name, path)
    except FileExistsError:
        raise _taken(key) from None


def _upload(making: "tempfile._TemporaryFileWrapper[bytes]", key: str) -> None:
    """Hand a file to an object store, where it appears whole; the store renames what is taken."""
    making.seek(0)
    name = store().save(key, File(making))
    if name != key:
        store().delete(name)
        raise _taken(key)


def _taken(key: str) -> EvidenceExists:
    return EvidenceExists(f"Evidence is kept under {key} already.", key=key)


def put_file(key: str, path: Path) -> Stored:
    """Keep a local file under a key; raises as `put` does."""
    with path.open("rb") as stream:
        return put(key, stream)


def put_addressed(folder: str, suffix: str, path: Path) -> Stored:
    """Keep a derived file under its own hash, so that making it twice keeps it once."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    key = f"{folder}/{sha256[:20]}{suffix}"
    if store().exists(key):
        return Stored(key, path.stat().st_size, sha256)
    return put_file(key, path)


def open_stream(key: str) -> IO[bytes]:
    """Open a kept file for reading."""
    stream: IO[bytes] = store().open(key, "rb")
    return stream


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """Give a file a path for as long as the block runs: its own, or that of a fetched copy."""
    try:
        path = Path(store().path(key))
    except NotImplementedError:
        with tempfile.TemporaryDirectory(prefix="kyodaku-") as folder:
            copy = Path(folder) / Path(key).name
            with open_stream(key) as source, copy.open("wb") as target:
                copyfileobj(source, target, CHUNK_BYTES)
            yield copy
    else:
        yield path


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder for files in the making; it goes when the block ends."""
    with tempfile.TemporaryDirectory(prefix="job-", dir=home()) as folder:
        yield Path(folder).resolve()


def beside(path: Path, folder: Path) -> Path:
    """Copy a file into ``folder``, so that an engine needs to see no other place.

    A copy and no link: what is kept as evidence must not lie where an engine may write.
    """
    near = folder / f"beside-{path.name}"
    copyfile(path, near)
    return near


@contextmanager
def engine(folder: Path, reads: Iterable[Path] = ()) -> Iterator[Engine]:
    """Open DuckDB in memory, able to read and write below ``folder`` and to read ``reads``.

    Everything else is closed before the first statement: other files, the network, extensions,
    and the settings themselves, so that no input can talk the engine out of its limits. Where all
    files lie in a workplace the engine is one that was used before and emptied, which saves the
    most of what a small job costs; it may reach the other workplaces of this process.
    """
    outside = [path.resolve() for path in reads if not path.resolve().is_relative_to(folder)]
    if not outside and folder.is_relative_to(home()):
        with engines.borrowed() as connection:
            yield connection
        return
    connection = engines.opened(folder, outside)
    try:
        yield connection
    finally:
        connection.close()


Rehearsed = engines.Rehearsed


@contextmanager
def rehearsed(tables: tuple[str, ...]) -> Iterator[Rehearsed]:
    """Open an engine for a small job that is always the same, with its tables empty.

    As confined as others: it reads and writes in a folder of its own.
    """
    with engines.rehearsed(tables) as engine:
        yield engine


def quoted(value: object) -> str:
    """Return a value as an SQL text literal, for the few places that take no parameter."""
    return "'" + str(value).replace("'", "''") + "'"


def columns_of(engine: Engine, parquet: Path) -> frozenset[str]:
    """Return the names of a Parquet file's columns; what was kept long ago may lack some."""
    rows = engine.execute("SELECT name FROM parquet_schema($1)", [str(parquet)]).fetchall()
    return frozenset(name for (name,) in rows)


def kept(key: str) -> bool:
    """Whether something is kept under a key."""
    return store().exists(key)


def measure(key: str) -> Stored:
    """Read what is kept under a key again, for its size and hash."""
    with open_stream(key) as stream:
        measured = Measured(stream)
        for _ in measured.pieces():
            pass
    return measured.stored(key)


class Joined(io.RawIOBase):
    """Several kept files read as one stream."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = iter(keys)
        self._stream: IO[bytes] | None = None

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, opening each file as the one before it ends."""
        while True:
            if self._stream is None:
                key = next(self._keys, None)
                if key is None:
                    return b""
                self._stream = open_stream(key)
            if piece := self._stream.read(size):
                return piece
            self._stream.close()
            self._stream = None

    def close(self) -> None:
        """Close the file that is being read."""
        if self._stream is not None:
            self._stream.close()
        super().close()


def uploads_with_parts() -> list[str]:
    """Return the reports of which parts are kept."""
    try:
        folders, _ = store().listdir("uploads")
    except FileNotFoundError:
        return []
    return list(folders)


def forget_parts(public_id: str) -> None:
    """Drop every part of one report, and the folder they lay in."""
    folder = f"uploads/{public_id}"
    _, names = store().listdir(folder)
    for name in names:
        forget_part(f"{folder}/{name}")
    try:
        path = Path(store().path(folder))
    except NotImplementedError:
        return
    # A part that came in at this moment keeps its folder.
    with suppress(OSError):
        path.rmdir()


def forget_part(key: str) -> None:
    """Drop an uploaded part once the whole is kept; refuses anything that is not a part."""
    if not key.startswith("uploads/"):
        raise EvidenceExists(f"{key} is evidence and stays.", key=key)
    store().delete(key)
