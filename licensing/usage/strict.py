"""PURE. The characters and the JSON of usage reports, read strictly.

A count goes into money, so nothing on its way may pass through a float, and a line is read by
people in tables, so nothing in it may look other than it is.
"""

import json
import re
from typing import Any, Final

from licensing.errors import Fault
from licensing.strict_json import MalformedJson, Number, levels, loads_digits, walk

MAX_BYTES: Final = 8_000_000
MAX_DEPTH: Final = 5

# Control characters, and those that reorder or hide text on a reader's screen.
REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
REFUSED_BYTES: Final = re.compile(
    rb"\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0\xa6-\xa9]|\xef\xbb\xbf"
)


# In a body as a whole tabs and line ends may stand between the values.
_REFUSED_IN_ASCII: Final = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
_REFUSED_IN_BODY: Final = re.compile(
    REFUSED.pattern.replace("\x00-\x1f", "\x00-\x08\x0b\x0c\x0e-\x1f")
)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def loads(body: bytes) -> Any:
    """Parse a report's JSON; a count goes into money, so each number arrives as a `Number`.

    Raises `MalformedJson` naming the place, for characters that could deceive a reader too.
    """
    value = loads_digits(body, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
    # Without an escape a text is a piece of the body; the parser takes none with a line end in it.
    if b"\\" not in body and _is_readable(body):
        return value
    for path, _depth, item in walk(value):
        if isinstance(item, str) and (refused := refused_character(item)):
            message = f"{path or 'The body'} holds the character {refused}; take it out."
            raise MalformedJson(message, faults=[Fault(path, "character_refused", message)])
    return value


def _is_readable(body: bytes) -> bool:
    """Whether UTF-8 holds no refused character; looking at all of them together is far cheaper."""
    if body.isascii():
        return len(body.translate(None, _REFUSED_IN_ASCII)) == len(body)
    return not _REFUSED_IN_BODY.search(body.decode("utf-8-sig"))


def refused_character(text: str) -> str:
    """Return the first refused character as ``U+202E``, or nothing."""
    found = REFUSED.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces; numbers as they were written."""
    if not any(Number in set(map(type, level)) for level in levels(value)):
        return _ENCODER.encode(value)
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = (f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
