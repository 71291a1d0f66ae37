import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let several documents claim a charge, each a part of it."""

    dependencies = [
        ("ledger", "0017_chain_append_only"),
        ("licensing", "0011_match_decisions_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoicedcharge",
            name="amount_minor",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="invoicedcharge",
            name="charge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoiced",
                to="licensing.charge",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoicedcharge",
            constraint=models.UniqueConstraint(
                fields=("charge", "invoice", "credit_note"),
                name="invoiced_charge_once_on_a_document",
                nulls_distinct=False,
            ),
        ),
    ]
