"""自分の件 — who works at the office and uses the halls himself decides nothing about himself: a colleague does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.models import Registration
from moyai.tenants.public import Actor, Refusal


class OwnCase(Refusal):
    code = "own_case"
    status = 403
    message = lazy("自分の登録や予約については決められません。ほかの職員が手続きしてください。")  # type: ignore[assignment]


def not_oneself(*, actor: Actor, registration: Registration | None) -> None:
    """Whether it is somebody else's. Raises OwnCase."""
    if (
        registration is not None
        and actor.account_id is not None
        and registration.account_id == actor.account_id
    ):
        raise OwnCase
