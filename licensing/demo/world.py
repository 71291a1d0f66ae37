"""The invented organisations, people and works of the demonstration."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from licensing.parties.roles import Kind, Role

SEED = 20261001
PASSWORD = "kyodaku-demo-2026"  # noqa: S105  # printed at the end of every demo


@dataclass(frozen=True, slots=True)
class Party:
    """An invented organisation."""

    slug: str
    name: str
    kind: Kind
    country: str
    language: str
    address: str
    registration_number: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An invented member."""

    email: str
    name: str
    organisation: str
    role: Role


OPERATOR = Party(
    "kyodaku",
    "許諾清算機構 Kyodaku",
    Kind.OPERATOR,
    "JP",
    "ja",
    "〒100-0000 東京都千代田区架空町1-2-3",
    "T1234567890123",
)

LICENSORS = (
    Party("sakuraba", "桜庭書房", Kind.LICENSOR, "JP", "ja", "〒101-0000 東京都千代田区架空町4-5"),
    Party(
        "kurage",
        "海月アニメーション",
        Kind.LICENSOR,
        "JP",
        "ja",
        "〒180-0000 東京都武蔵野市架空町7-1",
    ),
    Party("tokiwa-doga", "常磐動画", Kind.LICENSOR, "JP", "ja", "〒176-0000 東京都練馬区架空町2-9"),
    Party(
        "minato-games",
        "湊ゲームス",
        Kind.LICENSOR,
        "JP",
        "ja",
        "〒530-0000 大阪府大阪市北区架空町3",
    ),
    Party(
        "fumizuki", "文月新聞社", Kind.LICENSOR, "JP", "ja", "〒460-0000 愛知県名古屋市中区架空町8"
    ),
    Party(
        "yamase", "やませ出版", Kind.LICENSOR, "JP", "ja", "〒980-0000 宮城県仙台市青葉区架空町6"
    ),
    Party(
        "quill-harbour",
        "Quill & Harbour Press",
        Kind.LICENSOR,
        "GB",
        "en",
        "4 Tallow Quay, Bristol",
    ),
    Party(
        "northlight", "Northlight Pictures", Kind.LICENSOR, "US", "en", "900 Alder Row, Portland"
    ),
    Party("ardoise", "Éditions Ardoise", Kind.LICENSOR, "FR", "en", "12 rue des Encres, Lyon"),
    Party(
        "kirishima-mio",
        "霧島 澪",
        Kind.LICENSOR,
        "JP",
        "ja",
        "〒248-0000 神奈川県鎌倉市架空町11",
    ),
    Party(
        "yunagi",
        "夕凪著作権事務所",
        Kind.LICENSOR,
        "JP",
        "ja",
        "〒104-0000 東京都中央区架空町6-3",
    ),
)

COLLECTIVE = Party(
    "zensokyo",
    "全国創作許諾協会",
    Kind.COLLECTIVE,
    "JP",
    "ja",
    "〒102-0000 東京都千代田区架空町9-9",
    "T9876543210987",
)

LICENSEES = (
    Party(
        "tensor-loom", "Tensor Loom Labs", Kind.LICENSEE, "US", "en", "77 Shuttle Street, Oakland"
    ),
    Party("mikazuki", "三日月AI", Kind.LICENSEE, "JP", "ja", "〒150-0000 東京都渋谷区架空町5-5"),
    Party("parallax", "Parallax Research", Kind.LICENSEE, "GB", "en", "1 Fen Causeway, Cambridge"),
)

MEMBERS_OF_COLLECTIVE = (
    "sakuraba",
    "kurage",
    "tokiwa-doga",
    "fumizuki",
    "yamase",
    "kirishima-mio",
)

PEOPLE = (
    Person("finance@kyodaku.example", "経理 葵", "kyodaku", Role.OWNER),
    Person("publisher@sakuraba.example", "桜庭 樹", "sakuraba", Role.OWNER),
    Person("studio@kurage.example", "海野 月", "kurage", Role.OWNER),
    Person("rights@zensokyo.example", "全野 律", "zensokyo", Role.OWNER),
    Person("data@tensor-loom.example", "Robin Weft", "tensor-loom", Role.OWNER),
    Person("rights@minato-games.example", "湊 渚", "minato-games", Role.OWNER),
    Person("author@kirishima.example", "霧島 澪", "kirishima-mio", Role.OWNER),
    Person("agent@yunagi.example", "夕凪 凛", "yunagi", Role.OWNER),
    Person("data@mikazuki.example", "三日 明", "mikazuki", Role.OWNER),
    Person("data@parallax.example", "Alex Stereo", "parallax", Role.OWNER),
    Person("rights@quill-harbour.example", "Jo Tallow", "quill-harbour", Role.OWNER),
    Person("rights@northlight.example", "Sam Alder", "northlight", Role.OWNER),
    Person("rights@ardoise.example", "Camille Ardoise", "ardoise", Role.OWNER),
)

_JA_FIRST = ("霧", "灯台", "硝子", "梟", "銀河", "潮騒", "螢", "風車", "紙", "雨音", "琥珀", "月虹")
_JA_SECOND = (
    "の図書館",
    "の約束",
    "日和",
    "譚",
    "の航路",
    "図鑑",
    "の手紙",
    "遁走曲",
    "の庭",
    "便り",
)
_EN_FIRST = ("Salt", "Lantern", "Heron", "Iron", "Quiet", "Winter", "Paper", "Amber", "Hollow")
_EN_SECOND = ("Harbour", "Almanac", "Orchard", "Letters", "Parade", "Engine", "Sisters", "Tide")

KINDS_BY_LICENSOR = {
    "sakuraba": ("book", 42),
    "kurage": ("anime-series", 30),
    "tokiwa-doga": ("anime-film", 24),
    "minato-games": ("game", 18),
    "fumizuki": ("website", 36),
    "yamase": ("book", 30),
    "quill-harbour": ("book", 48),
    "northlight": ("film", 24),
    "ardoise": ("book", 30),
    "kirishima-mio": ("book", 9),
}

# A production committee: who shares the works of whom, with which weights.
COMMITTEES = {"kurage": (("kurage", 5), ("sakuraba", 3), ("tokiwa-doga", 2))}
COMMITTEE_EVERY = 4


@dataclass(frozen=True, slots=True)
class SeedWork:
    """One invented work."""

    kind: str
    title: str
    identifiers: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]


def works() -> Iterator[SeedWork]:
    """Yield a few hundred works, the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311  # scenery, not a secret
    number = 0
    for party in LICENSORS:
        if party.slug not in KINDS_BY_LICENSOR:
            continue
        kind, count = KINDS_BY_LICENSOR[party.slug]
        titles = _titles(party.language, chance)
        for index in range(count):
            number += 1
            shared = party.slug in COMMITTEES and index % COMMITTEE_EVERY == 0
            yield SeedWork(
                kind,
                next(titles),
                _identifiers(kind, party.slug, number),
                COMMITTEES[party.slug] if shared else ((party.slug, 1),),
            )


def _titles(language: str, chance: random.Random) -> Iterator[str]:
    first, second = (_JA_FIRST, _JA_SECOND) if language == "ja" else (_EN_FIRST, _EN_SECOND)
    join = "" if language == "ja" else " "
    pairs = [f"{one}{join}{two}" for one in first for two in second]
    yield from chance.sample(pairs, len(pairs))


def _identifiers(kind: str, slug: str, number: int) -> tuple[str, ...]:
    if kind == "book":
        return (f"isbn:{isbn13(number)}",)
    if kind == "website":
        return (f"domain:{slug}-{number}.example",)
    return (f"domain:{slug}-{number}.example", f"madb:C{900000 + number}")


def isbn13(number: int) -> str:
    """Return a well-formed ISBN-13 of an invented publisher (ISO 2108 check digit)."""
    digits = f"97949999{number:04d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
