"""What an invoice or credit note prints: the frozen context of `documents/invoice.html`."""

from typing import Any

from ledger.documents import services as documents
from ledger.invoices.drafts import InvoiceDraft
from ledger.invoices.models import CreditNote, Invoice, Kind

TEMPLATE = "documents/invoice.html"
LANGUAGES = ("ja", "en")


def request_documents(paper: Invoice | CreditNote, draft: InvoiceDraft, kind: Kind) -> None:
    """Ask for the PDF in both languages; they are the customer's to see."""
    for language in LANGUAGES:
        documents.request(
            kind=kind.value,
            subject=paper.public_id,
            party=paper.party,
            language=language,
            template=TEMPLATE,
            context=page(paper, draft, kind, language),
        )


def page(
    paper: Invoice | CreditNote, draft: InvoiceDraft, kind: Kind, language: str
) -> dict[str, Any]:
    """Return the page's context: plain JSON, amounts in minor units, days as ISO text."""
    corrects = paper.invoice.label if isinstance(paper, CreditNote) else None
    return {
        "kind": kind.value,
        "number": paper.label,
        "public_id": paper.public_id,
        "corrects": corrects,
        "issued_on": draft.issued_on.isoformat(),
        "due_on": None if corrects else draft.due_on.isoformat(),
        "period": draft.memo.get("period"),
        "currency": draft.currency,
        "issuer": dict(draft.issuer),
        "customer": dict(draft.customer),
        "lines": [
            {
                "description": (language == "ja" and line.description_ja) or line.description,
                "detail": line.unit_price,
                "quantity": line.quantity,
                "unit": line.unit,
                "source": line.source,
                "tax_rate": str(line.tax_rate),
                "amount_minor": line.amount_minor,
            }
            for line in draft.lines
        ],
        "taxes": [
            {
                "rate": str(total.rate),
                "net_minor": total.net_minor,
                "tax_minor": total.tax_minor,
                "wording": total.wording[language],
            }
            for total in draft.taxes
        ],
        "net_minor": draft.net_minor,
        "tax_minor": draft.tax_minor,
        "total_minor": draft.total_minor,
        "memo": dict(draft.memo),
        "notes": [total.wording[language] for total in draft.taxes if total.rate == 0],
    }
