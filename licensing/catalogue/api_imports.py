"""Imports over the API: send a file, follow the job, fetch the refused rows.

Sending the same file again is harmless (its rows are then unchanged), so no Idempotency-Key is
needed, and files larger than a keyed body may be are taken.
"""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView, get_object_or_404
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.api.auth import actor, scope
from licensing.api.views import ApiView
from licensing.catalogue.imports import refusals, services
from licensing.catalogue.imports.services import Options
from licensing.catalogue.imports.source import MAX_BYTES
from licensing.catalogue.models import CatalogueImport, ImportFormat
from licensing.errors import Fault, InvalidInput
from licensing.parties.models import Organisation


class FileBody(BaseParser):
    """The body is the file; what is to be done with it stands in the query."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002  # DRF's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[dict[str, str], MultiValueDict[str, SimpleUploadedFile]]":
        """Read at most one byte more than a file may have, which is then refused."""
        file = SimpleUploadedFile("works", stream.read(MAX_BYTES + 1))
        request = (parser_context or {})["request"]
        return DataAndFiles(request.query_params.copy(), MultiValueDict({"file": [file]}))


class ImportOutput(serializers.ModelSerializer[CatalogueImport]):
    """A job and how far it is; ``refused`` is where its refused rows are fetched."""

    id = serializers.CharField(source="public_id")
    refused = serializers.SerializerMethodField()

    class Meta:
        model = CatalogueImport
        fields = [
            "id",
            "file_name",
            "format",
            "dry_run",
            "sha256",
            "state",
            "failure",
            "rows_total",
            "rows_done",
            "rows_created",
            "rows_unchanged",
            "rows_refused",
            "received_at",
            "finished_at",
            "refused",
        ]

    def get_refused(self, job: CatalogueImport) -> str | None:
        """Return an address, once there are refused rows."""
        return reverse("api-import-refused", args=[job.public_id]) if job.rows_refused else None


class ImportOptions(serializers.Serializer[Any]):
    """What is to be done with the file; in the query, or as fields beside ``file``."""

    file_format = serializers.ChoiceField(choices=ImportFormat.choices, default=ImportFormat.CSV)
    file_name = serializers.CharField(max_length=200, default="", allow_blank=True)
    dry_run = serializers.BooleanField(default=False)
    create_licensors = serializers.BooleanField(default=False)
    holder = serializers.CharField(default="", allow_blank=True)


class ImportList(ApiView, ListAPIView[CatalogueImport]):
    """List imports, or send a file."""

    permission_classes = [scope(get="works:read", post="works:write")]
    serializer_class = ImportOutput
    parser_classes = [MultiPartParser, FileBody]

    def get_queryset(self) -> QuerySet[CatalogueImport]:
        """Return what the actor may see."""
        return CatalogueImport.objects.visible_to(actor(self.request))

    @extend_schema(
        parameters=[
            OpenApiParameter("file_format", enum=ImportFormat.values),
            OpenApiParameter("file_name"),
            OpenApiParameter("dry_run", bool),
            OpenApiParameter("create_licensors", bool, description="For the operator."),
            OpenApiParameter("holder", description="Owner of works whose rows name none."),
        ],
        request={
            "text/csv": OpenApiTypes.BINARY,
            "application/ld+json": OpenApiTypes.BINARY,
            "application/gzip": OpenApiTypes.BINARY,
        },
        responses={202: ImportOutput},
    )
    def post(self, request: Request) -> Response:
        """Keep the file and start its import."""
        content, fields = _sent(request)
        options = ImportOptions(data=fields)
        options.is_valid(raise_exception=True)
        chosen = options.validated_data
        job = services.receive(
            by=actor(request),
            content=content,
            file_name=chosen["file_name"],
            options=Options(
                format=ImportFormat(chosen["file_format"]),
                dry_run=chosen["dry_run"],
                create_licensors=chosen["create_licensors"],
                holder=_holder(chosen["holder"]),
            ),
        )
        where = reverse("api-import", args=[job.public_id])
        return Response(ImportOutput(job).data, status=202, headers={"Location": where})


class ImportDetail(ApiView, RetrieveAPIView[CatalogueImport]):
    """One import and how far it is."""

    permission_classes = [scope(get="works:read")]
    serializer_class = ImportOutput
    lookup_field = "public_id"

    def get_queryset(self) -> QuerySet[CatalogueImport]:
        """Return what the actor may see."""
        return CatalogueImport.objects.visible_to(actor(self.request))


class ImportRefused(ApiView):
    """The refused rows in the format they came in."""

    permission_classes = [scope(get="works:read")]

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """Stream the file."""
        visible = CatalogueImport.objects.visible_to(actor(request))
        return refused_file(get_object_or_404(visible, public_id=public_id))


def refused_file(job: CatalogueImport) -> StreamingHttpResponse:
    """Answer with the refused rows as a download."""
    return StreamingHttpResponse(
        refusals.lines(job),
        content_type=f"{refusals.content_type(job)}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{refusals.file_name(job)}"'},
    )


def _sent(request: Request) -> tuple[bytes, dict[str, Any]]:
    """Return the file and the fields, whichever way they were sent."""
    fields: dict[str, Any] = dict(request.data.items()) if hasattr(request.data, "items") else {}
    file = fields.pop("file", None)
    if not isinstance(file, UploadedFile):
        raise InvalidInput(
            "There is no file. Send it as the body, or as the part named file.",
            faults=[Fault("file", "file_missing", "Send a file.")],
        )
    fields.setdefault("file_name", file.name or "")
    return file.read(MAX_BYTES + 1), fields


def _holder(slug: str) -> Organisation | None:
    if not slug:
        return None
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise InvalidInput(
            f"There is no organisation {slug!r}.",
            faults=[Fault("holder", "organisation_unknown", "Give a licensor's slug.")],
        )
    return found
