"""What lies on the desk while an offer is written: the form or the text, and what is wrong."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from licensing.deals import plain_terms
from licensing.deals import terms as contract
from licensing.deals.drafting import Document, Draft, as_text, read_text
from licensing.deals.drafting.signposts import Signpost, cautions, complaints
from licensing.deals.fault_words import in_form_words, in_words
from licensing.deals.forms import DocumentForm, OfferForm, complain
from licensing.deals.models import Offer
from licensing.errors import Fault, LicensingError


@dataclass
class Desk:
    """What lies on the desk while an offer is written."""

    offer: OfferForm
    draft: Draft | None = None
    document: DocumentForm | None = None
    standing: Offer | None = None
    refusal: LicensingError | None = None
    faults: list[Fault] = field(default_factory=list)
    plain: plain_terms.PlainTerms | None = None
    changes: list[plain_terms.Change] | None = None
    warnings: list[Signpost] = field(default_factory=list)
    warned_of: str = ""
    unshowable: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[Signpost]:
        """What is wrong at the fields of the terms, with the way to each."""
        return complaints(self.draft) if self.draft is not None else []

    def written(self) -> Document | None:
        """Return the document as it was sent, or None with the fields complained of.

        An offer that is only laid out anew is unbound and not judged.
        """
        fine = self.offer.is_valid() or not self.offer.is_bound
        if self.document is not None:
            if not (self.document.is_valid() and fine):
                return None
            return read_text(self.document)
        if self.draft is None or not (self.draft.is_valid() and fine):
            return None
        return self.draft.document()

    def refuse(self, refusal: LicensingError) -> None:
        """Bring a refusal's faults to their fields; the rest stands above the form."""
        self.refusal = refusal
        say = in_words if self.draft is None else in_form_words
        terms = []
        for fault in map(say, refusal.faults):
            name = "expires_on" if fault.where == "expires_at" else fault.where
            if name in self.offer.fields:
                complain(self.offer, name, fault.message)
            else:
                terms.append(fault)
        if self.draft is None:
            self.faults = terms
        else:
            self.draft.place(terms)
            self.faults = self.draft.unplaced

    def preview(self, document: Document) -> None:
        """Say the document in plain words, and what it changes in the standing offer."""
        terms = contract.parse(document)
        self.plain = plain_terms.describe(terms)
        if self.standing is not None:
            self.changes = plain_terms.changes(contract.parse(self.standing.terms), terms)
        self.warn(document)

    def warn(self, document: Document) -> None:
        """Lay out what is allowed and probably not meant."""
        found = contract.review(contract.parse(document))
        said = [(warning.where, warning.code, warning.message) for warning in found]
        self.warned_of = hashlib.sha256(repr(said).encode()).hexdigest() if said else ""
        if self.draft is None:
            spoken = map(in_words, found)
            self.warnings = [Signpost(one.where, "", one.message) for one in spoken]
        else:
            self.warnings = cautions(self.draft, [in_form_words(one) for one in found])

    def is_acknowledged(self, posted: Mapping[str, Any]) -> bool:
        """Tell whether exactly these warnings, or none at all, were shown and ticked."""
        return not self.warned_of or posted.get("acknowledged") == self.warned_of

    def show(self, document: Document) -> None:
        """Lay a document out in the form, or as text where the form could not write it again."""
        draft = Draft.of(document)
        self.unshowable = draft.unshowable()
        if self.unshowable:
            self.as_text(document)
        else:
            self.draft, self.document = draft, None

    def as_text(self, document: Document) -> None:
        """Lay a document out as text."""
        self.draft, self.document = None, DocumentForm(initial={"document": as_text(document)})
