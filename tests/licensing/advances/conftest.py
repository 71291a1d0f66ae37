"""The month worked by hand, under a licence with an advance."""

from tests.licensing.royalties.conftest import _fixed_clock, books, browser, queued

__all__ = ["_fixed_clock", "books", "browser", "queued"]
