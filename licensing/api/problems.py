"""Refusals as problem documents (RFC 9457), from one handler.

Every document has ``type``, ``title``, ``status``, ``detail``, a stable ``code`` and the
``request_id``; where parts of the input are at fault, ``errors`` lists them as
``{"where", "code", "message"}``.
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError
from django.http import Http404, HttpRequest, UnreadablePostError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ledger.errors import LedgerError
from licensing.api.parsers import BodyTooLarge
from licensing.errors import Fault, LicensingError

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"


def document(  # noqa: PLR0913  # the members of RFC 9457 and two extensions
    *,
    status: int,
    code: str,
    detail: str,
    request_id: str,
    errors: list[dict[str, str]] | None = None,
    context: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a problem document."""
    body: dict[str, Any] = {
        "type": f"urn:kyodaku:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = errors
    if context:
        body["context"] = dict(context)
    return body


def request_id_of(request: HttpRequest | Request | None) -> str:
    """Return the id that `RequestIdMiddleware` gave."""
    return str(request.META.get("kyodaku.request_id", "")) if request is not None else ""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Render a refusal; anything unforeseen is left to Django, logged and answered 500."""
    problem = _describe(error)
    if problem is None:
        return None
    set_rollback()
    status = problem["status"]
    response = Response(
        document(request_id=request_id_of(context.get("request")), **problem), status=status
    )
    response.content_type = CONTENT_TYPE
    if isinstance(error, exceptions.APIException):
        if header := getattr(error, "auth_header", None):
            response["WWW-Authenticate"] = header
        if wait := getattr(error, "wait", None):
            response["Retry-After"] = str(int(wait) + 1)
    return response


def _describe(error: Exception) -> dict[str, Any] | None:  # noqa: PLR0911  # a table of kinds
    match error:
        case LicensingError():
            return {
                "status": error.status,
                "code": error.code,
                "detail": error.detail,
                "errors": [_fault(fault) for fault in error.faults],
                "context": error.context,
            }
        case LedgerError():
            return {
                "status": error.status,
                "code": error.code,
                "detail": error.detail,
                "context": error.context,
            }
        case exceptions.ValidationError():
            return {
                "status": 400,
                "code": "malformed",
                "detail": "The body has fields that cannot be read; see errors.",
                "errors": list(_flatten(error.get_full_details(), "")),
            }
        case Http404() | ObjectDoesNotExist():
            return {
                "status": 404,
                "code": "not_found",
                "detail": "There is no such thing here, or it is not yours to see.",
            }
        case PermissionDenied():
            return {"status": 403, "code": "forbidden", "detail": str(error) or "Not allowed."}
        case exceptions.APIException():
            return {
                "status": error.status_code,
                "code": str(getattr(error, "default_code", "error")),
                "detail": str(error.detail),
            }
        case RequestDataTooBig():
            return _describe(BodyTooLarge())
        case DataError() | SuspiciousOperation() | UnreadablePostError():
            log.warning("request_unusable", exc_info=error)
            return {"status": 400, "code": "malformed", "detail": "The request cannot be read."}
    return None


def _fault(fault: Fault) -> dict[str, str]:
    return {"where": fault.where, "code": fault.code, "message": fault.message}


def _flatten(details: Any, where: str) -> Iterator[dict[str, str]]:
    """Turn DRF's nested details into a flat list of paths."""
    if isinstance(details, dict) and "message" in details and "code" in details:
        yield {
            "where": where or "body",
            "code": str(details["code"]),
            "message": str(details["message"]),
        }
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flatten(inner, f"{where}.{name}" if where else str(name))
    elif isinstance(details, list):
        for index, inner in enumerate(details):
            is_leaf = isinstance(inner, dict) and "message" in inner and "code" in inner
            yield from _flatten(inner, where if is_leaf else f"{where}[{index}]")
