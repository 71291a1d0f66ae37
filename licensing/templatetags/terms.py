"""The words of the Terms document, for people: what its tokens mean in the reader's language.

A token that is not in the tables (units, media and places are open sets) is shown as it was
written, never guessed at.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from babel import Locale
from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from licensing.templatetags.money import quantity

register = template.Library()

WORDS: dict[str, dict[str, str | Promise]] = {
    "use": {
        "ai-train": _("training of AI models"),
        "ai-input": _("input to AI models"),
        "ai-index": _("indexing for AI"),
        "search": _("search"),
        "ai-all": _("every use by AI"),
        "all": _("every use"),
        "fine-tune": _("fine-tuning of AI models"),
        "evaluate": _("evaluation of AI models"),
    },
    "unit": {
        "token": _("tokens"),
        "page": _("pages"),
        "item": _("items"),
        "image": _("images"),
        "second": _("seconds"),
        "minute": _("minutes"),
        "character": _("characters"),
        "byte": _("bytes"),
        "query": _("queries"),
        "fetch": _("fetches"),
        "output": _("outputs"),
        "revenue": pgettext_lazy("unit", "revenue"),
        "work": pgettext_lazy("unit", "works"),
    },
    "one_unit": {
        "token": pgettext_lazy("one unit", "token"),
        "page": pgettext_lazy("one unit", "page"),
        "item": pgettext_lazy("one unit", "item"),
        "image": pgettext_lazy("one unit", "image"),
        "second": pgettext_lazy("one unit", "second"),
        "minute": pgettext_lazy("one unit", "minute"),
        "character": pgettext_lazy("one unit", "character"),
        "byte": pgettext_lazy("one unit", "byte"),
        "query": pgettext_lazy("one unit", "query"),
        "fetch": pgettext_lazy("one unit", "fetch"),
        "output": pgettext_lazy("one unit", "output"),
    },
    "price": {
        "per_unit": _("Price per unit"),
        "graduated": _("Graduated price"),
        "volume": _("Volume price"),
        "package": _("Price per package"),
        "flat": _("Fixed amount"),
        "per_work": _("Price per work"),
        "revenue_share": _("Share of revenue"),
        "pool": _("Pool"),
    },
    "price_meaning": {
        "per_unit": _("Every unit costs the same."),
        "graduated": _("Each tier prices only the units that fall into it."),
        "volume": _("The tier that the whole quantity reaches prices all of it."),
        "package": _("Started packages count whole; free units come first."),
        "flat": _("The amount does not depend on use."),
        "per_work": _("The amount is due for each work."),
        "revenue_share": _("A part of the revenue that the licensee reports."),
        "pool": _("The amount is divided among the works by the distribution key."),
    },
    "window": {
        "period": _("per accounting period"),
        "year": _("per licence year"),
        "term": _("over the whole term"),
    },
    "zero_usage": {"free": _("free of charge"), "charge": _("charged too")},
    "due": {"once": _("once"), "each_period": _("in each accounting period")},
    "count": {"licensed": _("every work licensed"), "used": _("every work used")},
    "distribution": {
        "usage": _("by the use of each work"),
        "equal_per_work": _("equally for each work"),
        "points": _("by the points of each work"),
    },
    "fee": {"collective": _("the collective"), "operator": _("the operator")},
    "cadence": {
        "month": _("every month"),
        "quarter": _("every quarter"),
        "half_year": _("every half-year"),
        "year": _("every year"),
    },
    "after_term": {
        "delete": _(
            "When the term has ended, the licensee deletes the works and the copies made of them."
        ),
        "keep_models": _(
            "When the term has ended, the licensee deletes the works and may keep the models "
            "trained before."
        ),
    },
    "medium": {
        "video": _("video"),
        "text": _("text"),
        "image": _("image"),
        "audio": _("audio"),
        "music": _("music"),
        "web": _("web pages"),
        "book": _("books"),
        "comic": _("comics"),
        "game": _("games"),
    },
    "dimension": {
        "territory": _("Territory"),
        "language": _("Language"),
        "media": _("Media"),
        "generation": _("Generation"),
    },
    "kind": {
        "book": _("Book"),
        "film": _("Film"),
        "website": _("Website"),
        "game": _("Game"),
        "music": _("Music"),
        "manga": _("Manga"),
        "manga-volume": _("Manga volume"),
        "anime-film": _("Animated film"),
        "anime-series": _("Animated series"),
        "anime-special": _("Animated special"),
        "anime-video": _("Animated video"),
        "anime-video-package": _("Animated video package"),
    },
    "base": {"gross": _("gross revenue"), "net": _("revenue after the listed deductions")},
}

Token = str | None


def word(table: str, token: Token) -> str:
    """Return what a token means, or the token itself where the table does not know it."""
    return "" if token is None else str(WORDS[table].get(token, token))


@register.filter
def term(token: Token, table: str) -> str:
    """Say a token: ``{{ price.model|term:"price" }}``; see `WORDS` for the tables."""
    return word(table, token)


@register.filter
def use_name(token: Token) -> str:
    """Say a use: ``ai-train`` is "training of AI models"."""
    return word("use", token)


@register.filter
def unit_name(token: Token) -> str:
    """Say a unit in the plural: ``token`` is "tokens"."""
    return word("unit", token)


@register.filter
def unit_of(token: Token, count: Decimal | str) -> str:
    """Say a unit beside a count of it: "token" beside 1, "tokens" beside any other.

    Japanese has no plural, and its word for one of a unit says the one itself.
    """
    is_one = Decimal(count) == 1 and not (get_language() or "").startswith("ja")
    return word("one_unit", token) if is_one else unit_name(token)


@register.simple_tag
def so_many(count: Decimal | str | None, unit: Token) -> str:
    """Say what a price is for: "1,000 pages", or "page" for one and where none is said."""
    if Decimal(count or 1) == 1:
        return word("one_unit", unit)
    return str(_("%(count)s %(unit)s")) % {"count": quantity(count), "unit": unit_name(unit)}


@register.filter
def territory_name(code: Token) -> str:
    """Say a place: ``JP`` is "Japan", ``WW`` the whole world."""
    if code == "WW":
        return str(_("the whole world"))
    locale = Locale("ja" if (get_language() or "").startswith("ja") else "en")
    return str(locale.territories.get(code or "", code or ""))


@register.filter
def language_name(tag: Token) -> str:
    """Say a language: ``ja`` is "Japanese"; a tag that has no name stays as it was written."""
    locale = Locale("ja" if (get_language() or "").startswith("ja") else "en")
    return str(locale.languages.get((tag or "").replace("-", "_"), tag or ""))


@register.filter
def agreed(clause: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the parts of a clause that say something, by name: null says nothing."""
    return [(name, value) for name, value in clause.items() if value is not None]


@register.filter
def listed(tokens: Iterable[str] | None, table: str) -> str:
    """Say several tokens in one line: ``{{ grant.uses|listed:"use" }}``.

    "territory" and "language" are tables too.
    """
    say = {"territory": territory_name, "language": language_name}.get(table)
    words = [say(token) if say else word(table, token) for token in tokens or ()]
    return str(pgettext_lazy("between the items of a list", ", ")).join(words)


@register.simple_tag
def tier_floor(tiers: list[dict[str, str | None]], counter0: int) -> str | None:
    """Return the bound above which a tier begins: the ``up_to`` of the one before it."""
    return tiers[counter0 - 1]["up_to"] if counter0 else None
