"""What waits for an organisation, and what happened lately; each concept tells its own."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: a sentence, where to do it, and by when if there is a last moment.

    ``count`` is how many such things wait, where one line stands for several. The tone is that of
    states: ``warning`` somebody must act, ``critical`` something failed, ``info`` for reading.
    """

    text: str | Promise
    url: str
    tone: str = "warning"
    count: int = 1
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to what ``text`` names: ``what``, by ``who``, and its new state."""

    at: datetime
    text: str | Promise
    url: str
    kind: str
    state: str
    what: str | Promise = ""
    who: str = ""
