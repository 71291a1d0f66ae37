"""Public identifiers: a prefix that says what it is, then 80 random bits.

Lower-case base32 (RFC 4648) without padding, so that an id survives being read aloud, typed
and put in a file name on a system that folds case.
"""

import base64
import secrets

RANDOM_BYTES = 10


def new_id(prefix: str) -> str:
    """Return e.g. ``work_`` and 16 characters of ``a-z2-7``."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()}"
