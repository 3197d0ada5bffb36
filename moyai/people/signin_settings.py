"""Settings of sign-in, taken into the settings file whole. Values only; the environment is read here once."""

from __future__ import annotations

import os

from moyai.people.oidc.settings import providers_from

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["moyai.people.entrance.AccountBackend"]

# PBKDF2 is Django's default. Tests make hundreds of accounts and only need some hash.
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if os.environ.get("MOYAI_TEST") == "1"
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "moyai.people.passwords.LongEnough"},
    {"NAME": "moyai.people.passwords.NotCommon"},
    {"NAME": "moyai.people.passwords.NotTheAddress"},
]

LOGIN_URL = "people_signin"
LOGIN_REDIRECT_URL = "people_choose"
LOGOUT_REDIRECT_URL = "people_signin"

SESSION_ENGINE = "moyai.people.sessions"
SESSION_COOKIE_NAME = "moyai_session"
SESSION_COOKIE_AGE = 12 * 60 * 60  # one working day; a resident signs in again by link
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # a sign-in link in a mail must find the browser that asked for it
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "moyai_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# How many proxies in front of us write X-Forwarded-For. 0: the address of the connection counts.
MOYAI_PROXIES = int(os.environ.get("MOYAI_PROXIES", "0"))

# Identity providers: MOYAI_OIDC_<NAME>_ISSUER and what belongs to it (README, 外部ID).
MOYAI_OIDC = providers_from(os.environ)

# Signatures of cards: the issuer's certificates (a PEM file) and where their validity is asked.
MOYAI_JPKI_SIMULATOR = os.environ.get("MOYAI_JPKI_SIMULATOR", os.environ.get("MOYAI_DEMO", "1")).lower() in {
    "1",
    "true",
    "yes",
    "on",
}  # own issuer, cards and reader, for training; never beside a real issuer
MOYAI_JPKI_CA = os.environ.get("MOYAI_JPKI_CA", "")
MOYAI_JPKI_OCSP = os.environ.get("MOYAI_JPKI_OCSP", "")
MOYAI_JPKI_OCSP_NONCE = os.environ.get("MOYAI_JPKI_OCSP_NONCE", "1") != "0"  # 0: answers are made in advance

# allauth keeps passkeys, the authenticator app and recovery codes; its own pages are not reachable.
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "moyai.people.factors.SecretsAtRest"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_COUNT = 10
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # a passkey is two factors only when it asks for PIN or finger
MFA_TOTP_ISSUER = "Moyai"
