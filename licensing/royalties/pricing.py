"""What one report's accepted lines cost by themselves: the price on a licensee's receipt."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from ledger.money import currency, decimal_text
from licensing import evidence
from licensing.deals import terms as contract
from licensing.deals.terms.prices import PerWork
from licensing.royalties import measures, periods, rates, tally
from licensing.royalties.earlier import NOTHING_EARLIER
from licensing.royalties.indices import readings
from licensing.royalties.indices.words import reading_missing
from licensing.royalties.material import report_files
from licensing.usage import lately
from licensing.usage.header import plain
from licensing.usage.models import UsageReport
from licensing.usage.small_reports import Counted


def of_report(report: UsageReport) -> dict[str, Any]:
    """Return the charges of one report alone, as `quote` writes them.

    The period's charge may differ: tiers add up over all reports of it and of its window, and a
    fixed amount, or one for every licensed work, is due whatever is reported and is left out here.
    Where a price follows an index whose reading nobody has entered, ``not_priced`` says so.
    """
    licence = report.licence
    terms = contract.parse(licence.terms)
    unit = currency(terms.currency)
    try:
        rated = _rated(report, terms)
    except rates.IndexMissing as refusal:
        return _not_priced(terms, refusal)
    charges = [charge for charge in rated if charge.unit is not None]
    total = sum(charge.amount_minor for charge in charges)
    return {
        "currency": terms.currency,
        "charges": [
            {
                "price": charge.price_id,
                "unit": charge.unit,
                "quantity": plain(charge.quantity),
                "amount": decimal_text(charge.amount_minor, unit),
                "amount_minor": charge.amount_minor,
            }
            for charge in charges
        ],
        "total": decimal_text(total, unit),
        "total_minor": total,
        "not_priced": None,
    }


def _not_priced(terms: contract.Terms, refusal: rates.IndexMissing) -> dict[str, Any]:
    return {
        "currency": terms.currency,
        "charges": [],
        "total": None,
        "total_minor": None,
        "not_priced": {"code": refusal.code, "detail": reading_missing(refusal)},
    }


def _rated(report: UsageReport, terms: contract.Terms) -> list[rates.ChargeDraft]:
    span = periods.span_of(report.period, periods.cadence_of(terms))
    context = rates.Context(
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        first=False,
        indices=readings.as_indices(readings.of_terms(terms, span.starts_on)),
    )
    counts_works = any(isinstance(price, PerWork) for price in terms.prices)
    counted = None if counts_works else lately.counted(report.lines_key)
    if counted is None:
        return _counted(report, terms, context)
    return rates.rate(terms, [_tally(one, report, terms) for one in counted], context)


def _tally(counted: Counted, report: UsageReport, terms: contract.Terms) -> rates.Tally:
    """Return what was counted when the report was judged, as rating takes it."""
    asked = measures.dimensions(terms)
    said: dict[str, Any] = {
        "territory": counted.territory,
        "language": counted.language,
        "media": counted.media,
        "generation": report.model_version,
    }
    stated = {name: said[name] or None for name in asked}
    return rates.Tally(counted.use, counted.unit, counted.quantity, **stated)


def _counted(
    report: UsageReport, terms: contract.Terms, context: rates.Context
) -> list[rates.ChargeDraft]:
    """Rate what the kept lines come to."""
    with ExitStack() as stack:
        folder = stack.enter_context(evidence.workplace())
        files = [
            replace(one, path=evidence.beside(one.path, folder))
            for one in report_files(stack, [report])
        ]
        lines = stack.enter_context(tally.opened(files, None, folder))
        found = measures.of(terms, lines, NOTHING_EARLIER)
        works = {
            price.id: rates.Works(lines.works_used(found[price.id]) if price.id in found else 0)
            for price in terms.prices
            if isinstance(price, PerWork)
        }
        tallies = lines.tallies(measures.dimensions(terms))
        return rates.rate(terms, tallies, replace(context, works=works))
