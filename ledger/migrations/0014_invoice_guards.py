from django.db import migrations

PAPERS = {
    # table: kind of its series, key column of its children, columns that may change
    "invoice": ("invoice", "invoice_id", ("state", "paid_minor", "credited_minor")),
    "creditnote": ("credit_note", "credit_note_id", ()),
}

# A number must follow the one before it, so by induction a series has no gap: a number that was
# rolled back was never there, and nothing is ever deleted.
NUMBERS = """
CREATE FUNCTION ledger_follow_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    follows boolean;
BEGIN
    PERFORM FROM ledger_series WHERE id = NEW.series_id AND kind = TG_ARGV[0]
        AND issuer = NEW.issuer;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'series % numbers something else', NEW.series_id USING ERRCODE = '23514';
    END IF;
    IF NEW.number <> 1 THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE series_id = $1 AND number = $2)',
                       TG_TABLE_NAME) INTO follows USING NEW.series_id, NEW.number - 1;
        IF NOT follows THEN
            RAISE EXCEPTION 'number % leaves a gap in series %', NEW.number, NEW.series_id
                USING ERRCODE = '23514';
        END IF;
    END IF;
    RETURN NEW;
END $$;
"""

FROZEN = """
CREATE FUNCTION ledger_keep_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - TG_ARGV <> to_jsonb(NEW) - TG_ARGV THEN
        RAISE EXCEPTION '% is frozen: issue a credit note instead', TG_TABLE_NAME
            USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
"""

TOTALS = """
CREATE FUNCTION ledger_prove_totals() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines_net numeric;
    taxes_net numeric;
    taxes_tax numeric;
BEGIN
    EXECUTE format('SELECT coalesce(sum(amount_minor), 0) FROM %I WHERE %I = $1',
                   TG_TABLE_NAME || 'line', TG_ARGV[0]) INTO lines_net USING NEW.id;
    EXECUTE format('SELECT coalesce(sum(net_minor), 0), coalesce(sum(tax_minor), 0)'
                   ' FROM %I WHERE %I = $1',
                   TG_TABLE_NAME || 'tax', TG_ARGV[0]) INTO taxes_net, taxes_tax USING NEW.id;
    IF lines_net <> NEW.net_minor OR taxes_net <> NEW.net_minor OR taxes_tax <> NEW.tax_minor THEN
        RAISE EXCEPTION '% %: totals do not agree with its lines', TG_TABLE_NAME, NEW.label
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
"""

# The entry carries the transaction that issued the document; only that one may add lines.
SEALED = """
CREATE FUNCTION ledger_seal_paper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    belongs boolean;
BEGIN
    EXECUTE format(
        'SELECT bool_and(e.xact = pg_current_xact_id()) FROM new_rows AS n'
        ' JOIN %I AS p ON p.id = n.%I JOIN ledger_entry AS e ON e.id = p.entry_id',
        TG_ARGV[0], TG_ARGV[1]) INTO belongs;
    IF NOT belongs THEN
        RAISE EXCEPTION 'the document is sealed by the transaction that issued it'
            USING ERRCODE = '23001';
    END IF;
    RETURN NULL;
END $$;
"""

SETTLED = """
CREATE FUNCTION ledger_prove_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    claim ledger_invoice;
BEGIN
    IF TG_TABLE_NAME = 'ledger_invoice' THEN
        SELECT * INTO claim FROM ledger_invoice WHERE id = NEW.id;
    ELSE
        SELECT * INTO claim FROM ledger_invoice WHERE id = NEW.invoice_id;
    END IF;
    IF claim.paid_minor <>
           (SELECT coalesce(sum(amount_minor), 0) FROM ledger_payment WHERE invoice_id = claim.id)
       OR claim.credited_minor <>
           (SELECT coalesce(sum(total_minor), 0) FROM ledger_creditnote WHERE invoice_id = claim.id)
    THEN
        RAISE EXCEPTION 'invoice %: paid and credited do not agree with its payments', claim.label
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_payment_settles AFTER INSERT ON ledger_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_prove_settlement();
CREATE CONSTRAINT TRIGGER ledger_creditnote_settles AFTER INSERT ON ledger_creditnote
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_prove_settlement();
CREATE CONSTRAINT TRIGGER ledger_invoice_settled AFTER INSERT OR UPDATE ON ledger_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_prove_settlement();
"""

ON_PAPER = """
CREATE TRIGGER ledger_{paper}_follows BEFORE INSERT ON ledger_{paper}
    FOR EACH ROW EXECUTE FUNCTION ledger_follow_number('{kind}');
CREATE TRIGGER ledger_{paper}_frozen BEFORE UPDATE ON ledger_{paper}
    FOR EACH ROW EXECUTE FUNCTION ledger_keep_frozen({mutable});
CREATE TRIGGER ledger_{paper}_append_only BEFORE DELETE ON ledger_{paper}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_{paper}_no_truncate BEFORE TRUNCATE ON ledger_{paper}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE CONSTRAINT TRIGGER ledger_{paper}_totals AFTER INSERT ON ledger_{paper}
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_prove_totals('{column}');
CREATE TRIGGER ledger_{paper}line_sealed AFTER INSERT ON ledger_{paper}line
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION ledger_seal_paper('ledger_{paper}', '{column}');
CREATE TRIGGER ledger_{paper}tax_sealed AFTER INSERT ON ledger_{paper}tax
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION ledger_seal_paper('ledger_{paper}', '{column}');
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

# Functions go with their triggers; the shared one stays and its triggers are named.
UNDO_FUNCTIONS = "".join(
    f"DROP FUNCTION ledger_{name} CASCADE;"
    for name in ("follow_number", "keep_frozen", "prove_totals", "seal_paper", "prove_settlement")
)

CHILDREN = (
    "ledger_invoiceline",
    "ledger_invoicetax",
    "ledger_creditnoteline",
    "ledger_creditnotetax",
    "ledger_payment",
)


def drop(table: str) -> str:
    """Return what removes a table's append-only triggers."""
    return (
        f"DROP TRIGGER {table}_append_only ON {table};DROP TRIGGER {table}_no_truncate ON {table};"
    )


class Migration(migrations.Migration):
    """Prove numbers, totals and settlement of invoices, and freeze what was issued.

    A generated column is not known before an update, so it is left out of the comparison; it
    follows from columns that are compared.
    """

    dependencies = [("ledger", "0013_invoices")]

    operations = [
        migrations.RunSQL(
            NUMBERS + FROZEN + TOTALS + SEALED + SETTLED,
            UNDO_FUNCTIONS,
        ),
        *(
            migrations.RunSQL(
                ON_PAPER.format(
                    paper=paper,
                    kind=kind,
                    column=column,
                    mutable=", ".join(f"'{name}'" for name in (*mutable, "total_minor")),
                ),
                drop(f"ledger_{paper}"),
            )
            for paper, (kind, column, mutable) in PAPERS.items()
        ),
        *(migrations.RunSQL(APPEND_ONLY.format(table=table), drop(table)) for table in CHILDREN),
    ]
