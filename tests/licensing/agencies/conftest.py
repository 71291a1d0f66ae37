"""The month worked by hand, with agents of its payees."""

from tests.licensing.royalties.conftest import _fixed_clock, books, browser, queued

__all__ = ["_fixed_clock", "books", "browser", "queued"]
