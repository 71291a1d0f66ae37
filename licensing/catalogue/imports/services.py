"""Importing works: the file is kept untouched, a job reads it, every refused row is explained.

Rows are written in chunks, each its own transaction that also moves the import's counters and
keeps its refusals. One transaction for the whole would show no progress, and lose all of it with a
killed worker; like this the next run goes on after the last chunk. The file as a whole is proved
readable before the first chunk, so an unreadable one leaves nothing behind.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.jobs import enqueue_on_commit
from licensing.access import Actor
from licensing.catalogue.imports import csv_works, madb, plan, source
from licensing.catalogue.imports.rows import (
    UnreadableFile,
    WorkRow,
    owners_of,
    without_repeats,
)
from licensing.catalogue.models import (
    CatalogueImport,
    Identifier,
    ImportFormat,
    ImportRefusal,
    ImportState,
    Share,
    Work,
    new_import_id,
)
from licensing.catalogue.services import NotYourWork, speaks_for
from licensing.claims import Claimable, claim
from licensing.errors import InvalidInput
from licensing.parties.models import Organisation
from licensing.parties.roles import Kind

log = structlog.get_logger(__name__)

CHUNK = 2_000
ATTEMPTS = 3
UNFINISHED = (ImportState.RECEIVED, ImportState.RUNNING)
READERS = {ImportFormat.CSV: csv_works.read, ImportFormat.MADB: madb.read}


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read: see `CatalogueImport`."""

    format: ImportFormat = ImportFormat.CSV
    dry_run: bool = False
    create_licensors: bool = False
    holder: Organisation | None = None


def receive(*, by: Actor, content: bytes, file_name: str, options: Options) -> CatalogueImport:
    """Keep a file and start its import; raises `InvalidInput` if it cannot be read at all."""
    mine = speaks_for(by)
    if options.create_licensors and mine is not None:
        raise NotYourWork("Only the operator registers licensors by import.")
    if options.holder and mine is not None and options.holder.pk not in mine:
        raise NotYourWork("The works can only be given to your own organisation.")
    try:
        next(_rows(content, options.format), None)
    except UnreadableFile as error:
        raise InvalidInput(str(error), faults=[error.fault]) from None
    public_id = new_import_id()
    key = storages["evidence"].save(f"imports/{public_id}/original", ContentFile(content))
    with transaction.atomic():
        job = CatalogueImport.objects.create(
            public_id=public_id,
            organisation=by.organisation,
            by=by.user,
            format=options.format,
            file_name=file_name[-200:] or "works",
            dry_run=options.dry_run,
            create_licensors=options.create_licensors,
            holder=options.holder,
            original_key=key,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        enqueue_on_commit("licensing.catalogue.tasks.run_import", import_id=job.pk)
    return job


def run(import_id: int) -> CatalogueImport:
    """Do what is left of an import; harmless if it is done, or somebody is at it."""
    with claim(Claimable.IMPORT, import_id) as free:
        job = CatalogueImport.objects.select_related("organisation", "holder").get(pk=import_id)
        if free and job.state in UNFINISHED:
            _run(job)
    return job


def _run(job: CatalogueImport) -> None:
    form = ImportFormat(job.format)
    try:
        content = _original(job)
        total = sum(1 for _ in _rows(content, form))
    except UnreadableFile as error:
        _finish(job, ImportState.FAILED, str(error))
        return
    job.state, job.rows_total = ImportState.RUNNING, total
    job.started_at = job.started_at or timezone.now()
    job.save(update_fields=["state", "rows_total", "started_at"])
    rows = islice(without_repeats(_rows(content, form)), job.rows_done, None)
    rules = _rules(job)
    while chunk := list(islice(rows, CHUNK)):
        _write_chunk(job, chunk, rules)
    _finish(job, ImportState.DONE)


def _original(job: CatalogueImport) -> bytes:
    with storages["evidence"].open(job.original_key) as file:
        content: bytes = file.read()
    if hashlib.sha256(content).hexdigest() != job.sha256:
        raise UnreadableFile(
            "file_changed", "The kept file is not the one received. Send it again."
        )
    return content


def _rows(content: bytes, form: ImportFormat) -> Iterator[WorkRow]:
    return READERS[form](source.text_of(content))


def _rules(job: CatalogueImport) -> plan.Rules:
    mine = speaks_for(Actor.owner_of(job.organisation))
    return plan.Rules(
        mine=None if mine is None else frozenset(mine),
        create_licensors=job.create_licensors,
        holder=job.holder.slug if job.holder else "",
    )


def _finish(job: CatalogueImport, state: ImportState, failure: str = "") -> None:
    job.state, job.failure, job.finished_at = state, failure, timezone.now()
    job.save(update_fields=["state", "failure", "finished_at"])
    log.info(
        "import_finished",
        catalogue_import=job.public_id,
        state=state,
        created=job.rows_created,
        unchanged=job.rows_unchanged,
        refused=job.rows_refused,
    )


def _write_chunk(job: CatalogueImport, rows: Sequence[WorkRow], rules: plan.Rules) -> None:
    """Write rows in one transaction; another import may take a name first, then plan again."""
    for attempt in range(1, ATTEMPTS + 1):
        planned = plan.make(rows, rules)
        try:
            with transaction.atomic():
                if not job.dry_run:
                    _create(job, planned)
                _keep_refusals(job, planned)
                _count(job, planned, len(rows))
        except IntegrityError:
            job.refresh_from_db()
            if attempt == ATTEMPTS:
                raise
        else:
            return


def _count(job: CatalogueImport, planned: plan.Plan, rows: int) -> None:
    job.rows_done += rows
    job.rows_created += len(planned.create)
    job.rows_unchanged += planned.unchanged
    job.rows_refused += len(planned.refused)
    job.save(update_fields=["rows_done", "rows_created", "rows_unchanged", "rows_refused"])


def _create(job: CatalogueImport, planned: plan.Plan) -> None:
    """Insert works, names and shares, three statements whatever the number of rows."""
    _create_licensors(job, planned.new_licensors)
    owners = dict(
        Organisation.objects.filter(
            slug__in={slug for _, shares in planned.create for slug in owners_of(shares)}
        ).values_list("slug", "pk")
    )
    works = Work.objects.bulk_create(
        Work(registered_by=job.organisation, **row.texts) for row, _ in planned.create
    )
    created = list(zip(works, planned.create, strict=True))
    Identifier.objects.bulk_create(
        sorted(
            (
                Identifier(work=work, scheme=name.scheme, value=name.value)
                for work, (row, _) in created
                for name in row.names
            ),
            # One order for everybody: two imports of the same names wait and do not deadlock.
            key=lambda one: (one.scheme, one.value),
        )
    )
    Share.objects.bulk_create(
        Share(work=work, holder_id=owners[slug], weight=weight, territory=territory)
        for work, (_, shares) in created
        for territory, weights in shares.items()
        for slug, weight in weights.items()
    )


def _create_licensors(job: CatalogueImport, slugs: set[str]) -> None:
    Organisation.objects.bulk_create(
        [
            Organisation(
                slug=slug,
                name=slug.replace("-", " ").title(),
                kind=Kind.LICENSOR,
                country=job.organisation.country,
                language=job.organisation.language,
            )
            for slug in sorted(slugs)
        ],
        ignore_conflicts=True,
    )


def _keep_refusals(job: CatalogueImport, planned: plan.Plan) -> None:
    ImportRefusal.objects.bulk_create(
        ImportRefusal(
            catalogue_import=job,
            row=row.row,
            raw=row.raw,
            faults=[
                {"where": fault.where, "code": fault.code, "message": fault.message}
                for fault in faults
            ],
        )
        for row, faults in planned.refused
    )
