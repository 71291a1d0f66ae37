from django.db import migrations, models


def reference(whose: str) -> models.CharField:
    return models.CharField(
        blank=True,
        default="",
        help_text=f"The number {whose} files this deal under.",
        max_length=64,
    )


class Migration(migrations.Migration):
    """Let each side write its own contract number on a deal."""

    dependencies = [("licensing", "0007_invoiced_advance")]

    operations = [
        migrations.AddField("deal", "licensor_reference", reference("the licensor's side")),
        migrations.AddField("deal", "licensee_reference", reference("the licensee")),
    ]
