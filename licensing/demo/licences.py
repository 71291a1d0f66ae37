"""The licences of the demonstration that are in force, with the terms that were signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def terms(  # noqa: PLR0913  # what the demonstration varies
    *,
    currency: str,
    prices: list[dict[str, Any]],
    models: list[dict[str, Any]] | str,
    uses: tuple[str, ...] = ("ai-train",),
    fees: tuple[tuple[str, str], ...] = (("operator", "0.03"),),
    starts_on: str = "2026-08-01",
    ends_on: str = "2029-07-31",
    **clauses: Any,
) -> dict[str, Any]:
    """Return a Terms document with the clauses the demonstration does not vary."""
    return {
        "schema": "terms/1",
        "currency": currency,
        "grant": {
            "works": {"select": "repertoire", "exclude": []},
            "uses": list(uses),
            "models": models,
            "territory": ["WW"],
            "exclusive": False,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "after_term": "delete",
        },
        "prices": prices,
        "distribution": {"key": "usage"},
        "fees": [{"to": to, "rate": rate} for to, rate in fees],
        "reporting": {"cadence": "month", "due_days": 20},
        "payment": {"due_days": 30, "late_interest": "0.06"},
        "dispute_days": 60,
        "duties": {
            "attribution": True,
            "output_limit_words": 200,
            "audit": {"notice_days": 30, "look_back_years": 3},
        },
        **clauses,
    }


def per_million(unit_price: str, use: str = "ai-train") -> dict[str, Any]:
    """Return a price per million tokens of a use."""
    return {
        "id": f"{use}-tokens",
        "uses": [use],
        "unit": "token",
        "model": "per_unit",
        "per": "1000000",
        "unit_price": unit_price,
    }


YEN_TIERS = {
    "id": "tokens",
    "uses": ["ai-train"],
    "unit": "token",
    "model": "graduated",
    "per": "1000000",
    "tiers": [
        {"up_to": "500000000", "unit_price": "420"},
        {"up_to": "2000000000", "unit_price": "360"},
        {"up_to": None, "unit_price": "300"},
    ],
}
BY_YEAR = YEN_TIERS | {"tally": "year"}
ACCESS = {"id": "access", "model": "flat", "amount": "150000", "due": "each_period"}
PRICE_INDEX = "JP-CPI"
PLAY_MINUTES = {
    "id": "play-minutes",
    "uses": ["ai-train"],
    "unit": "minute",
    "model": "per_unit",
    "per": "1",
    "unit_price": "480",
    "escalators": [
        {
            "from": "2026-10-01",
            "index": {"series": PRICE_INDEX, "base": "2025-08", "month": "2026-08"},
        }
    ],
}
WITH_COLLECTIVE = (("collective", "0.095"), ("operator", "0.03"))


@dataclass(frozen=True, slots=True)
class Signed:
    """A licence of the demonstration that is in force, by a name the usage refers to."""

    name: str
    title: str
    licensor: str
    licensee: str
    model: tuple[str, str]
    terms: Mapping[str, Any]


SIGNED = (
    Signed(
        "loom",
        "全国創作許諾協会 × Tensor Loom Labs: Shuttle 3",
        "zensokyo",
        "tensor-loom",
        ("shuttle", "3"),
        terms(
            currency="JPY",
            prices=[BY_YEAR, ACCESS],
            models=[{"family": "shuttle", "versions": ["3"]}],
            fees=WITH_COLLECTIVE,
            cap={"amount": "24000000", "window": "year"},
            minimum_guarantee={"amount": "3000000", "window": "year"},
        ),
    ),
    Signed(
        "mikazuki",
        "全国創作許諾協会 × 三日月AI: 新月",
        "zensokyo",
        "mikazuki",
        ("shingetsu", "2"),
        terms(
            currency="JPY",
            prices=[YEN_TIERS | {"tiers": [{"up_to": None, "unit_price": "380"}]}],
            models=[{"family": "shingetsu", "versions": ["2"]}],
            fees=WITH_COLLECTIVE,
        ),
    ),
    Signed(
        "quill",
        "Quill & Harbour Press × Tensor Loom Labs",
        "quill-harbour",
        "tensor-loom",
        ("shuttle", "3"),
        terms(
            currency="USD",
            prices=[per_million("2.50"), per_million("4.00", "fine-tune")],
            models=[{"family": "shuttle", "versions": ["3"]}],
            uses=("ai-train", "fine-tune"),
        ),
    ),
    Signed(
        "northlight",
        "Northlight Pictures × Parallax Research",
        "northlight",
        "parallax",
        ("stereo", "1.5"),
        terms(
            currency="USD",
            prices=[
                {
                    "id": "minutes",
                    "uses": ["ai-train"],
                    "unit": "minute",
                    "model": "per_unit",
                    "per": "1",
                    "unit_price": "1.75",
                }
            ],
            models=[{"family": "stereo", "versions": ["1.5"]}],
            reserve={"rate": "0.10", "months": 6},
        ),
    ),
    Signed(
        "minato",
        "湊ゲームス × Parallax Research: Stereo",
        "minato-games",
        "parallax",
        ("stereo", "1.5"),
        terms(
            currency="JPY",
            prices=[PLAY_MINUTES],
            models=[{"family": "stereo", "versions": ["1.5"]}],
            advance={"amount": "3000000", "release": "on_receipt"},
        ),
    ),
    # Nobody reports on this one, so that a notice stands.
    Signed(
        "ardoise",
        "Éditions Ardoise × Tensor Loom Labs",
        "ardoise",
        "tensor-loom",
        ("shuttle", "3"),
        terms(
            currency="EUR",
            prices=[per_million("2.20")],
            models=[{"family": "shuttle", "versions": ["3"]}],
            starts_on="2026-09-01",
            ends_on="2028-08-31",
        ),
    ),
)
