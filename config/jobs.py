"""How services start jobs: by name, after commit, and without depending on the broker.

The row that needs work says so itself and a sweep finds it, so a message is only a hint that makes
the work start sooner. A broker that is down costs time and never work: the failure is logged and
the request that caused it succeeds.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

import structlog
from celery import current_app, shared_task
from django.conf import settings
from django.db import OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerError

if TYPE_CHECKING:
    from celery import Task

P = ParamSpec("P")

log = structlog.get_logger(__name__)

Argument = int | str
HAND_OUT = "config.celery.hand_out"


def repeatable(run: Callable[P, None]) -> "Task[P, None]":
    """Make a function a job that may be handed out twice: what takes ids and does what a row asks.

    Its message is acknowledged when it is done, so that a lost worker loses none, and it is tried
    again, ever later, while the database is away.
    """
    return shared_task(
        acks_late=True,
        ignore_result=True,
        autoretry_for=(OperationalError,),
        retry_backoff=True,
        max_retries=5,
    )(run)


def send(task: str, arguments: dict[str, Argument]) -> None:
    """Hand one message to the broker; if it cannot be reached, leave the work to the sweep."""
    try:
        current_app.send_task(task, kwargs=arguments)
    except (BrokerError, OSError) as error:
        log.warning("job_not_sent", task=task, error=str(error), **arguments)


def enqueue_on_commit(task: str, **arguments: Argument) -> None:
    """Start a job when, and only if, the current transaction commits.

    ``task`` is its dotted name; arguments are ids and ISO strings, never objects or money.
    """

    def start() -> None:
        send(task, arguments)

    transaction.on_commit(start, robust=True)


def announce(event: str, **arguments: Argument) -> None:
    """Start every job that `settings.SUBSCRIBERS` lists for an event.

    The ledger tells of a paid invoice or payout without knowing who listens. Where several do, one
    message leaves the request, and a worker sends theirs.
    """
    listeners = settings.SUBSCRIBERS.get(event, ())
    if len(listeners) > 1:
        enqueue_on_commit(HAND_OUT, event=event, **arguments)
        return
    for task in listeners:
        enqueue_on_commit(task, **arguments)


def hand_out(event: str, **arguments: Argument) -> None:
    """Send every listener of an event its message."""
    for task in settings.SUBSCRIBERS.get(event, ()):
        send(task, arguments)
