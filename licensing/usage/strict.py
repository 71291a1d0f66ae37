"""PURE. JSON and characters read strictly: numbers keep their digits, keys stand once.

A count goes into money, so nothing on its way may pass through a float: a JSON number arrives as
`Number`, the very text that was sent.
"""

import json
import re
from typing import Any, Final, NoReturn

from licensing.errors import InvalidInput

MAX_DEPTH: Final = 6

# Control characters, and those that reorder or hide text on a reader's screen.
REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
REFUSED_BYTES: Final = re.compile(
    rb"\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8b\x8e\x8f\xa8-\xae]|\xe2\x81[\xa0\xa6-\xa9]|\xef\xbb\xbf"
)


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class Malformed(InvalidInput):
    """The bytes are not the JSON we read."""

    code = "malformed"
    status = 400


def loads(body: bytes) -> Any:
    """Parse strict JSON from UTF-8 bytes; a leading byte-order mark is allowed.

    Raises `Malformed` naming the place: repeated keys, NaN and Infinity, refused characters
    and deep nesting are all faults.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise Malformed(f"Not UTF-8: byte {error.start + 1} cannot be read.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Malformed(f"Not JSON at {where}: {error.msg}.") from None
    except RecursionError:
        raise Malformed("Nested too deeply.") from None
    _check_text(value, "$", MAX_DEPTH)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise Malformed(f"The key {repeated!r} stands twice in one object; keep one of them.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a number in JSON; send a decimal string.")


def _check_text(value: Any, where: str, depth: int) -> None:
    """Refuse characters that could deceive a reader, in keys and in values."""
    if depth == 0:
        raise Malformed(f"{where} is nested too deeply.")
    if isinstance(value, str):
        if refused := refused_character(value):
            raise Malformed(f"{where} holds the character {refused}; take it out.")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, where, depth)
            _check_text(inner, f"{where}.{key}", depth - 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check_text(inner, f"{where}[{index}]", depth - 1)


def refused_character(text: str) -> str:
    """Return the first refused character as ``U+202E``, or nothing."""
    found = REFUSED.search(text)
    if found:
        return f"U+{ord(found.group()):04X}"
    surrogate = next((char for char in text if "\ud800" <= char <= "\udfff"), None)
    return f"U+{ord(surrogate):04X}" if surrogate else ""


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
