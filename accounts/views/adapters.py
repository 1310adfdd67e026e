"""The adapters that allauth asks: who may sign in, how mail is sent, the name of a client."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe

from accounts import sso
from mail import outbox
from pathways.actions import Refused
from pathways.public.rate_limit import machine_of
from regions.models import User

from .guards import NO_ANSWER, refused


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; mails go to the outbox; a machine is counted without its address."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Kontoen er lukket.",
        "email_password_mismatch": "Mailadressen eller adgangskoden er forkert.",
        "enter_current_password": "Adgangskoden er forkert.",
        "incorrect_code": "Koden er forkert, for gammel eller brugt.",
        "incorrect_password": "Adgangskoden er forkert.",
        "invalid_password_reset": "Linket er brugt eller for gammelt.",
        "rate_limited": "For mange forsøg. Vent fem minutter.",
        "too_many_login_attempts": "For mange forkerte forsøg. Vent fem minutter.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, message: str | None = None, **more: Any) -> None:
        """Keep no receipts: the page that follows shows what is now so. Faults are kept."""
        if message:
            super().add_message(*args, message=message, **more)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return a name for the machine that is good for counting for a day, and for nothing else.

        The limits' keys stand in a table; the address itself shall not.
        """
        today = timezone.localdate().isoformat()
        mixed = f"{today} {machine_of(request)}".encode()
        secret = hashlib.sha256(f"machine {settings.SECRET_KEY}".encode()).digest()
        return hashlib.blake2b(mixed, key=secret, digest_size=12).hexdigest()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        subject = render_to_string(f"{template_prefix}_subject.txt", context)
        text = render_to_string(f"{template_prefix}_message.txt", context)
        outbox.queue(
            # Each is an occasion of its own: it answers something that was done just now.
            key=f"account:{secrets.token_hex(12)}",
            to=email,
            subject=subject,
            text=text,
            now=timezone.now(),
        )

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return a mail's link, at the site's own address whatever host was asked for."""
        uid, _, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest})
        return outbox.address(path)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write no link to whom a region logs in: a password would outlive their place there."""
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, context)

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether a way on, which anybody can write, leads to a page of this site."""
        # No host is ever needed; and what is no address at all is no way on, rather than an error.
        return bool(
            url and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_overview")


class MFAAdapter(DefaultMFAAdapter):
    """Second factors under the site's own name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": "Sæt først en app eller en sikkerhedsnøgle op.",
        "incorrect_code": "Koden er forkert, for gammel eller brugt.",
    }

    def get_totp_issuer(self) -> str:
        return "Udredningsvejviseren"

    def _get_site_name(self) -> str:
        return "Udredningsvejviseren"

    def build_totp_svg(self, url: str) -> SafeString:
        svg = segno.make(url, error="m", micro=False).svg_inline(
            svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff"
        )
        return mark_safe(svg)  # drawn here from the address; the address itself is not in it

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Nøgle" if number == 1 else f"Nøgle {number}"

    def send_notification_mail(self, *args: Any, **more: Any) -> None:
        return AccountAdapter().send_notification_mail(*args, **more)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """A region's own login: what it says becomes roles, and is then forgotten."""

    def list_apps(
        self,
        request: HttpRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """Return the providers of the environment; none can be added through the product."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse, adopt or make the account, and bring its roles up to date."""
        now = timezone.now()
        app = sociallogin.provider.app
        try:
            with transaction.atomic():
                claims = sso.read(sociallogin.account.extra_data, app.provider_id, app.settings)
                sociallogin.account.extra_data = {}
                user = self._user(sociallogin, claims, app.settings)
                if user.is_active:  # a closed account is refused by the login that follows
                    sso.sync_roles(user, claims, now=now)
        except Refused as refusal:
            raise ImmediateHttpResponse(refused(request, refusal.reasons)) from refusal
        sociallogin.state[sso.PROVED_STATE] = claims.second_factor
        # Always a login, whatever the caller's query asked for: accounts are not joined by hand.
        sociallogin.state.pop("process", None)

    def _user(self, sociallogin: SocialLogin, claims: sso.Claims, known: dict[str, Any]) -> User:
        account = sociallogin.account
        if sociallogin.is_existing:
            account.save(update_fields=["extra_data"])
            return account.user
        now = timezone.now()
        user = sso.owner_of(claims, known)
        if user:
            sso.adopt(user, claims, now=now)
        else:
            user = sso.open_account(claims, known, now=now)
        account.user = user
        account.save()
        sociallogin.user = user
        return user

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        """Answer every failure with one page: what a provider wrote is not repeated."""
        raise ImmediateHttpResponse(refused(request, [NO_ANSWER]))
