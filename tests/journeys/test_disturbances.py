"""What goes wrong on the way leaves the same journal as the undisturbed run."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from config.celery import app
from licensing.parties.models import Organisation
from licensing.royalties.models import Charge, Period
from licensing.usage.models import UsageReport
from tests.doubles.stripe.double import StripeDouble
from tests.journeys.conftest import Client, Workers, wait_until
from tests.journeys.small import expected, journal, scene, sweep

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MakeClient = Callable[[Organisation], Client]


def test_an_undisturbed_month_gives_the_journal_worked_by_hand(
    workers: Workers, client_of: MakeClient
) -> None:
    small = scene(client_of)
    workers.start()

    small.report()
    small.request_close()
    small.finish()

    assert journal() == expected()


def test_the_same_report_posted_twice_counts_once(workers: Workers, client_of: MakeClient) -> None:
    small = scene(client_of)
    workers.start()

    first = small.report()
    second = small.report(expect=200)
    small.request_close()
    small.finish()

    assert second["id"] == first["id"]
    assert UsageReport.objects.count() == 1
    assert journal() == expected()


def test_a_worker_killed_in_the_middle_of_a_close_loses_nothing(
    workers: Workers, client_of: MakeClient
) -> None:
    small = scene(client_of)
    doomed = workers.start()
    small.report()
    wait_until("the period", Period.objects.exists)

    with transaction.atomic(), connection.cursor() as cursor:
        # Rated and its files written, the worker has to wait here with its booking.
        cursor.execute("LOCK TABLE licensing_close IN SHARE MODE")
        small.request_close()
        wait_until("the rating", lambda: is_rated(Period.objects.get()))
        os.killpg(doomed.pid, signal.SIGKILL)
        doomed.wait()
    workers.running.remove(doomed)
    assert not Charge.objects.exists()
    assert journal() == {}

    workers.start()
    wait_until("the close after a sweep", lambda: close_swept(small.closed))
    small.finish()

    assert journal() == expected()


def is_rated(period: Period) -> bool:
    """Whether all steps but the booking are done."""
    return period.state == "closing" and period.steps_done == period.steps_total - 1


def close_swept(closed: Callable[[], bool]) -> bool:
    """Sweep as the schedule does, and look."""
    sweep("licensing.royalties.tasks.close_due_periods")
    return closed()


def test_the_same_stripe_event_delivered_three_times_books_once(
    workers: Workers, client_of: MakeClient, rail: StripeDouble
) -> None:
    rail.control({"deliveries": 3})
    small = scene(client_of)
    workers.start()

    small.report()
    small.request_close()
    small.finish()

    assert journal() == expected()


def test_a_report_posted_while_the_broker_is_down_is_found_by_the_sweep(
    workers: Workers, client_of: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = scene(client_of)

    with monkeypatch.context() as broken:
        broken.setattr(app, "_pool", None)
        broken.setattr(app.amqp, "_producer_pool", None)
        broken.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
        broken.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        report = small.report()
    assert report["state"] == "accepted"
    assert not Period.objects.exists()

    workers.start()
    sweep("licensing.royalties.tasks.note_missed_reports")
    small.request_close()
    small.finish()

    assert journal() == expected()
