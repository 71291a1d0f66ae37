"""Proving statements: rate every close again from its evidence and compare what was booked.

Nothing is written. Each finding names what differs and where; no finding means that every charge,
every part of it and every frozen statement is what its evidence says.
"""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import PurePosixPath

from django.db.models import Q, QuerySet, Sum

from ledger import balances
from ledger.journal import Purpose
from ledger.models import Account
from ledger.verify import Finding, Proof, Verified
from licensing import evidence
from licensing.deals.models import Licence
from licensing.errors import LicensingError
from licensing.royalties import content, earlier, material, rating, recouping, reserving
from licensing.royalties.agencies.chains import Link, passed_on
from licensing.royalties.booking import booked
from licensing.royalties.division import NOTHING, Division
from licensing.royalties.indices import readings
from licensing.royalties.models import EARNING, Allocation, AllocationRole, Close, Period, Statement
from licensing.royalties.recoupment import recoup
from licensing.usage.models import UsageReport


def findings() -> Iterator[str]:
    """Yield everything that does not agree, over all closes, advances and issued statements."""
    closes = Close.objects.select_related("period__licence").order_by("pk")
    for close in closes.iterator():
        yield from of_close(close)
    for period in reserving.with_reserve_terms().iterator():
        yield from of_reserve(period)
    yield from of_balances()
    for licence in _with_advance().iterator():
        yield from of_advance(licence)
    issued = Statement.objects.exclude(content=None).select_related("run", "payee").order_by("pk")
    for statement in issued.iterator():
        yield from of_statement(statement)


def verify_royalties() -> Verified:
    """Prove every close and statement, for the command `verify`."""
    wrong = list(findings())
    yield from (Finding("royalties", "royalties_differ", what) for what in wrong)
    if not wrong:
        closes, stated = Close.objects.count(), Statement.objects.exclude(content=None).count()
        yield Proof("closes rated again from their evidence", closes)
        followed = reserving.with_reserve_terms().count()
        yield Proof("reserves followed again through their closes", followed)
        yield Proof("advances recouped again from what was earned", _with_advance().count())
        yield Proof("issued statements built again, byte for byte", stated)


def of_close(close: Close) -> Iterator[str]:
    """Yield where a close's booked charges differ from rating its evidence again."""
    where = f"{close.period.licence.public_id} {close.period.label} close {close.number}"
    reports = material.counted_by(close)
    damaged = [*_damaged(reports), *_altered(close, reports)]
    if damaged:
        yield from (f"{where}: {what}" for what in damaged)
        return
    try:
        rated = _rate_again(close, reports)
    except (LicensingError, OSError) as error:
        yield f"{where}: the evidence cannot be read: {error}"
        return
    if close.carried and close.carried != rated.carried.as_json():
        yield f"{where}: hands on to later periods what its lines do not say"
    links = [Link.of_json(link) for link in close.agencies]
    divisions = {one.draft.price_id: passed_on(one.division, links) for one in rated.prices}
    before = booked(close.period, upto=close.number)
    for price_id in sorted({*divisions, *before}):
        is_now = divisions.get(price_id, NOTHING)
        was_booked = before.get(price_id, NOTHING)
        yield from (f"{where} {price_id}: {what}" for what in _differences(was_booked, is_now))


def of_reserve(period: Period) -> Iterator[str]:
    """Yield where what is held of a period differs from following its closes again."""
    booked, expected = reserving.held_by_close(period), reserving.followed(period)
    for (price_id, payee), was in sorted(booked.items()):
        now = expected.get((price_id, payee), 0)
        if was != now:
            where = f"{period.licence.public_id} {period.label} {price_id} {payee}"
            yield f"{where}: {was} held in reserve, should be {now} minor"


HELD_ACCOUNTS = {
    Purpose.RESERVE: ("reserve_minor", Q(role__in=EARNING), "organisation__public_id"),
    Purpose.SUSPENSE: ("amount_minor", Q(role=AllocationRole.SUSPENSE), "organisation__public_id"),
    Purpose.UNRECOUPED: (
        "recouped_minor",
        Q(role__in=EARNING),
        "charge__period__licence__licensor__public_id",
    ),
}


def of_balances() -> Iterator[str]:
    """Yield the accounts that do not hold what the allocations booked on them sum to."""
    for purpose, (column, which, party) in HELD_ACCOUNTS.items():
        rows = Allocation.objects.filter(which).values_list(party, "charge__currency")
        booked = {
            (name or "", code): total for name, code, total in rows.annotate(Sum(column)) if total
        }
        # What is recouped takes from what was had, which is on the debit side.
        sign = -1 if purpose is Purpose.UNRECOUPED else 1
        accounts = Account.objects.filter(purpose=purpose).select_related("balance")
        held = {(one.party, one.currency): balances.balance_minor(one.ref) for one in accounts}
        for name, code in sorted({*booked, *held}):
            was, now = held.get((name, code), 0), sign * booked.get((name, code), 0)
            if was != now:
                yield f"{purpose}:{name}:{code} holds {was}, its allocations sum to {now} minor"


def _with_advance() -> QuerySet[Licence]:
    return Licence.objects.filter(terms__advance__amount__isnull=False).order_by("pk")


def of_advance(licence: Licence) -> Iterator[str]:
    """Yield where what was recouped of a licence's earnings differs from computing it again."""
    group = list(recouping.group_of(licence).order_by("pk"))
    periods = recouping.earnings_of(group)
    wholes = recoup(recouping.released_minor(group), [one.earned for one in periods])
    own = dict(Period.objects.filter(licence=licence).values_list("pk", "starts_on"))
    for one, whole in zip(periods, wholes, strict=True):
        if one.period_id not in own:
            continue
        for payee in sorted({*one.recouped, *whole}):
            was, now = one.recouped.get(payee, 0), whole.get(payee, 0)
            if was != now:
                where = f"{licence.public_id} {own[one.period_id]:%Y-%m} {payee}"
                yield f"{where}: recouped {was}, should be {now} minor"


def of_statement(statement: Statement) -> Iterator[str]:
    """Yield what differs between a frozen statement and one built again from its allocations."""
    frozen = statement.content or {}
    if content.sha256(frozen) != statement.content_sha256:
        yield f"{statement.public_id}: its content no longer has the hash it was issued with"
    again = content.of(statement, content.Names.frozen(frozen))
    lines = zip_longest(frozen["lines"], again["lines"])
    for place, (was, now) in enumerate(lines, start=1):
        if was != now:
            yield f"{statement.public_id} line {place}: was issued as {was}, is now {now}"
    for name in sorted(again.keys() - {"lines"}):
        if frozen.get(name) != again[name]:
            yield f"{statement.public_id} {name}: issued {frozen.get(name)}, now {again[name]}"


def _damaged(reports: list[UsageReport]) -> Iterator[str]:
    """Yield the reports whose kept original is not the file that was received."""
    for report in reports:
        if not report.original_key:
            continue
        try:
            with evidence.open_stream(report.original_key) as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
        except OSError as error:
            yield f"{report.public_id}: its original cannot be read: {error}"
            continue
        if sha256 != report.original_sha256:
            yield f"{report.public_id}: its original was changed after it was received"


def _altered(close: Close, reports: list[UsageReport]) -> Iterator[str]:
    """Yield the derived files of a close that no longer have the hash they are kept under."""
    files = [(f"{one.public_id}: its lines", one.lines_key) for one in reports if one.lines_key]
    for what, key in [*files, ("its shares", close.basis_key), ("its works", close.detail_key)]:
        try:
            if not _is_intact(key):
                yield f"{what} were changed after they were kept ({key})"
        except OSError as error:
            yield f"{what} cannot be read: {error}"


def _is_intact(key: str) -> bool:
    """Whether a derived file still has the hash that begins its name."""
    return evidence.measure(key).sha256.startswith(PurePosixPath(key).name.partition(".")[0])


def _rate_again(close: Close, reports: list[UsageReport]) -> rating.Rated:
    period = close.period
    span = material.span_of(period)
    with ExitStack() as stack:
        folder = stack.enter_context(evidence.workplace())
        before = tuple(earlier.named_by(close))
        made_from = material.MadeFrom(
            tuple(reports),
            tuple(close.granted),
            close.basis_key,
            before,
            readings.of_close(close.indices),
        )
        return rating.rate_all(material.opened(stack, period.licence, span, made_from, folder))


def _differences(was: Division, now: Division) -> Iterator[str]:
    if was.amount_minor != now.amount_minor:
        yield f"booked {was.amount_minor}, rated {now.amount_minor} minor"
    fees = (was.operator_fee_minor, was.collective_fee_minor)
    fees_now = (now.operator_fee_minor, now.collective_fee_minor)
    if fees != fees_now:
        yield f"fees booked {fees}, rated {fees_now} minor"
    for payee in sorted({*was.parts, *now.parts}):
        before, after = was.parts.get(payee), now.parts.get(payee)
        net = before.net_minor if before else 0
        net_now = after.net_minor if after else 0
        if net != net_now:
            yield f"{payee} was booked {net}, is due {net_now} minor"
