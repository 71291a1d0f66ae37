"""Matching in the dashboard: the list, one identifier, deciding and undoing without a script."""

from typing import Any

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from licensing.parties.roles import Kind as OrganisationKind
from licensing.parties.roles import Role
from licensing.usage.matching.models import MatchDecision, Unmatched
from tests.licensing.deals.table import organisation
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    item,
    map_to,
    new_work,
    picture,
    reported,
    work,
    work_off,
)
from tests.licensing.royalties.books import LANTERN, Books
from tests.licensing.royalties.conftest import Enter
from tests.licensing.usage.desk import line

WHY = "Seen on its title page."


def address(name: str) -> str:
    return reverse("unmatched", args=[item(name).public_id])


def decide(client: Client, *names: str, **said: str) -> Any:
    ids = [item(name).public_id for name in names]
    return client.post(reverse("matching-decide"), {"unmatched": ids, "reason": WHY, **said})


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(f"{reverse('matching')}?{query}")
    return [one.name.removeprefix("domain:") for one in response.context["page"]]


def test_the_list_shows_what_waits_with_what_it_stands_for(books: Books, browser: Enter) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [LANTERN, SHIGURE, SNOW])

    shown = browser(books.collective).get(reverse("matching")).content.decode()

    assert "domain:shigure.jp" in shown
    assert "First Snow" in shown
    assert "US$1.50" in shown or "$1.50" in shown


def test_tabs_search_and_order_narrow_the_list(books: Books, browser: Enter) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    two = line("5", work="domain:shigure.jp", quantity="1")
    reported(books, [SHIGURE, two, SNOW])
    client = browser(books.operator.organisation)

    assert listed(client) == ["shigure.jp", "hatsuyuki.jp"]
    assert listed(client, "sort=-stake") == ["hatsuyuki.jp", "shigure.jp"]
    assert listed(client, "q=snow") == ["hatsuyuki.jp"]
    assert listed(client, f"licence={books.licence.public_id}&q=shig") == ["shigure.jp"]
    assert listed(client, "licence=lic_elsewhere") == []
    assert listed(client, "status=mapped") == []


def test_an_identifier_is_mapped_from_its_page(books: Books, browser: Enter) -> None:
    reported(books, [SHIGURE])
    client = browser(books.operator.organisation)

    answer = decide(
        client,
        "shigure.jp",
        page="one",
        decision="map",
        chosen=work("Winter Ferry").public_id,
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, address("shigure.jp"))
    made = MatchDecision.objects.get()
    assert (made.kind, made.reason, made.by_user.name if made.by_user else "") == (
        "map",
        WHY,
        "Aoi Tanaka",
    )
    assert client.get(address("shigure.jp")).context["progress"]["total"] == 1
    work_off()
    after = client.get(address("shigure.jp"))
    assert after.context["progress"] is None
    assert "Mapped to “Winter Ferry” for every licence" in after.content.decode()


def test_works_that_look_alike_are_offered_with_whether_they_are_licensed(
    books: Books, browser: Enter
) -> None:
    new_work("First Snow", "hatsuyuki-films.jp", books.aoba)
    reported(books, [line("1", work="domain:www.hatsuyuki-films.jp"), SHIGURE])
    client = browser(books.collective)

    offered = client.get(address("www.hatsuyuki-films.jp")).context["candidates"]
    found = client.get(address("shigure.jp") + "?q=ferry").context["candidates"]

    assert [(one.work.title, one.is_covered) for one in offered] == [("First Snow", False)]
    assert [(one.work.title, one.is_covered) for one in found] == [("Winter Ferry", True)]


def test_many_are_mapped_together_to_a_work_named_by_its_identifier(
    books: Books, browser: Enter
) -> None:
    reported(books, [SHIGURE, line("5", work="domain:ame.jp")])

    answer = decide(
        browser(books.collective),
        "shigure.jp",
        "ame.jp",
        decision="map",
        work="domain:MOMIJI.jp",
    )

    assert answer.headers["Location"] == reverse("matching")
    works = MatchDecision.objects.values_list("work__title", flat=True)
    assert list(works) == ["Winter Ferry", "Winter Ferry"]


def test_a_known_work_is_granted_from_its_page(books: Books, browser: Enter) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])
    client = browser(books.collective)
    offered = client.get(address("hatsuyuki.jp")).context["grant_form"].initial["starts_on"]

    decide(client, "hatsuyuki.jp", page="one", decision="grant", starts_on=str(offered))

    assert MatchDecision.objects.get().starts_on == books.licence.starts_on
    assert item("hatsuyuki.jp").status == "granted"


def test_what_was_forgotten_is_told_at_its_field_and_nothing_is_decided(
    books: Books, browser: Enter
) -> None:
    reported(books, [SHIGURE])
    client = browser(books.operator.organisation)
    before = picture()

    no_work = decide(client, "shigure.jp", page="one", decision="map")
    unknown = decide(client, "shigure.jp", page="one", decision="map", work="domain:nobody.jp")
    no_reason = decide(client, "shigure.jp", decision="ignore", reason="")
    none_chosen = decide(client, decision="ignore")

    assert [one.status_code for one in (no_work, unknown, no_reason, none_chosen)] == [422] * 4
    assert "work" in no_work.context["form"].errors
    assert "work" in unknown.context["form"].errors
    assert "reason" in no_reason.context["form"].errors
    assert none_chosen.context["form"].non_field_errors()
    assert picture() == before


def test_a_decision_is_undone_from_the_page(books: Books, browser: Enter) -> None:
    reported(books, [SHIGURE])
    made = map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    client = browser(books.operator.organisation)
    undo = reverse("matching-undo", args=[item("shigure.jp").public_id])

    refused = client.post(undo, {"decision": made.public_id, "reason": ""}, follow=True)
    assert item("shigure.jp").status == "mapped"
    client.post(undo, {"decision": made.public_id, "reason": "It was another site."})

    assert "Say why" in refused.content.decode()
    assert item("shigure.jp").status == "open"


def test_progress_is_polled_until_all_reports_are_judged(books: Books, browser: Enter) -> None:
    reported(books, [SHIGURE])
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    client = browser(books.collective)
    poll = reverse("unmatched-progress", args=[item("shigure.jp").public_id])

    under_way = client.get(poll)
    work_off()
    over = client.get(poll)

    assert "0 / 1" in under_way.content.decode()
    assert over.headers["HX-Refresh"] == "true"


def test_the_report_leads_to_matching_and_tells_how_it_was_judged_again(
    books: Books, browser: Enter
) -> None:
    report = reported(books, [LANTERN, SHIGURE])
    client = browser(books.collective)
    page = reverse("report", args=[report.public_id])
    before = client.get(page).content.decode()

    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    waiting = client.get(page).content.decode()
    work_off()
    after = client.get(page).content.decode()

    assert f"{reverse('matching')}?licence={books.licence.public_id}" in before
    assert "Its lines are being judged again" in waiting
    assert "Judged again: 2 accepted, 0 quarantined" in after


def test_a_viewer_looks_and_does_not_decide(books: Books, browser: Enter) -> None:
    reported(books, [SHIGURE])
    client = browser(books.collective, Role.VIEWER)

    assert client.get(address("shigure.jp")).context["is_open"] is False
    assert decide(client, "shigure.jp", decision="ignore").status_code == 403


def test_strangers_find_nothing_and_the_licensee_has_no_business_here(
    books: Books, browser: Enter
) -> None:
    reported(books, [SHIGURE])
    ferry = work("Winter Ferry").public_id
    undo = reverse("matching-undo", args=[item("shigure.jp").public_id])
    rival = browser(organisation("rival", OrganisationKind.COLLECTIVE))

    assert listed(rival) == []
    assert rival.get(address("shigure.jp")).status_code == 404
    one = decide(rival, "shigure.jp", page="one", decision="map", work=ferry)
    assert one.status_code == 404
    assert decide(rival, "shigure.jp", decision="map", work=ferry).status_code == 404
    assert rival.post(undo, {"decision": "mtd_x", "reason": WHY}).status_code == 404
    licensee = browser(books.table.licensee.organisation)
    assert licensee.get(reverse("matching")).status_code == 404
    assert Unmatched.objects.get().status == "open"


def test_whoever_may_decide_is_asked_at_home(books: Books, browser: Enter) -> None:
    reported(books, [SHIGURE, line("5", work="domain:ame.jp")])

    for who in (books.operator.organisation, books.collective):
        shown = browser(who).get(reverse("home"))
        asked = [task for task in shown.context["tasks"] if task.url == reverse("matching")]
        assert [task.count for task in asked] == [2]


def test_a_long_list_costs_no_more_queries(
    books: Books, browser: Enter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reported(books, [line(n, work=f"domain:site-{n}.jp") for n in range(30)])
    client = browser(books.operator.organisation)

    with django_assert_num_queries(10):
        client.get(reverse("matching"))


def test_an_empty_queue_says_so(books: Books, browser: Enter) -> None:
    assert b"Nothing to match" in browser(books.collective).get(reverse("matching")).content
