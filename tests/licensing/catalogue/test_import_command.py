from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from licensing.catalogue.models import CatalogueImport, Work
from tests.factories import OrganisationFactory

pytestmark = pytest.mark.django_db

ROWS = "kind,title,identifiers,shares\nwebsite,A,domain:a.example,quill:1\n"


@pytest.fixture(autouse=True)
def _operator_and_evidence(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "evidence"},
        },
    }
    OrganisationFactory.create(operator=True)


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_works", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_imports_and_counts(tmp_path: Path) -> None:
    file = tmp_path / "works.csv"
    file.write_text(ROWS)

    out, err = run(str(file), "--create-licensors")

    assert out.endswith(": 1 rows: 1 created, 0 unchanged, 0 refused.\n")
    assert err == ""
    assert Work.objects.get().title == "A"


def test_refused_rows_are_told_written_down_and_end_in_exit_2(tmp_path: Path) -> None:
    file, report = tmp_path / "works.csv", tmp_path / "refused.csv"
    file.write_text(ROWS)

    with pytest.raises(CommandError) as refusal:
        run(str(file), "--dry-run", "--report", str(report))

    assert refusal.value.returncode == 2
    assert (
        report.read_text()
        .splitlines()[1]
        .startswith("website,A,domain:a.example,quill:1,holder_unknown,")
    )
    assert not Work.objects.exists()


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        (b"\xff", []),
        (ROWS.encode() + b'x,"', []),
        (ROWS.encode(), ["--as", "nobody"]),
        (ROWS.encode(), ["--holder", "nobody"]),
        (None, []),
    ],
)
def test_what_cannot_be_read_ends_in_exit_2_and_leaves_no_work(
    tmp_path: Path, content: bytes | None, arguments: list[str]
) -> None:
    file = tmp_path / "works.csv"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError) as refusal:
        run(str(file), *arguments)

    assert refusal.value.returncode == 2
    assert not Work.objects.exists()


def test_a_licensor_may_send_its_own_works_and_no_more(tmp_path: Path) -> None:
    OrganisationFactory.create(slug="quill")
    file = tmp_path / "works.csv"
    file.write_text(ROWS)

    run(str(file), "--as", "quill")
    with pytest.raises(CommandError):
        run(str(file), "--as", "quill", "--create-licensors")

    assert CatalogueImport.objects.count() == 1
