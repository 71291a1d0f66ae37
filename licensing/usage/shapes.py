"""The shapes of reports and uploads in the API, for answers and for the schema."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from licensing.usage import uploads
from licensing.usage.files import FORMATS
from licensing.usage.formats import COMPRESSIONS
from licensing.usage.header import ReportType
from licensing.usage.models import ReportState, UsageReport
from licensing.usage.receipts import receipt
from licensing.usage.remarks import SUGGESTIONS
from licensing.usage.vocabulary import Verdict

DECIMAL = "A decimal in a string."


class ModelShape(serializers.Serializer[Any]):
    """The model that was trained or served."""

    family = serializers.CharField(max_length=100)
    version = serializers.CharField(max_length=100)


class HeaderInput(serializers.Serializer[Any]):
    """What the licensee says the lines are, and their control totals."""

    report_id = serializers.CharField(
        max_length=100, help_text="Your own name for the report; sending it twice does no harm."
    )
    type = serializers.ChoiceField(choices=[kind.value for kind in ReportType])
    replaces = serializers.CharField(required=False, help_text="For a replacement: report_id.")
    corrects = serializers.CharField(required=False, help_text="For a correction: report_id.")
    licence = serializers.CharField(help_text="lic_…")
    period = serializers.RegexField(r"^\d{4}-\d{2}$", help_text="A month that has begun: 2026-10.")
    model = ModelShape(required=False)
    lines = serializers.IntegerField(min_value=0)
    quantity = serializers.DictField(child=serializers.CharField(help_text=DECIMAL))
    sha256 = serializers.CharField(
        required=False,
        help_text=(
            "Of the uncompressed lines, or of the Parquet file itself; needed for a file. For "
            "JSON, of the lines as canonical JSON (RFC 8785)."
        ),
    )


class LineInput(serializers.Serializer[Any]):
    """One line of usage."""

    line_id = serializers.CharField(max_length=200)
    work = serializers.CharField(max_length=300, help_text="scheme:value, e.g. isbn:9784…")
    use = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.CharField(help_text=DECIMAL)
    territory = serializers.CharField(required=False, help_text="ISO 3166: JP; WW is the world.")
    language = serializers.CharField(required=False, help_text="BCP 47: ja, zh-Hant.")
    media = serializers.CharField(required=False, help_text="A medium, as the licence writes it.")
    note = serializers.CharField(required=False)


class ReportInput(serializers.Serializer[Any]):
    """A small report in one piece."""

    header = HeaderInput()
    lines = LineInput(many=True, required=False)


class UploadInput(HeaderInput):
    """The header of a report whose lines follow in parts."""

    format = serializers.ChoiceField(
        choices=list(FORMATS), required=False, help_text="csv unless another is named."
    )
    compression = serializers.ChoiceField(choices=list(COMPRESSIONS), required=False)


class TotalShape(serializers.Serializer[Any]):
    """Lines and quantity under one verdict, code and unit."""

    verdict = serializers.ChoiceField(choices=[verdict.value for verdict in Verdict])
    code = serializers.CharField(allow_blank=True)
    unit = serializers.CharField(allow_blank=True)
    lines = serializers.IntegerField()
    quantity = serializers.CharField(help_text=DECIMAL)
    reason = serializers.CharField(allow_blank=True)
    suggestion = serializers.CharField(allow_blank=True)


class RemarkShape(serializers.Serializer[Any]):
    """What both parties should know of a report in force, though no line is at fault."""

    code = serializers.ChoiceField(choices=list(SUGGESTIONS))
    reason = serializers.CharField()
    suggestion = serializers.CharField()
    report = serializers.CharField(allow_null=True, help_text="The other report it is about.")


class CountShape(serializers.Serializer[Any]):
    """Lines: received is the sum of the others."""

    received = serializers.IntegerField()
    accepted = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    rejected = serializers.IntegerField()


class PerCentShape(serializers.Serializer[Any]):
    """What became of the whole, in per cent with two decimals; the three sum to 100.00."""

    accepted = serializers.CharField(help_text=DECIMAL, required=False)
    quarantined = serializers.CharField(help_text=DECIMAL, required=False)
    rejected = serializers.CharField(help_text=DECIMAL, required=False)


class PerCentOutput(serializers.Serializer[Any]):
    """Of the lines, and of each unit; empty before the check."""

    lines = PerCentShape()
    quantity = serializers.DictField(child=PerCentShape())


class ReportOutput(serializers.Serializer[UsageReport]):
    """A report and what was found in it."""

    id = serializers.CharField()
    report_id = serializers.CharField()
    type = serializers.ChoiceField(choices=[kind.value for kind in ReportType])
    state = serializers.ChoiceField(choices=ReportState.choices)
    licence = serializers.CharField()
    period = serializers.CharField()
    model = ModelShape()
    refers_to = serializers.CharField(allow_null=True)
    format = serializers.CharField()
    compression = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True)
    original_sha256 = serializers.CharField(allow_blank=True)
    progress = serializers.IntegerField(help_text="Per cent of the check that is done.")
    lines = CountShape()
    quantity = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    per_cent = PerCentOutput()
    verdicts = TotalShape(many=True)
    remarks = RemarkShape(many=True)
    rejection = serializers.DictField(allow_null=True)
    charges = serializers.DictField(allow_null=True)
    created_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    superseded_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: UsageReport) -> dict[str, Any]:
        """Return the receipt, which is made in one place for API, page and command."""
        return receipt(instance)


class PartOutput(serializers.Serializer[Any]):
    """A part that is there."""

    number = serializers.IntegerField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(
        allow_blank=True, help_text="Empty where the store does not say it."
    )


class AddressOutput(serializers.Serializer[Any]):
    """Where to PUT one part, straight into the store."""

    url = serializers.CharField()
    headers = serializers.DictField(
        child=serializers.CharField(), help_text="To be sent with the PUT, as they are."
    )
    expires_in_seconds = serializers.IntegerField()


class UploadOutput(serializers.Serializer[UsageReport]):
    """An upload: the report in the making and the parts that are there, for resuming."""

    id = serializers.CharField(source="public_id")
    report = ReportOutput(source="*")
    mode = serializers.SerializerMethodField(
        help_text="presigned: ask for each part's address; streamed: PUT each part here."
    )
    parts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=["presigned", "streamed"]))
    def get_mode(self, report: UsageReport) -> str:
        """Return which way the parts go."""
        return "presigned" if report.store_upload else "streamed"

    @extend_schema_field(PartOutput(many=True))
    def get_parts(self, report: UsageReport) -> Any:
        """Return the parts that are there."""
        return PartOutput(uploads.parts_of(report), many=True).data
