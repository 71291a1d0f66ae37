"""What is wrong with terms, in the reader's language.

The pure checks speak English and name the very values that are wrong. A reader of another language
gets the sentence for the fault's code instead, which names no values but can be understood.
"""

import re
from dataclasses import replace

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from licensing.errors import Fault

WORDS: dict[str, Promise] = {
    "missing": _("This field is required. Add it."),
    "not_text": _("Write text here."),
    "not_true_or_false": _("Write true or false."),
    "not_a_whole_number": _("Write a whole number."),
    "not_a_list": _("Write a list here."),
    "not_an_object": _("Write an object here."),
    "not_one_of": _("This is not one of the words allowed here."),
    "too_few": _("More entries are needed here."),
    "too_many": _("There are too many entries here."),
    "too_short": _("This is too short."),
    "too_long": _("This is too long."),
    "malformed": _("This is not written as it must be."),
    "out_of_range": _("This number is outside the range allowed here."),
    "unknown_field": _("terms/1 has no such field here. Remove it, or correct its spelling."),
    "price_model_unknown": _("There is no price model of this name."),
    "decimal_not_text": _('Write this number as text, for example "12.50".'),
    "decimal_malformed": _(
        "Write a plain number such as 12.50: digits 0-9 with one point, without sign, "
        "exponent or grouping."
    ),
    "decimal_out_of_range": _("This number is outside the range allowed here."),
    "date_malformed": _("Write a day that exists, as 2026-10-01."),
    "currency_unknown": _("Kyodaku does not settle in this currency."),
    "territory_unknown": _(
        "Use an ISO 3166-1 code of two capital letters such as JP, or WW for the world."
    ),
    "ends_before_start": _(
        "The term ends before it starts. Write a last day that is not before the first."
    ),
    "world_and_countries": _("WW already includes every country. Write WW or the countries alone."),
    "repeated": _("This stands twice. Remove or rename one of them."),
    "id_reserved": _("A clause is charged by this name. Rename the price."),
    "fees_take_everything": _(
        "The fees take the whole of every charge. Lower them below 1 in sum."
    ),
    "guarantee_above_cap": _(
        "The guarantee is above the cap of the same window. Lower it, or raise the cap."
    ),
    "points_need_their_key": _(
        "Only the division by points looks at points. Choose it, or remove them."
    ),
    "points_missing": _("No work has a point, so nothing could be divided. Give some points."),
    "points_need_works_or_kinds": _(
        "Name the works that have these points, or the kinds of work; not both."
    ),
    "too_many_decimals": _("This amount has more decimals than its currency has."),
    "use_not_granted": _(
        "This use is not among the uses of the grant. Grant it, or remove it here."
    ),
    "minimum_above_maximum": _("The minimum is above the maximum. Lower it, or raise the maximum."),
    "not_for_fixed_amounts": _(
        "A fixed amount counts no usage. Remove this, or use another price model."
    ),
    "prorate_needs_periods": _("An amount due once has no period to be divided by. Remove this."),
    "not_for_works": _(
        "A work used in two territories would count by two factors. Price each territory by "
        "its units instead."
    ),
    "escalators_need_periods": _(
        "A work counted once over several periods has no one escalator. Tally by period."
    ),
    "net_needs_deductions": _("A net base lists its deductions and a gross base has none."),
    "last_tier_bounded": _("Nothing prices usage above the last tier. Leave its bound empty."),
    "tier_after_unbounded": _(
        "A tier without an end hides every tier after it. Only the last may have none."
    ),
    "tiers_not_ascending": _("Order the tiers by their bounds, each higher than the last."),
    "condition_empty": _("Say what the factor is for, e.g. a territory."),
    "territory_not_granted": _("This is not a country of the grant, so no line could match it."),
    "factors_ambiguous": _(
        "A line could match two factors of the same kind, so it could be read two ways. Let "
        "their values exclude each other."
    ),
    "escalators_not_ascending": _("Order the escalators by day."),
    "escalator_by_one": _("Say a multiplier or an index, exactly one of the two."),
    "index_base_not_before": _("Name a base month before the month of the reading."),
    "index_month_not_before": _(
        "The reading of this month cannot be known by that day. Name a month before it."
    ),
    "prices_ambiguous": _(
        "Two prices count the same usage, so the table could be read two ways. Give them "
        "different uses or units."
    ),
    "no_collective": _("No collective is a party to this deal. Remove its fee."),
    "work_unknown": _("There is no such work. Correct its identifier, or remove it."),
    "wrong_side": _("Choose an organisation of the other side."),
    "required": _("This field is required. Add it."),
    "volume_cliff": _("Just above this tier's bound the whole quantity costs less than at it."),
    "use_unpriced": _(
        "No price counts all usage of this use, so some of it would cost nothing more."
    ),
    "use_redundant": _("This use is included in another use here."),
    "duplicate_name": _("A name stands twice in one object. Keep one of them."),
    "float_refused": _("A number with decimals could be changed by a reader. Write it as text."),
    "number_too_large": _("Not every reader keeps a number beyond 2^53 exactly. Write it as text."),
    "not_json": _("This is not JSON. Correct it and send it again."),
}


# What the form says in any language where the check speaks of the document's notation.
FORM_WORDS: dict[str, Promise] = {
    "decimal_not_text": _("Write a number."),
    "decimal_malformed": _(
        "Write a plain number such as 12.50: digits 0-9 with one point, without sign, "
        "exponent or grouping."
    ),
    "malformed": _("This is not written as it must be."),
    "last_tier_bounded": _("Nothing prices usage above the last tier. Leave its bound empty."),
    "tier_after_unbounded": _(
        "A tier without an end hides every tier after it. Only the last may have none."
    ),
    "world_and_countries": _("WW already includes every country. Write WW or the countries alone."),
    "net_needs_deductions": _("A net base lists its deductions and a gross base has none."),
    "too_few": _("More entries are needed here."),
    "not_one_of": _("This is not one of the words allowed here."),
    "points_need_their_key": _(
        "Only the division by points looks at points. Choose it, or remove them."
    ),
    "points_missing": _("No work has a point, so nothing could be divided. Give some points."),
}
# Where the sentence for a code would speak of something else.
PLACED: dict[tuple[str, str], Promise] = {
    ("expires_at", "out_of_range"): _("Choose a day from today to a year from now."),
}
_NAME = _("Use letters, digits, points, hyphens and underscores; begin with a letter or a digit.")
_TOKEN = _("Use small letters, digits, hyphens and underscores; begin with a letter.")
_LANGUAGE = _("Use language codes such as ja, en or pt-BR.")
_WORKS = _("Write identifiers of works such as work_a7b2c3d4e5f6g7h2, one a line.")
# How a malformed field is written, by the last name of its path.
NOTATION: dict[str, Promise] = {
    "id": _NAME,
    "unit": _TOKEN,
    "media": _TOKEN,
    "deductions": _TOKEN,
    "language": _LANGUAGE,
    "kinds": _TOKEN,
    "group": _TOKEN,
    "exclude": _WORKS,
    "works": _WORKS,
    "models": _("Write a family and its versions without spaces at their ends."),
}


def in_form_words(fault: Fault) -> Fault:
    """Return the fault as the form says it: never in the notation of the document."""
    name = re.sub(r"\[\d+\]", "", fault.where).rpartition(".")[2]
    if fault.code == "malformed" and name in NOTATION:
        return replace(fault, message=str(NOTATION[name]))
    if fault.code in FORM_WORDS:
        return replace(fault, message=str(FORM_WORDS[fault.code]))
    return in_words(fault)


def in_words(fault: Fault) -> Fault:
    """Return the fault with its message in the current language, as far as it is known."""
    placed = PLACED.get((fault.where, fault.code))
    if placed is not None:
        return replace(fault, message=str(placed))
    if (get_language() or "en").startswith("en") or fault.code not in WORDS:
        return fault
    return replace(fault, message=str(WORDS[fault.code]))
