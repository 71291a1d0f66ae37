import re

from babel.messages import Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings

FOLDER = settings.BASE_DIR / "licensing" / "locale" / "ja" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def asked(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def said(message: Message) -> str:
    words = message.string or ""
    return words if isinstance(words, str) else words[0]


def test_the_compiled_words_are_those_that_translators_wrote() -> None:
    with (FOLDER / "django.po").open("rb") as written, (FOLDER / "django.mo").open("rb") as made:
        source = {(m.context, asked(m)): said(m) for m in read_po(written) if m.id and said(m)}
        compiled = {(m.context, asked(m)): said(m) for m in read_mo(made) if m.id}

    assert compiled == source


def test_no_translation_asks_for_a_value_that_its_sentence_does_not_have() -> None:
    with (FOLDER / "django.po").open("rb") as written:
        for message in read_po(written):
            forms = [message.id] if isinstance(message.id, str) else list(message.id)
            known = set(PLACEHOLDER.findall(" ".join(forms)))
            assert set(PLACEHOLDER.findall(said(message))) <= known, message.id
