"""Two at the same moment, each on its own connection."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection

from ledger.documents.models import Document
from licensing.errors import IllegalMove
from licensing.usage.notices import services
from licensing.usage.notices.models import Notice, NoticeMove
from tests.concurrency import together
from tests.licensing.royalties.books import LANTERN, Books, open_books

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(transactional_db: None, _fixed_clock: None, queued: list[str]) -> Iterator[Books]:  # noqa: ARG001  # needed before it
    yield open_books()
    connection.close()


def issue() -> None:
    services.issue_due(date(2026, 11, 23))


def test_the_job_run_twice_at_once_issues_one_notice(shared: Books) -> None:
    del shared

    together(issue, issue)

    assert list(Notice.objects.values_list("stage", flat=True)) == ["formal"]
    assert Document.objects.filter(kind="notice").count() == 2


def test_of_an_answer_and_a_withdrawal_at_once_one_settles_the_notice(shared: Books) -> None:
    issue()
    shared.report([LANTERN])
    notice = Notice.objects.get()

    outcomes = together(
        lambda: services.settle(shared.licence),
        lambda: services.withdraw(by=shared.operator, notice_id=notice.public_id, reason="Late."),
    )

    notice.refresh_from_db()
    assert NoticeMove.objects.get().to_state == notice.state
    refused = [type(one) for one in outcomes if isinstance(one, Exception)]
    assert refused == ([IllegalMove] if notice.state == "answered" else [])
