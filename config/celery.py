"""The Celery application: queues, routes and the schedule of sweeps.

A task takes ids, claims its row under a lock and is safe to run twice. Late acknowledgement is
chosen by each such task; here are only the limits and the queues, so that a slow document or a
hundred-million-line report never keeps a payout waiting.
"""

import os

from celery import Celery
from celery.schedules import crontab
from kombu import Queue

from config import jobs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("kyodaku")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "licensing.parties",
        "licensing.catalogue",
        "licensing.deals",
        "licensing.usage",
        "licensing.royalties",
        "licensing.settlement",
        "ledger",
        "ledger.documents",
        "ledger.payouts",
    ]
)

QUEUES = ("intake", "statements", "documents", "payouts", "default")

app.conf.task_queues = [Queue(name) for name in QUEUES]
app.conf.task_default_queue = "default"
app.conf.task_routes = {
    "licensing.catalogue.tasks.*": {"queue": "intake"},
    "licensing.usage.tasks.*": {"queue": "intake"},
    "licensing.royalties.tasks.*": {"queue": "statements"},
    "*.render_*": {"queue": "documents"},
    "ledger.payouts.tasks.*": {"queue": "payouts"},
}


@app.task(name=jobs.HAND_OUT, ignore_result=True, acks_late=True)
def hand_out(event: str, **arguments: jobs.Argument) -> None:
    """Start the jobs of an event's listeners; twice does no harm, since none of theirs does."""
    jobs.hand_out(event, **arguments)


MINUTE = crontab()
HOURLY = crontab(minute=7)
DAILY = crontab(hour=6, minute=12)

app.conf.beat_schedule = {
    "check waiting reports": {
        "task": "licensing.usage.tasks.check_waiting_reports",
        "schedule": MINUTE,
    },
    "give up uploads": {
        "task": "licensing.usage.tasks.give_up_uploads",
        "schedule": HOURLY,
    },
    "match waiting reports": {
        "task": "licensing.usage.tasks.match_waiting_reports",
        "schedule": MINUTE,
    },
    "compare waiting reports": {
        "task": "licensing.usage.tasks.compare_waiting_reports",
        "schedule": MINUTE,
    },
    "ask for missing reports": {
        "task": "licensing.usage.tasks.ask_for_missing_reports",
        "schedule": DAILY,
    },
    "run waiting imports": {
        "task": "licensing.catalogue.tasks.run_waiting_imports",
        "schedule": MINUTE,
    },
    "let expired offers lapse": {
        "task": "licensing.deals.tasks.lapse_expired_offers",
        "schedule": MINUTE,
    },
    "prepare missing agreements": {
        "task": "licensing.deals.tasks.prepare_missing_agreements",
        "schedule": HOURLY,
    },
    "close periods that wait": {
        "task": "licensing.royalties.tasks.close_due_periods",
        "schedule": MINUTE,
    },
    "issue runs that wait": {
        "task": "licensing.royalties.tasks.issue_waiting_runs",
        "schedule": MINUTE,
    },
    "prepare missing statements": {
        "task": "licensing.royalties.tasks.prepare_missing_statements",
        "schedule": HOURLY,
    },
    "note accepted reports": {
        "task": "licensing.royalties.tasks.note_missed_reports",
        "schedule": MINUTE,
    },
    "invoice issued runs": {
        "task": "licensing.settlement.tasks.invoice_issued_runs",
        "schedule": MINUTE,
    },
    "open periods whose owners were settled": {
        "task": "licensing.royalties.tasks.reopen_settled",
        "schedule": HOURLY,
    },
    "open periods whose index was revised": {
        "task": "licensing.royalties.tasks.reopen_revised",
        "schedule": HOURLY,
    },
    "release reserves": {
        "task": "licensing.royalties.tasks.liquidate_due_reserves",
        "schedule": HOURLY,
    },
    "invoice advances": {
        "task": "licensing.settlement.tasks.invoice_advances",
        "schedule": MINUTE,
    },
    "release paid advances": {
        "task": "licensing.settlement.tasks.release_paid_advances",
        "schedule": MINUTE,
    },
    "follow settled payouts": {
        "task": "licensing.settlement.tasks.follow_settled_payouts",
        "schedule": MINUTE,
    },
    "chain the journal": {
        "task": "ledger.tasks.seal_journal",
        "schedule": MINUTE,
    },
    "sweep documents": {
        "task": "ledger.documents.tasks.sweep_documents",
        "schedule": MINUTE,
    },
    "send payouts that wait": {
        "task": "ledger.payouts.tasks.send_unsent_payouts",
        "schedule": MINUTE,
    },
    "act on events that wait": {
        "task": "ledger.payouts.tasks.process_waiting_events",
        "schedule": MINUTE,
    },
    "take back transfers of failed payouts": {
        "task": "ledger.payouts.tasks.take_back_transfers",
        "schedule": MINUTE,
    },
    "ask after payouts in transit": {
        "task": "ledger.payouts.tasks.ask_after_payouts",
        "schedule": HOURLY,
    },
    "refresh payees' accounts": {
        "task": "ledger.payouts.tasks.refresh_recipients",
        "schedule": HOURLY,
    },
}
