"""ほかの室場への変更 — where a booking may go when it leaves its room; by the policy of the room it leaves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.checks import CannotBook
from moyai.reservations.rules.periods import change_reach


class StaysInRoom(CannotBook):
    code = "change_stays_in_room"
    field = "combination"
    message = lazy("ほかの室場には変更できません。この予約を取り消して、予約し直してください。")  # type: ignore[assignment]


class StaysInFacility(CannotBook):
    code = "change_stays_in_facility"
    field = "combination"
    message = lazy("ほかの施設には変更できません。同じ施設の中から選んでください。")  # type: ignore[assignment]


def may_go(before: Scene, after: Scene) -> None:
    """変更できる先 — the room itself, another one of its facility, or any (`change_to`).

    Raises StaysInRoom, StaysInFacility.
    """
    if before.plan.id == after.plan.id:
        return
    reach = change_reach(before.document("periods"))
    if reach == "room":
        raise StaysInRoom
    if reach == "facility" and before.plan.facility_id != after.plan.facility_id:
        raise StaysInFacility
