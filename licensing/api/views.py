"""What every endpoint shares: rate-limit headers and keyed POSTs."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import connection, transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from licensing.api import throttling
from licensing.api.auth import actor
from licensing.api.models import IdempotencyRecord
from licensing.api.operations import KEY_HEADER
from licensing.errors import InvalidInput, LicensingError

MAX_KEY_LENGTH = 200


class KeyReused(LicensingError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"


class KeyMissing(LicensingError):
    """This POST needs an Idempotency-Key."""

    code = "idempotency_key_missing"
    status = 400


class ApiView(APIView):
    """An endpoint; adds the rate-limit headers."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Add the headers to whatever is answered."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in throttling.headers(request).items():
            final[name] = value
        return final


V = TypeVar("V", bound=APIView)


def keyed(*, required: bool = True) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Make a POST safe to repeat: the same key and body are answered as the first time.

    The record is written in the transaction that does the work, so an answer exists if and only
    if its effect does; a refused request leaves no record and may be corrected under its key. A
    key that comes back with another body is refused with 409. Two at once: the second waits.
    Endpoints whose body names itself (a report's id) take the key but do not need it.
    """

    def declare(method: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(method)
        def post(self: V, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = request.headers.get(KEY_HEADER, "")
            if not key:
                if required:
                    raise KeyMissing(
                        f"Send an {KEY_HEADER} header: any text of your own that names this "
                        "request, so that repeating it after a lost answer does nothing twice."
                    )
                return method(self, request, *args, **kwargs)
            if len(key) > MAX_KEY_LENGTH:
                raise InvalidInput(f"{KEY_HEADER} is longer than {MAX_KEY_LENGTH} characters.")
            with transaction.atomic():
                return _once(request, key, lambda: method(self, request, *args, **kwargs))

        post.needs_key = required  # type: ignore[attr-defined]  # read by the schema
        return post

    return declare


def _once(request: Request, key: str, work: Callable[[], Response]) -> Response:
    """Claim the key, or repeat its answer."""
    body = request._request.body  # noqa: SLF001  # DRF offers no other way to the raw bytes
    digest = hashlib.sha256(
        b"\0".join([(request.method or "").encode(), request.get_full_path().encode(), body])
    ).hexdigest()
    who = actor(request).organisation_id
    if not _claim(who, key, digest):
        record = IdempotencyRecord.objects.get(organisation_id=who, key=key)
        if record.request_hash != digest:
            raise KeyReused(
                f"The {KEY_HEADER} {key!r} was used for another request. Use a new one for a new "
                "request, or send exactly the first one again."
            )
        headers = {"Idempotent-Replayed": "true"}
        if record.location:
            headers["Location"] = record.location
        return Response(record.body, status=record.status, headers=headers)
    response = work()
    rendered = (
        json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
    )
    IdempotencyRecord.objects.filter(organisation_id=who, key=key).update(
        status=response.status_code, body=rendered, location=response.get("Location", "")
    )
    return response


def _claim(organisation_id: int, key: str, digest: str) -> bool:
    """Insert the record; where it exists (or is being made, which is waited for) say so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO licensing_idempotencyrecord (organisation_id, key, request_hash, at) "
            "VALUES (%s, %s, %s, now()) ON CONFLICT (organisation_id, key) DO NOTHING",
            [organisation_id, key, digest],
        )
        return bool(cursor.rowcount == 1)
