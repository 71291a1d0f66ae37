"""Passing parts on to agents, as a calculation."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.royalties.agencies.chains import EndlessChain, Link, in_order, passed_on
from licensing.royalties.allocation import SUSPENSE
from licensing.royalties.division import Division, Part

MINOR = st.integers(-(10**9), 10**9)
PARTS = st.dictionaries(
    st.sampled_from(["a", "b", "c", SUSPENSE]),
    st.builds(Part, MINOR, MINOR, MINOR, st.integers(1, 9)),
    max_size=4,
)
RATES = st.decimals(0, 1, places=4)


def divided(**parts: Part) -> Division:
    whole = sum(part.gross_minor for part in parts.values())
    return Division(whole, 0, 0, parts)


def link(payee: str, agent: str, rate: str) -> Link:
    return Link(payee, agent, Decimal(rate))


def test_an_agent_has_its_rate_of_the_net_and_of_each_fee() -> None:
    """15 % of 73, 2 and 8 are 10.95, 0.3 and 1.2: 11, 0 and 1; the payee keeps 62, 2 and 7."""
    birch = Part(73, 2, 8, 1)

    found = passed_on(divided(birch=birch), [link("birch", "cedar", "0.15")])

    assert found.parts == {"birch": Part(62, 2, 7, 1), "cedar": Part(11, 0, 1, 0)}


def test_an_agents_agent_has_its_rate_of_what_the_agent_got() -> None:
    """Half of 11 and 1 are 5.5 and 0.5: 6 and 1, away from zero."""
    links = [link("cedar", "dell", "0.5"), link("birch", "cedar", "0.15")]

    found = passed_on(divided(birch=Part(73, 2, 8, 1)), links)

    assert found.parts == {
        "birch": Part(62, 2, 7, 1),
        "cedar": Part(5, 0, 0, 0),
        "dell": Part(6, 0, 1, 0),
    }


def test_what_rounding_would_take_beyond_the_part_is_not_there() -> None:
    links = [link("a", "b", "0.5"), link("a", "c", "0.5")]

    found = passed_on(divided(a=Part(1, 0, 0, 1)), links)

    assert {name: part.net_minor for name, part in found.parts.items()} == {"a": 0, "b": 1, "c": 0}


def test_an_agent_that_owns_works_too_keeps_its_weight() -> None:
    found = passed_on(divided(a=Part(10, 0, 0, 1), b=Part(5, 0, 0, 3)), [link("a", "b", "0.2")])

    assert found.parts == {"a": Part(8, 0, 0, 1), "b": Part(7, 0, 0, 3)}


def test_a_circle_is_refused_and_five_agents_in_a_row_are_the_most() -> None:
    row = [link(str(n), str(n + 1), "0.1") for n in range(5)]

    assert in_order(row) == ["0", "1", "2", "3", "4", "5"]
    with pytest.raises(EndlessChain, match="number 6 in a row"):
        in_order([*row, link("5", "6", "0.1")])
    with pytest.raises(EndlessChain, match="in a circle"):
        in_order([*row, link("5", "0", "0.1")])


def test_a_link_is_kept_and_read_back_exactly() -> None:
    kept = link("a", "b", "0.150000000000")

    assert Link.of_json(kept.as_json()) == kept


@given(PARTS, RATES, RATES, RATES)
def test_the_columns_sum_to_what_they_did_before(
    parts: dict[str, Part], one: Decimal, two: Decimal, three: Decimal
) -> None:
    links = [Link("a", "b", one), Link("a", "d", two * (1 - one)), Link("b", "d", three)]
    before = Division(0, 0, 0, parts)

    after = passed_on(before, links)

    for column in ("net_minor", "operator_fee_minor", "collective_fee_minor"):
        assert sum(getattr(part, column) for part in after.parts.values()) == sum(
            getattr(part, column) for part in before.parts.values()
        )
    assert after.parts.get(SUSPENSE) == before.parts.get(SUSPENSE)


@given(PARTS)
def test_without_agents_nothing_changes(parts: dict[str, Part]) -> None:
    division = Division(0, 0, 0, parts)

    assert passed_on(division, []) == division
