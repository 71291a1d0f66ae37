"""A work's shares as its page shows them: by territory, each with its own whole."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from licensing.catalogue.imports.rows import Shares
from licensing.catalogue.models import Share, Work
from licensing.parties.models import Organisation
from licensing.territories import WORLD


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns how much of a work in a territory: in a country, or (``WW``) everywhere else."""

    territory: str
    shares: tuple[Share, ...]
    claimed: int
    whole: int

    @property
    def is_contested(self) -> bool:
        """Whether more is claimed than there is, so that nobody is paid for it."""
        return self.claimed > self.whole

    def is_held_by(self, organisation: Organisation) -> bool:
        """Whether an organisation has a share."""
        return any(share.holder_id == organisation.pk for share in self.shares)


def by_territory(work: Work, shares: Iterable[Share]) -> list[Owned]:
    """Return shares of a work by territory, the world first and then countries by code."""
    found: dict[str, list[Share]] = defaultdict(list)
    for share in shares:
        found[share.territory].append(share)
    return [
        Owned(territory, tuple(found[territory]), claimed, work.weight_total or claimed)
        for territory in sorted(found, key=lambda code: (code != WORLD, code))
        if (claimed := sum(share.weight for share in found[territory]))
    ]


def as_stated(owned: Iterable[Owned]) -> Shares:
    """Return the weights as a form or a file states them."""
    return {
        one.territory: {share.holder.slug: share.weight for share in one.shares} for one in owned
    }
