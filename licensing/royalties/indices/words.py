"""What people read where a reading is missing."""

from django.utils.translation import gettext as _

from licensing.royalties.rates import IndexMissing


def reading_missing(refusal: IndexMissing) -> str:
    """Say in the reader's language which reading a price waits for."""
    return _("This cannot be priced yet: the reading of %(series)s for %(month)s is missing.") % {
        "series": refusal.context["series"],
        "month": refusal.context["month"],
    }
