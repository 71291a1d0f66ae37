import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import licensing.catalogue.models
import licensing.deals.models
import licensing.parties.models
import licensing.parties.roles
import licensing.royalties.models
import licensing.usage.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0017_chain_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Close",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "basis_key",
                    models.CharField(help_text="Parquet of the shares used.", max_length=200),
                ),
                ("basis_sha256", models.CharField(max_length=64)),
                (
                    "detail_key",
                    models.CharField(help_text="Parquet of payee and work.", max_length=200),
                ),
                ("reports", models.JSONField(help_text="The reports in force: id and SHA-256.")),
                ("inputs_hash", models.CharField(max_length=64)),
                ("lines_rated", models.BigIntegerField()),
                ("closed_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["period", "number"],
            },
        ),
        migrations.CreateModel(
            name="Deal",
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
                        default=licensing.deals.models.new_deal_id, max_length=24, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("negotiating", "Negotiating"),
                            ("agreed", "Agreed"),
                            ("signing", "Signing"),
                            ("in_force", "In force"),
                            ("expired", "Expired"),
                            ("terminated", "Terminated"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        db_index=True,
                        default="draft",
                        max_length=11,
                    ),
                ),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("date_joined", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="user_email_is_lower_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
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
                        default=licensing.royalties.models.new_charge_id, max_length=24, unique=True
                    ),
                ),
                ("price_id", models.CharField(max_length=64)),
                ("sequence", models.PositiveSmallIntegerField()),
                ("unit", models.CharField(blank=True, max_length=32)),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=38)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "rated_minor",
                    models.BigIntegerField(help_text="The whole period at this price."),
                ),
                ("trace", models.JSONField()),
                ("entry_key", models.CharField(max_length=200, unique=True)),
                (
                    "corrects",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="licensing.charge",
                    ),
                ),
                (
                    "close",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="licensing.close",
                    ),
                ),
            ],
            options={
                "ordering": ["period", "price_id", "sequence"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
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
                        default=licensing.parties.models.new_organisation_id,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Lower-case handle used in import files, e.g. studio-kaede.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("licensor", "Licensor"),
                            ("collective", "Collective"),
                            ("licensee", "Licensee"),
                            ("operator", "Operator"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "country",
                    models.CharField(
                        default="JP",
                        max_length=2,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2}$", "Use an ISO 3166-1 code such as JP."
                            )
                        ],
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("ja", "日本語"), ("en", "English")], max_length=2),
                ),
                ("address", models.TextField(blank=True, help_text="As printed on documents.")),
                (
                    "registration_number",
                    models.CharField(
                        blank=True,
                        help_text="Japanese qualified-invoice number: T and 13 digits.",
                        max_length=14,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^T\\d{13}$", "Write T and 13 digits."
                            )
                        ],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", licensing.parties.roles.Kind["OPERATOR"])),
                        fields=("kind",),
                        name="organisation_one_operator",
                        violation_error_message="There is one operator already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["licensor", "collective", "licensee", "operator"])
                        ),
                        name="organisation_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", django.db.models.functions.text.Lower("slug"))),
                        name="organisation_slug_is_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slug", "suspense"), _negated=True),
                        name="organisation_slug_is_not_reserved",
                        violation_error_message="This handle is reserved; choose another.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
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
                        default=licensing.deals.models.new_offer_id, max_length=24, unique=True
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("terms", models.JSONField()),
                ("terms_hash", models.CharField(max_length=71)),
                ("message", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("countered", "Countered"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="licensing.deal",
                    ),
                ),
                (
                    "made_by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["deal", "-round"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("negotiator", "Negotiator"),
                            ("finance", "Finance"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Licence",
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
                        default=licensing.deals.models.new_licence_id, max_length=24, unique=True
                    ),
                ),
                ("terms", models.JSONField()),
                ("terms_hash", models.CharField(max_length=71)),
                ("currency", models.CharField(max_length=3)),
                ("starts_on", models.DateField()),
                (
                    "ends_on",
                    models.DateField(help_text="Empty where the term has no end.", null=True),
                ),
                ("signed_at", models.DateTimeField()),
                (
                    "snapshot_key",
                    models.CharField(
                        help_text="Parquet of the frozen repertoire in the evidence store.",
                        max_length=200,
                    ),
                ),
                ("snapshot_sha256", models.CharField(max_length=64)),
                ("snapshot_works", models.PositiveIntegerField()),
                (
                    "deal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licence",
                        to="licensing.deal",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licence",
                        to="licensing.offer",
                    ),
                ),
                (
                    "licensee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licences_held",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "licensor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licences_given",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(editable=False, max_length=24, unique=True)),
                ("email", models.EmailField(max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("negotiator", "Negotiator"),
                            ("finance", "Finance"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("invited_at", models.DateTimeField(auto_now_add=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.JSONField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DealMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("move", models.CharField(max_length=16)),
                ("from_state", models.CharField(max_length=11)),
                ("to_state", models.CharField(max_length=11)),
                ("at", models.DateTimeField()),
                (
                    "by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="licensing.deal",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="licensing.offer",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="deal",
            name="licensee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deals_as_licensee",
                to="licensing.organisation",
            ),
        ),
        migrations.AddField(
            model_name="deal",
            name="licensor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deals_as_licensor",
                to="licensing.organisation",
            ),
        ),
        migrations.AddField(
            model_name="deal",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="licensing.organisation",
            ),
        ),
        migrations.CreateModel(
            name="CatalogueImport",
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
                        default=licensing.catalogue.models.new_import_id, max_length=24, unique=True
                    ),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "Works CSV"), ("madb", "Media Arts Database JSON-LD")],
                        max_length=4,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("dry_run", models.BooleanField(default=False)),
                (
                    "create_licensors",
                    models.BooleanField(
                        default=False,
                        help_text="Make organisations for licensors the file names first.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        db_index=True,
                        default="received",
                        max_length=8,
                    ),
                ),
                ("original_key", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("rows_total", models.PositiveIntegerField(null=True)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("rows_created", models.PositiveIntegerField(default=0)),
                ("rows_unchanged", models.PositiveIntegerField(default=0)),
                ("rows_refused", models.PositiveIntegerField(default=0)),
                ("failure", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
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
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "mode",
                    models.CharField(choices=[("test", "Test"), ("live", "Live")], max_length=4),
                ),
                ("prefix", models.CharField(max_length=20, unique=True)),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("operator_fee", "Operator fee"),
                            ("collective_fee", "Collective fee"),
                            ("payee", "Payee"),
                            ("suspense", "Suspense"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "weight",
                    models.TextField(
                        default="0",
                        help_text="The exact integer weight, of any length, in decimal digits.",
                    ),
                ),
                ("gross_minor", models.BigIntegerField()),
                ("operator_fee_minor", models.BigIntegerField(default=0)),
                ("collective_fee_minor", models.BigIntegerField(default=0)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="licensing.charge",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["charge", "role", "organisation"],
            },
        ),
        migrations.CreateModel(
            name="Period",
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
                        default=licensing.royalties.models.new_period_id, max_length=24, unique=True
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("due", "Close requested"),
                            ("closing", "Closing"),
                            ("closed", "Closed"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=7,
                    ),
                ),
                ("requested_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True)),
                ("steps_total", models.PositiveSmallIntegerField(default=0)),
                ("steps_done", models.PositiveSmallIntegerField(default=0)),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="periods",
                        to="licensing.licence",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "licence"],
            },
        ),
        migrations.AddField(
            model_name="close",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="closes",
                to="licensing.period",
            ),
        ),
        migrations.AddField(
            model_name="charge",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="charges",
                to="licensing.period",
            ),
        ),
        migrations.CreateModel(
            name="Run",
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
                        default=licensing.royalties.models.new_run_id, max_length=24, unique=True
                    ),
                ),
                (
                    "month",
                    models.DateField(help_text="First day of the month the statements are for."),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("issuing", "Issuing"),
                            ("issued", "Issued"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("issued_at", models.DateTimeField(null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-month", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signer_name", models.CharField(max_length=120)),
                ("signer_title", models.CharField(blank=True, max_length=120)),
                ("terms_hash", models.CharField(max_length=71)),
                ("signed_at", models.DateTimeField()),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="licensing.offer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Statement",
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
                        default=licensing.royalties.models.new_statement_id,
                        max_length=24,
                        unique=True,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("approved", "Approved"),
                            ("issued", "Issued"),
                            ("paid", "Paid"),
                            ("held", "Held"),
                            ("disputed", "Disputed"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("hold_reason", models.TextField(blank=True)),
                ("gross_minor", models.BigIntegerField(default=0)),
                ("operator_fee_minor", models.BigIntegerField(default=0)),
                ("collective_fee_minor", models.BigIntegerField(default=0)),
                (
                    "net_minor",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("gross_minor"), "-", models.F("operator_fee_minor")
                            ),
                            "-",
                            models.F("collective_fee_minor"),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                (
                    "opening_minor",
                    models.BigIntegerField(
                        default=0, help_text="Unpaid balance before this statement."
                    ),
                ),
                (
                    "content",
                    models.JSONField(help_text="The frozen statement, canonical JSON.", null=True),
                ),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
                ("issued_at", models.DateTimeField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="licensing.run",
                    ),
                ),
            ],
            options={
                "ordering": ["-run__month", "payee__name"],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("raised_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="licensing.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "allocation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="line",
                        to="licensing.allocation",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="licensing.statement",
                    ),
                ),
            ],
            options={
                "ordering": ["statement", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StatementPayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="ledger.payout",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="licensing.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageReport",
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
                        default=licensing.usage.models.new_report_id, max_length=24, unique=True
                    ),
                ),
                (
                    "report_id",
                    models.CharField(help_text="The licensee's own name for it.", max_length=100),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("original", "Original"),
                            ("replacement", "Replacement"),
                            ("correction", "Correction"),
                            ("zero", "No use"),
                        ],
                        max_length=11,
                    ),
                ),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("period", models.DateField(help_text="First day of the month.")),
                ("model_family", models.CharField(blank=True, max_length=100)),
                ("model_version", models.CharField(blank=True, max_length=100)),
                ("declared_lines", models.BigIntegerField()),
                ("declared_quantity", models.JSONField(default=dict)),
                ("declared_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "fingerprint",
                    models.CharField(help_text="Of header and lines together.", max_length=64),
                ),
                ("format", models.CharField(max_length=8)),
                ("compression", models.CharField(blank=True, max_length=8)),
                ("original_key", models.CharField(blank=True, max_length=200)),
                ("original_sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.BigIntegerField(default=0)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="SHA-256 of the uncompressed lines.", max_length=64
                    ),
                ),
                ("lines_key", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "Receiving"),
                            ("received", "Received"),
                            ("checking", "Checking"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                        ],
                        db_index=True,
                        max_length=10,
                    ),
                ),
                ("bytes_received", models.BigIntegerField(default=0)),
                ("lines_done", models.BigIntegerField(default=0)),
                ("lines_accepted", models.BigIntegerField(default=0)),
                ("lines_quarantined", models.BigIntegerField(default=0)),
                ("lines_rejected", models.BigIntegerField(default=0)),
                ("totals", models.JSONField(default=list, help_text="By verdict, code and unit.")),
                ("rejection_code", models.CharField(blank=True, max_length=40)),
                ("rejection_detail", models.TextField(blank=True)),
                ("faults", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="licensing.licence",
                    ),
                ),
                (
                    "licensee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_reports",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "refers_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="licensing.usagereport",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        help_text="The report whose lines a chain of corrections is about.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="licensing.usagereport",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="UploadPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="licensing.usagereport",
                    ),
                ),
            ],
            options={
                "ordering": ["report", "number"],
            },
        ),
        migrations.CreateModel(
            name="ReportMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("move", models.CharField(max_length=10)),
                ("from_state", models.CharField(max_length=10)),
                ("to_state", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "by_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="licensing.usagereport",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Work",
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
                        default=licensing.catalogue.models.new_work_id, max_length=24, unique=True
                    ),
                ),
                (
                    "kind",
                    models.CharField(help_text="E.g. website, anime-film, book.", max_length=40),
                ),
                ("title", models.CharField(max_length=500)),
                ("title_kana", models.CharField(blank=True, max_length=500)),
                ("title_en", models.CharField(blank=True, max_length=500)),
                (
                    "released",
                    models.CharField(
                        blank=True, help_text="ISO 8601: a year, a month or a day.", max_length=10
                    ),
                ),
                ("production_company", models.CharField(blank=True, max_length=500)),
                (
                    "copyright_notice",
                    models.CharField(
                        blank=True, help_text="As printed on the work, verbatim.", max_length=1000
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="licensing.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weight", models.PositiveIntegerField()),
                ("territory", models.CharField(default="WW", max_length=2)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="licensing.work",
                    ),
                ),
            ],
            options={
                "ordering": ["work", "-weight", "holder"],
            },
        ),
        migrations.CreateModel(
            name="Reservation",
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
                        default=licensing.catalogue.models.new_reservation_id,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "uses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("statement", models.TextField(help_text="As it is published.")),
                ("starts_on", models.DateField()),
                ("lifted_on", models.DateField(blank=True, null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "holder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "work",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="licensing.work",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
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
                        default=licensing.catalogue.models.new_mandate_id,
                        max_length=24,
                        unique=True,
                    ),
                ),
                (
                    "uses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                (
                    "territory",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "collective",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_held",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates_given",
                        to="licensing.organisation",
                    ),
                ),
                (
                    "excluded_works",
                    models.ManyToManyField(blank=True, related_name="+", to="licensing.work"),
                ),
            ],
            options={
                "ordering": ["member", "starts_on"],
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(max_length=16)),
                ("value", models.CharField(max_length=255)),
                (
                    "work",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="licensing.work",
                    ),
                ),
            ],
            options={
                "ordering": ["scheme", "value"],
            },
        ),
        migrations.CreateModel(
            name="ImportRefusal",
            fields=[
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
        migrations.CreateModel(
            name="InvoicedCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "charge",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoiced",
                        to="licensing.charge",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licensing_charges",
                        to="ledger.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licensing_charges",
                        to="ledger.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("credit_note__isnull", False), ("invoice", None)),
                            models.Q(("credit_note", None), ("invoice__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoiced_charge_on_one_document",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(fields=("deal", "round"), name="offer_round_once"),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("deal",),
                name="offer_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at", None)),
                    models.Q(
                        ("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="offer_answered_with_an_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))),
                name="offer_expires_after_it_is_made",
                violation_error_message="An offer must expire after it is made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("user", "organisation"),
                name="membership_once",
                violation_error_message="This person is a member already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="licence_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"),
                models.F("organisation"),
                condition=models.Q(("accepted_at", None), ("revoked_at", None)),
                name="invitation_one_open",
                violation_error_message="This person has been invited already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("accepted_at", None), ("revoked_at", None), _connector="OR"),
                name="invitation_accepted_or_revoked",
            ),
        ),
        migrations.AddConstraint(
            model_name="idempotencyrecord",
            constraint=models.UniqueConstraint(
                fields=("organisation", "key"), name="idempotency_key_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(("licensor", models.F("licensee")), _negated=True),
                name="deal_has_two_sides",
                violation_error_message="A deal needs two different organisations.",
            ),
        ),
        migrations.AddConstraint(
            model_name="deal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opened_by", models.F("licensor")),
                    ("opened_by", models.F("licensee")),
                    _connector="OR",
                ),
                name="deal_is_opened_by_a_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.UniqueConstraint(
                fields=("charge", "organisation", "role"),
                name="allocation_once",
                nulls_distinct=False,
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
                                models.F("amount_minor"), "+", models.F("operator_fee_minor")
                            ),
                            "+",
                            models.F("collective_fee_minor"),
                        ),
                    )
                ),
                name="allocation_gross_less_fees",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role", "suspense"), ("organisation__isnull", False), _connector="OR"
                ),
                name="allocation_names_its_party",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__regex", "^[0-9]+$")),
                name="allocation_weight_is_an_integer",
            ),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(fields=("licence", "starts_on"), name="period_once"),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="period_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="close",
            constraint=models.UniqueConstraint(
                fields=("period", "number"), name="close_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=("period", "price_id", "sequence"), name="charge_sequence_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(fields=("month", "number"), name="run_number_once"),
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("month",),
                name="run_one_draft_per_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                fields=("offer", "organisation"),
                name="signature_once_per_side",
                violation_error_message="Your side has signed already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.CheckConstraint(
                condition=models.Q(("signer_name", ""), _negated=True),
                name="signature_has_a_name",
                violation_error_message="Write the name of the person who signs.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("run", "payee", "currency"), name="statement_once_per_run"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_at", None), ("content__isnull", False), _connector="OR"
                ),
                name="statement_issued_with_its_content",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)),
                fields=("statement",),
                name="dispute_one_open_per_statement",
                violation_error_message="This statement is disputed already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="dispute_has_a_reason",
                violation_error_message="Say what is wrong.",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementpayout",
            constraint=models.UniqueConstraint(
                fields=("statement", "payout"), name="statement_payout_once"
            ),
        ),
        migrations.AddIndex(
            model_name="usagereport",
            index=models.Index(fields=["licence", "period", "state"], name="report_by_period"),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.UniqueConstraint(
                fields=("licensee", "report_id"),
                name="report_id_once_per_licensee",
                violation_error_message="A report with this report_id exists already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(("period__day", 1)), name="report_period_is_a_first_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["receiving", "received", "checking", "accepted", "rejected", "superseded"],
                    )
                ),
                name="report_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("refers_to", None), ("type__in", ["original", "zero"])),
                    models.Q(
                        ("refers_to__isnull", False), ("type__in", ["replacement", "correction"])
                    ),
                    _connector="OR",
                ),
                name="report_refers_as_its_type_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), ("type", "correction"), _negated=True),
                    models.Q(("root__isnull", False), ("sequence__gt", 0)),
                    _connector="OR",
                ),
                name="report_correction_has_its_root",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(("checked_at__isnull", False), ("rejection_code", "")),
                    _connector="OR",
                ),
                name="report_accepted_has_no_rejection",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    (
                        "declared_lines",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("lines_accepted"), "+", models.F("lines_quarantined")
                            ),
                            "+",
                            models.F("lines_rejected"),
                        ),
                    ),
                    _connector="OR",
                ),
                name="report_verdicts_sum_to_lines",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    ("type", "zero"),
                    models.Q(("lines_key", ""), _negated=True),
                    _connector="OR",
                ),
                name="report_accepted_keeps_its_lines",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("rejection_code", ""), _negated=True),
                    _connector="OR",
                ),
                name="report_rejected_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.UniqueConstraint(
                fields=("report", "number"), name="upload_part_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__lte", 10000)),
                name="upload_part_number_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)), name="upload_part_holds_something"
            ),
        ),
        migrations.AddIndex(
            model_name="work",
            index=models.Index(fields=["title", "id"], name="work_by_title"),
        ),
        migrations.AddConstraint(
            model_name="work",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="work_has_a_title",
                violation_error_message="A work needs a title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__gt", 0)),
                name="share_weight_is_positive",
                violation_error_message="A share's weight is a whole number above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None),
                    ("ends_on", None),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="share_ends_after_it_starts",
                violation_error_message="A share cannot end before it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                fields=("work", "holder", "territory", "starts_on"),
                name="share_once_per_start",
                nulls_distinct=False,
                violation_error_message="This holder has a share from this day already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_on", None), ("lifted_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="reservation_lifted_after_start",
                violation_error_message="A reservation cannot be lifted before it stands.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_on", None)),
                fields=("holder", "work"),
                name="reservation_one_standing",
                nulls_distinct=False,
                violation_error_message="A reservation of this already stands.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("member", models.F("collective")), _negated=True),
                name="mandate_is_for_another",
                violation_error_message="Nobody gives a mandate to themselves.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="mandate_ends_after_it_starts",
                violation_error_message="A mandate cannot end before it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("uses__len__gt", 0)),
                name="mandate_names_uses",
                violation_error_message="A mandate names at least one use.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                fields=("member", "collective", "starts_on"), name="mandate_once_per_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="identifier",
            constraint=models.UniqueConstraint(
                fields=("scheme", "value"),
                name="identifier_once",
                violation_error_message="Another work carries this identifier.",
            ),
        ),
    ]
