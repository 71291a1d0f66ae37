import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.ids


class Migration(migrations.Migration):
    """Agents have a rate of a payee's parts; a close keeps the rates it divided by."""

    dependencies = [
        ("licensing", "0015_direct_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="close",
            name="agencies",
            field=models.JSONField(
                default=list, help_text="The agents' rates it divided by: payee, agent, rate."
            ),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="role",
            field=models.CharField(
                choices=[
                    ("operator_fee", "Operator fee"),
                    ("collective_fee", "Collective fee"),
                    ("payee", "Payee"),
                    ("agent", "Agent"),
                    ("suspense", "Suspense"),
                ],
                max_length=14,
            ),
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(ledger.ids.new_id, *("agy",)),
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=12,
                        help_text="A part of one: 0.15 is fifteen per cent.",
                        max_digits=13,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies_held",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="licensing.licence",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies_given",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ["payee", "starts_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("payee", models.F("agent")), _negated=True),
                        name="agency_is_for_another",
                        violation_error_message="Nobody is their own agent.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0), ("rate__lte", 1)),
                        name="agency_rate_is_a_part",
                        violation_error_message="The rate is above 0 and at most 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="agency_ends_after_it_starts",
                        violation_error_message="An agency cannot end before it starts.",
                    ),
                    models.UniqueConstraint(
                        fields=("payee", "agent", "licence", "starts_on"),
                        name="agency_once_per_start",
                        nulls_distinct=False,
                        violation_error_message="This agent has a part from this day already.",
                    ),
                ],
            },
        ),
    ]
