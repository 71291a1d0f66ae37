"""An identifier mapped to a work once counts in every report, by exactly the expected cents.

Mapping shigure.jp to Winter Ferry (aoba 2 : birch 1) adds 400,000 tokens to the month by hand:

    charge      2,400,000 × 2.50 / 1,000,000 = 6.00 USD = 600 cents, 100 more
    collective  9.5 % = 57        operator  3 % = 18        rest 525
    aoba        1,000,000 + 933,333⅓ = 1,933,333⅓      birch 466,666⅔
    525 by these: 422.92 : 102.08, the cent left over to aoba: 423 : 102, so 59 and 29 more
"""

from ledger.journal import Purpose
from licensing.catalogue.models import Identifier, Work
from licensing.errors import IllegalMove, InvalidInput, MissingScope
from licensing.parties.roles import Kind as OrganisationKind
from licensing.royalties import closing, verify
from licensing.royalties.models import Period
from licensing.usage.matching.decisions import AlreadyDecided, Choice, NotLicensable
from licensing.usage.matching.models import Kind, MatchDecision, Unmatched
from tests.licensing.deals.table import organisation
from tests.licensing.matching.desk import (
    SHIGURE,
    SNOW,
    codes,
    decide,
    item,
    map_to,
    new_work,
    refused,
    reported,
    undo,
    verdicts,
    work,
    work_off,
)
from tests.licensing.royalties.books import FERRY, LANTERN, OCTOBER, PRICE, Books, booked
from tests.licensing.usage.desk import line


def test_a_mapping_books_exactly_the_difference_and_undoing_it_brings_the_books_back(
    books: Books,
) -> None:
    report = reported(books, [LANTERN, FERRY, SHIGURE])
    books.close()
    before = booked()
    assert books.balance(Purpose.EARNED, books.aoba) == 364

    mapping = map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()
    assert verdicts(report) == [("accepted", "", 3)]
    books.close()
    assert books.balance(Purpose.ACCRUED, books.table.licensee.organisation) == 600
    assert books.balance(Purpose.EARNED, books.aoba) == 423
    assert books.balance(Purpose.EARNED, books.birch) == 102
    assert books.balance(Purpose.EARNED, books.collective) == 57
    assert books.balance(Purpose.FEES, "operator") == 18
    assert list(verify.findings()) == []

    undo(books.operator, mapping)
    work_off()
    assert verdicts(report) == [("accepted", "", 2), ("quarantined", "work_unknown", 1)]
    books.close()
    assert booked() == before
    assert list(verify.findings()) == []


def test_judging_again_opens_the_closed_period_and_books_nothing_by_itself(books: Books) -> None:
    report = reported(books, [LANTERN, SHIGURE])
    books.close()
    before = booked()

    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()
    closing.note_change(books.licence, report.period)

    assert Period.objects.get().state == "open"
    assert booked() == before


def test_lines_judged_before_stay_as_evidence(books: Books) -> None:
    report = reported(books, [LANTERN, SHIGURE])
    first = report.lines_key
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()

    report.refresh_from_db()
    judging = report.judgings.get()
    assert (judging.number, judging.before_key, judging.lines_key) == (1, first, report.lines_key)
    assert (judging.lines_accepted, judging.lines_quarantined) == (2, 0)
    assert report.declared_lines == report.lines_accepted


def test_later_reports_know_the_mapping_when_they_come(books: Books) -> None:
    reported(books, [SHIGURE])
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()

    late = [line("1", work="domain:SHIGURE.jp")]
    later = reported(books, late, report_id="nov-1", period="2026-11")

    assert verdicts(later) == [("accepted", "", 1)]
    assert (later.judging_asked, later.judgings.count()) == (0, 0)
    assert (item("shigure.jp").status, item("shigure.jp").reports) == ("mapped", 2)


def test_the_operators_mapping_holds_for_every_licence(books: Books) -> None:
    other = books.priced(PRICE | {"unit_price": "1"})
    reported(books, [SHIGURE])
    elsewhere = reported(other, [SHIGURE], report_id="other-1")

    decide(
        books.operator,
        "shigure.jp",
        kind=Kind.MAP,
        of=books.licence,
        work_id=work("Winter Ferry").public_id,
    )
    work_off()

    assert verdicts(elsewhere) == [("accepted", "", 1)]
    assert set(Unmatched.objects.values_list("status", flat=True)) == {"mapped"}
    assert MatchDecision.objects.get().licensor is None


def test_a_licensors_mapping_holds_for_the_licences_it_gives(books: Books) -> None:
    reported(books, [SHIGURE])

    made = map_to(books.table.licensor, "shigure.jp", work("Winter Ferry"))

    assert (made.licensor, made.licence) == (books.collective, None)
    assert (made.by, made.reason) == (books.collective, "Seen on its title page.")


def test_what_the_catalogue_knows_comes_before_a_mapping(books: Books) -> None:
    reported(books, [SHIGURE])
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    Identifier.objects.create(work=work("The Paper Lantern"), scheme="domain", value="shigure.jp")

    work_off()
    books.close()

    assert books.balance(Purpose.EARNED, books.birch) == 0


def test_mapping_and_granting_are_one_step(books: Books) -> None:
    snow = new_work("First Snow", "", books.aoba)
    report = reported(books, [LANTERN, SHIGURE])

    made = map_to(books.operator, "shigure.jp", snow, starts_on=OCTOBER)
    work_off()

    assert made.kind == "grant"
    assert verdicts(report) == [("accepted", "", 2)]
    assert item("shigure.jp").status == "granted"
    assert sorted(MatchDecision.objects.values_list("kind", flat=True)) == ["grant", "map"]


def test_mapped_to_a_work_that_is_not_licensed_it_waits_to_be_granted(books: Books) -> None:
    snow = new_work("First Snow", "", books.aoba)
    report = reported(books, [SHIGURE])

    map_to(books.operator, "shigure.jp", snow)
    assert item("shigure.jp").status == "mapped"
    work_off()

    assert verdicts(report) == [("quarantined", "work_not_granted", 1)]
    found = item("shigure.jp")
    assert (found.status, found.work) == ("open", snow)


def test_many_are_mapped_together(books: Books) -> None:
    lines = [line(n, work=f"domain:shigure-{n}.jp", quantity="10") for n in range(3)]
    report = reported(books, lines)

    decide(
        books.operator,
        *(f"shigure-{n}.jp" for n in range(3)),
        kind=Kind.MAP,
        work_id=work("Winter Ferry").public_id,
    )
    work_off()

    assert verdicts(report) == [("accepted", "", 3)]
    assert (MatchDecision.objects.count(), report.judgings.count()) == (3, 1)


def test_the_same_mapping_again_is_the_same_decision(books: Books) -> None:
    reported(books, [SHIGURE])
    first = map_to(books.operator, "shigure.jp", work("Winter Ferry"))
    work_off()

    assert map_to(books.operator, "shigure.jp", work("Winter Ferry")) == first


def test_another_mapping_is_refused_while_one_stands(books: Books) -> None:
    reported(books, [SHIGURE])
    map_to(books.operator, "shigure.jp", work("Winter Ferry"))

    with refused(AlreadyDecided):
        map_to(books.operator, "shigure.jp", work("The Paper Lantern"))


def test_a_licensor_maps_only_to_works_it_can_license(books: Books) -> None:
    stranger = organisation("cedar", OrganisationKind.LICENSOR)
    foreign = new_work("A Stranger's Site", "cedar.jp", stranger)
    reported(books, [SHIGURE])

    with refused(NotLicensable):
        map_to(books.table.licensor, "shigure.jp", foreign)


def test_an_identifier_of_the_catalogue_is_not_mapped_elsewhere(books: Books) -> None:
    new_work("First Snow", "hatsuyuki.jp", books.aoba)
    reported(books, [SNOW])

    with refused(IllegalMove, "identifier_registered"):
        map_to(books.operator, "hatsuyuki.jp", work("Winter Ferry"))


def test_if_one_of_many_is_refused_none_is_decided(books: Books) -> None:
    reported(books, [SHIGURE, line("5", work="domain:ame.jp")])
    map_to(books.operator, "ame.jp", work("The Paper Lantern"))
    work_off()

    with refused(AlreadyDecided):
        decide(
            books.operator,
            "shigure.jp",
            "ame.jp",
            kind=Kind.MAP,
            work_id=work("Winter Ferry").public_id,
        )


def test_a_decision_says_all_that_its_kind_needs(books: Books) -> None:
    del books
    for said, wrong in [
        ({"kind": Kind.MAP, "reason": " "}, [("reason", "required"), ("work", "required")]),
        ({"kind": Kind.GRANT, "reason": "x"}, [("starts_on", "required")]),
        (
            {"kind": Kind.IGNORE, "reason": "x", "work_id": "work_1", "starts_on": OCTOBER},
            [("work", "not_expected"), ("starts_on", "not_expected")],
        ),
        ({"kind": Kind.UNDO, "reason": "x"}, [("decision", "choice_unknown")]),
    ]:
        with refused(InvalidInput) as raised:
            Choice(**said)  # type: ignore[arg-type]  # every field by its name
        assert codes(raised) == wrong


def test_the_licensee_and_strangers_decide_nothing(books: Books) -> None:
    reported(books, [SHIGURE])
    ferry = work("Winter Ferry")
    with refused(MissingScope):
        map_to(books.table.licensee, "shigure.jp", ferry)
    rival = organisation("rival", OrganisationKind.COLLECTIVE)

    with refused(Unmatched.DoesNotExist):
        map_to(type(books.operator).owner_of(rival), "shigure.jp", ferry)


def test_a_work_that_does_not_exist_is_not_found(books: Books) -> None:
    reported(books, [SHIGURE])

    with refused(Work.DoesNotExist):
        decide(books.operator, "shigure.jp", kind=Kind.MAP, work_id="work_aaaaaaaaaaaaaaaa")
