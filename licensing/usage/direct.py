"""Parts straight to an object store: the multipart upload behind a report's original.

The sender asks for an address for each part and puts the bytes there; they never pass through us.
The SHA-256 that the sender names is signed into the address, so the store refuses other bytes. A
local folder has no such addresses, and parts are streamed through us instead.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final, Protocol, cast

from botocore.exceptions import ClientError
from django.conf import settings

from licensing import evidence
from licensing.errors import IllegalMove

CHECKSUM: Final = "x-amz-checksum-sha256"
GONE: Final = frozenset({"NoSuchUpload", "404"})


class PartsRefused(IllegalMove):
    """The store did not make one file of the parts."""

    code = "parts_refused"


@dataclass(frozen=True, slots=True)
class DirectPart:
    """A part that the store holds; ``sha256`` is empty where the store does not say."""

    number: int
    size: int
    sha256: str
    etag: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how to PUT one part, until when."""

    url: str
    headers: dict[str, str]
    expires_in_seconds: int


class _ObjectStore(Protocol):
    """What a bucket's storage offers beyond a folder's."""

    bucket_name: str
    location: str
    connection: Any


def is_offered() -> bool:
    """Whether the evidence is kept in an object store."""
    return hasattr(evidence.store(), "bucket_name")


def begin(key: str) -> str:
    """Open a multipart upload that will become ``key``; returns the store's name for it."""
    opened = _client().create_multipart_upload(**_object(key), ChecksumAlgorithm="SHA256")
    return str(opened["UploadId"])


def address(key: str, ref: str, number: int, sha256: str) -> Address:
    """Return the address for one part whose hex SHA-256 is named."""
    checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
    seconds = settings.UPLOAD_ADDRESS_SECONDS
    url = _client().generate_presigned_url(
        "upload_part",
        Params=_object(key) | {"UploadId": ref, "PartNumber": number, "ChecksumSHA256": checksum},
        ExpiresIn=seconds,
    )
    return Address(url, {CHECKSUM: checksum}, seconds)


def put(key: str, ref: str, number: int, content: IO[bytes], sha256: str) -> None:
    """Put one part from here, for a sender who cannot reach the store."""
    _client().upload_part(
        **_object(key),
        UploadId=ref,
        PartNumber=number,
        Body=content,
        ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
    )


def parts(key: str, ref: str) -> list[DirectPart]:
    """Return the parts that the store holds, in their order; none once the upload is over."""
    try:
        return list(_parts(key, ref))
    except ClientError as error:
        if _code(error) in GONE:
            return []
        raise


def _parts(key: str, ref: str) -> Iterator[DirectPart]:
    pages = _client().get_paginator("list_parts").paginate(**_object(key), UploadId=ref)
    for page in pages:
        for part in page.get("Parts", []):
            checksum = base64.b64decode(part.get("ChecksumSHA256", ""))
            yield DirectPart(part["PartNumber"], part["Size"], checksum.hex(), part["ETag"])


def finish(key: str, ref: str, there: Sequence[DirectPart]) -> None:
    """Make one file of the parts; raises `PartsRefused` in the store's words."""
    listed = [_named(part) for part in there]
    try:
        _client().complete_multipart_upload(
            **_object(key), UploadId=ref, MultipartUpload={"Parts": listed}
        )
    except ClientError as error:
        if _code(error) in GONE and evidence.kept(key):
            return
        said = error.response["Error"].get("Message", "")
        raise PartsRefused(f"The store refused the parts: {_code(error)}. {said}") from None


def _named(part: DirectPart) -> dict[str, Any]:
    named: dict[str, Any] = {"PartNumber": part.number, "ETag": part.etag}
    if part.sha256:
        named["ChecksumSHA256"] = base64.b64encode(bytes.fromhex(part.sha256)).decode()
    return named


def abort(key: str, ref: str) -> None:
    """Drop a multipart upload with its parts; one that is over already is left alone."""
    try:
        _client().abort_multipart_upload(**_object(key), UploadId=ref)
    except ClientError as error:
        if _code(error) not in GONE:
            raise


def abort_begun_before(moment: datetime) -> int:
    """Drop every multipart upload of a report that was begun before a moment; returns how many."""
    store = _store()
    prefix = _name("reports/")
    pages = _client().get_paginator("list_multipart_uploads")
    dropped = 0
    for page in pages.paginate(Bucket=store.bucket_name, Prefix=prefix):
        for one in page.get("Uploads") or []:
            if one["Initiated"] < moment:
                _client().abort_multipart_upload(
                    Bucket=store.bucket_name, Key=one["Key"], UploadId=one["UploadId"]
                )
                dropped += 1
    return dropped


def _store() -> _ObjectStore:
    return cast("_ObjectStore", evidence.store())


def _client() -> Any:
    return _store().connection.meta.client


def _object(key: str) -> dict[str, Any]:
    return {"Bucket": _store().bucket_name, "Key": _name(key)}


def _name(key: str) -> str:
    """Return a key as the bucket names it: below the storage's own folder, if it has one."""
    return f"{_store().location.strip('/')}/{key}".lstrip("/")


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code", ""))
