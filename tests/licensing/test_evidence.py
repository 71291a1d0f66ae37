import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

from licensing import evidence
from licensing.evidence import EvidenceExists
from tests.licensing.usage.desk import sha256


class Bucket(Storage):
    """A store without paths, as an object store is."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def _open(self, name: str, _mode: str = "rb") -> File:  # type: ignore[type-arg]
        return ContentFile(self.objects[name])

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        taken = name in self.objects
        name = f"{name}-other" if taken else name
        self.objects[name] = content.read()
        return name

    def exists(self, name: str) -> bool:
        """Whether an object is there."""
        return name in self.objects

    def delete(self, name: str) -> None:
        """Drop an object."""
        del self.objects[name]


@pytest.fixture(params=["folder", "bucket"])
def _store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "bucket":
        bucket = Bucket()
        monkeypatch.setattr(evidence, "store", lambda: bucket)


pytestmark = pytest.mark.usefixtures("_store")


def kept(key: str) -> bytes:
    with evidence.open_stream(key) as stream:
        return stream.read()


def test_what_is_put_is_hashed_and_can_be_read_back() -> None:
    stored = evidence.put("reports/a/original.csv", io.BytesIO(b"lines"))

    assert (stored.size, stored.sha256) == (5, sha256(b"lines"))
    assert kept(stored.key) == b"lines"
    assert evidence.measure(stored.key) == stored
    with evidence.local_path(stored.key) as path:
        assert path.read_bytes() == b"lines"


def test_evidence_is_never_overwritten() -> None:
    evidence.put("reports/a", io.BytesIO(b"first"))

    with pytest.raises(EvidenceExists):
        evidence.put("reports/a", io.BytesIO(b"second"))

    assert kept("reports/a") == b"first"


def test_who_loses_a_race_for_a_key_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence.put("reports/a", io.BytesIO(b"first"))
    store = evidence.store()
    monkeypatch.setattr(type(store), "exists", lambda _self, _name: False)

    with pytest.raises(EvidenceExists):
        evidence.put("reports/a", io.BytesIO(b"second"))

    assert kept("reports/a") == b"first"


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken:
        pieces = iter([b"half"])

        def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002  # the protocol's shape
            return next(self.pieces)

    with pytest.raises((StopIteration, RuntimeError)):
        evidence.put("reports/a", Broken())

    assert not evidence.kept("reports/a")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_derived_files_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "lines.parquet"
    path.write_bytes(b"rows")

    first = evidence.put_addressed("reports/a/lines", ".parquet", path)

    assert first.key == f"reports/a/lines/{sha256(b'rows')[:20]}.parquet"
    assert evidence.put_addressed("reports/a/lines", ".parquet", path) == first


def test_parts_are_read_as_one_and_only_parts_are_ever_forgotten() -> None:
    keys = [
        evidence.put(f"uploads/a/{number}", io.BytesIO(piece)).key
        for number, piece in enumerate([b"one ", b"two ", b"three"])
    ]

    with evidence.Joined(keys) as joined:
        assert joined.readable()
        stored = evidence.put("reports/a/original.csv", joined)
    evidence.Joined(keys).close()
    evidence.forget_part(keys[0])

    assert kept(stored.key) == b"one two three"
    assert not evidence.kept(keys[0])
    with pytest.raises(EvidenceExists):
        evidence.forget_part(stored.key)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('/etc/hosts')",
        "SELECT * FROM read_text('{outside}')",
        "COPY (SELECT 1) TO '{outside}'",
        "ATTACH '{outside}'",
        "SET threads = 64",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ],
)
def test_the_engine_reaches_nothing_but_what_it_was_given(tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()

    with evidence.engine(inside) as engine, pytest.raises(duckdb.Error):
        engine.execute(statement.format(outside=outside))

    assert outside.read_text() == "secret"


def test_a_quote_in_a_path_stays_inside_its_literal() -> None:
    hostile: Any = "it's"

    assert evidence.quoted(hostile) == "'it''s'"
