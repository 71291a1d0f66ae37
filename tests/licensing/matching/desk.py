"""The month worked by hand with lines that find no licensed work, and short ways to decide.

On top of the month of `tests.licensing.royalties.books` (500 cents) the first report holds

    3   domain:shigure.jp   400,000 tokens   nobody's: no work carries it       1.00 USD
    4   domain:hatsuyuki.jp 600,000 tokens   First Snow of aoba, not granted    1.50 USD

First Snow came into the catalogue after the licence was signed, so it is not in the snapshot.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model

from licensing.access import Actor
from licensing.catalogue.models import Identifier, Share, Work
from licensing.errors import LicensingError
from licensing.parties.models import Organisation
from licensing.usage.matching import counting, decisions, rejudging
from licensing.usage.matching.decisions import Choice
from licensing.usage.matching.models import Judging, Kind, MatchDecision, Sighting, Unmatched
from licensing.usage.models import TO_COUNT, TO_JUDGE, UsageReport
from tests.licensing.royalties.books import FERRY, LANTERN, Books
from tests.licensing.usage.desk import line

SHIGURE = line("3", work="domain:shigure.jp", quantity="400000")
SNOW = line("4", work="DOMAIN:Hatsuyuki.jp", quantity="600000")
LINES = (LANTERN, FERRY, SHIGURE, SNOW)
OCTOBER = date(2026, 10, 1)


def new_work(title: str, host: str, owner: Organisation) -> Work:
    """Register a work after the licence was signed."""
    made = Work.objects.create(kind="website", title=title, registered_by=owner)
    if host:
        Identifier.objects.create(work=made, scheme="domain", value=host)
    Share.objects.create(work=made, holder=owner, weight=1)
    return made


def work_off() -> None:
    """Do what the sweep would hand out, until nothing waits."""
    while waiting := list(UsageReport.objects.filter(TO_JUDGE | TO_COUNT).order_by("pk")):
        for report in waiting:
            rejudging.judge_again(report.pk)
            counting.count(report.pk)


def reported(books: Books, lines: Sequence[dict[str, str]] = LINES, /, **changes: Any) -> Any:
    """Report the month with lines that wait, and count what is unmatched."""
    report = books.report(lines, **changes)
    work_off()
    return report


def item(name: str, **of: Any) -> Unmatched:
    """Return the item of an identifier."""
    return Unmatched.objects.get(name=f"domain:{name}", **of)


def decide(by: Actor, *names: str, kind: Kind, of: Any = None, **said: Any) -> list[MatchDecision]:
    """Decide about identifiers (of one licence, if one is given) for the reason that tests give."""
    only = {"licence": of} if of else {}
    return decisions.decide(
        by=by,
        unmatched=[item(name, **only).public_id for name in names],
        choice=Choice(kind, said.pop("reason", "Seen on its title page."), **said),
    )


def map_to(by: Actor, name: str, work: Work, **said: Any) -> MatchDecision:
    """Map an identifier to a work."""
    return decide(by, name, kind=Kind.MAP, work_id=work.public_id, **said)[0]


def grant(by: Actor, name: str, starts_on: date = OCTOBER, **said: Any) -> MatchDecision:
    """Grant the work that an identifier names."""
    return decide(by, name, kind=Kind.GRANT, starts_on=starts_on, **said)[0]


def work(title: str) -> Work:
    """Return a work by its title."""
    return Work.objects.get(title=title)


def picture() -> list[list[dict[str, Any]]]:
    """Return every row that a decision could touch."""
    models: tuple[type[Model], ...] = (MatchDecision, Unmatched, Sighting, Judging, UsageReport)
    return [list(model._default_manager.order_by("pk").values()) for model in models]  # noqa: SLF001  # any model's rows


@contextmanager
def refused(
    refusal: type[LicensingError | ObjectDoesNotExist], code: str = ""
) -> Iterator[pytest.ExceptionInfo[Any]]:
    """Expect a refusal of what is done inside, and that it leaves every row as it was."""
    before = picture()
    with pytest.raises(refusal) as raised, transaction.atomic():
        yield raised
    assert picture() == before
    if code:
        assert getattr(raised.value, "code", "") == code


def codes(raised: pytest.ExceptionInfo[Any]) -> list[tuple[str, str]]:
    """Return where and what each fault of a refusal is."""
    return [(fault.where, fault.code) for fault in raised.value.faults]


def undo(by: Actor, decision: MatchDecision) -> MatchDecision:
    """Undo a decision."""
    return decisions.undo(by=by, decision_id=decision.public_id, reason="It was another site.")


def verdicts(report: UsageReport) -> list[tuple[str, str, int]]:
    """Return a report's totals: verdict, code, lines."""
    report.refresh_from_db()
    return [(one["verdict"], one["code"], one["lines"]) for one in report.totals]
