"""The organisation page: members, invitations and keys; and the pages around it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from licensing.access import SESSION_KEY, ActorRequest, public, scoped
from licensing.errors import InvalidInput, LicensingError
from licensing.parties import services
from licensing.parties.forms import AcceptForm, InviteForm, KeyForm
from licensing.parties.models import Invitation, MemberRole, Membership, User
from licensing.parties.roles import Scope
from licensing.refusal_words import fault_said, refusal_said

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@scoped(Scope.MEMBERS_MANAGE)
def organisation(request: ActorRequest) -> HttpResponse:
    """Show who belongs to the organisation, who is invited, and which keys open the API."""
    return _show(request)


def _show(request: ActorRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    own = request.actor.organisation
    waiting = Invitation.objects.filter(organisation=own, accepted_at=None, revoked_at=None)
    context = {
        "page_title": own.name,
        "organisation": own,
        "members": own.memberships.filter(ended_at=None).select_related("user"),
        "invitations": [(one, services.link_to(one)) for one in waiting],
        "keys": own.api_keys.select_related("created_by"),
        "roles": MemberRole.choices,
        "invite_form": InviteForm(initial={"role": MemberRole.VIEWER}),
        "key_form": KeyForm(request.actor),
        "may_manage_keys": request.actor.may(Scope.KEYS_MANAGE),
        **shown,
    }
    return render(request, "parties/organisation.html", context, status=status)


def _done(request: ActorRequest, move: Callable[[], object], said: str | Promise) -> HttpResponse:
    """Make a move and go back to the page, which tells what came of it."""
    try:
        move()
    except ObjectDoesNotExist:
        raise Http404 from None
    except LicensingError as refusal:
        messages.error(request, refusal_said(refusal))
    else:
        messages.success(request, str(said))
    return redirect("organisation")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit()):
        raise Http404
    return int(text)


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def invite(request: ActorRequest) -> HttpResponse:
    """Invite a person."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, invite_form=form, status=422)
    try:
        invitation = services.invite(by=request.actor, **form.cleaned_data)
    except LicensingError as refusal:
        form.add_error("email", refusal_said(refusal))
        return _show(request, invite_form=form, status=422)
    messages.success(request, str(_("Invited: %(email)s") % {"email": invitation.email}))
    return redirect("organisation")


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def revoke_invitation(request: ActorRequest, public_id: str) -> HttpResponse:
    """Take an invitation back."""
    return _done(
        request,
        lambda: services.revoke_invitation(by=request.actor, public_id=public_id),
        _("The invitation was taken back; its link opens nothing now."),
    )


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def send_invitation(request: ActorRequest, public_id: str) -> HttpResponse:
    """Mail an invitation again."""
    return _done(
        request,
        lambda: services.send_again(by=request.actor, public_id=public_id),
        _("The invitation is on its way again."),
    )


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def change_role(request: ActorRequest) -> HttpResponse:
    """Give a member another role."""
    number = _number(request, "membership")
    role = request.POST.get("role", "")
    return _done(
        request,
        lambda: services.change_role(by=request.actor, membership_id=number, role=role),
        _("The role was changed."),
    )


@scoped(Scope.MEMBERS_MANAGE)
@require_POST
def end_membership(request: ActorRequest) -> HttpResponse:
    """Let a member go."""
    number = _number(request, "membership")
    return _done(
        request,
        lambda: services.end_membership(by=request.actor, membership_id=number),
        _("The person is no longer a member."),
    )


@never_cache
@scoped(Scope.KEYS_MANAGE)
@require_POST
def create_key(request: ActorRequest) -> HttpResponse:
    """Make a key and show its secret, this once."""
    form = KeyForm(request.actor, request.POST)
    if not form.is_valid():
        return _show(request, key_form=form, status=422)
    try:
        key, secret = services.create_key(by=request.actor, **form.cleaned_data)
    except InvalidInput as refusal:
        for fault in refusal.faults:
            form.add_error(fault.where, fault_said(fault))
        return _show(request, key_form=form, status=422)
    return _show(request, new_key=key, secret=secret, status=201)


@scoped(Scope.KEYS_MANAGE)
@require_POST
def revoke_key(request: ActorRequest) -> HttpResponse:
    """Close a key."""
    prefix = request.POST.get("key", "")
    return _done(
        request,
        lambda: services.revoke_key(by=request.actor, prefix=prefix),
        _("The key was revoked and opens nothing now."),
    )


@scoped(Scope.WORKS_READ)
@require_POST
def switch(request: ActorRequest) -> HttpResponse:
    """Act for another of one's organisations from now on."""
    chosen = get_object_or_404(
        Membership,
        user=request.actor.user,
        organisation__public_id=request.POST.get("organisation", ""),
        ended_at=None,
    )
    request.session[SESSION_KEY] = chosen.organisation.public_id
    return redirect("home")


@public("whoever holds a signed link may answer it; the link is checked before anything is shown")
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation, and join by it."""
    try:
        invited = services.read_token(token)
    except LicensingError as refusal:
        return _closed(request, refusal)
    user = request.user if isinstance(request.user, User) else None
    form = AcceptForm(request.POST if request.method == "POST" and user is None else None)
    if request.method == "POST" and (user is not None or form.is_valid()):
        said = form.cleaned_data if user is None else {}
        try:
            joined = services.accept_invitation(token=token, user=user, **said)
        except InvalidInput as refusal:
            for fault in refusal.faults:
                form.add_error(fault.where, fault_said(fault))
        except LicensingError as refusal:
            return _closed(request, refusal)
        else:
            return _enter(request, joined)
    known = user is None and User.objects.filter(email=invited.email).exists()
    context = {
        "page_title": _("Join %(organisation)s") % {"organisation": invited.organisation.name},
        "invitation": invited,
        "form": form,
        "must_log_in": known,
    }
    status = 422 if form.is_bound else 200
    return render(request, "parties/invitation.html", context, status=status)


def _enter(request: HttpRequest, joined: Membership) -> HttpResponse:
    if not request.user.is_authenticated:
        login(request, joined.user, backend=BACKEND)
    request.session[SESSION_KEY] = joined.organisation.public_id
    messages.success(
        request, str(_("Welcome to %(organisation)s.") % {"organisation": joined.organisation})
    )
    return redirect("home")


def _closed(request: HttpRequest, refusal: LicensingError) -> HttpResponse:
    context = {"page_title": _("This invitation cannot be used"), "refusal": refusal}
    return render(request, "parties/invitation_closed.html", context, status=refusal.status)
