"""A charge's trace in plain words: what each step took, and what it came to.

Nothing is computed here: every figure stands in the trace, which `rates.trace.replay` proves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ledger.money import currency as currency_of
from ledger.money import decimal_text
from licensing.templatetags.money import money, percent, quantity
from licensing.templatetags.money import price as as_price
from licensing.templatetags.terms import territory_name, unit_name, use_name

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what was done, and the figure reached; ``is_final`` where it was rounded."""

    text: str
    figure: str
    is_final: bool = False


def lines(trace: Sequence[Record], currency: str) -> Iterator[Line]:
    """Yield the steps of a trace in the reader's language."""
    for record in trace:
        say = SAID.get(record["step"])
        text = say(record, currency) if say else str(record["step"])
        yield Line(text, _figure(record, currency), "amount_minor" in record)


def _figure(record: Record, currency: str) -> str:
    if "amount_minor" in record:
        return money(record["amount_minor"], currency)
    if "amount" in record:
        return _exact(record["amount"], lambda text: price(text, currency))
    return _exact(record.get("counted"), quantity)


def _exact(value: str | None, write: Callable[[str], str]) -> str:
    """Write an exact number; a division that does not end stands as the fraction it is."""
    if value is None:
        return ""
    return value if "/" in value else write(value)


def price(text: str, code: str) -> str:
    """Write a price with at least its currency's decimals: ``2.5`` is ``$2.50``."""
    whole, _point, decimals = text.partition(".")
    decimals = decimals.ljust(currency_of(code).exponent, "0")
    return as_price(f"{whole}.{decimals}" if decimals else whole, code)


def _count(record: Record, _currency: str) -> str:
    text = _("Count %(quantity)s %(unit)s for %(use)s") % {
        "quantity": _exact(record["quantity"], quantity),
        "unit": unit_name(record["unit"]),
        "use": use_name(record["use"]),
    }
    if record.get("territory"):
        text += _(" in %(place)s") % {"place": territory_name(record["territory"])}
    if record.get("language"):
        text += _(", language %(tag)s") % {"tag": record["language"]}
    if record.get("media"):
        text += _(", medium %(medium)s") % {"medium": record["media"]}
    if record.get("generation"):
        text += _(", model version %(version)s") % {"version": record["generation"]}
    if record["times"] != "1":
        text += _(", times %(factor)s") % {"factor": record["times"]}
    return text


def _deduct(record: Record, _currency: str) -> str:
    return _("Deduct %(quantity)s") % {"quantity": _exact(record["quantity"], quantity)}


def _each(record: Record, currency: str) -> dict[str, str]:
    return {
        "price": price(record["unit_price"], currency),
        "per": quantity(record["per"]),
    }


def _unit_price(record: Record, currency: str) -> str:
    return _("%(price)s for every %(per)s units") % _each(record, currency)


def _tier(record: Record, currency: str) -> str:
    words = _each(record, currency) | {
        "quantity": _exact(record["quantity"], quantity),
        "above": quantity(record["above"]),
    }
    if record["up_to"] is None:
        text = _("Above %(above)s: %(quantity)s units at %(price)s for every %(per)s") % words
    else:
        words["up_to"] = quantity(record["up_to"])
        text = (
            _("Above %(above)s up to %(up_to)s: %(quantity)s units at %(price)s for every %(per)s")
            % words
        )
    return text + _flat_fee(record, currency)


def _volume(record: Record, currency: str) -> str:
    text = _("The whole quantity at %(price)s for every %(per)s units") % _each(record, currency)
    return text + _flat_fee(record, currency)


def _flat_fee(record: Record, currency: str) -> str:
    if record["flat_fee"] == "0":
        return ""
    return _(", and %(fee)s for the band") % {"fee": price(record["flat_fee"], currency)}


def _package(record: Record, currency: str) -> str:
    return _("%(packages)s started packages of %(per)s at %(price)s; %(free)s units are free") % {
        **_each(record, currency),
        "packages": quantity(record["packages"]),
        "free": quantity(record["free_units"]),
    }


def _share(record: Record, _currency: str) -> str:
    return _("%(rate)s of the revenue") % {"rate": percent(record["rate"])}


def _works(record: Record, currency: str) -> str:
    return _("%(works)s works at %(price)s each") % {
        "works": quantity(record["works"]),
        "price": price(record["each"], currency),
    }


def _fixed(record: Record, currency: str) -> str:
    text = _("Fixed amount of %(amount)s") % {"amount": price(record["fixed"], currency)}
    if record.get("days") is not None:
        text += _(", for %(days)s of %(all)s days") % {
            "days": record["days"],
            "all": record["of_days"],
        }
    return text


def _charged(record: Record, _currency: str) -> str:
    return _("All prices together: %(amount)s") % {
        "amount": money(record["minor"], record["currency"])
    }


def _escalate(record: Record, _currency: str) -> str:
    if index := record.get("index"):
        return _("Escalated by %(index)s, a factor of %(factor)s") % {
            "index": index,
            "factor": record["times"],
        }
    return _("Escalated by the factor %(factor)s") % {"factor": record["times"]}


def _minimum(record: Record, currency: str) -> str:
    return _("At least %(amount)s") % {"amount": price(record["limit"], currency)}


def _maximum(record: Record, currency: str) -> str:
    return _("At most %(amount)s") % {"amount": price(record["limit"], currency)}


def _round(record: Record, _currency: str) -> str:
    unit = currency_of(record["currency"])
    return _("Rounded once, half away from zero, to %(unit)s") % {
        "unit": price(decimal_text(1, unit), unit.code)
    }


def _difference(_record: Record, _currency: str) -> str:
    return _("Less what the window had come to before this period")


def _less(record: Record, currency: str) -> str:
    return _("Less %(amount)s charged by the prices themselves") % {
        "amount": money(record["minor"], currency)
    }


def _recoup(record: Record, currency: str) -> str:
    return _(
        "Recouped: of %(released)s paid out ahead, %(before)s was recouped from earlier earnings; "
        "this period earned %(earned)s"
    ) % {
        "released": money(record["released_minor"], currency),
        "before": money(record["before_minor"], currency),
        "earned": money(record["earned_minor"], currency),
    }


def _liquidate(record: Record, currency: str) -> str:
    return _("Released from the reserve, where %(amount)s were held until %(day)s") % {
        "amount": money(record["held_minor"], currency),
        "day": record["day"],
    }


def _advance(record: Record, currency: str) -> str:
    return _("Paid of the agreed advance of %(amount)s") % {
        "amount": money(record["agreed_minor"], currency)
    }


SAID: Mapping[str, Callable[[Record, str], str]] = {
    "count": _count,
    "deduct": _deduct,
    "unit_price": _unit_price,
    "tier": _tier,
    "volume": _volume,
    "package": _package,
    "share": _share,
    "works": _works,
    "fixed": _fixed,
    "charged": _charged,
    "escalate": _escalate,
    "minimum": _minimum,
    "maximum": _maximum,
    "round": _round,
    "difference": _difference,
    "less": _less,
    "recoup": _recoup,
    "advance": _advance,
    "liquidate": _liquidate,
}
