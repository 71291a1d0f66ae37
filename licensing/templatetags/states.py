"""The words and tones of states: one table, so that a state looks the same on every page.

Tones: ``positive`` done and good; ``info`` under way by itself; ``warning`` somebody must act;
``critical`` refused or failed; ``waiting`` not begun; ``neutral`` over, nothing to do.
"""

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

Look = tuple[str, str | Promise]

STATES: dict[str, dict[str, Look]] = {
    "deal": {
        "draft": ("waiting", pgettext_lazy("deal", "Draft")),
        "negotiating": ("info", _("Negotiating")),
        "agreed": ("warning", _("Agreed")),
        "signing": ("warning", _("Signing")),
        "in_force": ("positive", _("In force")),
        "expired": ("neutral", pgettext_lazy("deal", "Expired")),
        "terminated": ("neutral", _("Terminated")),
        "declined": ("neutral", _("Declined")),
        "withdrawn": ("neutral", _("Withdrawn")),
        "lapsed": ("neutral", _("Lapsed")),
    },
    "offer": {
        "standing": ("info", _("Standing")),
        "countered": ("neutral", _("Countered")),
        "accepted": ("positive", pgettext_lazy("offer", "Accepted")),
        "declined": ("neutral", _("Declined")),
        "withdrawn": ("neutral", _("Withdrawn")),
        "lapsed": ("neutral", _("Lapsed")),
    },
    "report": {
        "receiving": ("info", _("Receiving")),
        "received": ("info", _("Received")),
        "checking": ("info", _("Checking")),
        "accepted": ("positive", pgettext_lazy("report", "Accepted")),
        "rejected": ("critical", _("Rejected")),
        "superseded": ("neutral", _("Superseded")),
    },
    "verdict": {
        "accepted": ("positive", pgettext_lazy("line", "Accepted")),
        "quarantined": ("warning", _("Quarantined")),
        "rejected": ("critical", _("Rejected")),
    },
    "unmatched": {
        "open": ("warning", _("To decide")),
        "mapped": ("positive", _("Mapped")),
        "granted": ("positive", _("Granted")),
        "infringing": ("critical", _("Infringing")),
        "ignored": ("neutral", _("Ignored")),
    },
    "notice": {
        "standing": ("warning", pgettext_lazy("notice", "Standing")),
        "answered": ("positive", _("Answered")),
        "withdrawn": ("neutral", pgettext_lazy("notice", "Withdrawn")),
    },
    "period": {
        "open": ("waiting", _("Open")),
        "due": ("warning", pgettext_lazy("period", "Due")),
        "closing": ("info", _("Closing")),
        "closed": ("positive", _("Closed")),
        "failed": ("critical", _("Failed")),
    },
    "statement": {
        "draft": ("waiting", pgettext_lazy("statement", "Draft")),
        "approved": ("info", _("Approved")),
        "issued": ("positive", pgettext_lazy("statement", "Issued")),
        "paid": ("positive", _("Paid")),
        "held": ("warning", _("Held")),
        "disputed": ("critical", _("Disputed")),
    },
    "run": {
        "draft": ("waiting", pgettext_lazy("statement", "Draft")),
        "approved": ("info", _("Approved")),
        "issuing": ("info", _("Issuing")),
        "issued": ("positive", pgettext_lazy("statement", "Issued")),
        "due": ("waiting", pgettext_lazy("run", "Waiting")),
        "running": ("info", _("Running")),
        "done": ("positive", _("Done")),
        "failed": ("critical", _("Failed")),
    },
    "invoice": {
        "draft": ("waiting", pgettext_lazy("invoice", "Draft")),
        "issued": ("info", pgettext_lazy("invoice", "Issued")),
        "overdue": ("critical", _("Overdue")),
        "part_paid": ("warning", _("Part paid")),
        "paid": ("positive", _("Paid")),
        "credited": ("neutral", _("Credited")),
        "void": ("neutral", _("Void")),
    },
    "payout": {
        "due": ("waiting", pgettext_lazy("payout", "Due")),
        "reserved": ("info", _("Reserved")),
        "sending": ("info", _("Sending")),
        "in_transit": ("info", _("In transit")),
        "paid": ("positive", _("Paid")),
        "failed": ("critical", _("Failed")),
        "returned": ("critical", _("Returned")),
    },
    "attempt": {
        "unsent": ("waiting", _("Not sent yet")),
        "sent": ("info", _("Sent")),
        "succeeded": ("positive", _("Succeeded")),
        "failed": ("critical", _("Failed")),
        "unknown": ("warning", _("Outcome unknown")),
    },
    "document": {
        "due": ("waiting", pgettext_lazy("document", "Being made")),
        "rendered": ("positive", _("Ready")),
        "failed": ("critical", _("Failed")),
    },
    "import": {
        "received": ("info", _("Received")),
        "due": ("waiting", pgettext_lazy("run", "Waiting")),
        "running": ("info", _("Running")),
        "checked": ("warning", _("Checked, not imported")),
        "done": ("positive", _("Imported")),
        "failed": ("critical", _("Failed")),
    },
    "mandate": {
        "in_force": ("positive", _("In force")),
        "future": ("waiting", _("Not yet in force")),
        "ended": ("neutral", _("Ended")),
    },
    "key": {
        "active": ("positive", _("Active")),
        "revoked": ("neutral", _("Revoked")),
    },
}


def look(kind: str, state: str) -> Look:
    """Return tone and word of a state; one that is not in the table shows its own name, plainly."""
    return STATES.get(kind, {}).get(state, ("neutral", state.replace("_", " ").capitalize()))


@register.simple_tag
def state_badge(kind: str, state: str) -> SafeString:
    """Show a state: ``{% state_badge "report" report.state %}``."""
    tone, word = look(kind, str(state))
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, word)


@register.simple_tag
def state_label(kind: str, state: str) -> str:
    """Write a state's word alone, for a caption or an option."""
    return str(look(kind, str(state))[1])


@register.simple_tag
def state_tone(kind: str, state: str) -> str:
    """Return a state's tone, for ``data-tone`` on a row, a timeline's entry or a progress bar."""
    return look(kind, str(state))[0]
