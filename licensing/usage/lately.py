"""What the small reports judged lately come to, so that a receipt is priced without a file.

Kept by the key of the judged lines, which never change under it; whoever finds nothing here counts
the lines.
"""

from collections import OrderedDict
from threading import Lock
from typing import Final

from licensing.usage.small_reports import Counted

# In each process; a report of many kinds of usage is not kept, for it is not small any more.
MOST_REPORTS: Final = 256
MOST_KINDS: Final = 100

_counted: OrderedDict[str, tuple[Counted, ...]] = OrderedDict()
_lock = Lock()


def remember(lines_key: str, counted: tuple[Counted, ...]) -> None:
    """Keep what the accepted lines under a key come to."""
    if len(counted) > MOST_KINDS:
        return
    with _lock:
        _counted[lines_key] = counted
        while len(_counted) > MOST_REPORTS:
            _counted.popitem(last=False)


def counted(lines_key: str) -> tuple[Counted, ...] | None:
    """Return what accepted lines come to, if they were judged here lately."""
    return _counted.get(lines_key)
