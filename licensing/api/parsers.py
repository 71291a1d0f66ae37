"""The API's bodies: strict JSON, read as everywhere, and not too much of it."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from licensing.errors import LicensingError
from licensing.strict_json import loads_strict


class BodyTooLarge(LicensingError):
    """More than one request may carry; larger files are uploaded in parts."""

    code = "body_too_large"
    status = 413

    def __init__(self) -> None:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(f"The body is larger than {most} bytes. Send it in smaller pieces.")


class StrictJSONParser(BaseParser):
    """Everything doubtful is refused; amounts and quantities travel as text."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002  # DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the parsed body; raises `MalformedJson` or `BodyTooLarge`."""
        most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise BodyTooLarge
        return loads_strict(body, max_bytes=most)
