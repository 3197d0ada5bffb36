"""What a password must be: long, not one of the common ones, not the address itself. Nothing about signs.

Source: NIST SP 800-63B-4 §3.1.1 (length over composition); デジタル庁 DS-511.
"""

from __future__ import annotations

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from moyai.people.models import Account

MINIMUM = 12


class LongEnough:
    def validate(self, password: str, user: Account | None = None) -> None:
        if len(password) < MINIMUM:
            raise ValidationError(
                _("パスワードは%(count)s文字以上にしてください。") % {"count": MINIMUM}, code="too_short"
            )

    def get_help_text(self) -> str:
        return _("%(count)s文字以上。長い文や、つながりのない言葉を並べたものが向いています。") % {
            "count": MINIMUM
        }


class NotCommon(CommonPasswordValidator):
    def validate(self, password: str, user: Account | None = None) -> None:
        if password.lower().strip() in self.passwords:
            raise ValidationError(
                _("よく使われているパスワードです。別のパスワードにしてください。"), code="too_common"
            )

    def get_help_text(self) -> str:
        return _("よく使われているパスワードは登録できません。")


class NotTheAddress:
    def validate(self, password: str, user: Account | None = None) -> None:
        local = user.email.partition("@")[0] if user is not None else ""
        if len(local) >= 4 and local in password.lower():
            raise ValidationError(
                _("メールアドレスを含まないパスワードにしてください。"), code="contains_address"
            )

    def get_help_text(self) -> str:
        return _("メールアドレスを含むパスワードは登録できません。")
