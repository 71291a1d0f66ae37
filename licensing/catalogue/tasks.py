"""Jobs of the catalogue: reading import files."""

from celery import shared_task

from config.jobs import enqueue_on_commit, repeatable
from licensing.catalogue.imports import services
from licensing.catalogue.models import CatalogueImport


@repeatable
def run_import(import_id: int) -> None:
    """Do what is left of an import. Safe to repeat, also while another worker is at it."""
    services.run(import_id)


@shared_task(ignore_result=True)
def run_waiting_imports() -> None:
    """Sweep: start the imports whose message was lost or whose worker died."""
    waiting = CatalogueImport.objects.filter(state__in=services.UNFINISHED)
    for import_id in waiting.values_list("pk", flat=True):
        enqueue_on_commit("licensing.catalogue.tasks.run_import", import_id=import_id)
