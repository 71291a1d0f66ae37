import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let charges be advances, recoupments and liquidations; hold reserves on allocations."""

    dependencies = [
        ("licensing", "0004_fill_what_closes_counted"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="allocation_gross_less_fees",
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="charge_sequence_once",
        ),
        migrations.AddField(
            model_name="allocation",
            name="recouped_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="allocation",
            name="reserve_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="charge",
            name="kind",
            field=models.CharField(
                choices=[
                    ("price", "Price"),
                    ("advance", "Advance"),
                    ("recoupment", "Recoupment of the advance"),
                    ("liquidation", "Release of the reserve"),
                ],
                default="price",
                max_length=11,
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="recouped_minor",
            field=models.BigIntegerField(
                default=0, help_text="Recouped of advances, less advances paid out."
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="reserve_minor",
            field=models.BigIntegerField(
                default=0, help_text="Put into reserve, less what was released of it."
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="unrecouped_minor",
            field=models.BigIntegerField(
                default=0, help_text="What the payee had of advances and not yet earned, at issue."
            ),
        ),
        migrations.AlterField(
            model_name="charge",
            name="close",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="licensing.close",
            ),
        ),
        migrations.RemoveField(model_name="statement", name="net_minor"),
        migrations.AddField(
            model_name="statement",
            name="net_minor",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("gross_minor"), "-", models.F("operator_fee_minor")
                            ),
                            "-",
                            models.F("collective_fee_minor"),
                        ),
                        "-",
                        models.F("reserve_minor"),
                    ),
                    "-",
                    models.F("recouped_minor"),
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "gross_minor",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("amount_minor"),
                                        "+",
                                        models.F("operator_fee_minor"),
                                    ),
                                    "+",
                                    models.F("collective_fee_minor"),
                                ),
                                "+",
                                models.F("reserve_minor"),
                            ),
                            "+",
                            models.F("recouped_minor"),
                        ),
                    )
                ),
                name="allocation_gross_less_what_is_taken",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=("period", "kind", "price_id", "sequence"), name="charge_sequence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("close__isnull", False), ("kind", "price")),
                    models.Q(models.Q(("kind", "price"), _negated=True), ("close", None)),
                    _connector="OR",
                ),
                name="charge_is_rated_by_a_close",
            ),
        ),
    ]
