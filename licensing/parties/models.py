"""Organisations, their members, invitations and API keys."""

import hashlib
import secrets
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ledger.ids import new_id
from licensing.parties import roles


class OrganisationKind(models.TextChoices):
    """What an organisation is in this trade."""

    LICENSOR = roles.Kind.LICENSOR, _("Licensor")
    COLLECTIVE = roles.Kind.COLLECTIVE, _("Collective")
    LICENSEE = roles.Kind.LICENSEE, _("Licensee")
    OPERATOR = roles.Kind.OPERATOR, _("Operator")


class MemberRole(models.TextChoices):
    """What a member is trusted with."""

    OWNER = roles.Role.OWNER, _("Owner")
    NEGOTIATOR = roles.Role.NEGOTIATOR, _("Negotiator")
    FINANCE = roles.Role.FINANCE, _("Finance")
    VIEWER = roles.Role.VIEWER, _("Viewer")


def new_organisation_id() -> str:
    """Return a fresh ``org_…`` id."""
    return new_id("org")


class Organisation(models.Model):
    """A licensor, collective, licensee or the operator; ``slug`` is its handle in files."""

    public_id = models.CharField(max_length=24, unique=True, default=new_organisation_id)
    slug = models.SlugField(
        max_length=80,
        unique=True,
        help_text=_("Lower-case handle used in import files, e.g. studio-kaede."),
    )
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=OrganisationKind)
    country = models.CharField(
        max_length=2,
        default="JP",
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Use an ISO 3166-1 code such as JP."))],
    )
    language = models.CharField(max_length=2, choices=[("ja", "日本語"), ("en", "English")])
    address = models.TextField(blank=True, help_text=_("As printed on documents."))
    registration_number = models.CharField(
        max_length=14,
        blank=True,
        help_text=_("Japanese qualified-invoice number: T and 13 digits."),
        validators=[RegexValidator(r"^T\d{13}$", _("Write T and 13 digits."))],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind=roles.Kind.OPERATOR),
                name="organisation_one_operator",
                violation_error_message=_("There is one operator already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in roles.Kind]),
                name="organisation_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(slug=Lower("slug")), name="organisation_slug_is_lower_case"
            ),
            # What nobody owns yet is allocated to this name.
            models.CheckConstraint(
                condition=~Q(slug="suspense"),
                name="organisation_slug_is_not_reserved",
                violation_error_message=_("This handle is reserved; choose another."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def snapshot(self) -> dict[str, str]:
        """Return what documents print of this party, to be frozen with them."""
        return {
            "ref": self.public_id,
            "slug": self.slug,
            "name": self.name,
            "country": self.country,
            "language": self.language,
            "address": self.address,
            "registration_number": self.registration_number,
        }


class UserManager(BaseUserManager["User"]):
    """Makes users known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; without a password they can only enter by an invitation or a reset."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, known by e-mail; what they may do hangs on their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """A user's role in one organisation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=MemberRole)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(ended_at=None),
                name="membership_once",
                violation_error_message=_("This person is a member already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class Invitation(models.Model):
    """An invitation by signed link; the link expires, and each works once."""

    public_id = models.CharField(max_length=24, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=MemberRole)
    invited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                F("organisation"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
                violation_error_message=_("This person has been invited already."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="invitation_accepted_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.organisation}"


class KeyMode(models.TextChoices):
    """Whether a key moves real money."""

    TEST = "test", _("Test")
    LIVE = "live", _("Live")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys; `usable` leaves out the revoked."""

    def usable(self) -> Self:
        """Return keys that still open the API."""
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """A key to the API: shown once, kept as a SHA-256 hash, recognised by its prefix.

    The secret has 160 random bits, so a plain hash is as strong as a slow one and the API stays
    fast.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    mode = models.CharField(max_length=4, choices=KeyMode)
    prefix = models.CharField(max_length=20, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


def mint_secret(mode: str) -> str:
    """Return a fresh secret such as ``kyo_test_…``."""
    return f"kyo_{mode}_{secrets.token_hex(20)}"


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
