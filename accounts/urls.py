"""Login, second factor and single sign-on, under /redaktion/konto/.

Every address is named here: what allauth has besides (signing up, changing the address, joining
accounts) does not exist.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as key
from allauth.socialaccount.providers.openid_connect import views as provider
from django.urls import path, re_path

from .access import own_devices_only
from .views import invitation, overview
from .views.guards import patient, private, to_providers, with_password

urlpatterns = [
    path("", overview.show, name="account_overview"),
    path("invitation/", invitation.show, name="invitation"),
    path("invitation/<str:token>/", invitation.open_link, name="invitation_open"),
    path("login/", to_providers(private(account.login)), name="account_login"),
    path("logout/", private(account.logout), name="account_logout"),
    path("lukket/", private(account.account_inactive), name="account_inactive"),
    path("bekraeft/", private(account.reauthenticate), name="account_reauthenticate"),
    path(
        "adgangskode/",
        with_password(private(account.password_change)),
        name="account_change_password",
    ),
    path("adgangskode/glemt/", private(account.password_reset), name="account_reset_password"),
    path(
        "adgangskode/glemt/sendt/",
        private(account.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "adgangskode/ny/",
        private(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(  # a key holds hyphens of its own
        r"^adgangskode/ny/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        private(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("faktor/", private(factor.index), name="mfa_index"),
    path("faktor/kode/", private(factor.authenticate), name="mfa_authenticate"),
    path("faktor/bekraeft/", private(factor.reauthenticate), name="mfa_reauthenticate"),
    path("faktor/app/", own_devices_only(private(app.activate_totp)), name="mfa_activate_totp"),
    path(
        "faktor/app/fjern/",
        own_devices_only(private(app.deactivate_totp)),
        name="mfa_deactivate_totp",
    ),
    path(
        "faktor/koder/",
        own_devices_only(private(codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "faktor/koder/nye/",
        own_devices_only(private(codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path("faktor/noegler/", own_devices_only(private(key.list_webauthn)), name="mfa_list_webauthn"),
    path(
        "faktor/noegler/ny/", own_devices_only(private(key.add_webauthn)), name="mfa_add_webauthn"
    ),
    path(
        "faktor/noegler/bekraeft/",
        private(key.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "faktor/noegler/<int:pk>/fjern/",
        own_devices_only(private(key.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
    path(
        "faktor/noegler/<int:pk>/navn/",
        own_devices_only(private(key.edit_webauthn)),
        name="mfa_edit_webauthn",
    ),
    # A provider that the environment does not name is not found.
    path(
        "sso/<slug:provider_id>/login/",
        to_providers(private(patient(provider.login))),
        name="openid_connect_login",
    ),
    path(
        "sso/<slug:provider_id>/login/callback/",
        private(patient(provider.callback)),
        name="openid_connect_callback",
    ),
]
