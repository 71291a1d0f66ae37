from pathlib import Path

import pytest
from pytest_django import Settings

TEMPLATE = """<!doctype html><html lang="{{ language }}"><title>{{ number }}</title>
<p>{{ number }} {{ amount }}</p></html>"""


@pytest.fixture(autouse=True)
def _templates_of_their_own(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "small.html").write_text(TEMPLATE)
    (folder / "broken.html").write_text("{% no_such_tag %}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [folder]}]
