from django.db import migrations

FROZEN = """
CREATE TRIGGER licensing_matchdecision_frozen BEFORE UPDATE ON licensing_matchdecision
    FOR EACH ROW WHEN (
        to_jsonb(OLD) - 'undone_at' IS DISTINCT FROM to_jsonb(NEW) - 'undone_at'
        OR OLD.undone_at IS NOT NULL
    ) EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_matchdecision_kept
    BEFORE DELETE ON licensing_matchdecision
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_judging_append_only
    BEFORE UPDATE OR DELETE ON licensing_judging
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
"""

THAW = """
DROP TRIGGER licensing_matchdecision_frozen ON licensing_matchdecision;
DROP TRIGGER licensing_matchdecision_kept ON licensing_matchdecision;
DROP TRIGGER licensing_judging_append_only ON licensing_judging;
"""


class Migration(migrations.Migration):
    """Refuse to change or forget what was decided and judged; undoing marks a decision once."""

    dependencies = [("licensing", "0010_matching")]
    operations = [migrations.RunSQL(FROZEN, THAW)]
