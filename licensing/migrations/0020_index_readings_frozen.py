from django.db import migrations

FROZEN = """
CREATE TRIGGER licensing_indexreading_append_only
    BEFORE UPDATE OR DELETE ON licensing_indexreading
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
"""

THAW = """
DROP TRIGGER licensing_indexreading_append_only ON licensing_indexreading;
"""


class Migration(migrations.Migration):
    """Refuse to change or forget a reading that closes may have been rated by."""

    dependencies = [("licensing", "0019_index_readings")]
    operations = [migrations.RunSQL(FROZEN, THAW)]
