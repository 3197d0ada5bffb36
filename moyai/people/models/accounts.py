"""Accounts, what they may do and since when, the links that let them in, and the tries that failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from moyai.people.rules import lower_email
from moyai.tenants.public import Body, Role, SharedRow


class Accounts(BaseUserManager["Account"]):
    """The manager of accounts; e-mail addresses are kept and looked up in lower case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email=lower_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        account: Account = self.model(email=lower_email(email), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser, SharedRow):
    """利用者アカウント — one person who signs in; what the person may do is in `Membership`.

    A staff account signs in with password and second factor (or a passkey), never by an e-mail link.
    """

    id = models.BigAutoField(primary_key=True)
    email = models.EmailField(max_length=254, null=True, blank=True)  # None: came by an identity provider
    name = models.CharField(max_length=100, default="", blank=True)
    kana = models.CharField(max_length=100, default="", blank=True)
    is_active = models.BooleanField(default=True)
    is_staff_account = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)  # raised to sign out every other browser
    created_at = models.DateTimeField(db_default=models.functions.Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = Accounts()
    held: list[Membership] | None = None  # what came with the account of a session, as it stood then

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="one_account_per_email"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="account_email_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(_("アカウント"))

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret=secret)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        """A session ends when the password changes or the owner signs out everywhere else."""
        return salted_hmac(
            "moyai.people.session",
            f"{self.password}\n{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


STAFF_ROLES = (Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR)
SECTION_ROLES = (Role.CLERK, Role.APPROVER)  # an administrator manages the whole body
COUNCIL_ROLES = (Role.SECRETARIAT, Role.AUDITOR, Role.OPERATOR)

ROLE_CHOICES = [
    (Role.RESIDENT.value, _("住民")),
    (Role.SUPPLIER.value, _("事業者")),
    (Role.CLERK.value, _("担当者")),
    (Role.APPROVER.value, _("決裁者")),
    (Role.ADMINISTRATOR.value, _("管理者")),
    (Role.SECRETARIAT.value, _("協議会事務局")),
    (Role.AUDITOR.value, _("監査")),
    (Role.OPERATOR.value, _("運用者")),
]


class Membership(SharedRow):
    """所属・役割 — a role in a body, or at the council (no body), from a day to a day, both included."""

    across = ("id", "body_id", "role", "from_on", "until_on")

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=16, choices=ROLE_CHOICES)
    section = models.CharField(max_length=60, default="", blank=True)  # 課・係; blank: the whole body
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "body", "role", "section", "from_on"],
                nulls_distinct=False,
                name="membership_begins_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["account", "body", "role", "section"],
                condition=Q(until_on__isnull=True),
                nulls_distinct=False,
                name="one_open_membership_per_role",
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="membership_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=(
                    Q(role__in=[role.value for role in STAFF_ROLES], body__isnull=False)
                    | Q(
                        role__in=[role.value for role in COUNCIL_ROLES],
                        body__isnull=True,
                    )
                    | Q(role__in=[Role.RESIDENT.value, Role.SUPPLIER.value])
                ),
                name="membership_role_fits_its_body",
            ),
            models.CheckConstraint(
                condition=Q(section="") | Q(role__in=[role.value for role in SECTION_ROLES]),
                name="membership_section_fits_its_role",
            ),
        ]
        indexes = [models.Index(fields=["body", "role"], name="membership_by_body")]

    def holds_on(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class Link(SharedRow):
    """ログイン用リンク — a mail link that works once, until it expires; only its hash is kept.

    The token and the six digits follow from the installation's secret and `salt`, so the job that
    writes the mail needs the row's id alone and no clear text rests in the queue.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("ログイン")
        INVITATION = "invitation", _("職員の招待")
        PASSWORD = "password", _("パスワードの再設定")

    id = models.BigAutoField(primary_key=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    email = models.EmailField(max_length=254)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    salt = models.CharField(max_length=43)
    token_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    next_path = models.CharField(max_length=500, default="", blank=True)
    origin = models.CharField(max_length=200)  # https://host the link was asked on, and points to
    language = models.CharField(max_length=10, default="ja")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="link_token_once"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")),
                name="link_expires_after_it_is_asked",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="link_by_expiry")]


class Throttle(SharedRow):
    """試行回数 — tries of one kind on one key from one network within a window; the key is only a hash."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until_at"], name="throttle_by_end")]


class SpentCode(SharedRow):
    """使用済みの確認コード — a code of the authenticator app counts once, on every web server alike."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    step = models.BigIntegerField()  # the 30-second step since 1970 the code belongs to
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "step"], name="code_counts_once")]
