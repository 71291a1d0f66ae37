"""PURE. Names of works in public schemes, written ``scheme:value`` and kept in one normal form.

Two texts name the same work exactly if their normal forms are equal, so the catalogue stores only
normal forms and whoever matches normalises first. Bulk matching in SQL need not know the rules:
most reported names are written normally already, so it joins on ``lower(scheme)`` and the value
folded as `Scheme.folding` says, and hands only the distinct texts that found nothing to `parse`.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

import idna
from stdnum import ean, isan, isbn, isrc, issn
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.iso7064 import mod_37_36

from licensing.errors import Fault, InvalidInput

MAX_LENGTH = 255
REFUSED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
MAX_PORT = 65_535


class BadIdentifier(InvalidInput):
    """A text that names nothing; its one fault says why and what to do."""

    code = "identifier_invalid"

    @property
    def fault(self) -> Fault:
        """What is wrong."""
        return self.faults[0]


class Folding(StrEnum):
    """What SQL can do to bring a value near its normal form."""

    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One public scheme: how its values are folded, checked and brought to normal form.

    `normalise` gets a value after NFKC, without surrounding blanks and folded.
    """

    name: str
    label: str
    folding: Folding
    normalise: Callable[[str], str]


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A work's name in normal form."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def parse(text: str) -> Name:
    """Read ``scheme:value``; raises `BadIdentifier`."""
    scheme, colon, value = text.strip().partition(":")
    if not colon:
        _refuse(
            "identifier_without_scheme",
            f"{text!r} has no scheme. Write scheme:value, such as isbn:9784101092058.",
        )
    return named(scheme, value)


def named(scheme: str, value: str) -> Name:
    """Return the name in normal form; raises `BadIdentifier`."""
    known = SCHEMES.get(ALIASES.get(scheme.strip().lower(), scheme.strip().lower()))
    if known is None:
        _refuse(
            "identifier_scheme_unknown",
            f"{scheme!r} is no scheme known here. Choose from: {', '.join(SCHEMES)}.",
        )
    text = unicodedata.normalize("NFKC", value).strip()
    if any(unicodedata.category(character) in REFUSED_CATEGORIES for character in text):
        _refuse(
            "identifier_hidden_character",
            f"The {known.label} holds a control or invisible character. Type it again.",
        )
    folded = text.lower() if known.folding is Folding.LOWER else text.upper()
    normal = known.normalise(folded)
    if len(normal) > MAX_LENGTH:
        _refuse(
            "identifier_too_long",
            f"The {known.label} is longer than {MAX_LENGTH} characters. Check it.",
        )
    return Name(known.name, normal)


def _refuse(code: str, message: str) -> NoReturn:
    raise BadIdentifier(message, faults=[Fault("identifiers", code, message)])


def _malformed(label: str, value: str, shape: str) -> NoReturn:
    _refuse("identifier_malformed", f"{value!r} is no {label}: write {shape}.")


def _wrong_check_digit(label: str, value: str) -> NoReturn:
    _refuse(
        "identifier_check_digit",
        f"{value!r} is no {label}: its check digit does not fit. Look for a mistyped character.",
    )


def _checked(
    label: str, shape: str, validate: Callable[[str], str], finish: Callable[[str], str] = str
) -> Callable[[str], str]:
    """Return a normaliser from a python-stdnum module's ``validate``."""

    def normalise(value: str) -> str:
        try:
            return finish(validate(value))
        except InvalidChecksum:
            _wrong_check_digit(label, value)
        except ValidationError:
            _malformed(label, value, shape)

    return normalise


def _patterned(label: str, shape: str, pattern: str) -> Callable[[str], str]:
    """Return a normaliser for values that only have a shape."""
    compiled = re.compile(pattern)

    def normalise(value: str) -> str:
        if not compiled.fullmatch(value):
            _malformed(label, value, shape)
        return value

    return normalise


ISWC = re.compile(r"T-?(\d{3})\.?(\d{3})\.?(\d{3})-?(\d)", re.ASCII)
EIDR = re.compile(r"10\.5240/((?:[0-9A-F]{4}-){5})([0-9A-Z])")


def _iswc(value: str) -> str:
    found = ISWC.fullmatch(value)
    if found is None:
        _malformed("ISWC", value, "T, nine digits and a check digit")
    digits = "".join(found.groups())
    weighted = sum(place * int(digit) for place, digit in enumerate(digits[:9], start=1))
    if (1 + weighted + int(digits[9])) % 10:
        _wrong_check_digit("ISWC", value)
    return f"T{digits}"


def _eidr(value: str) -> str:
    found = EIDR.fullmatch(value)
    if found is None:
        _malformed("EIDR", value, "10.5240/XXXX-XXXX-XXXX-XXXX-XXXX-C in hexadecimal")
    if not mod_37_36.is_valid(found[1].replace("-", "") + found[2]):
        _wrong_check_digit("EIDR", value)
    return value


HOST_SHAPE = "a host such as www.example.com, without https:// and without a path"
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.ASCII)


def _domain(value: str) -> str:
    """Host names lower case, internationalised ones in their ASCII form, a port kept.

    Underscores and numeric hosts are accepted: crawlers do report them. Another port is another
    site, and its owner may be another.
    """
    host, colon, port = value.partition(":")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) <= MAX_PORT):
        _malformed("domain", value, HOST_SHAPE)
    if not host.isascii():
        try:
            host = idna.encode(host.rstrip("."), uts46=True).decode()
        except idna.IDNAError:
            _malformed("domain", value, HOST_SHAPE)
    if not HOST.fullmatch(host):
        _malformed("domain", value, HOST_SHAPE)
    host = host.rstrip(".")
    return f"{host}:{int(port)}" if colon else host


_SCHEMES = (
    Scheme(
        "isbn",
        "ISBN",
        Folding.UPPER,
        _checked("ISBN", "10 or 13 digits", lambda value: str(isbn.validate(value, convert=True))),
    ),
    Scheme("issn", "ISSN", Folding.UPPER, _checked("ISSN", "8 characters", issn.validate)),
    Scheme(
        "isan",
        "ISAN",
        Folding.UPPER,
        _checked("ISAN", "16 or 24 hexadecimal digits", isan.validate, isan.compact),
    ),
    Scheme("eidr", "EIDR", Folding.UPPER, _eidr),
    Scheme("isrc", "ISRC", Folding.UPPER, _checked("ISRC", "12 characters", isrc.validate)),
    Scheme("iswc", "ISWC", Folding.UPPER, _iswc),
    Scheme(
        "ean",
        "EAN or JAN",
        Folding.UPPER,
        _checked(
            "EAN or JAN", "8, 12 or 13 digits", ean.validate, lambda v: v.zfill(13) if v[8:] else v
        ),
    ),
    Scheme(
        "doi",
        "DOI",
        Folding.LOWER,
        _patterned("DOI", "10.1234/suffix, without https://", r"10\.[0-9]{4,9}/[!-~]+"),
    ),
    Scheme(
        "iscc",
        "ISCC",
        Folding.UPPER,
        _patterned("ISCC", "its base32 letters and digits after iscc:", r"[A-Z2-7]{16,73}"),
    ),
    Scheme("domain", "domain", Folding.LOWER, _domain),
    Scheme(
        "madb",
        "Media Arts Database number",
        Folding.UPPER,
        _patterned(
            "Media Arts Database number", "a letter and digits: C410078", r"[A-Z][0-9]{1,9}"
        ),
    ),
    Scheme(
        "work",
        "work id",
        Folding.LOWER,
        _patterned("work id", "work_ and 16 characters", r"work_[a-z2-7]{16}"),
    ),
)

SCHEMES = {scheme.name: scheme for scheme in _SCHEMES}
ALIASES = {"jan": "ean", "upc": "ean", "isbn10": "isbn", "isbn13": "isbn", "host": "domain"}
# A work's own id is given by us and never by a file; reports may use it.
OWN_SCHEME = "work"


def assignable(text: str) -> Name:
    """Read a name to be given to a work; raises `BadIdentifier` for our own ids too."""
    name = parse(text)
    if name.scheme == OWN_SCHEME:
        _refuse(
            "identifier_not_assignable",
            "work: ids are given here and cannot be assigned. Use a public scheme.",
        )
    return name
