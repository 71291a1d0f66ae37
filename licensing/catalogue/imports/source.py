"""PURE. An import file's bytes: unpacked within limits and proved to be plain UTF-8 text."""

import io
import zlib

from licensing.catalogue.imports.rows import UnreadableFile

MAX_BYTES = 64 * 1024 * 1024
MAX_EXPANDED = 512 * 1024 * 1024
GZIP = b"\x1f\x8b"
BOM = "\ufeff"
STEP = 1024 * 1024


def text_of(original: bytes) -> str:
    """Return the text of a file, gzip or plain; raises `UnreadableFile` saying what to do."""
    if len(original) > MAX_BYTES:
        raise UnreadableFile(
            "file_too_large",
            f"The file has {len(original)} bytes and may have {MAX_BYTES}. Split it.",
        )
    plain = _gunzip(original) if original.startswith(GZIP) else original
    if not plain.strip():
        raise UnreadableFile("file_empty", "The file is empty.")
    if (position := plain.find(b"\0")) >= 0:
        raise UnreadableFile(
            "file_has_nul",
            f"Byte {position + 1} is NUL, so this is no text. Save the file as UTF-8.",
        )
    try:
        return plain.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        line = plain.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(
            "file_not_utf8",
            f"Line {line} is not UTF-8 (byte {error.start + 1}). Save the file as UTF-8; "
            "Shift_JIS is not read.",
        ) from None


def _gunzip(packed: bytes) -> bytes:
    """Expand step by step, so that a bomb is refused before it goes off."""
    expander = zlib.decompressobj(wbits=31)
    expanded = io.BytesIO()
    rest = packed
    try:
        while rest and not expander.eof:
            expanded.write(expander.decompress(rest, STEP))
            rest = expander.unconsumed_tail
            if expanded.tell() > MAX_EXPANDED:
                raise UnreadableFile(
                    "file_expands_too_far",
                    f"Unpacked, the file has more than {MAX_EXPANDED} bytes. Split it.",
                )
        expanded.write(expander.flush())
    except zlib.error:
        raise UnreadableFile(
            "file_not_gzip", "The file is a damaged gzip. Pack it again."
        ) from None
    if not expander.eof or expander.unused_data:
        raise UnreadableFile(
            "file_not_gzip", "The gzip is cut short or has something behind it. Pack it again."
        )
    return expanded.getvalue()
