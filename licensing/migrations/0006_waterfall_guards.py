from django.db import migrations

FROZEN = """
DROP TRIGGER licensing_statement_frozen ON licensing_statement;
CREATE TRIGGER licensing_statement_frozen BEFORE UPDATE ON licensing_statement
    FOR EACH ROW WHEN (
        OLD.issued_at IS NOT NULL AND (
            OLD.content, OLD.content_sha256, OLD.gross_minor, OLD.operator_fee_minor,
            OLD.collective_fee_minor, {old} OLD.opening_minor, OLD.payee_id, OLD.currency,
            OLD.issued_at
        ) IS DISTINCT FROM (
            NEW.content, NEW.content_sha256, NEW.gross_minor, NEW.operator_fee_minor,
            NEW.collective_fee_minor, {new} NEW.opening_minor, NEW.payee_id, NEW.currency,
            NEW.issued_at
        )
    ) EXECUTE FUNCTION licensing_refuse_change();
"""
WITH_WATERFALL = FROZEN.format(
    old="OLD.reserve_minor, OLD.recouped_minor, OLD.unrecouped_minor,",
    new="NEW.reserve_minor, NEW.recouped_minor, NEW.unrecouped_minor,",
)

PARTS = """
CREATE OR REPLACE FUNCTION licensing_prove_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    culprit text;
BEGIN
    SELECT c.public_id INTO culprit
    FROM licensing_charge AS c JOIN licensing_allocation AS a ON a.charge_id = c.id
    WHERE c.id IN (SELECT charge_id FROM new_allocations)
    GROUP BY c.id HAVING sum({parts}) <> c.amount_minor LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the parts of charge % do not sum to it', culprit USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    """Freeze the new amounts of statements; count reserves among the parts of a charge."""

    dependencies = [("licensing", "0005_advances_and_reserves")]
    operations = [
        migrations.RunSQL(WITH_WATERFALL, FROZEN.format(old="", new="")),
        migrations.RunSQL(
            PARTS.format(parts="a.amount_minor + a.reserve_minor"),
            PARTS.format(parts="a.amount_minor"),
        ),
    ]
