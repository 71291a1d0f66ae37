"""What every card of the form has in common."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import cached_property

from licensing.deals.drafting.entries import ABSENT, Document, Entry, look_up, put


class ClauseForm(forms.Form):
    """A card whose fields write clauses.

    Build it with ``initial=initial_of(document)``, or with what was posted.
    """

    entries: ClassVar[tuple[Entry, ...]] = ()

    @cached_property
    def cautions(self) -> dict[str, list[str]]:
        """Return what is allowed and probably not meant, by field, to be shown beside it."""
        return {}

    @property
    def whole_cautions(self) -> list[str]:
        """The cautions that speak of no one field."""
        return self.cautions.get("", [])

    @classmethod
    def initial_of(cls, document: Mapping[str, Any]) -> Document:
        """Return what each field shows of a document."""
        return {entry.field: entry.shown(document) for entry in cls.entries}

    def written(self, document: Document) -> Document:
        """Return the document with what was typed; call it after `is_valid`.

        What could not be read is as if nothing had been typed.
        """
        fresh = copy.deepcopy(document)
        for entry in self.asked():
            typed = self.cleaned_data.get(entry.field, "")
            if not entry.follows and entry.is_changed(typed, document):
                put(fresh, entry.path, entry.value(typed))
        for entry in self.asked():
            if entry.follows:
                self._follow(entry, fresh, document)
        return fresh

    def _follow(self, entry: Entry, fresh: Document, document: Document) -> None:
        """Write what says nothing by itself, or take it out with the clause it belonged to."""
        clause = look_up(fresh, entry.path[:-1])
        alone = {one.path[-1] for one in self.entries if one.follows}
        typed = self.cleaned_data.get(entry.field, "")
        if clause is ABSENT or clause is None:
            return
        if clause.keys() <= alone:
            put(fresh, entry.path[:-1], ABSENT)
        elif entry.is_changed(typed, document) or entry.path[-1] not in clause:
            put(fresh, entry.path, entry.value(typed))

    def field_at(self, where: str) -> str | None:
        """Return the field that writes a place of the document, such as ``grant.uses[0]``."""
        written = {".".join(entry.path): entry.field for entry in self.asked()}
        for path, name in written.items():
            if where == path or where.startswith((f"{path}[", f"{path}.")):
                return name
        return next((written[path] for path in written if path.startswith(f"{where}.")), None)

    def unshowable(self, document: Mapping[str, Any]) -> Iterator[str]:
        """Yield the places of a document that this card could not write again."""
        for entry in self.asked():
            field = self.fields[entry.field]
            shown = entry.shown(document)
            chosen = shown if isinstance(shown, list) else [shown]
            offered = not isinstance(field, forms.ChoiceField) or all(
                field.valid_value(one) for one in chosen
            )
            if not (offered and entry.is_readable_back(document)):
                yield ".".join(entry.path)

    def typed(self) -> Document:
        """Return what was typed, right or wrong; what was not asked is left out."""
        sent = {name: self[name].data for name in self.fields}
        return {name: value for name, value in sent.items() if value is not None}

    def asked(self) -> list[Entry]:
        """Return the entries of the fields that this card has."""
        return [entry for entry in self.entries if entry.field in self.fields]
