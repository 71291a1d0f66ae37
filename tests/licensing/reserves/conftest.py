"""The month worked by hand, under a licence with a reserve."""

from tests.licensing.royalties.conftest import _fixed_clock, books, browser, queued

__all__ = ["_fixed_clock", "books", "browser", "queued"]
