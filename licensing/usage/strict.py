"""PURE. The characters and the JSON of usage reports, read strictly.

A count goes into money, so nothing on its way may pass through a float, and a line is read by
people in tables, so nothing in it may look other than it is.
"""

import json
import re
from typing import Any, Final

from licensing.errors import Fault
from licensing.strict_json import MalformedJson, Number, loads_digits, walk

MAX_BYTES: Final = 8_000_000
MAX_DEPTH: Final = 5

# Control characters, and those that reorder or hide text on a reader's screen.
REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
REFUSED_BYTES: Final = re.compile(
    rb"\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0\xa6-\xa9]|\xef\xbb\xbf"
)


def loads(body: bytes) -> Any:
    """Parse a report's JSON; a count goes into money, so each number arrives as a `Number`.

    Raises `MalformedJson` naming the place, for characters that could deceive a reader too.
    """
    value = loads_digits(body, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
    for path, _depth, item in walk(value):
        if isinstance(item, str) and (refused := refused_character(item)):
            message = f"{path or 'The body'} holds the character {refused}; take it out."
            raise MalformedJson(message, faults=[Fault(path, "character_refused", message)])
    return value


def refused_character(text: str) -> str:
    """Return the first refused character as ``U+202E``, or nothing."""
    found = REFUSED.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces; numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
