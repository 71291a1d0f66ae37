"""Quotes over the API: what usage would cost under terms that nobody has to have signed."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import scope
from licensing.api.views import ApiView, keyed
from licensing.deals import terms as contract
from licensing.errors import Fault
from licensing.royalties.indices.readings import as_indices, of_terms
from licensing.royalties.quote import quote
from licensing.royalties.rates import Indices
from licensing.royalties.sample import InvalidSample, Row, add_up
from licensing.royalties.simulation import Curve, curve

MAX_LINES = 10_000
REQUIRED = ("line_id", "work", "use", "unit", "quantity")
COLUMNS = frozenset({*REQUIRED, "territory", "language", "media", "note"})


class CurveInput(serializers.Serializer[Any]):
    """Which price to draw, and up to which quantity of its unit."""

    price = serializers.CharField(max_length=40)
    most = serializers.RegexField(r"^[1-9][0-9]{0,23}$", help_text="A whole quantity, as text.")


class QuoteInput(serializers.Serializer[Any]):
    """Terms and usage to try them on; nothing of it is kept."""

    terms = serializers.DictField(help_text="A Terms document, schema terms/1.")
    lines = serializers.ListField(
        child=serializers.DictField(),
        max_length=MAX_LINES,
        help_text="Usage lines as in a report: line_id, work, use, unit, quantity[, territory].",
    )
    licensed_works = serializers.IntegerField(min_value=0, max_value=10**9, required=False)
    curve = CurveInput(required=False)


class QuotedChargeOutput(serializers.Serializer[Any]):
    """What one price or bound comes to."""

    price = serializers.CharField()
    unit = serializers.CharField(allow_null=True)
    quantity = serializers.CharField()
    amount = serializers.CharField()
    amount_minor = serializers.IntegerField()
    trace = serializers.ListField(child=serializers.DictField())


class QuoteOutput(serializers.Serializer[Any]):
    """Charges of the first accounting period, what no price counts, and what is settled later."""

    currency = serializers.CharField()
    charges = QuotedChargeOutput(many=True)
    total = serializers.CharField()
    total_minor = serializers.IntegerField()
    unpriced = serializers.ListField(child=serializers.DictField())
    notes = serializers.ListField(child=serializers.DictField())
    warnings = serializers.ListField(child=serializers.DictField())
    curve = serializers.DictField(required=False)


class Quotes(ApiView):
    """Price sample usage under any terms. Nothing is stored."""

    permission_classes = [scope(post="deals:read")]

    @extend_schema(request=QuoteInput, responses={200: QuoteOutput})
    @keyed(required=False)
    def post(self, request: Request) -> Response:
        """Return the quote."""
        body = QuoteInput(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        terms = contract.parse(asked["terms"])
        sample = add_up(_rows(asked["lines"]), joint=".")
        indices = as_indices(of_terms(terms, terms.grant.starts_on))
        answer = quote(
            terms, sample, licensed_works=asked.get("licensed_works"), indices=indices
        ).as_json()
        answer["warnings"] = [
            {"where": one.where, "code": one.code, "message": one.message}
            for one in contract.review(terms)
        ]
        if "curve" in asked:
            answer["curve"] = _drawn(terms, indices, **asked["curve"])
        return Response(answer)


def _rows(lines: list[Mapping[str, Any]]) -> Iterator[tuple[str, Row]]:
    """Yield each line as texts; a whole JSON number is as good as its digits."""
    for at, line in enumerate(lines):
        where = f"lines[{at}]"
        row: dict[str, str] = {}
        for name in [*REQUIRED, *(name for name in line if name not in REQUIRED)]:
            value = line.get(name, "")
            if name not in COLUMNS:
                raise _stop(f"{where}.{name[:80]}", "unknown_field", "A line has no such field.")
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            if not isinstance(value, str):
                raise _stop(f"{where}.{name}", "not_text", "Write this as text.")
            row[name] = value
        yield where, row


def _drawn(terms: contract.Terms, indices: Indices, price: str, most: str) -> dict[str, Any]:
    if price not in {one.id for one in terms.prices}:
        raise _stop("curve.price", "price_unknown", "The terms have no price of this id.")
    drawn: Curve = curve(terms, price, Decimal(most), indices=indices)
    return {
        "price": price,
        "unit": drawn.unit,
        "bounds": [format(bound, "f") for bound in drawn.bounds],
        "points": [
            {"quantity": format(point.quantity, "f"), "amount_minor": point.amount_minor}
            for point in drawn.points
        ],
    }


def _stop(where: str, code: str, message: str) -> InvalidSample:
    return InvalidSample(message, faults=[Fault(where, code, message)])
