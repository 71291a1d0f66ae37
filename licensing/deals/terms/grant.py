"""PURE. The grant: which works, for what, by which models, where and when."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from licensing.deals.terms.clause import Clause
from licensing.deals.terms.scalars import Day, Name, Territory, Token, WorkId
from licensing.deals.terms.uses import Use

ANY_TAG = "<any>"
LISTED_TAG = "<listed>"


def _any_or_listed(value: object) -> str:
    return ANY_TAG if isinstance(value, str) else LISTED_TAG


Versions = Annotated[
    Annotated[Literal["any"], Tag(ANY_TAG)]
    | Annotated[tuple[Name, ...], Tag(LISTED_TAG), Field(min_length=1, max_length=200)],
    Discriminator(_any_or_listed),
]


class ModelGrant(Clause):
    """A model family, and the versions of it that may use the works."""

    family: Name
    versions: Versions
    """A version that is not listed needs a new grant, unless the terms say "any"."""


Models = Annotated[
    Annotated[Literal["any"], Tag(ANY_TAG)]
    | Annotated[tuple[ModelGrant, ...], Tag(LISTED_TAG), Field(min_length=1, max_length=200)],
    Discriminator(_any_or_listed),
]


class WorksSelection(Clause):
    """The works: the licensor's whole repertoire on the day of signature, less the excluded."""

    select: Literal["repertoire"] = "repertoire"
    exclude: Annotated[tuple[WorkId, ...], Field(max_length=10_000)] = ()


class Grant(Clause):
    """Rights given. What is not named is not granted."""

    works: WorksSelection
    uses: Annotated[tuple[Use, ...], Field(min_length=1, max_length=20)]
    models: Models
    territory: Annotated[tuple[Territory, ...], Field(min_length=1, max_length=250)]
    media: Annotated[tuple[Token, ...], Field(min_length=1, max_length=50)] | None = None
    """Absent: every medium of the works."""
    exclusive: bool = False
    starts_on: Day
    ends_on: Day | None
    """The last day of the term, included; null where the term has no end."""
    after_term: Literal["delete", "keep_models"] | None = None
    """What happens to the works, and to models made with them, when the term has ended."""

    def permits_model(self, family: str, version: str) -> bool:
        """Tell whether this version of this family is granted; names are compared exactly."""
        if isinstance(self.models, str):
            return True
        return any(
            granted.family == family
            and (isinstance(granted.versions, str) or version in granted.versions)
            for granted in self.models
        )
