"""A Terms document being written in a form, and back: rows are added and faults find their field.

What the form has no field for is kept from the document it started from, so that a counter-offer
changes only what its author changed.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.forms import Form
from django.utils import timezone

from licensing.deals.forms import MODELS, DocumentForm, PriceForm, TermsForm, TierForm, complain
from licensing.errors import Fault, InvalidInput
from licensing.strict_json import loads_strict

Document = dict[str, Any]
Posted = Mapping[str, Any]

MOST_ROWS = 100
PRICE_FIELDS = frozenset(
    {"id", "model", "unit", "per", "unit_price", "amount", "due", "tiers", "prorate"}
)
# Where in the form a path of the document is written.
FIELDS = {
    "currency": "currency",
    "grant.uses": "uses",
    "grant.models": "models",
    "grant.territory": "territory",
    "grant.starts_on": "starts_on",
    "grant.ends_on": "ends_on",
    "grant.exclusive": "exclusive",
    "grant.after_term": "after_term",
    "reporting.cadence": "cadence",
    "reporting.due_days": "report_days",
    "payment.due_days": "payment_days",
    "payment.late_interest": "late_interest",
    "dispute_days": "dispute_days",
}


@dataclass
class PriceRows:
    """A price and its bands as forms."""

    price: PriceForm
    tiers: list[TierForm]


@dataclass
class Draft:
    """A document as forms. Build it by `blank`, `of` or `read`."""

    terms: TermsForm
    prices: list[PriceRows]
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
                    "ends_on": "",
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
        prices = []
        for at, price in enumerate(document["prices"]):
            rows = price.get("tiers", [])
            tiers = [
                TierForm(prefix=f"price-{at}-tier-{place}", initial=tier)
                for place, tier in enumerate(rows)
            ]
            prices.append(PriceRows(PriceForm(prefix=f"price-{at}", initial=price), tiers))
        return cls(TermsForm(initial=_initial(document)), prices, document)

    @classmethod
    def read(cls, posted: Posted, base: Document) -> "Draft":
        """Return the form as it was sent."""
        prices = []
        for at in _count(posted, "price-{}-model"):
            tiers = [
                TierForm(posted, prefix=f"price-{at}-tier-{place}")
                for place in _count(posted, f"price-{at}-tier-{{}}-unit_price")
            ]
            prices.append(PriceRows(PriceForm(posted, prefix=f"price-{at}"), tiers))
        return cls(TermsForm(posted), prices, base)

    @property
    def base_text(self) -> str:
        """The document it started from, to be sent along with the form."""
        return json.dumps(self.base, ensure_ascii=False)

    def forms(self) -> Iterable[Form]:
        """Yield every form in it."""
        yield self.terms
        for rows in self.prices:
            yield rows.price
            yield from rows.tiers

    def is_valid(self) -> bool:
        """Whether each field by itself can be read; the document is judged by its parser."""
        return all([form.is_valid() for form in self.forms()])  # noqa: C419 - every form complains

    def document(self) -> Document:
        """Return the document that the form says; call it after `is_valid`."""
        said = self.terms.cleaned_data
        document: Document = {"schema": "terms/1", **self.base}
        document["currency"] = said["currency"]
        document["grant"] = _grant(said, self.base.get("grant"))
        document["prices"] = [self._price(rows) for rows in self.prices]
        _put(document, "fees", _fees(said))
        _put(document, "reporting", _clause(cadence=said["cadence"], due_days=said["report_days"]))
        interest = _rate(said["late_interest"]) if said["late_interest"] else ""
        payment = _clause(due_days=said["payment_days"], late_interest=interest)
        _put(document, "payment", payment)
        _put(document, "dispute_days", _whole(said["dispute_days"]))
        return document

    def _price(self, rows: PriceRows) -> Document:
        said = rows.price.cleaned_data
        before = self._before(said["id"])
        price: Document = {key: before[key] for key in before if key not in PRICE_FIELDS}
        price |= {"id": said["id"], "model": said["model"]}
        if said["model"] == "flat":
            if "prorate" in before:
                price["prorate"] = before["prorate"]
            return price | _filled(amount=said["amount"], due=said["due"])
        price |= _filled(unit=said["unit"], per=said["per"])
        if said["model"] == "per_unit":
            return price | _filled(unit_price=said["unit_price"])
        return price | {"tiers": [_tier(tier.cleaned_data) for tier in rows.tiers]}

    def _before(self, name: str) -> Document:
        """Return the price of this name in the document that writing started from."""
        prices = self.base.get("prices")
        found = [one for one in prices or () if isinstance(one, dict) and one.get("id") == name]
        return found[0] if found else {}

    def place(self, faults: Sequence[Fault]) -> None:
        """Bring each fault to the field it speaks of; what has none stays in `unplaced`."""
        for fault in faults:
            form, name = self._field_of(fault.where)
            if form is None:
                self.unplaced.append(fault)
            else:
                complain(form, name, fault.message)

    def _field_of(self, where: str) -> tuple[Form | None, str | None]:
        if found := re.match(r"prices\[(\d+)\](?:\.tiers\[(\d+)\])?(?:\.(\w+))?", where):
            at, place, name = found.groups()
            rows = self.prices[int(at)]
            form: Form = rows.tiers[int(place)] if place else rows.price
            return form, name if name in form.fields else None
        if found := re.match(r"fees\[(\d+)\]", where):
            payees = [fee["to"] for fee in _fees(self.terms.cleaned_data)]
            return self.terms, f"{payees[int(found[1])]}_fee"
        for path, name in FIELDS.items():
            if where == path or where.startswith((f"{path}[", f"{path}.")):
                return self.terms, name
        return None, None

    def press(self, button: str) -> "Draft":
        """Return the draft after a row was added or taken away, with nothing complained of.

        ``button`` is ``add_price``, ``remove_price-1``, ``add_tier-0``, ``remove_tier-0-2`` or
        ``show_fields``, which shows the fields of each price's model.
        """
        terms = TermsForm(initial=_typed(self.terms))
        prices = [
            (_typed(rows.price), [_typed(tier) for tier in rows.tiers]) for rows in self.prices
        ]
        action, _, place = button.partition("-")
        where = [int(part) for part in place.split("-") if part.isdecimal()]
        match action, where:
            case "add_price", [] if len(prices) < MOST_ROWS:
                prices.append(({"model": "flat", "id": f"price-{len(prices) + 1}"}, []))
            case "remove_price", [at] if at < len(prices):
                del prices[at]
            case "add_tier", [at] if at < len(prices) and len(prices[at][1]) < MOST_ROWS:
                prices[at][1].append({})
            case "remove_tier", [at, row] if at < len(prices) and row < len(prices[at][1]):
                del prices[at][1][row]
        for price, tiers in prices:
            if price["model"] == "graduated" and not tiers:
                tiers.extend([{}, {}])
        return Draft(
            terms,
            [
                PriceRows(
                    PriceForm(prefix=f"price-{at}", initial=price),
                    [
                        TierForm(prefix=f"price-{at}-tier-{row}", initial=tier)
                        for row, tier in enumerate(tiers)
                    ],
                )
                for at, (price, tiers) in enumerate(prices)
            ],
            self.base,
        )


def has_fields_for(document: Document) -> bool:
    """Whether the form can show every price of a document that parses."""
    models = {name for name, _ in MODELS}
    return all(price["model"] in models for price in document["prices"])


def base_of(posted: Posted, default: Document) -> Document:
    """Return the document that a form was started from; it is judged again when it is sent."""
    try:
        base = loads_strict(str(posted.get("base", "")).encode())
    except InvalidInput:
        return default
    return base if isinstance(base, dict) else default


def as_text(document: Document) -> str:
    """Return a document for the eye and the text area."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def read_text(form: DocumentForm) -> Document:
    """Return the document in the text area; raises `MalformedJson` where it has no one reading."""
    written = loads_strict(form.cleaned_data["document"].encode())
    return written if isinstance(written, dict) else {"": written}


def _initial(document: Document) -> Document:
    grant = document["grant"]
    fees = {fee["to"]: _percent(fee["rate"]) for fee in document.get("fees", ())}
    reporting, payment = document.get("reporting") or {}, document.get("payment") or {}
    return {
        "currency": document["currency"],
        "uses": grant["uses"],
        "models": _models_text(grant["models"]),
        "territory": " ".join(grant["territory"]),
        "starts_on": grant["starts_on"],
        "ends_on": grant["ends_on"],
        "exclusive": grant.get("exclusive", False),
        "after_term": grant.get("after_term", ""),
        "operator_fee": fees.get("operator", ""),
        "collective_fee": fees.get("collective", ""),
        "cadence": reporting.get("cadence", ""),
        "report_days": reporting.get("due_days", ""),
        "payment_days": payment.get("due_days", ""),
        "late_interest": _percent(payment.get("late_interest") or ""),
        "dispute_days": document.get("dispute_days", ""),
    }


def _models_text(models: str | list[Document]) -> str:
    if isinstance(models, str):
        return ""
    return "\n".join(
        model["family"]
        if model["versions"] == "any"
        else f"{model['family']}: {', '.join(model['versions'])}"
        for model in models
    )


def _models(text: str) -> str | list[Document]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return "any"
    models = []
    for line in lines:
        family, _, versions = line.replace("：", ":").partition(":")
        listed = [one.strip() for one in versions.replace("、", ",").split(",") if one.strip()]
        models.append({"family": family.strip(), "versions": listed or "any"})
    return models


def _grant(said: Mapping[str, Any], written: object) -> Document:
    before = written if isinstance(written, dict) else {}
    grant: Document = {"works": {"select": "repertoire"}, **before}
    grant |= {
        "uses": said["uses"],
        "models": _models(said["models"]),
        "territory": said["territory"].upper().replace(",", " ").split(),
        "starts_on": said["starts_on"],
        "ends_on": said["ends_on"] or None,
    }
    if said["exclusive"] or "exclusive" in before:
        grant["exclusive"] = said["exclusive"]
    _put(grant, "after_term", said["after_term"])
    return grant


def _fees(said: Mapping[str, Any]) -> list[Document]:
    return [
        {"to": payee, "rate": _rate(said[f"{payee}_fee"])}
        for payee in ("collective", "operator")
        if said.get(f"{payee}_fee")
    ]


def _tier(said: Mapping[str, Any]) -> Document:
    tier = {"up_to": said["up_to"] or None, "unit_price": said["unit_price"]}
    return tier | _filled(flat_fee=said["flat_fee"])


def _clause(*, due_days: str, **others: str) -> Document | None:
    """Return a clause of days with its other parts, None where nothing of it was agreed."""
    filled = _filled(**others)
    if due_days:
        return filled | {"due_days": _whole(due_days)}
    return filled or None


def _filled(**values: str) -> Document:
    return {name: value for name, value in values.items() if value != ""}


def _put(document: Document, name: str, value: object) -> None:
    """Write a clause, or take it out: absent means it was not agreed."""
    if value in (None, "", []):
        document.pop(name, None)
    else:
        document[name] = value


def _whole(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) <= len("10000") else text


def _rate(percent: str) -> str:
    """Return a percentage as the fraction the terms write; what is no number stays as it is."""
    try:
        return f"{Decimal(percent).scaleb(-2):f}"
    except InvalidOperation:
        return percent


def _percent(rate: str) -> str:
    text = f"{Decimal(rate).scaleb(2):f}" if rate else ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _count(posted: Posted, name: str) -> range:
    """Return the rows that were sent: they are numbered from 0 without a gap."""
    count = 0
    while count < MOST_ROWS and name.format(count) in posted:
        count += 1
    return range(count)


def _typed(form: Form) -> Document:
    """Return what was typed into a form, right or wrong."""
    return {name: form[name].data for name in form.fields}
