"""The month worked by hand, ready to be invoiced and paid out."""

import pytest
from pytest_django import Settings

from tests.licensing.royalties.books import Books
from tests.licensing.royalties.conftest import _fixed_clock, books, browser, queued

__all__ = ["_fixed_clock", "books", "browser", "queued"]


@pytest.fixture
def issued(books: Books, settings: Settings) -> Books:
    """Return the books with October's statements issued, and no threshold to reach."""
    settings.PAYOUT_THRESHOLD_MINOR = {}
    books.issued()
    return books
