"""The one settings file. The environment is read in the block at the top and nowhere else."""

from __future__ import annotations

import os
import re
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import unquote, urlsplit

from moyai.people.signin_settings import *  # noqa: F403  (what sign-in needs, kept beside it)
from moyai.web import database
from moyai.web.home import home, kept_secrets
from moyai.web.rooms import ROOMS


def _on(name: str, default: str) -> bool:
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


# --- the environment -------------------------------------------------------------------------------
MOYAI_HOME = home()
MOYAI_PORT = int(os.environ.get("MOYAI_PORT", "8000"))
MOYAI_HOST = os.environ.get("MOYAI_HOST", "127.0.0.1")
MOYAI_DEMO = _on("MOYAI_DEMO", "1")  # demo council, sign-in links on screen, card simulator
MOYAI_CARD_SIMULATOR = _on("MOYAI_CARD_SIMULATOR", "1" if MOYAI_DEMO else "0")
MOYAI_SMTP_URL = os.environ.get("MOYAI_SMTP_URL", "")  # smtp://user:password@host:587
MOYAI_MAIL_FROM = os.environ.get("MOYAI_MAIL_FROM", "moyai@localhost")
MOYAI_CLAMD = os.environ.get("MOYAI_CLAMD", "")  # host:port or a socket's path
MOYAI_WEBHOOK_INSIDE = os.environ.get("MOYAI_WEBHOOK_INSIDE", "").split()  # receivers of our own network, host[:port]
# Who gives the public beacon of draws; two must agree.
MOYAI_DRAND_PEERS = os.environ.get(
    "MOYAI_DRAND_PEERS", "https://api.drand.sh https://drand.cloudflare.com"
).split()
MOYAI_SIGNING_P12 = {  # certificates that sign letters: "" of the installation, else of a body's code
    name.removeprefix("MOYAI_SIGNING_P12").strip("_"): path
    for name, path in os.environ.items()
    if re.fullmatch(r"MOYAI_SIGNING_P12(_[0-9]{6})?", name) and path
}
MOYAI_SIGNING_PASSWORD = {
    name.removeprefix("MOYAI_SIGNING_P12_PASSWORD").strip("_"): word
    for name, word in os.environ.items()
    if re.fullmatch(r"MOYAI_SIGNING_P12_PASSWORD(_[0-9]{6})?", name)
}
MOYAI_URL = os.environ.get("MOYAI_URL", "").rstrip("/")  # what residents type; printed in mail and letters
MOYAI_REFUND_NEEDS_TWO = _on("MOYAI_REFUND_NEEDS_TWO", "1")  # a refund is requested by one, approved by another
MOYAI_HAND_OVER_BYTES = int(os.environ.get("MOYAI_HAND_OVER_BYTES", "200000000"))  # largest file handed over
MOYAI_HTTPS = _on("MOYAI_HTTPS", "0")  # behind TLS: secure cookies, HSTS
MOYAI_HOSTS = os.environ.get("MOYAI_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
MOYAI_LOG_LEVEL = os.environ.get("MOYAI_LOG_LEVEL", "INFO")
MOYAI_AS_OWNER = _on("MOYAI_AS_OWNER", "0")  # migrations only
MOYAI_TEST = _on("MOYAI_TEST", "0")
# ---------------------------------------------------------------------------------------------------

try:
    MOYAI_VERSION = version("moyai")
except PackageNotFoundError:
    MOYAI_VERSION = "0.1.0"

SECRET_KEY = kept_secrets()["secret_key"]
MOYAI_NUMBER_KEY = kept_secrets()["number_key"]
DEBUG = False
ALLOWED_HOSTS = MOYAI_HOSTS
ROOT_URLCONF = "moyai.web.urls"
WSGI_APPLICATION = "moyai.web.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # templates of its widgets, for the renderer below
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_htmx",
    "moyai.web",
    *(f"moyai.{room}" for room in ROOMS),
]

MIDDLEWARE = [
    "moyai.web.requests.request_log",
    "django.middleware.security.SecurityMiddleware",
    "moyai.web.requests.content_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "moyai.ui.readings.readings",  # after it in the list, so that the length it writes is the final one
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "moyai.people.door.Door",  # last: which body, who, one transaction
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moyai.web.context.house",
            ],
        },
    }
]
FORM_RENDERER = "moyai.ui.renderers.Printed"

_server = database.server()
DATABASES = {
    "default": _server.login(database.OWNER if MOYAI_AS_OWNER else database.APP),
    "across": _server.login(database.ACROSS),
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("ja-easy", "やさしい日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
MOYAI_FILES = MOYAI_HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_TEMP_DIR = None
CSRF_FAILURE_VIEW = "moyai.web.urls.foreign_form"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if MOYAI_HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MOYAI_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MOYAI_HTTPS else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

_smtp = urlsplit(MOYAI_SMTP_URL)
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if MOYAI_SMTP_URL
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST = _smtp.hostname or "localhost"
EMAIL_PORT = _smtp.port or 25
EMAIL_HOST_USER = unquote(_smtp.username or "")
EMAIL_HOST_PASSWORD = unquote(_smtp.password or "")
EMAIL_USE_TLS = _smtp.scheme == "smtp+tls"
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = MOYAI_MAIL_FROM

LOGGING_CONFIG = "moyai.web.logs.configure"
LOGGING = {"level": MOYAI_LOG_LEVEL}

SILENCED_SYSTEM_CHECKS = ["models.W042"]
