"""The tabs above a list: one for each state, with how many it holds."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

from licensing.access import ActorRequest

Label = str | Promise


def tabs(
    request: ActorRequest,
    parameter: str,
    labels: Mapping[str, Label],
    counts: Mapping[str, int],
    *,
    chosen: str,
) -> list[dict[str, Any]]:
    """Return a tab for each label, in their order, keeping the filters and leaving the page.

    ``parameter`` is what the address says the chosen one by; the keys of ``labels`` are its values.
    """
    query = request.GET.copy()
    query.pop("page", None)
    found = []
    for name, label in labels.items():
        query[parameter] = name
        found.append(
            {
                "label": label,
                "url": f"?{query.urlencode()}",
                "current": name == chosen,
                "count": counts[name],
            }
        )
    return found
