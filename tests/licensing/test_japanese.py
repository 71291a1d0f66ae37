import re
from gettext import GNUTranslations

from babel.messages import Message
from babel.messages.pofile import read_po
from django.conf import settings

FOLDER = settings.BASE_DIR / "licensing" / "locale" / "ja" / "LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def said(message: Message) -> str:
    words = message.string or ""
    return words if isinstance(words, str) else words[0]


def looked_up(compiled: GNUTranslations, message: Message) -> str:
    if isinstance(message.id, str):
        return (
            compiled.pgettext(message.context, message.id)
            if message.context
            else compiled.gettext(message.id)
        )
    return compiled.ngettext(message.id[0], message.id[1], 2)


def test_the_compiled_words_are_those_that_translators_wrote() -> None:
    with (FOLDER / "django.mo").open("rb") as made:
        compiled = GNUTranslations(made)

    with (FOLDER / "django.po").open("rb") as written:
        for message in read_po(written):
            if message.id and said(message):
                assert looked_up(compiled, message) == said(message)


def test_no_translation_asks_for_a_value_that_its_sentence_does_not_have() -> None:
    with (FOLDER / "django.po").open("rb") as written:
        for message in read_po(written):
            forms = [message.id] if isinstance(message.id, str) else list(message.id)
            known = set(PLACEHOLDER.findall(" ".join(forms)))
            assert set(PLACEHOLDER.findall(said(message))) <= known, message.id
