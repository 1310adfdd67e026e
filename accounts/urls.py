"""Login, second factor and single sign-on, under /redaktion/konto/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("faktor/", include("allauth.mfa.urls")),
    path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
