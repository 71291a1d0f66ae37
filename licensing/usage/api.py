"""Usage reports over the API: small ones in one POST, large ones in streamed parts."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from licensing import evidence
from licensing.api.auth import actor, scope
from licensing.api.views import ApiView, keyed
from licensing.usage import downloads, services, strict, submission, uploads
from licensing.usage.header import SHA256, InvalidHeader
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.receipts import receipt
from licensing.usage.shapes import (
    AddressOutput,
    PartOutput,
    ReportInput,
    ReportOutput,
    UploadInput,
    UploadOutput,
)

DIGEST = "Content-Digest"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def reports_of(request: Request) -> QuerySet[UsageReport]:
    """Return the reports the request may see, ready to be shown."""
    return UsageReport.objects.visible_to(actor(request)).select_related("licence", "refers_to")


class BoundedPost(ApiView):
    """Refuses a body that is too large for one POST before it is read."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look at the length that the client announces; the server reads no more than that."""
        super().initial(request, *args, **kwargs)
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if request.method == "POST" and int(announced) > settings.SMALL_REPORT_BYTES:
            raise submission.too_large(f"{announced} bytes")


class ReportList(BoundedPost, ListAPIView[UsageReport]):
    """List reports, or send a small one."""

    permission_classes = [scope(get="usage:read", post="usage:write")]
    serializer_class = ReportOutput

    def get_queryset(self) -> QuerySet[UsageReport]:
        """Return what the actor may see, of one licence, period or state if asked."""
        reports = reports_of(self.request)
        asked = self.request.query_params
        if licence := asked.get("licence"):
            reports = reports.filter(licence__public_id=licence)
        if state := asked.get("state"):
            reports = reports.filter(state=state)
        if report_id := asked.get("report_id"):
            reports = reports.filter(report_id=report_id)
        return reports

    @extend_schema(request=ReportInput, responses={201: ReportOutput, 200: ReportOutput})
    @keyed(required=False)
    def post(self, request: Request) -> Response:
        """Send a report of up to 10,000 lines with its lines; answered with its receipt.

        The same report again is answered 200, another under the same report_id 409. A report
        that is unusable as a whole is refused with 422 and leaves nothing behind.
        """
        body = request._request.body  # noqa: SLF001  # the bytes are kept as evidence
        report, is_new = services.submit_json(by=actor(request), body=body)
        return Response(receipt(report, priced=True), status=201 if is_new else 200)


class ReportDetail(ApiView):
    """One report with what was found in it."""

    permission_classes = [scope(get="usage:read")]

    @extend_schema(responses=ReportOutput)
    def get(self, request: Request, public_id: str) -> Response:
        """Return the receipt, or how far the check is."""
        return Response(receipt(reports_of(request).get(public_id=public_id), priced=True))


class ReportLines(ApiView):
    """A report's lines with their verdicts, as a file."""

    permission_classes = [scope(get="usage:read")]

    @extend_schema(
        parameters=[
            OpenApiParameter("verdict", str, description="accepted, quarantined or rejected."),
            OpenApiParameter(
                "as", str, description=f"{', '.join(downloads.FORMATS)}; else as they came."
            ),
        ],
        responses={
            (200, "text/csv"): OpenApiTypes.BINARY,
            (200, TYPES["json"]): OpenApiTypes.ANY,
            (200, TYPES["ndjson"]): OpenApiTypes.BINARY,
            (200, TYPES["parquet"]): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """Return the lines of one verdict, or all, in the order they came."""
        report = reports_of(request).get(public_id=public_id)
        asked = request.query_params
        file_format = asked.get("as", "")
        return lines_response(report, verdict=asked.get("verdict", ""), file_format=file_format)


def lines_response(report: UsageReport, *, verdict: str, file_format: str) -> FileResponse:
    """Return a download that streams from a file already unlinked, so nothing is left over."""
    with evidence.workplace() as folder:
        path = downloads.write_lines(report, folder, verdict=verdict, file_format=file_format)
        stream = path.open("rb")
    name = "-".join(filter(None, [report.public_id, verdict, "lines"]))
    return FileResponse(
        stream,
        as_attachment=True,
        filename=f"{name}{path.suffix}",
        content_type=TYPES[path.suffix.removeprefix(".")],
    )


class ReportOriginal(ApiView):
    """The file as it was sent."""

    permission_classes = [scope(get="usage:read")]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: str) -> HttpResponseBase:
        """Return the untouched original; its SHA-256 is on the report."""
        report = reports_of(request).exclude(original_key="").get(public_id=public_id)
        return FileResponse(
            evidence.open_stream(report.original_key),
            as_attachment=True,
            filename=report.original_key.rpartition("/")[2],
            content_type="application/octet-stream",
        )


class UploadList(BoundedPost):
    """Open an upload for a report of any size."""

    permission_classes = [scope(post="usage:write")]

    @extend_schema(request=UploadInput, responses={201: UploadOutput, 200: UploadOutput})
    @keyed(required=False)
    def post(self, request: Request) -> Response:
        """Send the header; then PUT the parts, then complete.

        The same header again returns the same upload with the parts that are there.
        """
        document = strict.loads(request._request.body)  # noqa: SLF001  # numbers keep their digits
        if not isinstance(document, dict):
            raise InvalidHeader("Send the header as a JSON object.")
        file_format = document.pop("format", "csv")
        compression = document.pop("compression", "")
        report, is_new = uploads.create_upload(
            by=actor(request),
            document=document,
            file_format=str(file_format),
            compression=str(compression),
        )
        return Response(UploadOutput(report).data, status=201 if is_new else 200)


class UploadDetail(ApiView):
    """An upload under way."""

    permission_classes = [scope(get="usage:write")]

    @extend_schema(responses=UploadOutput)
    def get(self, request: Request, public_id: str) -> Response:
        """Return which parts are there, to resume where it broke off."""
        return Response(UploadOutput(reports_of(request).get(public_id=public_id)).data)


class UploadPartDetail(ApiView):
    """One part of an upload, streamed to the store."""

    permission_classes = [scope(put="usage:write")]

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[
            OpenApiParameter("sha256", str, description="Hex SHA-256 of the part."),
            OpenApiParameter(
                DIGEST, str, OpenApiParameter.HEADER, description="sha-256=:base64: (RFC 9530)."
            ),
        ],
        responses=PartOutput,
    )
    def put(self, request: Request, public_id: str, number: int) -> Response:
        """Send one part; its SHA-256 stands in the query or in Content-Digest."""
        part = uploads.put_part(
            by=actor(request),
            upload_id=public_id,
            number=number,
            stream=request._request,  # noqa: SLF001  # read as it arrives, never whole in memory
            sha256=part_digest(request),
        )
        return Response(PartOutput(part).data)


def part_digest(request: Request) -> str:
    """Return the hex SHA-256 a part's sender names; raises `uploads.PartRefused`."""
    text = request.query_params.get("sha256", "").lower()
    name, _, encoded = request.headers.get(DIGEST, "").partition("=")
    if not text and name == "sha-256":
        try:
            text = base64.b64decode(encoded.strip(":"), validate=True).hex()
        except binascii.Error:
            text = ""
    if not SHA256.fullmatch(text):
        raise uploads.PartRefused(
            f"Name the part's SHA-256: ?sha256=… in hex, or {DIGEST}: sha-256=:…: in base64."
        )
    return text


class UploadPartAddress(ApiView):
    """The address in the store for one part of an upload."""

    permission_classes = [scope(post="usage:write")]

    @extend_schema(
        request=None,
        parameters=[
            OpenApiParameter("sha256", str, description="Hex SHA-256 of the part."),
            OpenApiParameter(
                DIGEST, str, OpenApiParameter.HEADER, description="sha-256=:base64: (RFC 9530)."
            ),
        ],
        responses={200: AddressOutput},
    )
    @keyed(required=False)
    def post(self, request: Request, public_id: str, number: int) -> Response:
        """Ask where to PUT one part, in an upload whose mode is presigned.

        The store refuses bytes of another SHA-256. All parts but the last have at least 5 MiB.
        """
        address = uploads.part_address(
            by=actor(request), upload_id=public_id, number=number, sha256=part_digest(request)
        )
        return Response(AddressOutput(address).data)


class CompleteUpload(ApiView):
    """Declare an upload complete."""

    permission_classes = [scope(post="usage:write")]

    @extend_schema(request=None, responses={202: ReportOutput})
    @keyed(required=False)
    def post(self, request: Request, public_id: str) -> Response:
        """Start the check; follow it at the address in Location."""
        report = uploads.complete(by=actor(request), upload_id=public_id)
        checked = report.state not in {ReportState.RECEIVED, ReportState.CHECKING}
        where = reverse("api-report", args=[report.public_id], request=request)
        return Response(
            receipt(report), status=200 if checked else 202, headers={"Location": where}
        )
