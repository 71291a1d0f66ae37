"""Two at the same moment, each on its own connection."""

from collections.abc import Iterator

import pytest
from django.db import connection

from licensing.usage import services, uploads
from licensing.usage.models import UsageReport
from licensing.usage.refusal import ReportRefused
from licensing.usage.submission import ReportConflict
from tests.concurrency import together
from tests.licensing.usage.conftest import Office, open_office
from tests.licensing.usage.desk import line
from tests.licensing.usage.sending import body, file_header, put, send, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(transactional_db: None, queued: list[str]) -> Iterator[Office]:  # noqa: ARG001  # needed before it
    yield open_office()
    connection.close()


def test_the_same_report_sent_twice_at_once_is_kept_once(shared: Office) -> None:
    sent = body(shared)

    outcomes = together(
        lambda: services.submit_json(by=shared.licensee, body=sent),
        lambda: services.submit_json(by=shared.licensee, body=sent),
    )

    answers = [one for one in outcomes if not isinstance(one, Exception)]
    assert sorted(is_new for _, is_new in answers) == [False, True]
    assert UsageReport.objects.count() == 1
    assert UsageReport.objects.get().moves.count() == 1


def test_of_two_contents_under_one_report_id_one_is_kept(shared: Office) -> None:
    bodies = [body(shared, [line("1", quantity=str(n))]) for n in (1, 2)]

    outcomes = together(
        *(lambda b=b: services.submit_json(by=shared.licensee, body=b) for b in bodies)
    )

    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [ReportConflict]
    assert UsageReport.objects.count() == 1


def test_of_two_replacements_of_one_report_one_counts(shared: Office) -> None:
    first = send(shared)
    bodies = [
        body(
            shared,
            [line("1", quantity=str(n))],
            report_id=f"new-{n}",
            type="replacement",
            replaces="oct-1",
        )
        for n in (1, 2)
    ]

    outcomes = together(
        *(lambda b=b: services.submit_json(by=shared.licensee, body=b) for b in bodies)
    )

    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [ReportRefused]
    assert len(UsageReport.objects.in_force(first.licence_id, first.period, first.period)) == 1


def test_two_corrections_at_once_get_numbers_of_their_own(shared: Office) -> None:
    first = send(shared)
    bodies = [
        body(shared, [line("1")], report_id=f"fix-{n}", type="correction", corrects="oct-1")
        for n in (1, 2)
    ]

    together(*(lambda b=b: services.submit_json(by=shared.licensee, body=b) for b in bodies))

    assert sorted(first.corrections.values_list("sequence", flat=True)) == [1, 2]


def test_one_report_checked_by_two_workers_is_accepted_once(shared: Office) -> None:
    report = upload(shared)

    outcomes = together(
        lambda: uploads.check_report(report.pk), lambda: uploads.check_report(report.pk)
    )
    uploads.check_report(report.pk)

    assert outcomes == [None, None]
    assert UsageReport.objects.get().state == "accepted"
    assert list(report.moves.values_list("to_state", flat=True)) == [
        "received",
        "checking",
        "accepted",
    ]


def test_an_upload_completed_twice_at_once_is_received_once(shared: Office) -> None:
    report, _ = uploads.create_upload(by=shared.licensee, document=file_header(shared))
    put(shared, report, 1, b"x")

    together(*[lambda: uploads.complete(by=shared.licensee, upload_id=report.public_id)] * 2)

    assert list(report.moves.values_list("to_state", flat=True)) == ["received"]
