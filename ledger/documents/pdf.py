"""HTML to PDF; the only module that knows WeasyPrint.

The output is tagged (PDF/UA-1), carries its title and language, and is the same bytes for the
same page: nothing of the clock or the machine enters it. A page reaches the project's own static
files and nothing else; what it asks for from elsewhere stops the rendering.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import SuspiciousFileOperation
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from ledger.errors import DocumentRefused

# Relative addresses on a page resolve against a host that cannot exist.
BASE_URL = "https://documents.invalid/"
CONTENT_TYPES = {
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
}
# Japanese first where a page says it is Japanese, so that Han characters take Japanese shapes.
FONTS = """
html { font-family: "Noto Sans", "DejaVu Sans", "Noto Sans CJK JP", sans-serif }
html:lang(ja) { font-family: "Noto Sans CJK JP", "Noto Sans", sans-serif }
"""


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished file and how many pages it has."""

    content: bytes
    page_count: int


class StaticFilesOnly(URLFetcher):  # type: ignore[misc] # WeasyPrint has no annotations
    """Opens the project's static files; everything else ends the rendering."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - WeasyPrint's signature
        """Return a static file's content, or stop with the address that was refused."""
        found = static_file(url)
        if found is None:
            raise FatalURLFetchingError(url)
        return URLFetcherResponse(
            url, found.read_bytes(), {"Content-Type": CONTENT_TYPES[found.suffix]}
        )


def static_file(url: str) -> Path | None:
    """Return the static file behind an address, None if the address is not one of them."""
    parts = urlsplit(url)
    prefix = f"/{settings.STATIC_URL.strip('/')}/"
    path = unquote(parts.path)
    if not url.startswith(BASE_URL) or not path.startswith(prefix):
        return None
    name = path.removeprefix(prefix)
    try:
        found = finders.find(name) or staticfiles_storage.path(name)
    except SuspiciousFileOperation:
        return None
    file = Path(str(found))
    return file if file.suffix in CONTENT_TYPES and file.is_file() else None


def render_pdf(html: str) -> Pdf:
    """Print a page. Raises `DocumentRefused` without a title or language, or over an address."""
    fetcher = StaticFilesOnly()
    page = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher)
    if not page.etree_element.get("lang"):
        raise DocumentRefused("the page does not say its language: <html lang=…>")
    try:
        laid_out = page.render(
            stylesheets=[CSS(string=FONTS, url_fetcher=fetcher)], pdf_variant="pdf/ua-1"
        )
        if not laid_out.metadata.title:
            raise DocumentRefused("the page has no title")
        content = laid_out.write_pdf(pdf_variant="pdf/ua-1")
    except FatalURLFetchingError as refused:
        raise DocumentRefused(f"the page asks for {refused}, which is no file of ours") from None
    return Pdf(content, len(laid_out.pages))
