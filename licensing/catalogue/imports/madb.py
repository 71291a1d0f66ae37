"""PURE. Works of Japan's Media Arts Database, from its published JSON-LD.

The database says who made a work and prints its © notice; it does not say who owns how much, so
no shares are read. The notice is kept exactly as published, broken characters included: it is
evidence. Dates may be a day, a month or a year.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from licensing.catalogue.imports.rows import UnreadableFile, WorkRow, build
from licensing.errors import Fault

# What the database calls a class → our kind of work.
KINDS = {
    "class:AnimationMovieSeries": "anime-film",
    "class:AnimationTVRegularSeries": "anime-series",
    "class:AnimationTVSpecialSeries": "anime-special",
    "class:AnimationVideoPackageSeries": "anime-video",
    "class:AnimationVideoPackage": "anime-video-package",
    "class:MangaBookSeries": "manga",
    "class:MangaBook": "manga-volume",
    "class:GameWork": "game",
}
READING = "ja-hrkt"
ENGLISH = "en"


def read(text: str) -> Iterator[WorkRow]:
    """Yield the works of a file, numbered from 1; nodes that describe only parts are passed over.

    Raises `UnreadableFile` unless it is a JSON object with a ``@graph`` list.
    """
    for row, node in enumerate(_works(_graph(text)), start=1):
        yield _row(row, node)


def _graph(text: str) -> list[Any]:
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            "json_broken", f"The file is not JSON ({error}). Download it again."
        ) from None
    graph = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(graph, list):
        raise UnreadableFile(
            "no_graph",
            'The file has no list "@graph". Choose a JSON-LD file of the Media Arts Database.',
        )
    return graph


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _works(graph: list[Any]) -> Iterator[Mapping[str, Any]]:
    for node in graph:
        if not isinstance(node, dict):
            raise UnreadableFile("no_graph", '"@graph" holds something that is not an object.')
        if "@type" in node:
            yield node


def _row(row: int, node: Mapping[str, Any]) -> WorkRow:
    if not _storable(node):
        fault = Fault(
            "node",
            "hidden_character",
            "The work holds a NUL or half a character (a lone surrogate). Remove it.",
        )
        return WorkRow(row, {}, faults=(fault,))
    kind = KINDS.get(str(node["@type"]))
    if kind is None:
        known = ", ".join(KINDS)
        fault = Fault("@type", "kind_unknown", f"{node['@type']!r} is not read here, only {known}.")
        return WorkRow(row, node, faults=(fault,))
    texts = {
        "kind": kind,
        "title": _text(node, "label") or _spoken(node, None),
        "title_kana": _spoken(node, READING),
        "title_en": _spoken(node, ENGLISH),
        "released": _text(node, "datePublished"),
        "production_company": _text(node, "productionCompany"),
        "copyright_notice": _text(node, "copyrightHolder"),
    }
    number = _text(node, "identifier")
    return build(row, node, texts, f"madb:{number}" if number else "", "")


def _storable(node: Mapping[str, Any]) -> bool:
    """Tell whether PostgreSQL can keep the node: JSON can spell characters that no text holds."""
    spelled = json.dumps(node, ensure_ascii=False)
    try:
        spelled.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in spelled


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name, "")
    return value if isinstance(value, str) else ""


def _spoken(node: Mapping[str, Any], language: str | None) -> str:
    """Return the first name in a language; names without one are plain texts."""
    names = node.get("name", [])
    for name in names if isinstance(names, list) else [names]:
        if isinstance(name, dict) and language and name.get("@language") == language:
            value = name.get("@value")
            return value if isinstance(value, str) else ""
        if isinstance(name, str) and language is None:
            return name
    return ""
