from django.db import migrations, models


class Migration(migrations.Migration):
    """A close says how many works the licence covered; its reports name the lines it counted."""

    dependencies = [("licensing", "0002_guards")]
    operations = [
        migrations.AddField(
            model_name="close",
            name="works",
            field=models.PositiveIntegerField(default=0, help_text="Works the licence covered."),
        ),
        migrations.AlterField(
            model_name="close",
            name="reports",
            field=models.JSONField(
                help_text="The reports in force: id, SHA-256 and the judged lines that were counted."
            ),
        ),
    ]
