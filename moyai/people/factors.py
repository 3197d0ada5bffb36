"""Second factors: the authenticator app, passkeys and recovery codes, kept in allauth's tables.

Our own pages use allauth for the WebAuthn ceremony and for storage; the code of the app is checked
here, because each step may count only once on all web servers together.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from functools import lru_cache
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from moyai.people.models import Account, SpentCode
from moyai.people.rules import digits_only, matching_step


class SecretsAtRest(DefaultMFAAdapter):  # type: ignore[misc]  # the library carries no types
    """Encrypts what the database keeps of second factors, and names us in the authenticator app."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def _box() -> MultiFernet:
    return _boxes((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _boxes(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    salted_hmac("moyai.people.factors", "key", secret=key, algorithm="sha256").digest()
                )
            )
            for key in keys
        ]
    )


def new_secret() -> str:
    """A secret for an authenticator app: 160 bits in base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def key_of(secret: str) -> bytes:
    return base64.b32decode(secret.encode(), casefold=True)


def app_url(account: Account, secret: str) -> str:
    """The otpauth address the QR code carries."""
    return str(SecretsAtRest().build_totp_url(account, secret))


def keep_app(account: Account, secret: str) -> Authenticator:
    """Set up the authenticator app anew; an earlier one stops counting."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    return TOTP.activate(account, secret).instance


def spend_app_code(account: Account, secret: str, code: str, *, now: datetime) -> bool:
    """Whether `code` is right for `secret` now and was not used before; marks it used."""
    step = matching_step(key_of(secret), digits_only(code), moment=now.timestamp())
    if step is None:
        return False
    try:
        with transaction.atomic():
            SpentCode.objects.create(account=account, step=step, used_at=now)
    except IntegrityError:
        return False
    return True


def spend_code(account: Account, code: str, *, now: datetime) -> Authenticator | None:
    """The authenticator a typed code belongs to (app or recovery codes); the code is used up by this."""
    typed = digits_only(code)
    for one in Authenticator.objects.filter(
        user=account, type__in=[Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    ).order_by("-type"):
        if one.type == Authenticator.Type.TOTP:
            try:
                secret = decrypt(one.data["secret"])
            except InvalidToken:  # the installation's secret was changed without keeping the old one
                continue
            right = spend_app_code(account, secret, typed, now=now)
        else:
            right = len(typed) == 8 and RecoveryCodes(one).validate_code(typed)
        if right:
            Authenticator.objects.filter(pk=one.pk).update(last_used_at=now)
            return one
    return None


def renew_codes(account: Account) -> list[str]:
    """Fresh recovery codes; earlier ones stop counting."""
    Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(account).get_unused_codes())


def codes_left(account: Account) -> int:
    one = Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(one).get_unused_codes()) if one is not None else 0


def passkey_name(one: Authenticator) -> str:
    return str(one.data.get("name") or _("パスキー"))


def registration_options(account: Account) -> dict[str, Any]:
    """What the browser needs to make a passkey; the challenge waits in the session."""
    return dict(webauthn.begin_registration(account, passwordless=True))


def keep_passkey(account: Account, *, name: str, credential: dict[str, Any]) -> Authenticator:
    """Store a passkey the browser made. Raises ValidationError when it does not answer our challenge."""
    webauthn.parse_registration_response(credential)
    made = webauthn.complete_registration(credential)
    if not made.is_user_verified():
        raise ValidationError(_("暗証番号や指紋で本人を確かめるパスキーを使ってください。"))
    return webauthn.WebAuthn.add(account, name, credential).instance


def request_options(account: Account | None = None) -> dict[str, Any]:
    """What the browser needs to show a passkey: any (`account` None), or one of an account's."""
    return dict(webauthn.begin_authentication(account))


def shown_passkey(credential: dict[str, Any], *, account: Account | None, now: datetime) -> Authenticator:
    """The passkey that was shown. Raises ValidationError when it is unknown or not this account's."""
    webauthn.parse_authentication_response(credential)
    owner = account if account is not None else webauthn.extract_user_from_response(credential)
    one = webauthn.complete_authentication(owner, credential)
    Authenticator.objects.filter(pk=one.pk).update(last_used_at=now)
    return one


def remove_factor(one: Authenticator) -> None:
    """Take a second factor away, and the recovery codes with the last."""
    owner = one.user
    one.delete()
    rest = Authenticator.objects.filter(user=owner)
    if not rest.exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        rest.delete()


def remove_all(account: Account) -> None:
    Authenticator.objects.filter(user=account).delete()
