"""Documents that the tests of terms, rating and quotes start from."""

import copy
from typing import Any

import pytest

from licensing.deals.terms import InvalidTerms, parse
from licensing.errors import Fault

PUBLISHED: dict[str, Any] = {
    "schema": "terms/1",
    "currency": "JPY",
    "grant": {
        "works": {"select": "repertoire", "exclude": ["work_a7b2c3d4e5f6g7h2"]},
        "uses": ["ai-train", "fine-tune"],
        "models": [{"family": "vista", "versions": ["2"]}],
        "territory": ["WW"],
        "media": ["video"],
        "exclusive": False,
        "starts_on": "2026-10-01",
        "ends_on": "2029-09-30",
        "after_term": "delete",
    },
    "prices": [
        {
            "id": "tokens",
            "uses": ["ai-train"],
            "unit": "token",
            "model": "graduated",
            "per": "1000000",
            "tiers": [
                {"up_to": "1000000000", "unit_price": "12.50"},
                {"up_to": None, "unit_price": "9.00", "flat_fee": "0"},
            ],
            "tally": "period",
            "zero_usage": "free",
            "factors": [{"when": {"territory": ["JP"]}, "times": "1.5"}],
        },
        {"id": "access", "model": "flat", "amount": "5000000", "due": "once"},
        {"id": "titles", "model": "per_work", "amount": "5000", "count": "licensed"},
        {"id": "share", "model": "revenue_share", "unit": "revenue", "rate": "0.30"},
    ],
    "advance": {"amount": "3000000", "release": "on_receipt"},
    "minimum_guarantee": {"amount": "12000000", "window": "year"},
    "cap": None,
    "distribution": {"key": "usage"},
    "fees": [{"to": "collective", "rate": "0.095"}, {"to": "operator", "rate": "0.03"}],
    "reserve": None,
    "reporting": {"cadence": "month", "due_days": 20},
    "payment": {"due_days": 30, "late_interest": "0.06"},
    "dispute_days": 60,
    "duties": {
        "attribution": True,
        "output_limit_words": 200,
        "audit": {"notice_days": 30, "look_back_years": 3},
    },
}

PER_MILLION: dict[str, Any] = {
    "id": "tokens",
    "model": "per_unit",
    "unit": "token",
    "per": "1000000",
    "unit_price": "2.50",
}


def published() -> dict[str, Any]:
    """Return a fresh copy of the example in the published description of ``terms/1``."""
    return copy.deepcopy(PUBLISHED)


def plain_document(*prices: dict[str, Any], **clauses: Any) -> dict[str, Any]:
    """Return a small document in USD for `ai-train` by any model, with these prices."""
    return {
        "schema": "terms/1",
        "currency": "USD",
        "grant": {
            "works": {"select": "repertoire"},
            "uses": ["ai-train"],
            "models": "any",
            "territory": ["WW"],
            "starts_on": "2026-10-01",
            "ends_on": "2029-09-30",
        },
        "prices": copy.deepcopy(list(prices) or [PER_MILLION]),
        **clauses,
    }


def faults_of(written: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the path and code of every fault in a document that must be refused."""
    with pytest.raises(InvalidTerms) as refused:
        parse(written)
    assert all(len(fault.message) > 10 for fault in refused.value.faults)
    return [place_and_code(fault) for fault in refused.value.faults]


def place_and_code(fault: Fault) -> tuple[str, str]:
    """Return what a test compares; the message may be reworded."""
    return fault.where, fault.code
