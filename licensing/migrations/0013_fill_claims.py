from django.db import migrations

FILL = """
UPDATE licensing_invoicedcharge AS claimed SET amount_minor = charge.amount_minor
FROM licensing_charge AS charge WHERE charge.id = claimed.charge_id
"""


class Migration(migrations.Migration):
    """Every claim made so far was of a whole charge."""

    dependencies = [("licensing", "0012_claims_in_parts")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
