"""What of the ledger an actor may see: the ledger itself knows no organisations.

Invoices are the licensee's, payouts and their remittances the payee's; the operator sees all.
"""

from django.db.models import QuerySet

from ledger.documents.models import Document
from ledger.invoices.models import CreditNote, Invoice
from ledger.payouts.models import Payout
from licensing.access import Actor
from licensing.deals.models import Licence
from licensing.parties.models import Organisation


def invoices(actor: Actor) -> QuerySet[Invoice]:
    """Return an organisation's invoices."""
    found = Invoice.objects.order_by("-pk")
    return found if actor.is_operator else found.for_party(actor.organisation.public_id)


def credit_notes(actor: Actor) -> QuerySet[CreditNote]:
    """Return an organisation's credit notes."""
    found = CreditNote.objects.order_by("-pk")
    return found if actor.is_operator else found.for_party(actor.organisation.public_id)


def payouts(actor: Actor) -> QuerySet[Payout]:
    """Return an organisation's payouts."""
    found = Payout.objects.select_related("recipient").order_by("-pk")
    if actor.is_operator:
        return found
    return found.filter(recipient__party=actor.organisation.public_id)


def documents(actor: Actor) -> QuerySet[Document]:
    """Return the documents of an organisation, agreements of its licences among them."""
    found = Document.objects.order_by("-pk")
    if actor.is_operator:
        return found
    own = found.for_party(actor.organisation.public_id)
    licences = Licence.objects.visible_to(actor).values("public_id")
    return own | found.filter(kind="agreement", subject__in=licences)


def names_of(parties: set[str]) -> dict[str, str]:
    """Return the names of organisations by their public id."""
    found = Organisation.objects.filter(public_id__in=parties)
    return dict(found.values_list("public_id", "name"))
