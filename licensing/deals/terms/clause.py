"""PURE. What every clause of a Terms document has in common."""

from pydantic import BaseModel, ConfigDict


class Clause(BaseModel):
    """A part of the document: strict, frozen, and refusing what it does not know.

    Build clauses by `parse`, which also checks what the clauses say together; a clause built
    directly is only well formed.
    """

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        serialize_by_alias=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )
