"""What is told of a person or a group that registers, as it is handed in, waits and is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from moyai.reservations.models import GroupMember, Registration

WORDS: Final = {
    "name": _("氏名・団体名"),
    "kana": _("フリガナ"),
    "representative": _("代表者"),
    "representative_kana": _("代表者のフリガナ"),
    "born_on": _("生年月日"),
    "postal_code": _("郵便番号"),
    "address": _("住所"),
    "resident_class": _("区分"),
    "members": _("構成員"),
    "phone": _("電話番号"),
    "email": _("メールアドレス"),
    "relief": _("減免区分"),
}


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """構成員 — one person of a group. `inside`: lives, works or studies in the city."""

    name: str
    kana: str
    born_on: date | None = None
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told of a person or a group; `born_on` is of the person or of the representative. Phone as E.164."""

    kind: str
    name: str
    kana: str
    born_on: date | None
    address: str
    phone: str
    resident_class: str
    representative: str = ""
    representative_kana: str = ""
    postal_code: str = ""
    email: str = ""
    relief: str = ""
    members: tuple[MemberFacts, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As it waits in `Registration.wanted`."""
        told = asdict(self)
        told["born_on"] = self.born_on.isoformat() if self.born_on else None
        for one in told["members"]:
            one["born_on"] = one["born_on"].isoformat() if one["born_on"] else None
        return told

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Facts:
        def day(text: str | None) -> date | None:
            return date.fromisoformat(text) if text else None

        members = tuple(MemberFacts(**{**one, "born_on": day(one["born_on"])}) for one in told["members"])
        return cls(**{**told, "born_on": day(told["born_on"]), "members": members})


COLUMNS: Final = (
    "name", "kana", "representative", "representative_kana", "born_on", "postal_code", "address", "phone", "email",
    "resident_class", "relief",
)  # fmt: skip


def facts_of(registration: Registration) -> Facts:
    """What stands of a registration, members by their order."""
    people = GroupMember.objects.filter(body_id=registration.body_id, registration=registration).order_by("id")
    members = tuple(MemberFacts(one.name, one.kana, one.born_on, one.inside) for one in people)
    return Facts(
        kind=registration.kind, members=members, **{name: getattr(registration, name) for name in COLUMNS}
    )


def what_differs(before: Facts, after: Facts) -> list[str]:
    """Names of the facts that are not the same."""
    return [name for name in (*COLUMNS, "members") if getattr(before, name) != getattr(after, name)]


def in_words(names: list[str]) -> str:
    """The names of facts, in Japanese: they are kept in the history."""
    with override("ja"):
        return "、".join(str(WORDS[name]) for name in names)
