"""A Terms document being written in a form, and back: rows are added and faults find their field.

What the form has no field for is kept from the document it started from, so that a counter-offer
changes only what its author changed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.division import (
    PointsForm,
    points_of,
    points_read,
    points_typed,
    unshowable_points,
    write_points,
)
from licensing.deals.drafting.duties import DutiesForm
from licensing.deals.drafting.entries import Document
from licensing.deals.drafting.grant import GrantForm
from licensing.deals.drafting.money import MoneyForm
from licensing.deals.drafting.price import TIERED
from licensing.deals.drafting.prices import MOST_ROWS, Posted, PriceRows, count_rows
from licensing.deals.drafting.rows import ROWS
from licensing.deals.forms import complain
from licensing.errors import Fault

MOST_FIELDS = 900
"""A request carries a thousand fields; the rest are the offer's own."""
MOST_OF_A_PRICE = 30
ROW_BUTTONS = ("add_", "remove_", "show_fields")
_PRICE = re.compile(r"prices\[(\d+)\](?:\.(tiers|factors|escalators)\[(\d+)\])?\.?(.*)")

TypedPrice = tuple[Document, dict[str, list[Document]]]
_POINTS = re.compile(r"distribution\.points\[(\d+)\]\.?(.*)")


@dataclass
class Draft:
    """A document as forms. Build it by `blank`, `of` or `read`."""

    grant: GrantForm
    money: MoneyForm
    duties: DutiesForm
    prices: list[PriceRows]
    points: list[PointsForm] = field(default_factory=list)
    base: Document = field(default_factory=dict)
    unplaced: list[Fault] = field(default_factory=list)

    @classmethod
    def blank(cls) -> "Draft":
        """Return the form as it is offered first: training, one price per million tokens."""
        return cls.of(
            {
                "schema": "terms/1",
                "currency": "JPY",
                "grant": {
                    "works": {"select": "repertoire"},
                    "uses": ["ai-train"],
                    "models": "any",
                    "territory": ["WW"],
                    "starts_on": timezone.localdate().replace(day=1).isoformat(),
                    "ends_on": None,
                    "after_term": "delete",
                },
                "prices": [
                    {"id": "tokens", "model": "per_unit", "unit": "token", "per": "1000000"}
                ],
                "fees": [{"to": "operator", "rate": "0.03"}],
                "reporting": {"cadence": "month", "due_days": 20},
                "payment": {"due_days": 30},
                "dispute_days": 60,
            }
        )

    @classmethod
    def of(cls, document: Document) -> "Draft":
        """Return the form of a document that parses."""
        return cls(
            GrantForm(initial=GrantForm.initial_of(document)),
            MoneyForm(initial=MoneyForm.initial_of(document)),
            DutiesForm(initial=DutiesForm.initial_of(document)),
            [PriceRows.of(price, at) for at, price in enumerate(document["prices"])],
            points_of(document),
            document,
        )

    @classmethod
    def read(cls, posted: Posted, base: Document) -> "Draft":
        """Return the form as it was sent."""
        return cls(
            GrantForm(posted),
            MoneyForm(posted),
            DutiesForm(posted),
            [PriceRows.read(posted, at) for at in count_rows(posted, "price-{}-model")],
            points_read(posted),
            base,
        )

    @property
    def base_text(self) -> str:
        """The document it started from, to be sent along with the form."""
        return json.dumps(self.base, ensure_ascii=False)

    @property
    def has_one_price(self) -> bool:
        """Whether the one price there is must stay."""
        return len(self.prices) == 1

    def forms(self) -> Iterator[ClauseForm]:
        """Yield every form in it, as they stand on the page."""
        yield self.grant
        for rows in self.prices:
            yield from rows.forms()
        yield self.money
        yield from self.asked_points
        yield self.duties

    @property
    def asked_points(self) -> list[PointsForm]:
        """The rows of points, where works are divided by points."""
        return self.points if self.money.by_points else []

    def is_valid(self) -> bool:
        """Whether each field by itself can be read; the document is judged by its parser."""
        return all([form.is_valid() for form in self.forms()])  # noqa: C419 - every form complains

    def document(self) -> Document:
        """Return the document that the form says, finished or not; call it after `is_valid`."""
        document = self.base
        for card in (self.grant, self.money, self.duties):
            document = card.written(document)
        key = self.money.cleaned_data.get("distribution", "")
        write_points(self.asked_points, key, document, self.base)
        prices = self.base["prices"]
        return document | {"prices": [rows.written(prices) for rows in self.prices]}

    @property
    def field_count(self) -> int:
        """How many fields a browser sends."""
        return sum(len(form.fields) for form in self.forms())

    def unshowable(self) -> list[str]:
        """Return the places of the document it is `of` that the form could not write again."""
        if self.field_count > MOST_FIELDS:
            return ["prices"]
        if len(self.base.get("distribution", {}).get("points", ())) > MOST_ROWS:
            return ["distribution.points"]
        cards = (self.grant, self.money, self.duties)
        places = [place for card in cards for place in card.unshowable(self.base)]
        for at, rows in enumerate(self.prices):
            places.extend(rows.unshowable(self.base["prices"][at], f"prices[{at}]"))
        return [*places, *unshowable_points(self.asked_points, self.base)]

    def place(self, faults: Sequence[Fault]) -> None:
        """Bring each fault to the field it speaks of; what has none stays in `unplaced`."""
        for fault in faults:
            form, name = self.field_at(fault.where)
            if form is None:
                self.unplaced.append(fault)
            else:
                complain(form, name, fault.message)

    def field_at(self, where: str) -> tuple[ClauseForm | None, str | None]:
        """Return the form and field that write a place of the document; None for neither."""
        if found := _PRICE.fullmatch(where):
            at, kind, place, path = found.groups()
            if int(at) >= len(self.prices):
                return None, None
            form = self.prices[int(at)].form_at(kind, int(place or 0))
            return form, form.field_at(path) if path else None
        if found := _POINTS.fullmatch(where):
            rows, at, path = self.asked_points, int(found[1]), found[2]
            if at < len(rows):
                return rows[at], rows[at].field_at(path) if path else None
        if where == "distribution.points":
            return self.money, "distribution"
        for card in (self.grant, self.money, self.duties):
            if name := card.field_at(where):
                return card, name
        return None, None

    def press(self, button: str) -> "Draft":
        """Return the draft after a row was added or taken away, with nothing complained of.

        ``button`` is ``add_price``, ``remove_price-1``, ``add_tiers-0``, ``remove_factors-0-2`` or
        ``show_fields``, which shows the fields of each price's model. Nothing is added to a form
        that a request could then not carry.
        """
        if button.startswith("add_") and self.field_count + MOST_OF_A_PRICE > MOST_FIELDS:
            button = "show_fields"
        typed: list[TypedPrice] = [
            (
                rows.price.typed(),
                {kind: [row.typed() for row in listed] for kind, listed in rows.rows.items()},
            )
            for rows in self.prices
        ]
        points = [row.typed() for row in self.points]
        _press(typed, button)
        _press_points(points, button)
        if self.money.by_points and not points and not self.money["otherwise"].data:
            points.append({})
        return Draft(
            GrantForm(initial=self.grant.typed()),
            MoneyForm(initial=self.money.typed()),
            DutiesForm(initial=self.duties.typed()),
            [PriceRows.typed(price, rows, at) for at, (price, rows) in enumerate(typed)],
            points_typed(points),
            self.base,
        )


def _forget_unit(price: Document) -> None:
    """Drop the unit where a price has just become, or ceased to be, a share of revenue."""
    is_share = price.get("model") == "revenue_share"
    is_new = ("rate" if is_share else "per") not in price
    if is_new and is_share != (price.get("unit") == "revenue"):
        price.pop("unit", None)


def _press_points(rows: list[Document], button: str) -> None:
    if button == "add_points" and len(rows) < MOST_ROWS:
        rows.append({})
    action, _, at = button.partition("-")
    if action == "remove_points" and at.isdecimal():
        del rows[int(at) : int(at) + 1]


def _press(prices: list[TypedPrice], button: str) -> None:
    action, _, place = button.partition("-")
    verb, _, kind = action.partition("_")
    where = [int(part) for part in place.split("-") if part.isdecimal()]
    match verb, kind, where:
        case "add", "price", [] if len(prices) < MOST_ROWS:
            prices.append(({"model": "per_unit", "id": f"price-{len(prices) + 1}"}, {}))
        case "remove", "price", [at] if at < len(prices):
            del prices[at]
        case "add", kind, [at] if kind in ROWS and at < len(prices):
            rows = prices[at][1].setdefault(kind, [])
            rows.extend([{}] if len(rows) < MOST_ROWS else [])
        case "remove", kind, [at, row] if at < len(prices):
            rows = prices[at][1].get(kind, [])
            del rows[row : row + 1]
    for price, kinds in prices:
        _forget_unit(price)
        if price.get("model") in TIERED and not kinds.get("tiers"):
            kinds["tiers"] = [{}, {}]
