"""PURE. What is wrong with the shape of a document, in the project's words and codes."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails, ValidationError

from licensing.deals.terms.clause import Clause
from licensing.deals.terms.grant import ANY_TAG, LISTED_TAG
from licensing.deals.terms.prices import PRICE_MODELS
from licensing.errors import Fault

_TAGS = frozenset({ANY_TAG, LISTED_TAG, *PRICE_MODELS})

_SAID: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "This field is required. Add it."),
    "string_type": ("not_text", "Write text here."),
    "bool_type": ("not_true_or_false", "Write true or false."),
    "int_type": ("not_a_whole_number", "Write a whole number."),
    "tuple_type": ("not_a_list", "Write a list here: [ … ]."),
    "model_type": ("not_an_object", "Write an object here: {{ … }}."),
    "literal_error": ("not_one_of", "Write exactly {expected}."),
    "too_short": ("too_few", "Give at least {min_length}."),
    "too_long": ("too_many", "Give at most {max_length}."),
    "string_too_short": ("too_short", "Write at least {min_length} characters."),
    "string_too_long": ("too_long", "Write at most {max_length} characters."),
    "string_pattern_mismatch": ("malformed", "This does not look right; it must match {pattern}."),
    "greater_than_equal": ("out_of_range", "Write {ge} or more."),
    "less_than_equal": ("out_of_range", "Write {le} or less."),
    "union_tag_invalid": ("price_model_unknown", "Use one of {expected_tags}."),
    "union_tag_not_found": (
        "missing",
        f"Say which price model this is: {', '.join(PRICE_MODELS)}.",
    ),
}


def shape_faults(error: ValidationError) -> list[Fault]:
    """Return one fault for everything pydantic found, with our paths, codes and advice."""
    faults = [_fault(detail) for detail in error.errors(include_url=False, include_input=False)]
    return [fault for fault in faults if not _follows_from_others(fault, faults)]


def _follows_from_others(fault: Fault, faults: Sequence[Fault]) -> bool:
    """Tell whether a list is too short only because its faulty items were not counted."""
    return fault.code == "too_few" and any(
        other.where.startswith(f"{fault.where}[") for other in faults
    )


def path_of(location: Iterable[int | str]) -> str:
    """Return e.g. ``prices[0].tiers[1].up_to``."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path


def _fault(detail: ErrorDetails) -> Fault:
    kind = detail["type"]
    location = [step for step in detail["loc"] if step not in _TAGS]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind.startswith("union_tag"):
        location.append("model")
    if kind == "extra_forbidden":
        return Fault(path_of(location), "unknown_field", _unknown_field(location))
    if kind in _SAID:
        code, advice = _SAID[kind]
        return Fault(path_of(location), code, advice.format_map(context))
    return Fault(path_of(location), kind, detail["msg"])


def _unknown_field(location: Sequence[int | str]) -> str:
    name = str(location[-1])
    near = difflib.get_close_matches(name, sorted(_field_names()), n=1, cutoff=0.75)
    advice = f'Did you mean "{near[0]}"?' if near else "Remove it, or correct its spelling."
    return f'"{name[:80]}" is not part of terms/1 here. {advice}'


def _field_names() -> set[str]:
    names: set[str] = set()
    waiting: list[type[Clause]] = [Clause]
    while waiting:
        clause = waiting.pop()
        waiting.extend(clause.__subclasses__())
        names.update(field.alias or name for name, field in clause.model_fields.items())
    return names
