"""A price with its rows of tiers, factors and escalators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from licensing.deals.drafting.clause_forms import ClauseForm
from licensing.deals.drafting.entries import Document
from licensing.deals.drafting.price import PriceForm, asked_fields
from licensing.deals.drafting.rows import FIRST_FIELD, ROWS, RowForm

MOST_ROWS = 100
Posted = Mapping[str, Any]
FURTHER = ("uses", "minimum", "maximum", "tally", "zero_usage")
"""Fields that the page folds away while they say what is usual."""
_USUAL = {"uses": [], "minimum": "", "maximum": "", "tally": "period", "zero_usage": "free"}


@dataclass
class PriceRows:
    """A price and its rows as forms."""

    price: PriceForm
    rows: dict[str, list[RowForm]] = field(default_factory=dict)

    @classmethod
    def of(cls, price: Document, at: int) -> "PriceRows":
        """Return the forms of a price at its place in a document."""
        prefix = f"price-{at}"
        rows = {
            kind: [
                form(
                    prefix=f"{prefix}-{kind}-{place}",
                    initial={**form.initial_of(row), "was": place},
                )
                for place, row in enumerate(price.get(kind) or ())
            ]
            for kind, form in ROWS.items()
        }
        initial = {**PriceForm.initial_of(price), "was": at}
        return cls(PriceForm(prefix=prefix, initial=initial), rows)

    @classmethod
    def read(cls, posted: Posted, at: int) -> "PriceRows":
        """Return the forms of a price as they were sent."""
        prefix = f"price-{at}"
        rows = {
            kind: [
                form(posted, prefix=f"{prefix}-{kind}-{place}")
                for place in count_rows(posted, f"{prefix}-{kind}-{{}}-{FIRST_FIELD[kind]}")
            ]
            for kind, form in ROWS.items()
        }
        return cls(PriceForm(posted, prefix=prefix), rows)

    @classmethod
    def typed(cls, price: Document, rows: Mapping[str, list[Document]], at: int) -> "PriceRows":
        """Return the forms of what was typed, with nothing complained of."""
        prefix = f"price-{at}"
        shown = {
            kind: [
                form(prefix=f"{prefix}-{kind}-{place}", initial=row)
                for place, row in enumerate(rows.get(kind, ()))
            ]
            for kind, form in ROWS.items()
        }
        return cls(PriceForm(prefix=prefix, initial=price), shown)

    @property
    def asked_rows(self) -> dict[str, list[RowForm]]:
        """The rows that a price of this model has."""
        asked = {
            "tiers": self.price.is_tiered,
            "factors": self.price.has_factors,
            "escalators": True,
        }
        return {kind: self.rows.get(kind, []) for kind in ROWS if asked[kind]}

    def forms(self) -> Iterator[ClauseForm]:
        """Yield every form in it."""
        yield self.price
        for rows in self.asked_rows.values():
            yield from rows

    def written(self, prices: object) -> Document:
        """Return the price that the forms say, starting from the one it was among ``prices``."""
        before = row_before(self.price, prices)
        model = self.price.shown_model
        if before.get("model") != model:
            kept = {*asked_fields(model), *self.asked_rows}
            before = {name: value for name, value in before.items() if name in kept}
        price = self.price.written(before)
        for kind, rows in self.asked_rows.items():
            if rows or kind == "tiers":
                price[kind] = [row.written(row_before(row, before.get(kind))) for row in rows]
            elif price.get(kind):
                del price[kind]
        return price

    def form_at(self, kind: str | None, place: int) -> ClauseForm:
        """Return the form of a row, or of the price itself where the page shows no such row."""
        rows = self.asked_rows.get(kind or "", [])
        return rows[place] if place < len(rows) else self.price

    def unshowable(self, price: Document, where: str) -> Iterator[str]:
        """Yield the places of a price that these forms could not write again."""
        yield from (f"{where}.{path}" for path in self.price.unshowable(price))
        for kind, rows in self.asked_rows.items():
            for place, row in enumerate(rows):
                here = f"{where}.{kind}[{place}]"
                yield from (f"{here}.{path}" for path in row.unshowable(price[kind][place]))

    @property
    def is_further_open(self) -> bool:
        """Whether something is said, or wrong, in the part that is folded away."""
        further = [self.price[name] for name in FURTHER if name in self.price.fields]
        rows = [*self.rows.get("factors", ()), *self.rows.get("escalators", ())]
        return bool(rows) or any(
            bound.errors or (bound.value() or _USUAL[bound.name]) != _USUAL[bound.name]
            for bound in further
        )


def count_rows(posted: Posted, name: str) -> range:
    """Return the rows that were sent: they are numbered from 0 without a gap."""
    count = 0
    while count < MOST_ROWS and name.format(count) in posted:
        count += 1
    return range(count)


def row_before(form: ClauseForm, among: object) -> Document:
    """Return the row that a form started from, or nothing where it is new."""
    at = form.cleaned_data["was"]
    if not isinstance(among, list) or not at.isdecimal() or int(at) >= len(among):
        return {}
    found: Document = among[int(at)]
    return found
