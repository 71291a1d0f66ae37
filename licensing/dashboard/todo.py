"""Who tells what needs doing and what happened: one line for each concept.

A provider takes the actor and answers with at most a few queries; it says nothing to whoever may
not act on it.
"""

from collections.abc import Callable, Iterable
from itertools import chain

from licensing.access import Actor
from licensing.deals import todo as deals
from licensing.royalties import todo as royalties
from licensing.settlement import todo as settlement
from licensing.todo import Event, Task
from licensing.usage import todo as usage
from licensing.usage.matching import todo as matching
from licensing.usage.notices import todo as notices

TASKS: list[Callable[[Actor], Iterable[Task]]] = [
    deals.tasks,
    usage.tasks,
    matching.tasks,
    notices.tasks,
    royalties.tasks,
    settlement.tasks,
]
EVENTS: list[Callable[[Actor, int], Iterable[Event]]] = [
    deals.events,
    usage.events,
    royalties.events,
    settlement.events,
]
LATEST = 12
URGENCY = {"critical": 0, "warning": 1, "info": 2}


def tasks_of(actor: Actor) -> list[Task]:
    """Return what waits for an actor: failures first, then what runs out soonest."""
    tasks = list(chain.from_iterable(tell(actor) for tell in TASKS))
    return sorted(tasks, key=_urgency)


def events_of(actor: Actor) -> list[Event]:
    """Return what happened lately, newest first."""
    events = chain.from_iterable(tell(actor, LATEST) for tell in EVENTS)
    return sorted(events, key=lambda event: event.at, reverse=True)[:LATEST]


def _urgency(task: Task) -> tuple[int, bool, float]:
    until = task.until.timestamp() if task.until else 0.0
    return URGENCY.get(task.tone, 3), task.until is None, until
