"""PURE. JSON read strictly: what two readers could take in two ways is refused.

`loads_strict` accepts UTF-8 JSON without duplicate names, floats, NaN or Infinity, whole numbers
beyond 2^53, lone surrogates or NUL, deep nesting or excess size. Amounts and quantities travel as
text, so no number is ever changed by a reader. `loads_digits` differs in numbers alone: it hands
on the very digits that were sent.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from licensing.errors import Fault, InvalidInput

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_SAFE_INTEGER = 2**53 - 1
_MAX_SAFE_DIGITS = 16


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


class MalformedJson(InvalidInput):
    """The body is not JSON that has exactly one reading; nothing in it was looked at."""

    code = "malformed_json"
    status = 400


def loads_strict(
    body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> dict[str, Any] | list[Any] | str | int | bool | None:
    """Read a body of UTF-8 JSON (a byte order mark is accepted); raises `MalformedJson`."""
    value = _parse(body, max_bytes, whole=_safe_integer, decimal=_no_float)
    require_plain(value, max_depth=max_depth)
    return value  # type: ignore[no-any-return] # json.loads is typed Any, the hooks narrow it


def loads_digits(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Read a body of UTF-8 JSON in which every number arrives as a `Number`.

    For counts, which may be longer than any integer a reader keeps. Raises `MalformedJson`.
    """
    value = _parse(body, max_bytes, whole=Number, decimal=Number)
    # Without an escape a text is a piece of the body, and what is UTF-8 JSON can be stored.
    if b"\\" in body or len(list(levels(value))) > max_depth + 1:
        require_plain(value, max_depth=max_depth)
    return value


def levels(value: object) -> Iterator[list[object]]:
    """Yield the values of a document level by level, the outermost first; names are no values."""
    level = [value]
    while level:
        yield level
        inner: list[object] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = inner


def _parse(
    body: bytes, max_bytes: int, *, whole: Callable[[str], Any], decimal: Callable[[str], Any]
) -> Any:
    if len(body) > max_bytes:
        _refuse("", "too_large", f"The body has {len(body)} bytes; send at most {max_bytes}.")
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_unique,
            parse_float=decimal,
            parse_constant=_no_constant,
            parse_int=whole,
        )
    except UnicodeDecodeError as broken:
        _refuse(f"byte {broken.start}", "not_utf8", "The body is not UTF-8; send it as UTF-8.")
    except json.JSONDecodeError as broken:
        _refuse(
            f"line {broken.lineno}, column {broken.colno}",
            "not_json",
            f"This is not JSON ({broken.msg}). Correct it and send it again.",
        )
    except RecursionError:
        _refuse("", "too_deep", "The body nests too deeply to be read. Flatten it.")


def require_plain(value: object, *, max_depth: int = MAX_DEPTH) -> None:
    """Refuse a value that `loads_strict` could not have returned; raises `MalformedJson`.

    For documents that arrive as Python objects: a float, a date or a set has already lost what
    was written, and is named by its path.
    """
    for path, depth, item in walk(value):
        if depth > max_depth:
            _refuse_depth(path, max_depth)
        if isinstance(item, str):
            _require_storable(path, item)
        elif isinstance(item, bool) or item is None:
            continue
        elif isinstance(item, int):
            _require_safe(path, item)
        elif not isinstance(item, (dict, list)):
            _refuse(
                path,
                "not_plain_json",
                f"A {type(item).__name__} is not accepted. Write numbers with decimals as text, "
                'for example "12.50".',
            )


def walk(value: object) -> Iterator[tuple[str, int, object]]:
    """Yield every value and every name of a document with its path and depth."""
    waiting: list[tuple[str, int, object]] = [("", 0, value)]
    while waiting:
        path, depth, item = waiting.pop()
        yield path, depth, item
        if isinstance(item, dict):
            for name, inner in item.items():
                yield path, depth, name
                waiting.append((f"{path}.{name}" if path else str(name), depth + 1, inner))
        elif isinstance(item, list):
            waiting.extend((f"{path}[{at}]", depth + 1, inner) for at, inner in enumerate(item))


def _require_storable(path: str, text: str) -> None:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        _refuse(path, "text_not_storable", "Remove the NUL or the broken character in this text.")


def _require_safe(path: str, number: int) -> None:
    if abs(number) > MAX_SAFE_INTEGER:
        _refuse(
            path,
            "number_too_large",
            "Not every reader keeps a number beyond 2^53 exactly. Write it as text.",
        )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for at, name in enumerate(names) if name in names[:at])
        _refuse(name, "duplicate_name", f'"{name}" stands twice in one object. Keep one of them.')
    return found


def _no_float(text: str) -> NoReturn:
    _refuse(
        text[:40],
        "float_refused",
        f'The number {text[:40]} could be changed by a reader. Write it as text: "{text[:40]}".',
    )


def _no_constant(text: str) -> NoReturn:
    _refuse(text, "not_a_number", f"{text} is not a value. Leave the field out, or write a number.")


def _safe_integer(text: str) -> int:
    if len(text.lstrip("-")) > _MAX_SAFE_DIGITS:
        _refuse(
            text[:40],
            "number_too_large",
            "Not every reader keeps a number beyond 2^53 exactly. Write it as text.",
        )
    return int(text)


def _refuse_depth(path: str, max_depth: int) -> NoReturn:
    _refuse(path[:80], "too_deep", f"The body nests deeper than {max_depth} levels. Flatten it.")


def _refuse(where: str, code: str, message: str) -> NoReturn:
    raise MalformedJson(message, faults=[Fault(where, code, message)])
