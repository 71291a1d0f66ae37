from django.db import migrations

REFUSE = """
CREATE TRIGGER ledger_chainlink_append_only BEFORE UPDATE OR DELETE ON ledger_chainlink
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_chainlink_no_truncate BEFORE TRUNCATE ON ledger_chainlink
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
ALLOW = """
DROP TRIGGER ledger_chainlink_append_only ON ledger_chainlink;
DROP TRIGGER ledger_chainlink_no_truncate ON ledger_chainlink;
"""


class Migration(migrations.Migration):
    """A link that could be rewritten would prove nothing."""

    dependencies = [("ledger", "0016_chain")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
