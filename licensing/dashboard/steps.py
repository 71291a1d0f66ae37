"""Where to begin: the first steps of each kind of organisation, as far as their pages exist."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.access import Actor
from licensing.parties.roles import Kind

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to begin with."""

    title: Words
    text: Words
    url: str


RIGHTS_SIDE: tuple[tuple[str, Words, Words], ...] = (
    (
        "works",
        _("Register your works"),
        _("Import a catalogue, so that AI firms can find what they may ask for."),
    ),
    (
        "new-deal",
        _("Make an offer"),
        _("Say what an AI firm may do with your works, and what it costs."),
    ),
)
STEPS: dict[Kind, tuple[tuple[str, Words, Words], ...]] = {
    Kind.LICENSOR: RIGHTS_SIDE,
    Kind.COLLECTIVE: RIGHTS_SIDE,
    Kind.LICENSEE: (
        ("works", _("Find works"), _("See what is registered and whose it is.")),
        (
            "new-deal",
            _("Ask for permission"),
            _("Propose terms to a licensor or a collective; nothing is used before both sign."),
        ),
    ),
    Kind.OPERATOR: (
        ("deals", _("Follow the deals"), _("Every negotiation between your members is here.")),
    ),
}


def first_steps(actor: Actor) -> list[Step]:
    """Return where an organisation that has no history begins."""
    found = []
    for route, title, text in STEPS[actor.kind]:
        try:
            found.append(Step(title, text, reverse(route)))
        except NoReverseMatch:
            continue
    return found
