"""What is refused, in the reader's language.

Services speak English and name the very values that are wrong; so does the API in every language.
A page in another language gets the sentence for the refusal's code instead. What a row keeps of a
refusal, it keeps by code as well.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing.errors import Fault


class Refusal(Protocol):
    """A refusal of either app."""

    code: str
    detail: str
    context: Mapping[str, str | int | None]


def refusal_said(refusal: Refusal) -> str:
    """Return what a page tells of a refusal."""
    return _worded(refusal.code, refusal.context, refusal.detail)


def kept(refusal: Refusal) -> dict[str, Any]:
    """Return what a row keeps beside the English text, for `kept_said`."""
    return {"code": refusal.code, "context": dict(refusal.context)}


def kept_said(row: Mapping[str, Any], text: str) -> str:
    """Return what a page tells of a refusal that a row kept; ``text`` is its English."""
    return _worded(row.get("code", ""), row.get("context", {}), text)


def fault_said(fault: Fault) -> str:
    """Return what a form tells of a fault; one that was worded for the reader stays as it is."""
    if isinstance(fault.message, Promise) or _reads_english():
        return str(fault.message)
    return str(FAULTS.get(fault.code, fault.message))


def _worded(code: str, context: Mapping[str, Any], text: str) -> str:
    if _reads_english() or code not in REFUSALS:
        return text
    try:
        return str(REFUSALS[code]) % context
    except KeyError:
        return text


def _reads_english() -> bool:
    return (get_language() or "en").startswith("en")


REFUSALS: Mapping[str, Promise] = {
    "not_your_turn": _(
        "It is the other side's turn, or the standing offer is not yours to withdraw."
    ),
    "offer_expired": _("This offer has expired and can no longer be answered. Open a new deal."),
    "offer_not_standing": _("Another round has replaced this offer. Read it and decide again."),
    "not_a_party": _("Only the two parties may move a deal; you may read it."),
    "signed_already": _("Your side has signed already; the other side's signature is awaited."),
    "terms_hash_mismatch": _(
        "These are not the agreed terms. Load the deal again and read what was agreed."
    ),
    "repertoire_empty": _(
        "No work would be licensed: none is registered, or not every owner gave a mandate."
    ),
    "invalid_terms": _("The terms cannot be read as they are; each fault is named."),
    "illegal_move": _("This is not possible in its present state. Load the page again."),
    "invalid": _("This cannot be taken as it is; see what is wrong."),
    "licensing_error": _("This was refused."),
    "missing_scope": _("Your role does not allow this. Ask an owner of your organisation."),
    "malformed_json": _("This is not JSON as it is expected here."),
    "already_member": _("This person is a member already."),
    "already_invited": _(
        "This address was invited already. Take the invitation back to send another."
    ),
    "invitation_closed": _("This invitation is not open any more. Ask for a new one."),
    "last_owner": _("An organisation needs an owner. Make somebody else an owner first."),
    "invited_somebody_else": _("The invitation is for another address. Log in with that one."),
    "log_in_first": _("This address has an account. Log in, then open the link again."),
    "identifier_invalid": _("This identifier is not written as its scheme asks."),
    "identifier_taken": _("Another work carries this identifier already."),
    "shares_recorded": _(
        "The owners were recorded by others as well; only the operator changes them now."
    ),
    "mandate_ended": _("The mandate ends before that day already."),
    "already_reserved": _("This is reserved already."),
    "reservation_lifted": _("The reservation was lifted already."),
    "wholes_differ": _(
        "The work's shares by country are parts of different wholes. Ask the operator to record "
        "the owners."
    ),
    "share_claimed": _("Your organisation has a share of this work on that day already."),
    "not_your_work": _("Only those who own the work or speak for its owners can do this."),
    "header_invalid": _("What is said about the report cannot be read; each fault is named."),
    "report_conflict": _(
        "A report with this number was sent before with other content. Choose another "
        "number, or send a replacement."
    ),
    "report_too_large": _("The report is too large to be sent like this. Send it as a file."),
    "part_refused": _("A part of the file did not arrive as it was sent. Send it again."),
    "parts_missing": _("Parts of the file are missing. Send them first."),
    "parts_refused": _("The store did not take the parts as one file. Send it again."),
    "upload_is_streamed": _("The parts of this file are sent through us."),
    "choice_unknown": _("This is not one of the choices."),
    "quantity_overflow": _("The quantities are larger than can be counted."),
    "invalid_usage": _("Some lines cannot be quoted; each is named."),
    "price_without_units": _("This price counts no units, so there is no curve."),
    "already_decided": _("Something else was decided about it already. Undo that first."),
    "work_not_licensable": _(
        "The licensor cannot license this work for these uses: the terms exclude it, or "
        "not every owner gave a mandate."
    ),
    "work_unknown": _("No work is known by this name. Map it to one first."),
    "work_covered": _("The licence covers this work already; its lines are being judged again."),
    "identifier_registered": _(
        "The catalogue knows this identifier as another work. Grant that, or correct its "
        "identifiers."
    ),
    "mapping_for_everybody": _(
        "This mapping holds for every licensor; ask the operator to undo it."
    ),
    "close_under_way": _("The period is being closed already; its page shows how far it is."),
    "report_still_checking": _(
        "A report of the period is still being checked. Wait until it is accepted or rejected."
    ),
    "earlier_period_open": _(
        "%(period)s is not closed, and these terms add up over several periods. Close it first."
    ),
    "earlier_period_under_way": _(
        "%(period)s is being closed, and these terms add up over several periods. Wait "
        "until it is closed."
    ),
    "index_missing": _(
        "The reading of %(series)s for %(month)s is missing. Finance enters it among the "
        "index readings."
    ),
    "amount_too_large": _("A price comes to more than can be booked. Check the counts."),
    "shares_impossible": _(
        "The shares or fees of this licence cannot be divided by. Correct them."
    ),
    "payee_unknown": _("A share names an organisation that does not exist."),
    "trace_broken": _("The trace of this charge cannot be followed."),
    "run_empty": _("This run has no statements. Close a period first."),
    "newer_draft": _(
        "A newer draft run of this month exists; issue this one or leave it approved."
    ),
    "reason_missing": _("Say why the statement is held."),
    "not_the_payee": _("Only the payee disputes a statement."),
    "statement_not_issued": _("This statement is a draft; it is frozen when its run is issued."),
    "agency_ended": _("The agent's part ends before that day already."),
    "agency_chain": _("Agents would follow one another in a circle, or more than five in a row."),
    "not_your_parts": _("Only the payee itself lets an agent have a part, or ends it."),
    "document_not_ready": _("The document is still being prepared."),
    "ledger_error": _("The books do not allow this."),
    "currency_unknown": _("Kyodaku does not settle in this currency."),
    "currency_mismatch": _("The amounts are in two currencies."),
    "weights_empty": _("Nobody has a part by which the amount could be divided."),
    "entry_invalid": _("This cannot be booked as an entry."),
    "entry_unknown": _("Nothing was booked under this name."),
    "already_reversed": _("This entry was reversed already."),
    "key_conflict": _("This was recorded before with other content."),
    "not_enough_available": _("More would be paid than is available."),
    "outside_transaction": _("This cannot be booked by itself."),
    "document_refused": _("The document cannot be printed as it is."),
    "invoice_invalid": _(
        "The invoice or payment cannot be recorded like this. Check amount and reference."
    ),
    "invoice_unknown": _("There is no such invoice."),
    "overpaid": _("The invoice asks for less than this. Record what is open and return the rest."),
    "credit_exceeds_invoice": _("More would be credited than was invoiced."),
    "payout_move_illegal": _(
        "This is not possible in the payout's present state. Load the page again."
    ),
    "payout_invalid": _(
        "This payout cannot be made: check its amount, its withholding and the reason of a hold."
    ),
    "payout_under_way": _(
        "Another payout to this payee is under way. Cancel it or let it be sent first."
    ),
    "payout_held": _("The payout is held. Release it first."),
    "recipient_not_ready": _("The payee's payout account is not ready yet."),
    "tax_rule_missing": _("There is no tax rate for this day."),
    "event_mismatch": _("What Stripe says does not fit what was sent."),
}

FAULTS: Mapping[str, Promise] = {
    "required": _("This is needed here."),
    "missing": _("This is needed here."),
    "out_of_range": _("This lies outside the range allowed here."),
    "organisation_unknown": _("There is no such organisation here."),
    "licence_unknown": _("There is no such licence here."),
    "wrong_side": _("Choose an organisation of the other side."),
    "name_missing": _("Write a name."),
    "mode_unknown": _("Choose test or live."),
    "scopes_wrong": _("Choose at least one permission."),
    "email_malformed": _("Write an address like aoi@example.com."),
    "role_unknown": _("Choose one of the roles."),
    "not_a_payee": _("Choose a licensor or a collective."),
    "agents_take_everything": _("The agents would take more than everything."),
    "agency_impossible": _("The agent cannot have this part."),
    "agency_chain": _("Agents would follow one another in a circle, or more than five in a row."),
    "reading_impossible": _(
        "This cannot be a reading: write a number above zero and where it is from."
    ),
    "month_malformed": _("Write the month as 2026-09."),
    "period_malformed": _("Write the month as 2026-09."),
    "period_not_begun": _(
        "The month has not begun. Report after its end, or during it for what was used so far."
    ),
    "reading_unchanged": _("This is what was entered already; correct it."),
    "reference_invalid": _("Write one short line, or nothing."),
    "invalid": _("This cannot be taken as it is; see what is wrong."),
    "not_expected": _("Leave this empty here."),
    "count": _("Choose at least one identifier."),
    "out_of_term": _("Choose a day within the licence's term."),
    "not_a_licensor": _("Only a licensor gives a mandate."),
    "not_a_collective": _("Choose a collective."),
    "mandate_exists": _("There is such a mandate from that day already. Choose another day."),
    "statement_missing": _("Write what is published."),
    "lifted_before_start": _("Choose a day after the reservation began."),
    "ends_before_start": _("The last day lies before the first. Choose a later one."),
    "holder_unknown": _("A holder is no licensor here. Check the name."),
    "holder_repeated": _("A holder stands twice; add the weights up."),
    "share_malformed": _(
        "Write licensor:weight, or licensor:weight:JP for one country, several split by |."
    ),
    "territory_unknown": _("Write a country's ISO 3166 code, two capitals such as JP."),
    "weight_out_of_range": _("Write a whole number above zero as the weight."),
    "shares_missing": _("Name an owner for each country, or leave the country out."),
    "shares_above_whole": _(
        "The weights sum to more than the whole. Lower one, or declare a larger whole."
    ),
    "identifier_missing": _("Give at least one identifier."),
    "identifier_taken": _("Another work carries this identifier already."),
    "identifier_repeated": _("This identifier stands twice. Keep one of the two."),
    "use_unknown": _("This is no known use. Choose from the list."),
    "use_missing": _("Choose at least one use."),
    "hidden_character": _("A text holds a character that cannot be kept. Remove it."),
    "character_refused": _("A text holds a character that cannot be kept. Remove it."),
    "kind_malformed": _("Write the kind in small letters, digits and hyphens, such as anime-film."),
    "date_malformed": _("Write a day that exists, as 2026-10-01."),
    "too_long": _("This is too long."),
    "text_expected": _("Write a text of 1 to 100 characters."),
    "spaces_around": _("Take out the spaces around it."),
    "type_unknown": _("Choose one of the kinds of report."),
    "zero_has_lines": _("A report without use has no lines."),
    "no_lines": _("To declare a period without use, choose that kind of report."),
    "does_not_belong": _("This does not belong to this kind of report."),
    "unknown_field": _("This field is not known; leave it out."),
    "format_unknown": _("Choose one of the file formats."),
    "compression_unknown": _("Send the file plain, or compressed with gzip or zstd."),
    "compression_twice": _("Parquet is compressed inside; send it as it is."),
    "repertoire_empty": _(
        "No work would be licensed: none is registered, or not every owner gave a mandate."
    ),
    "choice_unknown": _("This is not one of the choices."),
    "work_unknown": _("There is no such work. Correct its identifier, or remove it."),
}
