"""Terms in plain words, clause by clause, in the current language.

What the deal page and the agreement print. No database and no clock: the same document reads the
same on every day. Only what was agreed is said; an absent clause has no row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from licensing.deals.plain_prices import PlainPrice, describe_price
from licensing.deals.redline import Kind, Segment, text_changes
from licensing.deals.terms import Grant, Terms
from licensing.deals.terms.document import Distribution, Duties
from licensing.templatetags.money import percent, quantity
from licensing.templatetags.money import price as amount
from licensing.templatetags.periods import day
from licensing.templatetags.terms import listed, word


@dataclass(frozen=True, slots=True)
class Row:
    """One clause: where it stands in the document, what it is called and what it says."""

    path: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """Clauses that belong together."""

    key: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PlainTerms:
    """A whole document in plain words."""

    sections: tuple[Section, ...]
    prices: tuple[PlainPrice, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A clause that two rounds say differently; None where one of them does not say it."""

    path: str
    label: str
    before: str | None
    after: str | None

    @property
    def removed(self) -> list[Segment]:
        """What was said before, in runs kept and removed."""
        return [run for run in self._runs() if run.kind is not Kind.ADDED]

    @property
    def added(self) -> list[Segment]:
        """What is said now, in runs kept and added."""
        return [run for run in self._runs() if run.kind is not Kind.REMOVED]

    def _runs(self) -> list[Segment]:
        return text_changes(self.before or "", self.after or "")


def describe(terms: Terms) -> PlainTerms:
    """Say a document in plain words."""
    sections = (
        Section("grant", _("What is granted"), tuple(_grant(terms.grant))),
        Section("money", _("Money"), tuple(_money(terms))),
        Section("duties", _("Reporting and duties"), tuple(_duties(terms))),
    )
    return PlainTerms(
        sections=tuple(section for section in sections if section.rows),
        prices=tuple(describe_price(price, terms.currency) for price in terms.prices),
    )


def changes(before: Terms, after: Terms) -> list[Change]:
    """Return the clauses that differ, in the order of the later document."""
    old, new = _flat(before), _flat(after)
    return [
        Change(
            path=path,
            label=(new.get(path) or old[path]).label,
            before=old[path].text if path in old else None,
            after=new[path].text if path in new else None,
        )
        for path in [*new, *(path for path in old if path not in new)]
        if path not in old or path not in new or old[path].text != new[path].text
    ]


def _flat(terms: Terms) -> dict[str, Row]:
    """Return every clause by its place, prices first; bands and excluded works by themselves."""
    plain = describe(terms)
    rows = [row for price in plain.prices for row in _price_rows(price)]
    rows.extend(row for section in plain.sections for row in section.rows)
    if terms.grant.works.exclude:
        listing = ", ".join(sorted(terms.grant.works.exclude))
        rows.append(Row("grant.works.exclude", _("Excluded works"), listing))
    return {row.path: row for row in rows}


def _price_rows(price: PlainPrice) -> Iterator[Row]:
    label = _("Price “%(id)s”") % {"id": price.id}
    yield Row(f"prices.{price.id}", label, " ".join([price.title + ":", price.text, *price.notes]))
    for at, tier in enumerate(price.tiers, start=1):
        fee = f" + {tier.flat_fee}" if tier.flat_fee else ""
        yield Row(
            f"prices.{price.id}.{at}",
            _("Price “%(id)s”, band %(number)d") % {"id": price.id, "number": at},
            f"{tier.band}: {tier.unit_price} {price.per}{fee}",
        )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _grant(grant: Grant) -> Iterator[Row]:
    yield Row("grant.works", _("Works"), _works(grant))
    yield Row("grant.uses", _("Uses"), _sentence(listed(grant.uses, "use")))
    yield Row("grant.models", _("Models"), _models(grant))
    yield Row("grant.territory", _("Territory"), _sentence(listed(grant.territory, "territory")))
    if grant.media is not None:
        yield Row("grant.media", _("Media"), listed(grant.media, "medium"))
    yield Row(
        "grant.exclusive",
        _("Exclusivity"),
        _("Exclusive") if grant.exclusive else _("Not exclusive"),
    )
    yield Row("grant.term", _("Term"), _term(grant))
    if grant.after_term is not None:
        yield Row("grant.after_term", _("After the term"), word("after_term", grant.after_term))


def _works(grant: Grant) -> str:
    excluded = len(grant.works.exclude)
    if not excluded:
        return _("The licensor’s whole repertoire on the day of the second signature.")
    return ngettext(
        "The licensor’s whole repertoire on the day of the second signature, "
        "except %(count)d work.",
        "The licensor’s whole repertoire on the day of the second signature, "
        "except %(count)d works.",
        excluded,
    ) % {"count": excluded}


def _models(grant: Grant) -> str:
    if isinstance(grant.models, str):
        return _("Any model and version of the licensee.")
    return "; ".join(
        _("%(family)s, every version") % {"family": model.family}
        if isinstance(model.versions, str)
        else f"{model.family} {', '.join(model.versions)}"
        for model in grant.models
    )


def _term(grant: Grant) -> str:
    if grant.ends_on is None:
        return _("From %(start)s, without an end.") % {"start": day(grant.starts_on)}
    return _("From %(start)s to %(end)s, both days included.") % {
        "start": day(grant.starts_on),
        "end": day(grant.ends_on),
    }


def _money(terms: Terms) -> Iterator[Row]:
    yield Row("currency", _("Currency"), terms.currency)
    if terms.advance is not None:
        text = _("%(amount)s, earned back from later charges.")
        if terms.advance.group:
            text = _("%(amount)s, earned back from later charges of the group %(group)s.")
        told = {"amount": amount(terms.advance.amount, terms.currency)}
        yield Row("advance", _("Advance"), text % {**told, "group": terms.advance.group})
    for name, label, clause in (
        ("minimum_guarantee", _("Minimum guarantee"), terms.minimum_guarantee),
        ("cap", _("Cap"), terms.cap),
    ):
        if clause is not None:
            text = _("%(amount)s %(window)s.") % {
                "amount": amount(clause.amount, terms.currency),
                "window": word("window", clause.window),
            }
            yield Row(name, label, text)
    yield Row("distribution", _("Division"), _division(terms.distribution))
    for fee in terms.fees:
        yield Row(
            f"fees.{fee.to}",
            _("Fee of %(who)s") % {"who": word("fee", fee.to)},
            _("%(rate)s of each charge, before it is divided.") % {"rate": percent(fee.rate)},
        )
    if terms.reserve is not None:
        text = ngettext(
            "%(rate)s of earnings, held for %(count)d month.",
            "%(rate)s of earnings, held for %(count)d months.",
            terms.reserve.months,
        ) % {"rate": percent(terms.reserve.rate), "count": terms.reserve.months}
        yield Row("reserve", _("Reserve"), text)


def _duties(terms: Terms) -> Iterator[Row]:
    if terms.reporting is not None:
        text = ngettext(
            "Usage is reported %(cadence)s, at most %(count)d day after the period’s end.",
            "Usage is reported %(cadence)s, at most %(count)d days after the period’s end.",
            terms.reporting.due_days,
        ) % {
            "cadence": word("cadence", terms.reporting.cadence),
            "count": terms.reporting.due_days,
        }
        yield Row("reporting", _("Reporting"), text)
    if terms.payment is not None:
        yield Row("payment.due_days", _("Payment"), _days(terms.payment.due_days))
        if terms.payment.late_interest is not None:
            yield Row(
                "payment.late_interest",
                _("Late payment"),
                _("%(rate)s a year on what is overdue.")
                % {"rate": percent(terms.payment.late_interest)},
            )
    if terms.dispute_days is not None:
        text = ngettext(
            "A statement can be disputed for %(count)d day after its issue.",
            "A statement can be disputed for %(count)d days after its issue.",
            terms.dispute_days,
        ) % {"count": terms.dispute_days}
        yield Row("dispute_days", _("Disputes"), text)
    if terms.duties is not None:
        yield from _further(terms.duties)
    if terms.special_conditions is not None:
        yield Row("special_conditions", _("Special conditions"), terms.special_conditions)


def _division(distribution: Distribution) -> str:
    text = _sentence(word("distribution", distribution.key))
    if distribution.points or distribution.otherwise is not None:
        text = _("%(clause)s.") % {"clause": text}
    for rule in distribution.points:
        named = ", ".join(rule.works) or listed(rule.kinds, "kind")
        text += " " + _("%(named)s: %(points)s.") % {
            "named": named,
            "points": quantity(rule.points),
        }
    if distribution.otherwise is not None:
        text += " " + _("Every other work: %(points)s.") % {
            "points": quantity(distribution.otherwise)
        }
    return text


def _days(count: int) -> str:
    text = ngettext(
        "Invoices are due %(count)d day after they are issued.",
        "Invoices are due %(count)d days after they are issued.",
        count,
    )
    return text % {"count": count}


def _further(duties: Duties) -> Iterator[Row]:
    if duties.attribution is not None:
        yield Row(
            "duties.attribution",
            _("Attribution"),
            _("Outputs name the works they draw on.") if duties.attribution else _("Not required."),
        )
    if duties.output_limit_words is not None:
        yield Row(
            "duties.output_limit_words",
            _("Verbatim output"),
            _("At most %(count)s words of a work in a row.")
            % {"count": quantity(duties.output_limit_words)},
        )
    if duties.audit is not None:
        yield Row(
            "duties.audit",
            _("Audit"),
            _("With %(notice)d days’ notice, up to %(years)d years back.")
            % {"notice": duties.audit.notice_days, "years": duties.audit.look_back_years},
        )
