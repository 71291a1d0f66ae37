"""PURE. How a line of usage writes what a factor may ask about: its language and its medium."""

import re
from typing import Final

# The form of BCP 47 without extensions and private use, and no longer than terms may write it.
LANGUAGE: Final = (
    "[A-Za-z]{2,3}(-[A-Za-z]{3})?(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?"
    "(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3})){0,2}"
)
# What terms call a token.
MEDIUM: Final = "[a-z][a-z0-9_-]{0,39}"


def is_language(text: str) -> bool:
    """Whether a text is a language tag, in whatever case."""
    return re.fullmatch(LANGUAGE, text) is not None


def is_medium(text: str) -> bool:
    """Whether a text may name a medium."""
    return re.fullmatch(MEDIUM, text) is not None


def normal_language(tag: str) -> str:
    """Return a tag in the case of RFC 5646, as in ``ja``, ``en-GB`` and ``zh-Hant-HK``."""
    first, *rest = tag.lower().split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first, *(cased.get(len(part), str)(part) for part in rest)])
