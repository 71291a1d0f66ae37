"""What licensing refuses, each with a stable code and the HTTP status it maps to.

Statuses: 400 a malformed body, 403 an insider without the scope, 404 anything an outsider asks
for, 409 a legal request at the wrong time, 422 a body that is well formed and means something
that cannot be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where (a field path or ``line 12``), what, and what to do."""

    where: str
    code: str
    message: str


class LicensingError(Exception):
    """Base of every refusal; ``code`` is stable, ``detail`` is for a person.

    A refusal that one place alone makes may be given a ``code`` of its own there.
    """

    code = "licensing_error"
    status = 409

    def __init__(
        self,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        code: str | None = None,
        **context: str | int | None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.code = code or type(self).code
        self.context: Mapping[str, str | int | None] = context


class InvalidInput(LicensingError):
    """The input is well formed and says something that cannot be; ``faults`` lists where."""

    code = "invalid"
    status = 422


class IllegalMove(LicensingError):
    """The thing exists and the actor may act on it, but not like this in its present state."""

    code = "illegal_move"


class MissingScope(LicensingError):
    """An insider whose role or key does not carry the scope."""

    code = "missing_scope"
    status = 403
