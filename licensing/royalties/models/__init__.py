"""Accounting periods, their closes, charges and allocations, and the statements drawn from them."""

from licensing.royalties.models.bases import KeptBasis, KeptBasisQuerySet
from licensing.royalties.models.charges import (
    EARNING,
    Allocation,
    AllocationRole,
    Charge,
    ChargeKind,
    ChargeQuerySet,
    new_charge_id,
)
from licensing.royalties.models.periods import (
    Close,
    Period,
    PeriodQuerySet,
    PeriodState,
    new_period_id,
)
from licensing.royalties.models.statements import (
    Dispute,
    Run,
    RunQuerySet,
    RunState,
    Statement,
    StatementLine,
    StatementQuerySet,
    StatementState,
    new_run_id,
    new_statement_id,
)

__all__ = [
    "EARNING",
    "Allocation",
    "AllocationRole",
    "Charge",
    "ChargeKind",
    "ChargeQuerySet",
    "Close",
    "Dispute",
    "KeptBasis",
    "KeptBasisQuerySet",
    "Period",
    "PeriodQuerySet",
    "PeriodState",
    "Run",
    "RunQuerySet",
    "RunState",
    "Statement",
    "StatementLine",
    "StatementQuerySet",
    "StatementState",
    "new_charge_id",
    "new_period_id",
    "new_run_id",
    "new_statement_id",
]
