from django.db import migrations

# Until now lines were judged once, so those that a report has are those that every close counted.
FILL = """
UPDATE licensing_close AS close SET
    works = licence.snapshot_works,
    reports = (
        SELECT coalesce(
            jsonb_agg(one || jsonb_build_object('lines', report.lines_key) ORDER BY place), '[]'
        )
        FROM jsonb_array_elements(close.reports) WITH ORDINALITY AS listed (one, place)
        JOIN licensing_usagereport AS report ON report.public_id = one ->> 'report'
    )
FROM licensing_period AS period
JOIN licensing_licence AS licence ON licence.id = period.licence_id
WHERE period.id = close.period_id
"""

EMPTY = """
UPDATE licensing_close SET
    works = 0,
    reports = (
        SELECT coalesce(jsonb_agg(one - 'lines' ORDER BY place), '[]')
        FROM jsonb_array_elements(reports) WITH ORDINALITY AS listed (one, place)
    )
"""


class Migration(migrations.Migration):
    """Name the lines and count the works of the closes made so far."""

    dependencies = [("licensing", "0003_close_counts_lines_and_works")]
    operations = [migrations.RunSQL(FILL, EMPTY)]
