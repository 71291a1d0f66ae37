"""Strategies for Terms documents of every shape that the parser takes."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from licensing.deals.terms.prices import PRICE_MODELS
from licensing.templatetags.terms import WORDS

DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31)).map(date.isoformat)
AMOUNTS = st.builds(
    lambda whole, zeros: f"{whole}{'.' + '0' * zeros if zeros else ''}",
    st.integers(0, 10**12),
    st.integers(0, 2),
)
SUMS = st.integers(1, 10**12).map(str)
PRICES = st.decimals(0, 10**6, places=6).map("{:f}".format)
RATES = st.decimals(0, 1, places=4).map("{:f}".format)
TIMES = st.decimals(0, 99, places=2).map("{:f}".format)
SIZES = st.integers(1, 10**20).map(str)
TOKENS = st.sampled_from(["token", "page", "minute", "widget", "half-page", "video_2", "revenue"])
MEDIA = st.lists(st.sampled_from(["video", "book", "radio", "4k"][:3]), min_size=1, unique=True)
COUNTRIES = st.lists(st.sampled_from(["JP", "US", "KR", "FR"]), min_size=1, unique=True)
USES = ["ai-train", "ai-input", "search", "fine-tune", "evaluate", "ai-index"]
WORKS = st.from_regex(r"work_[a-z2-7]{16}", fullmatch=True)
NAMES = st.text("abcXYZ 0123.:,&あ許諾", min_size=1, max_size=12).map(str.strip).filter(bool)
TEXTS = st.text("abc あ。許\n -\u3000", min_size=1, max_size=60)

DIVISIONS = st.sampled_from(
    [
        {"key": "usage"},
        {"key": "equal_per_work", "otherwise": None, "points": []},
        {"key": "points", "otherwise": 1},
        {
            "key": "points",
            "points": [
                {"works": ["work_a7b2c3d4e5f6g7h2"], "points": 9},
                {"kinds": ["anime-film", "stage-play"], "points": 5, "works": []},
            ],
        },
    ]
)


def keys(needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects whose optional keys may be absent."""
    return st.fixed_dictionaries(needed, optional=optional)


def clause(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return a clause, or null for "not agreed"."""
    return st.one_of(st.none(), strategy)


def one_of_words(table: str) -> st.SearchStrategy[str]:
    """Return one of the tokens of a table of words."""
    return st.sampled_from(sorted(WORDS[table]))


@st.composite
def tiers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return bands with rising bounds, the last without one."""
    bounds = sorted(draw(st.sets(st.integers(1, 10**18), max_size=3)))
    ends = [*map(str, bounds), None]
    return [
        draw(keys({"up_to": st.just(end), "unit_price": PRICES}, flat_fee=clause(PRICES)))
        for end in ends
    ]


@st.composite
def factors(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return factors of kinds that exclude each other."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "territory": st.sampled_from([["JP"], ["US", "KR"]]),
        "language": st.sampled_from([["ja"], ["en", "pt-BR"]]),
        "media": MEDIA,
        "generation": st.sampled_from([["vista-2"], ["v1", "v3 turbo"]]),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=3))
    made: list[dict[str, Any]] = [
        {"when": {kind: draw(kinds[kind])}, "times": draw(TIMES)} for kind in chosen
    ]
    says_null = draw(st.booleans())
    if made and says_null:
        other = "territory" if chosen[0] != "territory" else "language"
        made[0]["when"][other] = None
    return made


@st.composite
def escalators(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return escalators in the order of their days."""
    return [{"from": day, **draw(multiplier())} for day in sorted(draw(st.sets(DAYS, max_size=2)))]


@st.composite
def multiplier(draw: st.DrawFn) -> dict[str, Any]:
    """Return what an escalator multiplies by: a number, or an index as it stood before 2026."""
    index = {"series": "JP-CPI", "base": "2024-09", "month": "2025-08"}
    by_number: dict[str, Any] = {"times": draw(TIMES)} | draw(keys({}, index=st.none()))
    by_index: dict[str, Any] = {"index": index} | draw(keys({}, times=st.none()))
    return draw(st.sampled_from([by_number, by_index]))


@st.composite
def price(draw: st.DrawFn, model: str, use: str) -> dict[str, Any]:
    """Return one price of a model, for one use so that no two count the same line."""
    counted = model not in ("flat", "pool")
    weighed = counted and model != "per_work"
    unit = draw(TOKENS.filter(lambda one: one not in ("returns", "taxes")))
    own: dict[str, dict[str, Any]] = {
        "per_unit": {"unit": unit, "unit_price": draw(PRICES)} | draw(keys({}, per=SIZES)),
        "graduated": {"unit": unit, "tiers": draw(tiers())} | draw(keys({}, per=SIZES)),
        "volume": {"unit": unit, "tiers": draw(tiers())} | draw(keys({}, per=SIZES)),
        "package": {"unit": unit, "unit_price": draw(PRICES), "per": draw(SIZES)}
        | draw(keys({}, free_units=st.integers(0, 9**9).map(str))),
        "flat": {"amount": draw(AMOUNTS)}
        | draw(
            st.one_of(
                keys({"due": st.just("once")}, prorate=st.none()),
                keys({"due": st.just("each_period")}, prorate=clause(st.just("days"))),
            )
        ),
        "per_work": {"amount": draw(PRICES), "count": draw(one_of_words("count"))},
        "revenue_share": {"rate": draw(RATES)}
        | draw(keys({}, unit=st.just(unit)))
        | draw(
            st.one_of(
                st.just({"base": "net", "deductions": ["returns", "taxes"]}),
                keys({}, base=st.just("gross"), deductions=st.just([])),
            )
        ),
        "pool": {"amount": draw(AMOUNTS)},
    }
    bounds: dict[str, Any] = draw(keys({}, minimum=clause(st.just("5")), maximum=clause(SUMS)))
    if bounds.get("maximum") and bounds.get("minimum"):
        bounds["minimum"] = bounds["maximum"]
    said = {"id": f"{model}-{use}", "model": model, "uses": [use]} | own[model] | bounds
    if counted:
        said |= draw(keys({}, tally=one_of_words("window"), zero_usage=one_of_words("zero_usage")))
    if weighed:
        said |= draw(keys({}, factors=factors()))
    if model != "per_work" or said.get("tally", "period") == "period":
        said |= draw(keys({}, escalators=escalators()))
    return said


@st.composite
def grants(draw: st.DrawFn) -> dict[str, Any]:
    """Return a grant of every use."""
    families = st.lists(NAMES, min_size=1, max_size=3, unique=True)
    versions = st.one_of(st.just("any"), st.lists(NAMES, min_size=1, max_size=3, unique=True))
    models = [{"family": family, "versions": draw(versions)} for family in draw(families)]
    start = draw(st.dates(date(2026, 1, 1), date(2027, 1, 1))).isoformat()
    return draw(
        keys(
            {
                "works": keys(
                    {},
                    select=st.just("repertoire"),
                    exclude=st.lists(WORKS, max_size=3, unique=True),
                ),
                "uses": st.permutations(USES),
                "models": st.one_of(st.just("any"), st.just(models)),
                "territory": st.just(["WW"]),
                "starts_on": st.just(start),
                "ends_on": clause(st.just("2040-12-31")),
            },
            media=clause(MEDIA),
            exclusive=st.booleans(),
            after_term=clause(one_of_words("after_term")),
        )
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return a whole document, with every clause present, null or absent."""
    models = draw(st.lists(st.sampled_from(PRICE_MODELS), min_size=1, max_size=3))
    prices = [draw(price(model, use)) for model, use in zip(models, USES, strict=False)]
    windows = one_of_words("window")
    days = st.integers(0, 3650)
    payees = draw(st.lists(st.sampled_from(["operator", "collective"]), unique=True))
    fees = [
        {"to": payee, "rate": draw(st.sampled_from(["0", "0.030", "0.12"]))} for payee in payees
    ]
    audit = keys({"notice_days": days, "look_back_years": st.integers(0, 50)})
    window = keys({"amount": st.just("7000"), "window": windows})
    said: dict[str, Any] = draw(
        keys(
            {"schema": st.just("terms/1"), "currency": st.sampled_from(["JPY", "USD", "KWD"])},
            advance=clause(
                keys(
                    {"amount": SUMS, "release": st.just("on_receipt")},
                    group=clause(st.just("vista-books")),
                )
            ),
            minimum_guarantee=clause(window),
            cap=clause(window),
            distribution=DIVISIONS,
            fees=st.just(fees),
            reserve=clause(keys({"rate": RATES, "months": st.integers(1, 60)})),
            reporting=clause(keys({"cadence": one_of_words("cadence"), "due_days": days})),
            payment=clause(keys({"due_days": days}, late_interest=clause(RATES))),
            dispute_days=clause(days),
            duties=clause(
                keys(
                    {},
                    attribution=clause(st.booleans()),
                    output_limit_words=clause(st.integers(0, 1_000_000)),
                    audit=clause(audit),
                )
            ),
            special_conditions=clause(TEXTS),
        )
    )
    return said | {"grant": draw(grants()), "prices": prices}
