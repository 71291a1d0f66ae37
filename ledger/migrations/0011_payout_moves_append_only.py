from django.db import migrations

GUARD = """
CREATE FUNCTION ledger_refuse_move_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the moves of a payout are append-only: % refused', TG_OP
        USING ERRCODE = '23001';
END $$;

CREATE TRIGGER ledger_payoutmove_append_only BEFORE UPDATE OR DELETE ON ledger_payoutmove
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_move_change();
CREATE TRIGGER ledger_payoutmove_no_truncate BEFORE TRUNCATE ON ledger_payoutmove
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_move_change();
"""


class Migration(migrations.Migration):
    """Refuse UPDATE, DELETE and TRUNCATE on a payout's moves, for its owner too."""

    dependencies = [("ledger", "0010_payouts")]

    operations = [
        migrations.RunSQL(GUARD, "DROP FUNCTION ledger_refuse_move_change CASCADE"),
    ]
