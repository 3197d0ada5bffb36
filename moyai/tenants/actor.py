"""Who acts: built once per request, job or command, and passed to every action and query."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moyai.tenants.models import Body


class Role(StrEnum):
    """役割 — the few roles of the house. The first five act for a body, the next three for the council."""

    RESIDENT = "resident"  # 住民・申請者, also without an account
    SUPPLIER = "supplier"  # 事業者
    CLERK = "clerk"  # 担当者
    APPROVER = "approver"  # 決裁者
    ADMINISTRATOR = "administrator"  # 団体の管理者
    SECRETARIAT = "secretariat"  # 協議会事務局
    AUDITOR = "auditor"  # 監査
    OPERATOR = "operator"  # 運用者
    SYSTEM = "system"  # jobs and commands


STAFF = frozenset({Role.CLERK, Role.APPROVER, Role.ADMINISTRATOR})
COUNCIL = frozenset({Role.SECRETARIAT, Role.AUDITOR, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone acting, for one body (`body`) or for the council (`body` is None)."""

    account_id: int | None
    body: Body | None
    roles: frozenset[Role]
    name: str = ""
    channel: str = "internet"
    request_id: str = ""
    network: str = field(default="", compare=False)
    sections: frozenset[str] = frozenset()  # 課・係 the staff roles are for; empty: the whole body

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)

    @property
    def at_council(self) -> bool:
        return bool(self.roles & COUNCIL)

    def may(self, allowed: frozenset[Role] | set[Role]) -> bool:
        return not self.roles.isdisjoint(allowed)

    def sees(self, section: str) -> bool:
        """Whether a thing of a section is this actor's to see: 課・係 by its name, "" for nobody's in particular.

        A thing without a section is the whole body's. Who has a role for the whole body, the council and
        jobs see every section.
        """
        if not section or not self.sections or self.at_council or Role.SYSTEM in self.roles:
            return True
        return section in self.sections

    def in_body(self, body: Body | None) -> Actor:
        return replace(self, body=body)

    @classmethod
    def system(cls, body: Body | None = None, *, name: str = "システム") -> Actor:
        return cls(account_id=None, body=body, roles=frozenset({Role.SYSTEM}), name=name, channel="system")

    @classmethod
    def anyone(cls, body: Body | None, *, request_id: str = "", network: str = "") -> Actor:
        """A visitor without an account; on a body's portal that is a resident."""
        return cls(None, body, frozenset({Role.RESIDENT}), "", "internet", request_id, network)
