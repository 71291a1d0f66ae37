"""PURE. A trace as plain JSON: written beside the charge, read by people, replayed by machines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

from licensing.errors import LicensingError
from licensing.royalties.rates.rational import exact_text, exact_value
from licensing.royalties.rates.register import Register
from licensing.royalties.rates.steps import STEPS, Step

Record = dict[str, str | int | None]
"""One step: ``step`` names it, then its operands, then its results; exact numbers are text."""


class BrokenTrace(LicensingError):
    """A trace that does not say what its own operands give."""

    code = "trace_broken"


def write(steps: Iterable[Step]) -> tuple[tuple[Record, ...], int]:
    """Return the records of a calculation and the amount in minor units it ends in."""
    register, records = Register(), []
    for step in steps:
        register = step.apply(register)
        records.append(_record(step, register))
    return tuple(records), _only_figure(register)


def replay(trace: Sequence[Mapping[str, Any]]) -> int:
    """Return the amount in minor units, computed again from the operands of every step.

    Raises `BrokenTrace` where a recorded result is not what the operands give, naming the step.
    """
    register = Register()
    for at, record in enumerate(trace):
        try:
            step = _step(record)
            register = step.apply(register)
            told = _record(step, register)
        except (ArithmeticError, IndexError, LookupError, TypeError, ValueError) as error:
            raise BrokenTrace(f"Step {at} cannot be replayed: {error}.", step=at) from error
        if told != dict(record):
            raise BrokenTrace(f"Step {at} says {record} and replays as {told}.", step=at)
    return _only_figure(register)


def _record(step: Step, after: Register) -> Record:
    record: Record = {"step": step.name}
    operands = {field.name: getattr(step, field.name) for field in fields(step)}
    for name, value in {**operands, **step.results(after)}.items():
        if value is not None or name == "up_to":
            record[name] = exact_text(value) if isinstance(value, Fraction) else value
    return record


def _step(record: Mapping[str, Any]) -> Step:
    kind = STEPS[record["step"]]
    operands = {
        field.name: _operand(field.type, record[field.name])
        for field in fields(kind)
        if field.name in record
    }
    return kind(**operands)


def _operand(annotation: object, value: Any) -> Any:
    exact = annotation is Fraction or annotation == Fraction | None
    return exact_value(value) if exact and value is not None else value


def _only_figure(register: Register) -> int:
    if len(register.rounded) != 1:
        raise BrokenTrace("A trace ends in exactly one rounded figure.")
    return register.rounded[0]
