"""Members and keys of an organisation: inviting, joining, changing roles, leaving.

Scopes are checked at the edge (`members:manage`, `keys:manage`); everything here stays inside the
actor's own organisation. Changes of roles lock the organisation, so that of its last two owners
two simultaneous requests cannot remove both.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.jobs import enqueue_on_commit
from ledger.ids import new_id
from licensing.access import Actor
from licensing.errors import Fault, IllegalMove, InvalidInput, LicensingError
from licensing.parties.models import (
    ApiKey,
    Invitation,
    KeyMode,
    Membership,
    Organisation,
    User,
    hash_secret,
    mint_secret,
)
from licensing.parties.roles import KIND_SCOPES, Role, Scope

SIGNER = signing.Signer(salt="licensing.parties.invitation")
PREFIX_LENGTH = 20


class AlreadyMember(IllegalMove):
    """The person belongs to the organisation."""

    code = "already_member"


class AlreadyInvited(IllegalMove):
    """An open invitation waits for the person."""

    code = "already_invited"


class InvitationClosed(IllegalMove):
    """The link has been used, taken back, or is too old."""

    code = "invitation_closed"
    status = 410


class InvitedSomebodyElse(LicensingError):
    """The link was sent to another address than the one logged in."""

    code = "invited_somebody_else"
    status = 403


class LogInFirst(LicensingError):
    """The invited address has an account: only its owner may join with it."""

    code = "log_in_first"
    status = 403


class LastOwner(IllegalMove):
    """An organisation always has an owner."""

    code = "last_owner"


@transaction.atomic
def invite(*, by: Actor, email: str, role: str) -> Invitation:
    """Invite a person by e-mail; an invitation that has expired is replaced."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidInput(
            f"{email!r} is no e-mail address.",
            faults=[Fault("email", "email_malformed", "Write an address like aoi@example.com.")],
        ) from None
    role = _role(role)
    if Membership.objects.filter(
        organisation=by.organisation, user__email=email, ended_at=None
    ).exists():
        raise AlreadyMember(f"{email} is a member already.")
    waiting = Invitation.objects.filter(
        organisation=by.organisation, email=email, accepted_at=None, revoked_at=None
    )
    waiting.filter(invited_at__lt=timezone.now() - _validity()).update(revoked_at=timezone.now())
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                public_id=new_id("ivt"),
                organisation=by.organisation,
                email=email,
                role=role,
                invited_by=by.user,
            )
    except IntegrityError:
        raise AlreadyInvited(
            f"{email} has been invited already. Send that invitation again, or take it back."
        ) from None
    enqueue_on_commit("licensing.parties.tasks.send_invitation", invitation_id=invitation.pk)
    return invitation


def link_to(invitation: Invitation) -> str:
    """Return the address that opens an invitation: its id, signed."""
    token = SIGNER.sign(invitation.public_id)
    return f"{settings.PUBLIC_URL}{reverse('invitation', args=[token])}"


def read_token(token: str) -> Invitation:
    """Return the invitation a link names; raises `InvitationClosed` unless it can be accepted."""
    try:
        public_id = SIGNER.unsign(token)
    except signing.BadSignature:
        raise InvitationClosed("This link is not complete. Copy all of it.") from None
    invitation = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(public_id=public_id)
        .first()
    )
    if invitation is None:
        raise InvitationClosed("This invitation does not exist any more. Ask for a new one.")
    _require_open(invitation)
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, user: User | None, name: str = "", password: str = ""
) -> Membership:
    """Join by a link: as ``user`` who is logged in, or as a new user with name and password.

    Locks the invitation, so of two simultaneous uses of a link one succeeds. A link is for the
    address it was sent to; whoever merely holds it cannot take over an existing account.
    """
    found = read_token(token)
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    _require_open(invitation)
    if user is None:
        user = _new_user(invitation.email, name, password)
    elif user.email != invitation.email:
        raise InvitedSomebodyElse(
            f"This invitation was sent to {invitation.email}; you are logged in as {user.email}. "
            "Log out and open the link again."
        )
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user, organisation=invitation.organisation, role=invitation.role
            )
    except IntegrityError:
        raise AlreadyMember("You belong to this organisation already.") from None
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return membership


def _new_user(email: str, name: str, password: str) -> User:
    if User.objects.filter(email=email).exists():
        raise LogInFirst(f"{email} has an account. Log in, then open the link again.")
    if not name.strip():
        raise InvalidInput(
            "Your name is missing.", faults=[Fault("name", "name_missing", "Write your name.")]
        )
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise InvalidInput(
            "Choose another password.",
            faults=[Fault("password", "password_weak", " ".join(error.messages))],
        ) from None
    return User.objects.create_user(email, password, name=name.strip())


def _require_open(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise InvitationClosed("This invitation has been accepted. Log in instead.")
    if invitation.revoked_at is not None:
        raise InvitationClosed("This invitation was taken back. Ask for a new one.")
    if invitation.invited_at < timezone.now() - _validity():
        raise InvitationClosed("This invitation has expired. Ask for a new one.")


def _validity() -> timedelta:
    return timedelta(days=settings.INVITATION_DAYS)


@transaction.atomic
def revoke_invitation(*, by: Actor, public_id: str) -> Invitation:
    """Take an invitation back, so that its link opens nothing."""
    invitation = Invitation.objects.select_for_update().get(
        organisation=by.organisation, public_id=public_id
    )
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise InvitationClosed("This invitation is not open any more.")
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    return invitation


def send_again(*, by: Actor, public_id: str) -> Invitation:
    """Mail an open invitation once more; its link and its expiry stay."""
    invitation = Invitation.objects.get(organisation=by.organisation, public_id=public_id)
    _require_open(invitation)
    enqueue_on_commit("licensing.parties.tasks.send_invitation", invitation_id=invitation.pk)
    return invitation


@transaction.atomic
def change_role(*, by: Actor, membership_id: int, role: str) -> Membership:
    """Give a member another role; raises `LastOwner` if nobody would be an owner."""
    role = _role(role)
    membership = _lock_membership(by, membership_id)
    if role != Role.OWNER:
        _require_other_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def end_membership(*, by: Actor, membership_id: int) -> Membership:
    """Let a member go; what they did stays on record. Raises `LastOwner` for the last owner."""
    membership = _lock_membership(by, membership_id)
    _require_other_owner(membership)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    return membership


def _lock_membership(by: Actor, membership_id: int) -> Membership:
    Organisation.objects.select_for_update().get(pk=by.organisation_id)
    return Membership.objects.select_related("user", "organisation").get(
        pk=membership_id, organisation=by.organisation, ended_at=None
    )


def _require_other_owner(leaving: Membership) -> None:
    others = Membership.objects.filter(
        organisation=leaving.organisation, role=Role.OWNER, ended_at=None
    ).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not others.exists():
        raise LastOwner("An organisation needs an owner. Make somebody else an owner first.")


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        names = ", ".join(Role)
        raise InvalidInput(
            f"{role!r} is no role.",
            faults=[Fault("role", "role_unknown", f"Choose from: {names}.")],
        ) from None


def grantable(by: Actor) -> frozenset[Scope]:
    """Return the scopes an actor may put into a key: what they carry themselves."""
    return KIND_SCOPES[by.kind] & by.scopes


@transaction.atomic
def create_key(*, by: Actor, name: str, mode: str, scopes: list[str]) -> tuple[ApiKey, str]:
    """Make an API key and return it with its secret, which cannot be read again."""
    faults = []
    if not name.strip():
        faults.append(Fault("name", "name_missing", "Name the key after what will use it."))
    if mode not in KeyMode.values:
        faults.append(Fault("mode", "mode_unknown", "Choose test or live."))
    beyond = sorted(set(scopes) - grantable(by))
    if beyond or not scopes:
        names = ", ".join(sorted(grantable(by)))
        faults.append(Fault("scopes", "scopes_wrong", f"Choose at least one from: {names}."))
    if faults:
        raise InvalidInput("The key cannot be made like this; see errors.", faults=faults)
    secret = mint_secret(mode)
    key = ApiKey.objects.create(
        organisation=by.organisation,
        name=name.strip(),
        mode=mode,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=hash_secret(secret),
        scopes=sorted(set(scopes)),
        created_by=by.user,
    )
    return key, secret


@transaction.atomic
def revoke_key(*, by: Actor, prefix: str) -> ApiKey:
    """Close a key for good; doing it twice changes nothing."""
    key = ApiKey.objects.select_for_update().get(organisation=by.organisation, prefix=prefix)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    return key
