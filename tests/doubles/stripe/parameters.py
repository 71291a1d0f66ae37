"""Read a form-encoded request and prove it against the SDK's own generated parameter types.

What the SDK's types do not name is refused as the real server refuses it, so a misspelt or
outdated parameter fails here and not with somebody's money.
"""

import re
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union
from urllib.parse import parse_qsl

from stripe import StripeContext, _request_options
from stripe._request_options import RequestOptions
from typing_extensions import is_typeddict

WHOLE = re.compile(r"-?\d{1,18}")
PART = re.compile(r"\[([^\[\]]*)\]")

Form = dict[str, Any]


class InvalidParameter(Exception):
    """A parameter the real server would not take; ``param`` is its path as Stripe prints it."""

    def __init__(self, message: str, param: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code


def decode(body: str) -> Form:
    """Turn ``a[b][0]=v`` into nested dicts; lists stay dicts of their indexes until checked."""
    form: Form = {}
    for name, value in parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body)):
        head = name.split("[", 1)[0]
        path = [head, *PART.findall(name)]
        place = form
        for part in path[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise InvalidParameter(f"Invalid object: {name}", name)
        place[path[-1] or str(len(place))] = value
    return form


def checked(form: Form, shape: type) -> Form:
    """Return the form with its values typed; raises `InvalidParameter` for the first misfit."""
    return _object(form, shape, "")


@cache
def hints(shape: type) -> Form:
    """Resolve a type's fields; inherited ones are written in names of their own module."""
    names = vars(_request_options) | {"StripeContext": StripeContext}
    return typing.get_type_hints(shape, localns=names, include_extras=True)


def _object(form: object, shape: type, path: str) -> Form:
    if not isinstance(form, dict):
        raise InvalidParameter(f"Invalid object: {path}", path)
    fields = {
        name: hint
        for name, hint in hints(shape).items()
        if name not in RequestOptions.__annotations__
    }
    for name in form:
        if name not in fields:
            where = _join(path, name)
            raise InvalidParameter(
                f"Received unknown parameter: {where}", where, "parameter_unknown"
            )
    typed: Form = {}
    for name, hint in fields.items():
        where = _join(path, name)
        origin = typing.get_origin(hint)
        if name in form:
            inner = typing.get_args(hint)[0] if origin in {NotRequired, Required} else hint
            typed[name] = _value(form[name], inner, where)
        elif origin is not NotRequired:
            raise InvalidParameter(f"Missing required param: {where}.", where, "parameter_missing")
    return typed


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(value: object, hint: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _one_of(value, typing.get_args(hint), where)
    if origin is Literal:
        return _literal(value, typing.get_args(hint), where)
    if origin in {list, dict}:
        return _container(value, origin, typing.get_args(hint)[-1], where)
    if is_typeddict(hint):
        return _object(value, hint, where)
    return _scalar(value, hint, where)


def _one_of(value: object, options: tuple[Any, ...], where: str) -> Any:
    """Try each member of a union; an open enum (its literals or any text) is taken as closed."""
    words = [
        word
        for option in options
        if typing.get_origin(option) is Literal
        for word in typing.get_args(option)
    ]
    if isinstance(value, str) and any(words):
        return _literal(value, tuple(words), where)
    refusal: InvalidParameter | None = None
    for option in options:
        try:
            return _value(value, option, where)
        except InvalidParameter as error:
            refusal = error
    raise refusal or InvalidParameter(f"Invalid value: {where}", where)


def _literal(value: object, words: tuple[str, ...], where: str) -> str:
    if value not in words:
        raise InvalidParameter(f"Invalid {where}: must be one of {', '.join(words)}", where)
    return str(value)


def _container(value: object, kind: type, hint: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise InvalidParameter(f"Invalid {kind.__name__}: {where}", where)
    if kind is list:
        ordered = sorted(value, key=int) if all(key.isdigit() for key in value) else []
        if len(ordered) != len(value):
            raise InvalidParameter(f"Invalid array: {where}", where)
        return [_value(value[key], hint, f"{where}[{key}]") for key in ordered]
    return {key: _value(item, hint, f"{where}[{key}]") for key, item in value.items()}


READERS: Mapping[type, tuple[str, Any]] = {
    int: ("integer", lambda text: int(text) if WHOLE.fullmatch(text) else None),
    bool: ("boolean", {"true": True, "false": False}.get),
    str: ("string", lambda text: text or None),
}


def _scalar(value: object, hint: Any, where: str) -> Any:
    if hint not in READERS:
        raise InvalidParameter(f"Invalid value: {where}", where)
    name, read = READERS[hint]
    typed = read(value) if isinstance(value, str) else None
    if typed is None:
        raise InvalidParameter(f"Invalid {name}: {where}", where, "parameter_invalid_" + name)
    return typed
