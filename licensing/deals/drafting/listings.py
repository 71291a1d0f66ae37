"""Lists written as one line of text: countries, media, languages, deductions, excluded works."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import override

from licensing.deals.drafting.entries import Entry
from licensing.templatetags.terms import WORDS, territory_name
from licensing.territories import TERRITORIES, WORLD

LANGUAGES = ("en", "ja")


def tokens(field: str, *path: str) -> Entry:
    """Return an entry for words of data, between commas or spaces."""
    return _listing(field, path, read_tokens)


def names(field: str, *path: str) -> Entry:
    """Return an entry for names that may have spaces inside, between commas."""
    return _listing(field, path, _parts)


def media(field: str, *path: str) -> Entry:
    """Return an entry for media, which may also be named in the reader's language."""
    return _listing(field, path, read_media)


def kinds(field: str, *path: str) -> Entry:
    """Return an entry for kinds of work, which may also be named in the reader's language."""
    return _listing(field, path, read_kinds)


def lines(field: str, *path: str) -> Entry:
    """Return an entry for identifiers, one a line."""
    return Entry(field=field, path=path, show="\n".join, write=read_tokens, structured=True)


def territories(field: str, *path: str) -> Entry:
    """Return an entry for countries by code, or by their English or Japanese name."""
    return _listing(field, path, read_territories)


def _listing(field: str, path: tuple[str, ...], read: Callable[[str], list[str]]) -> Entry:
    return Entry(field=field, path=path, show=", ".join, write=read, structured=True)


def read_tokens(text: str) -> list[str]:
    """Return words between commas, spaces or line ends."""
    return [word for part in _parts(text) for word in part.split()]


def read_media(text: str) -> list[str]:
    """Return media by their token; a medium that has none stays as it was written."""
    return [one for part in _parts(text) for one in _named(part, _media_by_name())]


def read_kinds(text: str) -> list[str]:
    """Return kinds of work by their token; a kind that has none stays as it was written."""
    return [one for part in _parts(text) for one in _named(part, _kinds_by_name())]


def read_territories(text: str) -> list[str]:
    """Return country codes; what is no country stays as it was written, to be complained of."""
    return [one for part in _parts(text) for one in _named(part, _territories_by_name(), str.upper)]


def _parts(text: str) -> list[str]:
    parts = re.split(r"[,;、，；\n]+", unicodedata.normalize("NFKC", text))
    return [part.strip() for part in parts if part.strip()]


def _named(part: str, names: dict[str, str], otherwise: Callable[[str], str] = str) -> list[str]:
    if part.casefold() in names:
        return [names[part.casefold()]]
    return [names.get(word.casefold(), otherwise(word)) for word in part.split()]


@cache
def _territories_by_name() -> dict[str, str]:
    names = {code.casefold(): code for code in TERRITORIES}
    for language in LANGUAGES:
        known = Locale(language).territories
        names |= {known[code].casefold(): code for code in TERRITORIES if code in known}
        with override(language):
            names[territory_name(WORLD).casefold()] = WORLD
    return names


@cache
def _media_by_name() -> dict[str, str]:
    return _names_of(WORDS["medium"])


@cache
def _kinds_by_name() -> dict[str, str]:
    return _names_of(WORDS["kind"])


def _names_of(words: dict[str, str | Promise]) -> dict[str, str]:
    names: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            names |= {str(word).casefold(): token for token, word in words.items()}
    return names | {token: token for token in words}
