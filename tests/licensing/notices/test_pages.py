"""Notices on the pages of both sides, at home, and over the API."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from ledger.documents import rendering
from ledger.documents.models import Document
from licensing.parties.roles import Kind, Role
from licensing.usage import todo as usage
from licensing.usage.notices import services, todo
from licensing.usage.notices.models import Notice
from tests.factories import bearer
from tests.licensing.deals.table import organisation
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.royalties.conftest import Enter

OVERDUE = date(2026, 11, 23)
REMINDED = date(2026, 11, 17)


def formal() -> Notice:
    services.issue_due(REMINDED)
    services.issue_due(OVERDUE)
    return Notice.objects.get(stage="formal")


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('notices')}?{query}")
    return [one.stage for one in response.context["page"]]


def test_both_sides_see_it_and_only_the_licensee_is_asked_to_report(
    books: Books, browser: Enter
) -> None:
    page = reverse("notice", args=[formal().public_id])

    theirs = browser(books.table.licensee.organisation).get(page)
    ours = browser(books.collective).get(page)

    assert "Send the report" in theirs.content.decode()
    assert (theirs.context["may_withdraw"], ours.context["may_withdraw"]) == (False, True)
    assert "October 2026" in ours.content.decode()


def test_the_list_is_narrowed_by_state_stage_and_licence(books: Books, browser: Enter) -> None:
    formal()
    client = browser(books.operator.organisation)

    assert sorted(listed(client)) == ["formal", "reminder"]
    assert listed(client, "stage=formal") == ["formal"]
    assert listed(client, "state=answered") == []
    assert listed(client, "licence=lic_elsewhere") == []


def test_it_waits_at_home_for_whom_it_concerns(books: Books, browser: Enter) -> None:
    page = reverse("notice", args=[formal().public_id])

    def asked(who: Any) -> list[tuple[str, str]]:
        tasks = browser(who).get(reverse("home")).context["tasks"]
        return [(str(task.text), task.tone) for task in tasks if task.url == page]

    overdue = "Tensor Labs has not reported October 2026; a formal notice stands"
    assert asked(books.table.licensee.organisation) == [
        ("Answer the formal notice: report October 2026", "critical")
    ]
    assert asked(books.collective) == [(overdue, "warning")]
    assert asked(books.operator.organisation) == [(overdue, "warning")]
    books.report([LANTERN])
    services.settle(books.licence)
    assert list(todo.tasks(books.table.licensor)) == []


def test_a_month_that_a_notice_demands_is_not_asked_for_twice(books: Books) -> None:
    before = [str(task.text) for task in usage.tasks(books.table.licensee)]
    formal()

    assert before == ["Report the use of October 2026 under “Backlist for Vista 2”"]
    assert list(usage.tasks(books.table.licensee)) == []


def test_its_paper_is_handed_out_once_it_is_printed(books: Books, browser: Enter) -> None:
    notice = formal()
    client = browser(books.table.licensee.organisation)
    before = client.get(reverse("notice-pdf", args=[notice.public_id, "ja"]))
    for document in Document.objects.filter(kind="notice"):
        rendering.render(document_id=document.pk)

    after = client.get(reverse("notice-pdf", args=[notice.public_id, "ja"]))

    assert (before.status_code, after.status_code) == (404, 200)
    assert b"".join(after.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]  # a file's answer
    assert client.get(reverse("notice-pdf", args=[notice.public_id, "fr"])).status_code == 404


def test_it_is_withdrawn_from_its_page(books: Books, browser: Enter) -> None:
    notice = formal()
    client = browser(books.collective)
    address = reverse("notice-withdraw", args=[notice.public_id])

    refused = client.post(address, {"reason": ""}, follow=True).content.decode()
    notice.refresh_from_db()
    assert notice.state == "standing"
    client.post(address, {"reason": "Agreed by telephone."})

    notice.refresh_from_db()
    assert "Say why" in refused
    assert notice.state == "withdrawn"


def test_strangers_find_nothing_and_viewers_withdraw_nothing(books: Books, browser: Enter) -> None:
    notice = formal()
    rival = browser(organisation("rival", Kind.COLLECTIVE))
    assert listed(rival) == []
    for name in ("notice", "notice-withdraw"):
        address = reverse(name, args=[notice.public_id])
        send = rival.post if name == "notice-withdraw" else rival.get
        assert send(address).status_code == 404
    viewer = browser(books.collective, Role.VIEWER)
    address = reverse("notice-withdraw", args=[notice.public_id])
    assert viewer.post(address, {"reason": "x"}).status_code == 403


def test_the_api_lists_shows_and_withdraws(books: Books) -> None:
    notice = formal()
    client = Client(headers=bearer(books.collective))
    every = client.get("/api/v1/notices?stage=formal").json()["data"]

    def withdraw(who: Client, reason: str) -> Any:
        return who.post(
            f"/api/v1/notices/{notice.public_id}/withdraw",
            {"reason": reason},
            content_type="application/json",
            headers={"Idempotency-Key": reason or "none"},
        )

    licensee = Client(headers=bearer(books.table.licensee.organisation))
    refused = withdraw(licensee, "No.").status_code
    answer = withdraw(client, "Agreed by telephone.")

    assert [(one["id"], one["missing"], one["deadline_on"]) for one in every] == [
        (notice.public_id, ["2026-10"], "2026-12-07")
    ]
    assert (refused, answer.status_code, answer.json()["state"]) == (403, 200, "withdrawn")
    assert client.get(f"/api/v1/notices/{notice.public_id}").json()["state"] == "withdrawn"
