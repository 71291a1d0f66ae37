from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a work declare what its shares are parts of."""

    dependencies = [
        ("licensing", "0013_fill_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="work",
            name="weight_total",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What all shares are parts of; empty where they sum to the whole.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="work",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("weight_total", None), ("weight_total__gt", 0), _connector="OR"
                ),
                name="work_whole_is_positive",
                violation_error_message="The whole is a whole number above zero.",
            ),
        ),
    ]
