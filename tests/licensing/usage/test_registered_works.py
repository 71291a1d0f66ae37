import csv
from pathlib import Path

import pytest

from licensing.usage.models import UsageReport
from licensing.usage.registered import RegisteredWorks
from tests.factories import IdentifierFactory, WorkFactory
from tests.licensing.usage.conftest import Office
from tests.licensing.usage.desk import line
from tests.licensing.usage.sending import send

pytestmark = pytest.mark.django_db


def test_names_are_found_exactly_and_by_the_works_own_id() -> None:
    work = WorkFactory.create(title="www.kaede.jp")
    IdentifierFactory.create(work=work, value="kaede.jp:8080")

    found = RegisteredWorks().find(
        ["domain:kaede.jp:8080", "domain:kaede.jp", f"work:{work.public_id}", "no scheme"]
    )

    assert found == {"domain:kaede.jp:8080": work.pk, f"work:{work.public_id}": work.pk}


def test_names_are_brought_to_their_normal_form() -> None:
    works = RegisteredWorks()

    assert works.normalised("DOMAIN:Kaede.JP.") == "domain:kaede.jp"
    assert works.normalised("isbn:978-4-10-109205-8") == "isbn:9784101092058"
    assert works.normalised("isbn:9784101092059") is None
    assert works.normalised("nowhere:1") is None


def test_the_index_holds_every_name(tmp_path: Path) -> None:
    work = IdentifierFactory.create(value="kaede.jp").work

    assert RegisteredWorks().write_index(tmp_path / "index.csv")

    with (tmp_path / "index.csv").open(encoding="utf-8", newline="") as stream:
        rows = {(name, int(work_id)) for name, work_id in csv.reader(stream)}
    assert rows == {("domain:kaede.jp", work.pk), (f"work:{work.public_id}", work.pk)}


def test_a_report_joined_with_the_index_gets_the_same_verdicts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        line("1"),
        line("2", work="domain:KAEDE.jp"),
        line("3", work="domain:nobody.jp"),
        line("4", work="isbn:9784101092059"),
        line("5", work="domain:tsubaki.jp"),
    ]
    one_by_one = send(office, lines)
    monkeypatch.setattr("licensing.usage.judging.LOOK_UP_AT_ONCE", 2)

    joined = send(office, lines, report_id="oct-2")

    assert joined.totals == one_by_one.totals
    assert [(total["code"], total["lines"]) for total in joined.totals] == [
        ("", 2),
        ("work_not_granted", 1),
        ("work_unknown", 1),
        ("work_malformed", 1),
    ]
    assert UsageReport.objects.count() == 2
