"""PURE. What every field of a Terms document means, with an example: published with the schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

_AMOUNT = "Major units of the document's currency, as text."
_WINDOW = 'Over what it counts: the accounting "period", the licence "year" or the whole "term".'

FIELDS: Final[Mapping[str, tuple[str, Any]]] = {
    "schema": ("The version of this document.", "terms/1"),
    "currency": ("ISO 4217; every amount is in it.", "JPY"),
    "grant": (
        "The rights given. What is not named is not granted.",
        {
            "works": {"select": "repertoire"},
            "uses": ["ai-train"],
            "models": "any",
            "territory": ["WW"],
            "starts_on": "2026-10-01",
            "ends_on": None,
        },
    ),
    "grant.works": ("Which works.", {"select": "repertoire"}),
    "grant.works.select": ("The licensor's whole repertoire at signature.", "repertoire"),
    "grant.works.exclude": ("Works that are left out, by id.", ["work_a7b2c3d4e5f6g7h2"]),
    "grant.uses": ("The uses granted.", ["ai-train", "fine-tune"]),
    "grant.models": (
        'The models that may use the works, or "any".',
        [{"family": "vista", "versions": ["2"]}],
    ),
    "grant.models.family": ("A family of models; compared exactly.", "vista"),
    "grant.models.versions": ('Its versions, or "any"; another needs a new grant.', ["2", "2.1"]),
    "grant.territory": ("ISO 3166-1 codes, or WW for the world.", ["JP", "US"]),
    "grant.media": ("Media; absent: every medium of the works.", ["video"]),
    "grant.exclusive": ("Whether nobody else is granted the same; absent: no.", False),
    "grant.starts_on": ("The first day of the term.", "2026-10-01"),
    "grant.ends_on": ("The last day, included; null: no end.", "2029-09-30"),
    "grant.after_term": ("What happens to works and models afterwards.", "delete"),
    "prices": (
        "What is charged; one price per quantity of use.",
        [{"id": "access", "model": "flat", "amount": "300000", "due": "once"}],
    ),
    "prices.id": ("Its name on statements, unlike any other price's.", "tokens"),
    "prices.model": ("How it charges; the table above.", "graduated"),
    "prices.uses": ("The uses it applies to; absent: all of the grant.", ["ai-train"]),
    "prices.unit": ("What is counted, as usage lines name it.", "token"),
    "prices.per": ("How many units a price is for; absent: 1.", "1000000"),
    "prices.unit_price": (_AMOUNT, "12.50"),
    "prices.tiers": (
        "Bands of quantity with rising bounds, the last without one.",
        [{"up_to": "1000", "unit_price": "3"}, {"up_to": None, "unit_price": "2"}],
    ),
    "prices.tiers.up_to": ("The inclusive upper bound; null on the last tier.", "1000000000"),
    "prices.tiers.unit_price": ("The price of `per` units in this tier.", "9.00"),
    "prices.tiers.flat_fee": ("Added once when the tier is entered or reached.", "5000"),
    "prices.free_units": ("Units that cost nothing before packages count.", "10000"),
    "prices.amount": (_AMOUNT, "5000000"),
    "prices.due": ('When a fixed amount falls due: "once" or "each_period".', "each_period"),
    "prices.prorate": ("A period partly in the term costs its part of the days.", "days"),
    "prices.count": ('Which works cost: "licensed" or "used".', "used"),
    "prices.rate": ("A part of one: 0.30 is 30 per cent.", "0.30"),
    "prices.base": ('"gross" revenue, or "net" of the deductions; absent: gross.', "net"),
    "prices.deductions": ("Units reported beside the revenue and taken off it.", ["returns"]),
    "prices.minimum": ("The least a window costs once it costs anything.", "50000"),
    "prices.maximum": ("The most a window costs.", "9000000"),
    "prices.tally": (_WINDOW + " Absent: period.", "year"),
    "prices.zero_usage": (
        'Whether no usage is "free" or costs a "charge"; absent: free.',
        "charge",
    ),
    "prices.factors": (
        "How often matching units count, before tiers see them.",
        [{"when": {"territory": ["JP"]}, "times": "1.5"}],
    ),
    "prices.factors.when": (
        "What a line must state; every dimension named.",
        {"territory": ["JP"]},
    ),
    "prices.factors.when.territory": ("Countries of the grant.", ["JP"]),
    "prices.factors.when.language": ("BCP 47; also every tag that begins so.", ["ja", "pt-BR"]),
    "prices.factors.when.media": ("Media, as usage lines name them.", ["video"]),
    "prices.factors.when.generation": ("Model versions; also those under them.", ["2"]),
    "prices.factors.times": ("The multiplier of the quantity.", "1.5"),
    "prices.escalators": (
        "Multipliers of the price by day; the last that has begun counts.",
        [{"from": "2027-10-01", "times": "1.03"}],
    ),
    "prices.escalators.from": (
        "The day; it counts in periods that start on or after it.",
        "2027-10-01",
    ),
    "prices.escalators.times": ("The multiplier of the price; this or index.", "1.03"),
    "prices.escalators.index": (
        "Multiply by the reading of a month divided by that of the base month; this or times.",
        {"series": "JP-CPI", "base": "2026-09", "month": "2027-08"},
    ),
    "prices.escalators.index.series": ("The name of the index; readings have it too.", "JP-CPI"),
    "prices.escalators.index.base": ("The month it is divided by; before month.", "2026-09"),
    "prices.escalators.index.month": ("The month it has moved to; before from.", "2027-08"),
    "advance": (
        "Money paid ahead and earned back from later charges.",
        {"amount": "3000000", "release": "on_receipt"},
    ),
    "advance.amount": (_AMOUNT + " More than zero.", "3000000"),
    "advance.release": ("When the payees receive it.", "on_receipt"),
    "advance.group": (
        "Licences of the same two parties in one group recoup each other's advances.",
        "vista-books",
    ),
    "minimum_guarantee": (
        "The least all prices come to; what is missing is charged at the window's end.",
        {"amount": "12000000", "window": "year"},
    ),
    "minimum_guarantee.amount": (_AMOUNT + " More than zero.", "12000000"),
    "minimum_guarantee.window": (_WINDOW, "year"),
    "cap": ("The most all prices come to.", {"amount": "90000000", "window": "term"}),
    "cap.amount": (_AMOUNT + " More than zero.", "12000000"),
    "cap.window": (_WINDOW, "year"),
    "distribution": ("What divides a charge among works; absent: usage.", {"key": "usage"}),
    "distribution.key": ('"usage", "equal_per_work" or "points".', "points"),
    "distribution.points": ("Points of works or of kinds.", [{"kinds": ["book"], "points": 5}]),
    "distribution.points.works": ("The works that have them, by id.", ["work_a7b2c3d4e5f6g7h2"]),
    "distribution.points.kinds": ("Or the kinds of work.", ["book"]),
    "distribution.points.points": ("How many.", 5),
    "distribution.otherwise": ("Points of every other work; absent: none.", 1),
    "fees": (
        "Parts of each charge taken before it is divided.",
        [{"to": "operator", "rate": "0.03"}],
    ),
    "fees.to": ('"operator" or "collective".', "operator"),
    "fees.rate": ("A part of one: 0.03 is 3 per cent.", "0.03"),
    "reserve": ("A part of earnings held back against corrections.", {"rate": "0.10", "months": 6}),
    "reserve.rate": ("A part of one.", "0.10"),
    "reserve.months": ("For how many months.", 6),
    "reporting": ("How often usage is reported.", {"cadence": "month", "due_days": 20}),
    "reporting.cadence": ("The length of an accounting period.", "quarter"),
    "reporting.due_days": ("Days after the period's end.", 20),
    "payment": ("When invoices are due.", {"due_days": 30, "late_interest": "0.06"}),
    "payment.due_days": ("Days after an invoice's issue.", 30),
    "payment.late_interest": ("A year, on what is overdue; a part of one.", "0.06"),
    "dispute_days": ("How long a statement can be disputed after its issue.", 60),
    "duties": ("What the licensee does beside paying.", {"attribution": True}),
    "duties.attribution": ("Whether outputs name the works they draw on.", True),
    "duties.output_limit_words": ("The most words of a work in a row.", 200),
    "duties.audit": (
        "The right to look into the counts.",
        {"notice_days": 30, "look_back_years": 3},
    ),
    "duties.audit.notice_days": ("Days of notice.", 30),
    "duties.audit.look_back_years": ("How far back.", 3),
    "special_conditions": (
        "Free text that is signed with the rest and that no program executes.",
        "Titles are written in kana.",
    ),
}


def describe(schema: dict[str, Any]) -> dict[str, Any]:
    """Write into a JSON Schema of the document what each field means, with an example."""
    for path, field in properties(schema, schema, ""):
        if path in FIELDS:
            field["description"], example = FIELDS[path]
            field["examples"] = [example]
    return schema


def table() -> str:
    """Return every field as a table in Markdown."""
    rows = [
        f"| `{path}` | {meaning} | `{json.dumps(example, ensure_ascii=False)}` |"
        for path, (meaning, example) in FIELDS.items()
    ]
    return "\n".join(["| Field | Means | Example |", "|---|---|---|", *rows])


def properties(
    schema: dict[str, Any], node: dict[str, Any], path: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every property by its path, the properties of what it refers to after it."""
    if "$ref" in node:
        yield from properties(schema, schema["$defs"][node["$ref"].rsplit("/", 1)[1]], path)
    for name, inner in node.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below, inner
        yield from properties(schema, inner, below)
    for inner in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from properties(schema, inner, path)
    if isinstance(node.get("items"), dict):
        yield from properties(schema, node["items"], path)
