import pytest

from licensing.catalogue.uses import spell_out, sum_up
from licensing.errors import InvalidInput


def test_names_of_sets_are_spelled_out() -> None:
    assert spell_out(["ai-all"]) == ["ai-index", "ai-input", "ai-train", "evaluate", "fine-tune"]
    assert spell_out(["search", "ai-train", "search"]) == ["ai-train", "search"]
    assert spell_out(["all"]) == spell_out(["ai-all", "search"])


@pytest.mark.parametrize(("uses", "code"), [(["train"], "use_unknown"), ([], "use_missing")])
def test_unknown_and_absent_uses_are_refused(uses: list[str], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        spell_out(uses)

    assert [fault.code for fault in refusal.value.faults] == [code]


@pytest.mark.parametrize("names", [["all"], ["ai-all"], ["ai-train", "search"]])
def test_spelled_out_uses_are_summed_up_again(names: list[str]) -> None:
    assert sum_up(spell_out(names)) == names
