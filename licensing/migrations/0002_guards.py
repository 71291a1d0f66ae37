from django.db import migrations

FROZEN = """
CREATE FUNCTION licensing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '23001';
END $$;

CREATE TRIGGER licensing_offer_terms_frozen
    BEFORE UPDATE OF deal_id, round, made_by_id, made_at, expires_at, terms, terms_hash, message
    ON licensing_offer FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_offer_kept
    BEFORE DELETE ON licensing_offer FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_dealmove_append_only
    BEFORE UPDATE OR DELETE ON licensing_dealmove
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_signature_append_only
    BEFORE UPDATE OR DELETE ON licensing_signature
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_licence_frozen
    BEFORE UPDATE OF terms, terms_hash, snapshot_key, snapshot_sha256, licensor_id, licensee_id
    ON licensing_licence FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_charge_append_only
    BEFORE UPDATE OR DELETE ON licensing_charge
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_allocation_append_only
    BEFORE UPDATE OR DELETE ON licensing_allocation
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_reportmove_append_only
    BEFORE UPDATE OR DELETE ON licensing_reportmove
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_statementline_append_only
    BEFORE UPDATE OR DELETE ON licensing_statementline
    FOR EACH ROW EXECUTE FUNCTION licensing_refuse_change();
CREATE TRIGGER licensing_statement_frozen BEFORE UPDATE ON licensing_statement
    FOR EACH ROW WHEN (
        OLD.issued_at IS NOT NULL AND (
            OLD.content, OLD.content_sha256, OLD.gross_minor, OLD.operator_fee_minor,
            OLD.collective_fee_minor, OLD.opening_minor, OLD.payee_id, OLD.currency, OLD.issued_at
        ) IS DISTINCT FROM (
            NEW.content, NEW.content_sha256, NEW.gross_minor, NEW.operator_fee_minor,
            NEW.collective_fee_minor, NEW.opening_minor, NEW.payee_id, NEW.currency, NEW.issued_at
        )
    ) EXECUTE FUNCTION licensing_refuse_change();
-- Shares, detail and statements kept as evidence name payees by their handle.
CREATE TRIGGER licensing_organisation_handle_frozen BEFORE UPDATE ON licensing_organisation
    FOR EACH ROW WHEN (
        (OLD.slug, OLD.public_id, OLD.kind) IS DISTINCT FROM (NEW.slug, NEW.public_id, NEW.kind)
    ) EXECUTE FUNCTION licensing_refuse_change();
"""

THAW = """
DROP TRIGGER licensing_offer_terms_frozen ON licensing_offer;
DROP TRIGGER licensing_offer_kept ON licensing_offer;
DROP TRIGGER licensing_dealmove_append_only ON licensing_dealmove;
DROP TRIGGER licensing_signature_append_only ON licensing_signature;
DROP TRIGGER licensing_licence_frozen ON licensing_licence;
DROP TRIGGER licensing_charge_append_only ON licensing_charge;
DROP TRIGGER licensing_allocation_append_only ON licensing_allocation;
DROP TRIGGER licensing_reportmove_append_only ON licensing_reportmove;
DROP TRIGGER licensing_statementline_append_only ON licensing_statementline;
DROP TRIGGER licensing_statement_frozen ON licensing_statement;
DROP TRIGGER licensing_organisation_handle_frozen ON licensing_organisation;
DROP FUNCTION licensing_refuse_change();
"""

# All parts of a charge are written by one statement, which is proved as a whole: a later part would
# break the sum. That a charge has parts at all can only be proved when its transaction commits.
PARTS = """
CREATE FUNCTION licensing_prove_allocations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    culprit text;
BEGIN
    SELECT c.public_id INTO culprit
    FROM licensing_charge AS c JOIN licensing_allocation AS a ON a.charge_id = c.id
    WHERE c.id IN (SELECT charge_id FROM new_allocations)
    GROUP BY c.id HAVING sum(a.amount_minor) <> c.amount_minor LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the parts of charge % do not sum to it', culprit USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER licensing_allocation_parts_sum AFTER INSERT ON licensing_allocation
    REFERENCING NEW TABLE AS new_allocations
    FOR EACH STATEMENT EXECUTE FUNCTION licensing_prove_allocations();

CREATE FUNCTION licensing_prove_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM licensing_allocation WHERE charge_id = NEW.id) THEN
        RAISE EXCEPTION 'charge % has no parts', NEW.public_id USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER licensing_charge_has_parts AFTER INSERT ON licensing_charge
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION licensing_prove_charge();
"""

UNPROVE = """
DROP TRIGGER licensing_allocation_parts_sum ON licensing_allocation;
DROP FUNCTION licensing_prove_allocations();
DROP TRIGGER licensing_charge_has_parts ON licensing_charge;
DROP FUNCTION licensing_prove_charge();
"""


class Migration(migrations.Migration):
    """Freeze what was offered, signed and booked; prove that allocations sum to their charge."""

    dependencies = [("licensing", "0001_initial")]
    operations = [migrations.RunSQL(FROZEN, THAW), migrations.RunSQL(PARTS, UNPROVE)]
