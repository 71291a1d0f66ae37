"""What an import writes, refuses, and leaves alone."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from licensing.access import Actor
from licensing.catalogue import tasks
from licensing.catalogue.imports import plan, refusals, services
from licensing.catalogue.imports.services import Options
from licensing.catalogue.models import (
    CatalogueImport,
    Identifier,
    ImportFormat,
    ImportState,
    Share,
    Work,
)
from licensing.catalogue.services import NotYourWork
from licensing.claims import Claimable, claim
from licensing.errors import InvalidInput
from licensing.parties.models import Organisation
from tests.concurrency import Elsewhere
from tests.factories import (
    IdentifierFactory,
    MandateFactory,
    OrganisationFactory,
    ShareFactory,
    WorkFactory,
)

pytestmark = pytest.mark.django_db

HEADER = "kind,title,identifiers,shares\n"
TWO_WORKS = HEADER + (
    "book,海辺の本,isbn:978-4-10-109205-8 doi:10.1000/A,quill:2|tide:1\n"
    "website,Quill,domain:Quill.example,quill:1\n"
)


@pytest.fixture(autouse=True)
def _evidence_in_a_folder_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "evidence": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def operator() -> Actor:
    return Actor.owner_of(OrganisationFactory.create(operator=True))


@pytest.fixture
def quill() -> Organisation:
    OrganisationFactory.create(slug="tide")
    return OrganisationFactory.create(slug="quill")


def do_import(by: Actor, text: str, **options: Any) -> CatalogueImport:
    job = services.receive(
        by=by, content=text.encode(), file_name="works.csv", options=Options(**options)
    )
    return services.run(job.pk)


def counts(job: CatalogueImport) -> tuple[int | None, int, int, int]:
    return job.rows_total, job.rows_created, job.rows_unchanged, job.rows_refused


def codes(job: CatalogueImport) -> list[tuple[int, list[str]]]:
    return [(one.row, [fault["code"] for fault in one.faults]) for one in job.refusals.all()]


@pytest.mark.usefixtures("quill")
def test_works_are_written_with_their_identifiers_and_shares(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS)

    assert (job.state, counts(job)) == (ImportState.DONE, (2, 2, 0, 0))
    book = Work.objects.get(kind="book")
    assert (book.title, book.registered_by) == ("海辺の本", operator.organisation)
    assert [str(name) for name in book.identifiers.all()] == [
        "doi:10.1000/a",
        "isbn:9784101092058",
    ]
    assert list(book.shares.values_list("holder__slug", "weight", "starts_on")) == [
        ("quill", 2, None),
        ("tide", 1, None),
    ]


@pytest.mark.usefixtures("quill")
def test_the_original_is_kept_untouched(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS)

    with storages["evidence"].open(job.original_key) as file:
        assert file.read() == TWO_WORKS.encode()
    assert job.original_key == f"imports/{job.public_id}/original"


@pytest.mark.usefixtures("quill")
def test_importing_the_same_file_again_changes_nothing(operator: Actor) -> None:
    do_import(operator, TWO_WORKS)

    again = do_import(operator, TWO_WORKS)

    assert counts(again) == (2, 0, 2, 0)
    assert (Work.objects.count(), Identifier.objects.count(), Share.objects.count()) == (2, 3, 3)


@pytest.mark.usefixtures("quill")
def test_shares_for_a_country_are_imported_and_compared(operator: Actor) -> None:
    one = HEADER + "book,海辺の本,isbn:978-4-10-109205-8,quill:2|tide:1:JP\n"
    do_import(operator, one)

    again = do_import(operator, one)
    differing = do_import(operator, one.replace(":JP", ":US"))

    assert set(Share.objects.values_list("holder__slug", "weight", "territory")) == {
        ("quill", 2, "WW"),
        ("tide", 1, "JP"),
    }
    assert (counts(again), counts(differing)) == ((1, 0, 1, 0), (1, 0, 0, 1))
    [refusal] = differing.refusals.all()
    assert "with the shares quill:2|tide:1:JP." in refusal.faults[0]["message"]


def test_a_dry_run_says_what_would_be_and_writes_nothing(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS, dry_run=True, create_licensors=True)

    assert counts(job) == (2, 2, 0, 0)
    assert not Work.objects.exists()
    assert not Organisation.objects.filter(slug="quill").exists()


def test_the_operator_may_register_licensors_on_the_way(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS, create_licensors=True)

    assert counts(job) == (2, 2, 0, 0)
    made = Organisation.objects.get(slug="quill")
    assert (made.name, made.kind) == ("Quill", "licensor")


@pytest.mark.usefixtures("quill")
def test_refused_rows_are_explained_and_the_others_written(operator: Actor) -> None:
    OrganisationFactory.create(slug="vista", licensee=True)
    job = do_import(
        operator,
        TWO_WORKS
        + "website,Quill,domain:quill.example,quill:1\n"
        + "website,C,domain:c.example,nobody:1\n"
        + "website,D,domain:d.example,vista:1\n",
    )

    assert counts(job) == (5, 2, 0, 3)
    assert codes(job) == [
        (4, ["identifier_repeated"]),
        (5, ["holder_unknown"]),
        (6, ["holder_cannot_own"]),
    ]
    assert Work.objects.count() == 2


@pytest.mark.usefixtures("quill")
def test_refused_rows_come_back_as_a_file_that_can_be_mended_and_sent(operator: Actor) -> None:
    job = do_import(operator, HEADER + 'website,"C, the",domain:c.example,nobody:1\n')

    text = "".join(refusals.lines(job))

    [row] = csv.DictReader(io.StringIO(text))
    assert row["title"] == "C, the"
    assert (row["code"], "nobody" in row["message"]) == ("holder_unknown", True)
    mended = do_import(operator, text.replace("nobody:1", "quill:1"))
    assert counts(mended) == (1, 1, 0, 0)


@pytest.mark.usefixtures("quill")
def test_an_import_changes_no_work_and_says_what_differs(operator: Actor) -> None:
    do_import(operator, TWO_WORKS)

    job = do_import(
        operator,
        HEADER
        + "website,Quill & Co,domain:quill.example,quill:1\n"
        + "book,海辺の本,isbn:978-4-10-109205-8,quill:1|tide:1\n"
        + "website,New,domain:new.example doi:10.1000/a domain:quill.example,quill:1\n"
        + "book,海辺の本,isbn:9784101092058 madb:M1,\n",
    )

    assert counts(job) == (4, 0, 0, 4)
    assert codes(job) == [
        (2, ["title_differs"]),
        (3, ["shares_differ"]),
        (4, ["identifier_repeated"]),
        (5, ["identifier_repeated"]),
    ]
    assert sorted(Share.objects.values_list("weight", flat=True)) == [1, 1, 2]


@pytest.mark.usefixtures("quill")
def test_names_of_several_works_and_names_to_be_added_are_refused(operator: Actor) -> None:
    do_import(operator, TWO_WORKS)

    several = do_import(operator, HEADER + "book,X,doi:10.1000/a domain:quill.example,quill:1\n")
    added = do_import(operator, HEADER + "book,海辺の本,isbn:9784101092058 madb:M1,\n")

    assert codes(several) == [(2, ["identifiers_of_several_works"])]
    assert codes(added) == [(2, ["identifiers_differ"])]
    assert Identifier.objects.count() == 3


def test_shares_are_compared_as_of_today(operator: Actor, quill: Organisation) -> None:
    work = WorkFactory.create(title="Quill")
    IdentifierFactory.create(work=work, value="quill.example")
    ShareFactory.create(work=work, ends_on=date(2020, 1, 1))
    ShareFactory.create(work=work, holder=quill, starts_on=date(2020, 1, 2))

    job = do_import(operator, HEADER + "website,Quill,domain:quill.example,quill:1\n")

    assert counts(job) == (1, 0, 1, 0)


def test_a_licensor_imports_only_works_it_owns_a_part_of(quill: Organisation) -> None:
    job = do_import(
        Actor.owner_of(quill),
        TWO_WORKS + "website,T,domain:tide.example,tide:1\nwebsite,U,domain:u.example,\n",
    )

    assert counts(job) == (4, 2, 0, 2)
    assert codes(job) == [(4, ["holder_not_yours"]), (5, ["holder_not_yours"])]


def test_a_collective_imports_for_members_whose_mandate_it_holds(quill: Organisation) -> None:
    mandate = MandateFactory.create(member=quill)
    expired = MandateFactory.create(
        member=Organisation.objects.get(slug="tide"),
        collective=mandate.collective,
        ends_on=date(2026, 1, 2),
    )

    job = do_import(
        Actor.owner_of(expired.collective),
        HEADER + "website,Q,domain:q.example,quill:1\nwebsite,T,domain:t.example,tide:1\n",
    )

    assert codes(job) == [(3, ["holder_not_yours"])]


def test_only_the_operator_registers_licensors(quill: Organisation) -> None:
    with pytest.raises(NotYourWork):
        do_import(Actor.owner_of(quill), TWO_WORKS, create_licensors=True)

    assert not CatalogueImport.objects.exists()


def test_works_cannot_be_given_to_an_organisation_one_does_not_speak_for(
    quill: Organisation,
) -> None:
    with pytest.raises(NotYourWork):
        do_import(Actor.owner_of(quill), TWO_WORKS, holder=Organisation.objects.get(slug="tide"))

    assert not CatalogueImport.objects.exists()


MADB = json.dumps(
    {
        "@graph": [
            {"@type": "class:AnimationMovieSeries", "identifier": "C1", "label": "一"},
            {"@type": "class:AnimationMovieSeries", "identifier": "1", "label": "二"},
        ]
    }
)


def test_works_without_owners_go_to_the_chosen_holder(operator: Actor, quill: Organisation) -> None:
    job = do_import(operator, MADB, format=ImportFormat.MADB, holder=quill)

    assert codes(job) == [(2, ["identifier_malformed"])]
    assert list(Share.objects.values_list("work__title", "holder__slug")) == [("一", "quill")]
    [back] = json.loads("".join(refusals.lines(job)))["@graph"]
    assert (back["label"], back["code"]) == ("二", "identifier_malformed")


def test_without_a_holder_such_works_are_unowned_and_stay_so_on_repeat(operator: Actor) -> None:
    job = do_import(operator, MADB, format=ImportFormat.MADB)
    again = do_import(operator, MADB, format=ImportFormat.MADB)

    assert (counts(job), counts(again)) == ((2, 1, 0, 1), (2, 0, 1, 1))
    assert not Share.objects.exists()


@pytest.mark.parametrize("content", [b"", b"kind;title\n", b"\xff"])
def test_an_unreadable_file_is_refused_at_once(operator: Actor, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.receive(by=operator, content=content, file_name="x", options=Options())

    assert refusal.value.faults
    assert not CatalogueImport.objects.exists()


@pytest.mark.usefixtures("quill")
def test_a_file_that_breaks_in_the_middle_leaves_nothing_behind(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS + 'website,"open,domain:c.example,quill:1\n')

    assert (job.state, counts(job)) == (ImportState.FAILED, (None, 0, 0, 0))
    assert "quotation mark" in job.failure
    assert not Work.objects.exists()


@pytest.mark.usefixtures("quill")
def test_a_kept_file_that_was_changed_is_not_imported(operator: Actor, tmp_path: Path) -> None:
    job = services.receive(
        by=operator, content=TWO_WORKS.encode(), file_name="x", options=Options()
    )
    (tmp_path / job.original_key).write_text(TWO_WORKS.replace("quill:2", "quill:3"))

    done = services.run(job.pk)

    assert done.state == ImportState.FAILED
    assert not Work.objects.exists()


@pytest.mark.usefixtures("quill")
def test_a_killed_import_goes_on_after_its_last_chunk(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "CHUNK", 1)
    text = HEADER + "website,X,domain:/,quill:1\n" + TWO_WORKS.removeprefix(HEADER)
    job = services.receive(by=operator, content=text.encode(), file_name="x", options=Options())
    written = services._write_chunk  # noqa: SLF001  # the place where a worker dies

    def die_after_two(job: CatalogueImport, *rest: Any) -> None:
        if job.rows_done == 2:
            raise KeyboardInterrupt
        written(job, *rest)

    monkeypatch.setattr(services, "_write_chunk", die_after_two)
    with pytest.raises(KeyboardInterrupt):
        services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done, Work.objects.count()) == (ImportState.RUNNING, 2, 1)

    monkeypatch.setattr(services, "_write_chunk", written)
    done = services.run(job.pk)

    assert (done.state, counts(done)) == (ImportState.DONE, (3, 2, 0, 1))
    assert codes(done) == [(2, ["identifier_malformed"])]
    assert Share.objects.count() == 3


@pytest.mark.usefixtures("quill")
def test_a_finished_import_is_not_run_again(operator: Actor) -> None:
    job = do_import(operator, TWO_WORKS)

    tasks.run_import(job.pk)

    job.refresh_from_db()
    assert counts(job) == (2, 2, 0, 0)


@pytest.mark.usefixtures("quill")
def test_a_name_taken_meanwhile_is_planned_again(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = plan.make
    first = [True]

    def plan_too_early(*args: Any) -> plan.Plan:
        planned = make(*args)
        if first.pop() if first else False:
            IdentifierFactory.create(value="quill.example", work__title="Other")
        return planned

    monkeypatch.setattr(plan, "make", plan_too_early)
    job = do_import(operator, TWO_WORKS)

    assert counts(job) == (2, 1, 0, 1)
    assert codes(job) == [(3, ["title_differs", "shares_differ"])]


@pytest.mark.usefixtures("quill")
def test_an_integrity_error_that_stays_is_not_hidden(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always(*_args: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(services, "_create", always)

    with pytest.raises(IntegrityError):
        do_import(operator, TWO_WORKS)

    assert not Work.objects.exists()


@pytest.mark.usefixtures("quill")
def test_the_sweep_starts_what_is_not_finished(
    operator: Actor,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    do_import(operator, TWO_WORKS)
    lost = services.receive(
        by=operator, content=TWO_WORKS.encode(), file_name="x", options=Options()
    )
    sent: list[Any] = []
    send: Callable[..., None] = lambda task, arguments: sent.append((task, arguments))  # noqa: E731
    monkeypatch.setattr("config.jobs.send", send)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.run_waiting_imports()

    assert sent == [("licensing.catalogue.tasks.run_import", {"import_id": lost.pk})]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quill")
def test_of_two_workers_one_reads_the_file(operator: Actor) -> None:
    job = services.receive(
        by=operator, content=TWO_WORKS.encode(), file_name="x", options=Options()
    )
    other = Elsewhere()

    with claim(Claimable.IMPORT, job.pk):
        beside = other.do(lambda: services.run(job.pk))
    other.close()

    assert beside.state == ImportState.RECEIVED
    assert not Work.objects.exists()
    assert services.run(job.pk).state == ImportState.DONE
