"""The people of the training council. Passwords and app secrets are public: for training only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import date

from allauth.mfa.models import Authenticator

from moyai.people.factors import keep_app
from moyai.people.models import Account, Membership
from moyai.tenants.public import Body, Role

PASSWORD = "moyai-no-tame-ni"  # noqa: S105  (known to everyone: a training account)
SINCE = date(2017, 4, 1)

STAFF = (
    ("clerk", Role.CLERK, ("佐藤 一郎", "サトウ イチロウ")),
    ("approver", Role.APPROVER, ("高橋 実", "タカハシ ミノル")),
    ("administrator", Role.ADMINISTRATOR, ("田中 恵", "タナカ メグミ")),
)
COUNCIL = (
    ("secretary", Role.SECRETARIAT, ("協議会 書記", "キョウギカイ ショキ")),
    ("auditor", Role.AUDITOR, ("協議会 監事", "キョウギカイ カンジ")),
    ("operator", Role.OPERATOR, ("協議会 運用", "キョウギカイ ウンヨウ")),
)
RESIDENT = ("hanako@resident.example", ("千葉 花子", "チバ ハナコ"))


def demo_secret(email: str) -> str:
    """The app secret of a training account: follows from its address, so that it can be written down."""
    return base64.b32encode(hashlib.sha256(f"moyai-demo:{email}".encode()).digest()[:20]).decode()


def load_demo_people(bodies: Iterable[Body]) -> list[Account]:
    """Make (or find) clerk, approver and administrator of each body, three of the council, one resident.

    clerk@<slug>.example …, secretary@council.example …; password and second factor as above.
    May run again.
    """
    made = []
    for body in bodies:
        for login, role, names in STAFF:
            account = _account(f"{login}@{body.slug}.example", names)
            _role(account, body, role)
            made.append(account)
    for login, role, names in COUNCIL:
        account = _account(f"{login}@council.example", names)
        _role(account, None, role)
        made.append(account)
    email, (name, kana) = RESIDENT
    if not Account.objects.filter(email=email).exists():
        Account.objects.create_user(email, None, name=name, kana=kana)
    return made


def _account(email: str, names: tuple[str, str]) -> Account:
    account = Account.objects.filter(email=email).first()
    if account is None:
        account = Account.objects.create_user(
            email, PASSWORD, name=names[0], kana=names[1], is_staff_account=True
        )
    if not Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists():
        keep_app(account, demo_secret(email))
    return account


def _role(account: Account, body: Body | None, role: Role) -> None:
    Membership.objects.get_or_create(account=account, body=body, role=role.value, defaults={"from_on": SINCE})
