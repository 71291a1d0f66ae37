import django.db.models.deletion
from django.db import migrations, models

import licensing.catalogue.models


class Migration(migrations.Migration):
    """Keep refused rows beside their import; name mandates in public."""

    dependencies = [("licensing", "0002_guards")]
    operations = [
        migrations.RemoveField("catalogueimport", "refusals_key"),
        migrations.AddField(
            "catalogueimport",
            "holder",
            models.ForeignKey(
                blank=True,
                help_text="Owns the works whose rows name no owner.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="licensing.organisation",
            ),
        ),
        migrations.AddField(
            "mandate",
            "public_id",
            models.CharField(
                default=licensing.catalogue.models.new_mandate_id, max_length=24, unique=True
            ),
        ),
        migrations.CreateModel(
            "ImportRefusal",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField()),
                ("raw", models.JSONField()),
                ("faults", models.JSONField()),
                (
                    "catalogue_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="licensing.catalogueimport",
                    ),
                ),
            ],
            options={
                "ordering": ["row"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("catalogue_import", "row"), name="refusal_once_per_row"
                    )
                ],
            },
        ),
    ]
