"""Addresses of the organisation page."""

from django.urls import path

from licensing.parties import views

urlpatterns = [
    path("organisation/", views.organisation, name="organisation"),
    path("organisation/invite/", views.invite, name="invite"),
    path("organisation/role/", views.change_role, name="member-role"),
    path("organisation/leave/", views.end_membership, name="member-end"),
    path("organisation/keys/", views.create_key, name="key-create"),
    path("organisation/keys/revoke/", views.revoke_key, name="key-revoke"),
    path("organisation/switch/", views.switch, name="switch_organisation"),
    path(
        "organisation/invitations/<str:public_id>/revoke/",
        views.revoke_invitation,
        name="invitation-revoke",
    ),
    path(
        "organisation/invitations/<str:public_id>/send/",
        views.send_invitation,
        name="invitation-send",
    ),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
