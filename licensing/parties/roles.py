"""PURE. Who may do what: scopes, and which of them a role carries in which kind of organisation.

A scope is checked at the edge (view, endpoint); what it is exercised on is decided by
`visible_to(actor)`. An API key carries a chosen subset of the scopes its organisation's owner has.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What an organisation is in this trade."""

    LICENSOR = "licensor"
    COLLECTIVE = "collective"
    LICENSEE = "licensee"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a member is trusted with."""

    OWNER = "owner"
    NEGOTIATOR = "negotiator"
    FINANCE = "finance"
    VIEWER = "viewer"


class Scope(StrEnum):
    """One permission; ``read`` scopes never change anything."""

    WORKS_READ = "works:read"
    WORKS_WRITE = "works:write"
    DEALS_READ = "deals:read"
    DEALS_WRITE = "deals:write"
    DEALS_SIGN = "deals:sign"
    USAGE_READ = "usage:read"
    USAGE_WRITE = "usage:write"
    MATCHING_READ = "matching:read"
    MATCHING_WRITE = "matching:write"
    NOTICES_WRITE = "notices:write"
    STATEMENTS_READ = "statements:read"
    STATEMENTS_APPROVE = "statements:approve"
    AGENCIES_WRITE = "agencies:write"
    PERIODS_CLOSE = "periods:close"
    INVOICES_READ = "invoices:read"
    INVOICES_WRITE = "invoices:write"
    PAYOUTS_READ = "payouts:read"
    PAYOUTS_RUN = "payouts:run"
    LEDGER_READ = "ledger:read"
    MEMBERS_MANAGE = "members:manage"
    KEYS_MANAGE = "keys:manage"


S = Scope

_EVERYONE = {S.WORKS_READ, S.DEALS_READ, S.USAGE_READ, S.MEMBERS_MANAGE, S.KEYS_MANAGE}
_RIGHTS_SIDE = _EVERYONE | {
    S.WORKS_WRITE,
    S.DEALS_WRITE,
    S.DEALS_SIGN,
    S.MATCHING_READ,
    S.MATCHING_WRITE,
    S.NOTICES_WRITE,
    S.STATEMENTS_READ,
    S.AGENCIES_WRITE,
    S.PAYOUTS_READ,
}

KIND_SCOPES: dict[Kind, frozenset[Scope]] = {
    Kind.LICENSOR: frozenset(_RIGHTS_SIDE),
    Kind.COLLECTIVE: frozenset(_RIGHTS_SIDE),
    Kind.LICENSEE: frozenset(
        _EVERYONE | {S.DEALS_WRITE, S.DEALS_SIGN, S.USAGE_WRITE, S.INVOICES_READ}
    ),
    Kind.OPERATOR: frozenset(set(Scope) - {S.DEALS_WRITE, S.DEALS_SIGN, S.USAGE_WRITE}),
}

_READS = frozenset(scope for scope in Scope if scope.endswith(":read"))

ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.OWNER: frozenset(Scope),
    Role.NEGOTIATOR: _READS
    | {S.WORKS_WRITE, S.DEALS_WRITE, S.DEALS_SIGN, S.MATCHING_WRITE, S.NOTICES_WRITE},
    Role.FINANCE: _READS
    | {
        S.USAGE_WRITE,
        S.MATCHING_WRITE,
        S.NOTICES_WRITE,
        S.STATEMENTS_APPROVE,
        S.AGENCIES_WRITE,
        S.PERIODS_CLOSE,
        S.INVOICES_WRITE,
        S.PAYOUTS_RUN,
    },
    Role.VIEWER: _READS,
}


def scopes_of(kind: Kind, role: Role) -> frozenset[Scope]:
    """Return what a member with this role may do in an organisation of this kind."""
    return KIND_SCOPES[kind] & ROLE_SCOPES[role]
