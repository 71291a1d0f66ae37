"""Writing a Terms document in a form: a module for each card and for each kind of row."""

from licensing.deals.drafting.draft import ROW_BUTTONS, Draft
from licensing.deals.drafting.entries import Document
from licensing.deals.drafting.texts import as_text, base_of, read_text

__all__ = ["ROW_BUTTONS", "Document", "Draft", "as_text", "base_of", "read_text"]
