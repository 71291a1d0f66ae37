from django.db import migrations

FROZEN = """
CREATE TRIGGER licensing_notice_frozen
    BEFORE UPDATE OF licence_id, stage, starts_on, ends_on, months, missing, due_on, deadline_on,
        issued_at
    ON licensing_notice FOR EACH ROW WHEN (
        to_jsonb(OLD) - '{state,answer_id,settled_at}'::text[]
        IS DISTINCT FROM to_jsonb(NEW) - '{state,answer_id,settled_at}'::text[]
    ) EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_notice_kept
    BEFORE DELETE ON licensing_notice FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_noticemove_append_only
    BEFORE UPDATE OR DELETE ON licensing_noticemove
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
"""

THAW = """
DROP TRIGGER licensing_notice_frozen ON licensing_notice;
DROP TRIGGER licensing_notice_kept ON licensing_notice;
DROP TRIGGER licensing_noticemove_append_only ON licensing_noticemove;
"""


class Migration(migrations.Migration):
    """Refuse to change what a notice demands, and to forget it or what became of it."""

    dependencies = [("licensing", "0017_notices")]
    operations = [migrations.RunSQL(FROZEN, THAW)]
