"""Commands ready to be pasted, with a licence of the reader's own in them."""

import json
import shlex
from collections.abc import Mapping

from django.conf import settings

from licensing.deals.models import Licence

KEY = "-H 'Authorization: Bearer kyo_…'"
JSON = "-H 'Content-Type: application/json'"


def small_report(licence: Licence | None, month: str) -> str:
    """Return the command that sends a first report of one line."""
    document = {
        "header": _header(licence, month) | {"lines": 1, "quantity": {"token": "1500"}},
        "lines": [
            {
                "line_id": "1",
                "work": "domain:www.example.com",
                "use": "ai-train",
                "unit": "token",
                "quantity": "1500",
            }
        ],
    }
    return _posted(f"{settings.PUBLIC_URL}/api/v1/reports", document)


def large_report(licence: Licence | None, month: str) -> str:
    """Return the commands that send a file of any size: its header, its parts, its end."""
    uploads = f"{settings.PUBLIC_URL}/api/v1/uploads"
    header = _header(licence, month) | {
        "lines": 100000000,
        "quantity": {"token": "250000000000"},
        "sha256": "…",
        "compression": "gzip",
    }
    return "\n".join(
        [
            _posted(uploads, header),
            "",
            "split -b 500M -a 4 --numeric-suffixes=1 lines.csv.gz part-",
            "for part in part-*; do",
            "  sum=$(sha256sum $part | cut -d' ' -f1)",
            f"  curl -T $part {KEY} \\",
            f'    "{uploads}/rpt_…/parts/$((10#${{part#part-}}))?sha256=$sum"',
            "done",
            f"curl -X POST {uploads}/rpt_…/complete \\\n  {KEY}",
        ]
    )


def _header(licence: Licence | None, month: str) -> dict[str, object]:
    family, version = model_of(licence)
    return {
        "report_id": f"{month}-1",
        "type": "original",
        "licence": licence.public_id if licence else "lic_…",
        "period": month,
        "model": {"family": family, "version": version},
    }


def model_of(licence: Licence | None) -> tuple[str, str]:
    """Return the first model that a licence grants, or an invented one."""
    models = licence.terms["grant"]["models"] if licence else "any"
    if not isinstance(models, list):
        return "vista", "2"
    return models[0]["family"], (models[0].get("versions") or ["1"])[0]


def _posted(address: str, document: Mapping[str, object]) -> str:
    body = shlex.quote(json.dumps(document, ensure_ascii=False, indent=1))
    return f"curl {address} \\\n  {KEY} \\\n  {JSON} \\\n  -d {body}"
