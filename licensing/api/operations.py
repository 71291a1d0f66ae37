"""How operations are described in OpenAPI: their refusals, and POSTs that may be repeated."""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

KEY_HEADER: Final = "Idempotency-Key"
REFUSALS: Final = {
    "400": "The request cannot be read; `errors` names each place.",
    "401": "No key, or one that is not known or revoked.",
    "403": "The key does not carry the scope.",
    "404": "There is no such thing, or it is not yours to see.",
    "409": "A legal request at the wrong time, or a name used for something else before.",
    "422": "The request can be read and says something that cannot be.",
    "429": "Too many requests; `Retry-After` says when to go on.",
}
REFUSED_BODIES: Final = {
    "413": "The body is too large; upload files in parts.",
    "415": "The body is in a format that is not read here.",
}
PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, in words."},
        "code": {"type": "string", "description": "Stable: programs may rely on it."},
        "request_id": {"type": "string", "description": "Name it when you ask us about it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "code", "message"],
                "properties": {
                    "where": {"type": "string", "description": "A field's path, or a line."},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
        "context": {"type": "object", "additionalProperties": True},
    },
}


def _refusal(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


COMPONENTS: Final = {
    "schemas": {"Problem": PROBLEM},
    "responses": {
        f"Refused{status}": _refusal(text) for status, text in (REFUSALS | REFUSED_BODIES).items()
    },
}


def add_refusals(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Describe the refusals once for all operations; called when the description is made."""
    components = result.setdefault("components", {})
    for kind, named in COMPONENTS.items():
        components.setdefault(kind, {}).update(named)
    return result


class EndpointSchema(AutoSchema):
    """Adds to every operation what every operation shares."""

    def get_override_parameters(self) -> list[Any]:
        """Describe the key of a POST that is safe to repeat."""
        method = getattr(self.view, self.method.lower(), None)
        is_required = getattr(method, "needs_key", None)
        if is_required is None:
            return []
        return [
            OpenApiParameter(
                KEY_HEADER,
                str,
                OpenApiParameter.HEADER,
                required=is_required,
                description="Your own name for this request: repeated, it is answered as before.",
            )
        ]

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Name the refusals."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            refusals = [*REFUSALS, *(REFUSED_BODIES if "requestBody" in operation else ())]
            for status in refusals:
                reference = {"$ref": f"#/components/responses/Refused{status}"}
                operation["responses"].setdefault(status, reference)
        return operation
