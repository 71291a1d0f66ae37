"""Which pages the menu offers to whom."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.parties.roles import Kind, Scope


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the menu."""

    label: str | Promise
    route: str
    icon: str
    scope: Scope
    kinds: frozenset[Kind] = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as the template shows it."""

    label: str | Promise
    url: str
    icon: str
    current: bool


PAGES = (
    Page(_("Home"), "home", "home", Scope.WORKS_READ),
    Page(_("Works"), "works", "works", Scope.WORKS_READ),
    Page(_("Deals"), "deals", "deals", Scope.DEALS_READ),
    Page(_("May I train?"), "permissions", "check", Scope.DEALS_READ, frozenset({Kind.LICENSEE})),
    Page(_("Usage reports"), "reports", "usage", Scope.USAGE_READ),
    Page(_("Notices"), "notices", "notices", Scope.USAGE_READ),
    Page(_("Matching"), "matching", "search", Scope.MATCHING_READ),
    Page(_("Periods"), "periods", "periods", Scope.PERIODS_CLOSE),
    Page(_("Statements"), "statements", "statements", Scope.STATEMENTS_READ),
    Page(_("Invoices"), "invoices", "invoices", Scope.INVOICES_READ),
    Page(_("Payouts"), "payouts", "payouts", Scope.PAYOUTS_READ),
    Page(_("Journal"), "journal", "journal", Scope.LEDGER_READ),
    Page(_("Jobs"), "jobs", "jobs", Scope.USAGE_READ),
    Page(_("Organisation"), "organisation", "organisation", Scope.MEMBERS_MANAGE),
)


def build(scopes: AbstractSet[Scope], kind: Kind, path: str) -> list[Item]:
    """Return the entries for these scopes, the one that holds ``path`` marked current."""
    entries = []
    for page in PAGES:
        if page.scope not in scopes or kind not in page.kinds:
            continue
        try:
            url = reverse(page.route)
        except NoReverseMatch:
            continue
        current = path == url if page.route == "home" else path.startswith(url)
        entries.append(Item(page.label, url, page.icon, current))
    return entries
