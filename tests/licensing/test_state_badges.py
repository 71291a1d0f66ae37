from itertools import chain

from django.utils import translation

from ledger.documents.models import State as DocumentState
from licensing.catalogue.models import ImportState
from licensing.deals.models import Answer, DealState
from licensing.royalties.models import PeriodState, RunState, StatementState
from licensing.templatetags.states import STATES, state_badge, state_label, state_tone

TONES = {"positive", "info", "warning", "critical", "waiting", "neutral"}


def test_a_state_shows_its_word_and_its_tone() -> None:
    with translation.override("en"):
        badge = state_badge("report", "rejected")

    assert badge == '<span class="badge" data-tone="critical">Rejected</span>'


def test_a_state_that_is_not_in_the_table_shows_its_own_name_safely() -> None:
    assert state_badge("report", "<odd>_one") == (
        '<span class="badge" data-tone="neutral">&lt;odd&gt; one</span>'
    )
    assert state_label("nothing", "in_force") == "In force"
    assert state_tone("nothing", "in_force") == "neutral"


def test_every_tone_is_one_the_stylesheet_knows() -> None:
    used = {tone for tone, _ in chain.from_iterable(kind.values() for kind in STATES.values())}

    assert used == TONES


def test_every_state_a_model_can_have_has_a_badge() -> None:
    assert set(DealState.values) <= STATES["deal"].keys()
    assert set(Answer.values) <= STATES["offer"].keys()
    assert set(PeriodState.values) <= STATES["period"].keys()
    assert set(RunState.values) <= STATES["run"].keys()
    assert set(StatementState.values) <= STATES["statement"].keys()
    assert set(ImportState.values) <= STATES["import"].keys()
    assert set(DocumentState.values) <= STATES["document"].keys()
