from django.db import migrations

NOTE = """
CREATE FUNCTION licensing_note_share_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO licensing_sharechange (block) VALUES (NULL);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO licensing_sharechange (block)
        SELECT DISTINCT work_id / 1024 FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO licensing_sharechange (block)
        SELECT DISTINCT work_id / 1024 FROM old_rows;
    ELSE
        INSERT INTO licensing_sharechange (block)
        SELECT work_id / 1024 FROM old_rows UNION SELECT work_id / 1024 FROM new_rows;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER licensing_share_inserted_is_noted AFTER INSERT ON licensing_share
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_note_share_change();
CREATE TRIGGER licensing_share_updated_is_noted AFTER UPDATE ON licensing_share
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_note_share_change();
CREATE TRIGGER licensing_share_deleted_is_noted AFTER DELETE ON licensing_share
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_note_share_change();
CREATE TRIGGER licensing_share_truncated_is_noted AFTER TRUNCATE ON licensing_share
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_note_share_change();

CREATE FUNCTION licensing_note_whole_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO licensing_sharechange (block)
    SELECT DISTINCT new_rows.id / 1024 FROM new_rows JOIN old_rows USING (id)
    WHERE new_rows.weight_total IS DISTINCT FROM old_rows.weight_total;
    RETURN NULL;
END $$;
CREATE TRIGGER licensing_work_whole_is_noted AFTER UPDATE ON licensing_work
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_note_whole_change();

-- What is noted stays: a note that went would make an old basis look like a new one.
CREATE TRIGGER licensing_sharechange_append_only
    BEFORE UPDATE OR DELETE ON licensing_sharechange
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
"""

FORGET = """
DROP TRIGGER licensing_sharechange_append_only ON licensing_sharechange;
DROP TRIGGER licensing_work_whole_is_noted ON licensing_work;
DROP FUNCTION licensing_note_whole_change();
DROP TRIGGER licensing_share_truncated_is_noted ON licensing_share;
DROP TRIGGER licensing_share_deleted_is_noted ON licensing_share;
DROP TRIGGER licensing_share_updated_is_noted ON licensing_share;
DROP TRIGGER licensing_share_inserted_is_noted ON licensing_share;
DROP FUNCTION licensing_note_share_change();
"""

# Bases kept while changes were noted say nothing about the time in which they were not.
DROP_BASES = "DELETE FROM licensing_keptbasis"


class Migration(migrations.Migration):
    """Note which works' shares change, so that a kept basis is known to hold or not."""

    dependencies = [("licensing", "0022_kept_bases")]
    operations = [
        migrations.RunSQL(NOTE, FORGET),
        migrations.RunSQL(migrations.RunSQL.noop, DROP_BASES),
    ]
