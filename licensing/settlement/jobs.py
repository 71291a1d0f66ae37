"""What is being worked on, as counted rows: each names the work, how far it is and what failed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.documents.models import State as DocumentState
from ledger.payouts.models import WebhookEvent
from licensing.access import Actor
from licensing.catalogue.models import CatalogueImport, ImportState
from licensing.parties.roles import Scope
from licensing.royalties.models import Period, PeriodState, Run, RunState, StatementState
from licensing.settlement import visible
from licensing.templatetags.periods import period as month_name
from licensing.usage.models import ReportState, UsageReport

MOST = 50
KINDS: dict[str, str | Promise] = {
    "import": gettext_lazy("Import of works"),
    "report": gettext_lazy("Check of a usage report"),
    "period": gettext_lazy("Close of a period"),
    "run": gettext_lazy("Issue of statements"),
    "document": gettext_lazy("Document"),
    "event": gettext_lazy("News from Stripe"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that workers do. ``total`` is 0 while it is not known."""

    kind: str
    title: str
    state: str
    done: int = 0
    total: int = 0
    url: str = ""
    failure: str = ""
    retry_url: str = ""
    badge: str = ""

    @property
    def label(self) -> str:
        """What kind of work it is."""
        return str(KINDS[self.kind])

    @property
    def badge_kind(self) -> str:
        """Which table of states its badge is looked up in."""
        return self.badge or self.kind

    @property
    def has_failed(self) -> bool:
        """Whether somebody must look."""
        return bool(self.failure)


def jobs(actor: Actor) -> list[Job]:
    """Return what is under way or failed and concerns an actor, failures first."""
    found = [
        *_imports(actor),
        *_reports(actor),
        *_periods(actor),
        *_runs(actor),
        *_documents(actor),
        *_events(actor),
    ]
    return sorted(found, key=lambda job: not job.has_failed)


def _imports(actor: Actor) -> Iterator[Job]:
    waiting = CatalogueImport.objects.visible_to(actor).exclude(state=ImportState.DONE)
    for one in waiting.order_by("-pk")[:MOST]:
        yield Job(
            "import",
            one.file_name,
            one.state,
            one.rows_done,
            one.rows_total or 0,
            reverse("import", args=[one.public_id]),
            one.failure,
        )


def _reports(actor: Actor) -> Iterator[Job]:
    waiting = UsageReport.objects.visible_to(actor).filter(
        state__in=[ReportState.RECEIVING, ReportState.RECEIVED, ReportState.CHECKING]
    )
    for one in waiting.order_by("-pk")[:MOST]:
        yield Job(
            "report",
            one.report_id,
            one.state,
            one.lines_done,
            one.declared_lines,
            reverse("report", args=[one.public_id]),
        )


def _periods(actor: Actor) -> Iterator[Job]:
    waiting = Period.objects.visible_to(actor).filter(
        Q(state__in=[PeriodState.DUE, PeriodState.CLOSING]) | ~Q(failure="")
    )
    for one in waiting.select_related("licence__deal").order_by("-pk")[:MOST]:
        yield Job(
            "period",
            f"{one.licence.deal.title} · {month_name(one.starts_on)}",
            "failed" if one.failure else one.state,
            one.steps_done,
            one.steps_total,
            reverse("period", args=[one.public_id]),
            one.failure_said,
        )


def _runs(actor: Actor) -> Iterator[Job]:
    if not actor.may(Scope.STATEMENTS_APPROVE):
        return
    for one in Run.objects.filter(state=RunState.ISSUING)[:MOST]:
        stated = one.statements.exclude(state=StatementState.HELD)
        yield Job(
            "run",
            f"{month_name(one.month)} · {one.number}",
            one.state,
            stated.exclude(state=StatementState.APPROVED).count(),
            stated.count(),
            reverse("run", args=[one.public_id]),
        )


def _documents(actor: Actor) -> Iterator[Job]:
    """Yield the papers that failed, and one line for all that wait."""
    papers = visible.documents(actor)
    for one in papers.filter(state=DocumentState.FAILED)[:MOST]:
        yield Job(
            "document",
            f"{one.kind} {one.subject} · {one.get_language_display()}",
            one.state,
            url=reverse("document", args=[one.public_id]),
            failure=one.failure,
            retry_url=reverse("document-retry", args=[one.public_id])
            if actor.may(Scope.STATEMENTS_APPROVE)
            else "",
        )
    counts = dict(papers.order_by().values_list("state").annotate(Count("pk")))
    if due := counts.get(DocumentState.DUE, 0):
        ready = counts.get(DocumentState.RENDERED, 0)
        yield Job("document", _("All documents"), DocumentState.DUE, ready, ready + due)


def _events(actor: Actor) -> Iterator[Job]:
    if not actor.is_operator:
        return
    for one in WebhookEvent.objects.filter(processed_at=None).order_by("pk")[:MOST]:
        yield Job("event", f"{one.type} {one.event_id}", "due", failure=one.error, badge="import")
