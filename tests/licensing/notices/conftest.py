"""The month worked by hand, with a clock that stands still and no broker."""

from tests.licensing.royalties.conftest import _fixed_clock, books, browser, queued

__all__ = ["_fixed_clock", "books", "browser", "queued"]
