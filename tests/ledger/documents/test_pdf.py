import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.documents.pdf import render_pdf, static_file
from ledger.errors import DocumentRefused
from tests.ledger.documents.reading import Read

PAGE = """<!doctype html><html lang="{language}"><head><title>{title}</title>{head}</head>
<body><h1>{title}</h1>{body}</body></html>"""


def page(
    language: str = "ja", title: str = "請求書 KYO-2026-1", head: str = "", body: str = ""
) -> str:
    return PAGE.format(language=language, title=title, head=head, body=body)


def test_a_pdf_is_tagged_and_carries_its_title_and_language() -> None:
    pdf = render_pdf(page(body="<p>株式会社クイル Quill Press ¥1,100</p>"))

    read = Read(pdf.content)
    assert (pdf.page_count, read.pages) == (1, 1)
    assert (read.title, read.language) == ("請求書 KYO-2026-1", "ja")
    assert read.is_tagged
    assert "株式会社クイル Quill Press ¥1,100" in read.text


def test_japanese_text_has_glyphs_of_a_japanese_font() -> None:
    pdf = render_pdf(page(body="<p>骨直令海</p>"))

    assert all("CJK-JP" in name for name in Read(pdf.content).fonts)


def test_the_same_page_is_the_same_bytes_in_another_process() -> None:
    html = page(body="<p>許諾 licence</p>")
    script = (
        "import sys, django; django.setup()\n"
        "from ledger.documents.pdf import render_pdf\n"
        "sys.stdout.buffer.write(render_pdf(sys.stdin.read()).content)"
    )

    elsewhere = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script], input=html.encode(), capture_output=True, check=True
    )

    assert elsewhere.stdout == render_pdf(html).content


def test_pages_are_counted() -> None:
    body = '<p style="break-after: page">one</p><p>two</p>'

    assert render_pdf(page(body=body)).page_count == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/pixel.png",
        "file:///etc/hostname",
        "data:image/png;base64,AAAA",
        "/static/../config/settings.py",
        "/static/%2e%2e/%2e%2e/config/settings.py",
        "/static/css/no-such.css",
        "logo.png",
    ],
)
def test_a_page_that_reaches_outside_the_static_files_is_refused(address: str) -> None:
    with pytest.raises(DocumentRefused, match="which is no file of ours"):
        render_pdf(page(body=f'<img alt="" src="{address}">'))


def test_a_page_may_use_the_project_s_static_files(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "probe.css").write_text("@page { size: 100px 200px; margin: 0 }")
    settings.STATICFILES_DIRS = [tmp_path]

    pdf = render_pdf(page(head='<link rel="stylesheet" href="/static/probe.css">'))

    # 100 by 200 CSS pixels, which are 3/4 of a point each.
    assert Read(pdf.content).size_points == (75, 150)


def test_only_known_kinds_of_static_file_are_opened() -> None:
    assert static_file("https://documents.invalid/static/css/site.css") is not None
    assert static_file("https://documents.invalid/static/js/") is None
    assert static_file("https://documents.invalid/elsewhere/css/site.css") is None


def test_a_page_without_a_language_or_a_title_is_refused() -> None:
    with pytest.raises(DocumentRefused, match="language"):
        render_pdf("<html><title>x</title></html>")
    with pytest.raises(DocumentRefused, match="no title"):
        render_pdf('<html lang="en"><p>x</p></html>')
