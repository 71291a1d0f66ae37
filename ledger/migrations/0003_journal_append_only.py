from django.db import migrations

TABLES = ("ledger_entry", "ledger_posting", "ledger_account")

REFUSE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; reverse the entry instead',
        TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
END $$;
"""

REFUSE_ON = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

# Whoever may write here besides the owner may insert and read, whatever was granted before.
REVOKE = """
DO $$
DECLARE
    granted record;
BEGIN
    FOR granted IN
        SELECT DISTINCT c.oid::regclass AS relation,
               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS grantee
        FROM pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        LEFT JOIN pg_roles AS r ON r.oid = a.grantee
        WHERE c.oid IN ('ledger_entry'::regclass, 'ledger_posting'::regclass,
                        'ledger_account'::regclass)
          AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %s',
                       granted.relation, granted.grantee);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    """Refuse UPDATE, DELETE and TRUNCATE on the journal, by trigger and by privilege.

    The privilege matters where the application logs in as a role that does not own the tables;
    the trigger also stops the owner. There is no setting that lets a session past it.
    """

    dependencies = [("ledger", "0002_journal_guards")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse_change CASCADE"),
        *(
            migrations.RunSQL(
                REFUSE_ON.format(table=table),
                f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table}",
            )
            for table in TABLES
        ),
        migrations.RunSQL(REVOKE, migrations.RunSQL.noop),
    ]
