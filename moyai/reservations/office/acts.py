"""予約にできること — which acts state, day and role permit; each is a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as lazy

from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.quotes import reliefs_open_to
from moyai.reservations.models import Booking
from moyai.reservations.office.desk import Visit, may, today_of, url
from moyai.tenants.public import clock

S, Kind = Booking.State, Booking.Kind


@dataclass(frozen=True, slots=True)
class Act:
    """`page`: the url name, where it is not the plain page of an act."""

    label: Any
    permit: str
    says: Any = ""
    done: Any = ""
    danger: bool = False
    page: str = ""


ACTS: Final[dict[str, Act]] = {
    "approve": Act(
        lazy("承認する"),
        "reservations.approve",
        lazy("予約が決まり、使用料の請求ができて、利用者に知らせます。"),
        lazy("予約を承認しました。"),
    ),
    "refuse": Act(
        lazy("不承認にする"),
        "reservations.refuse",
        lazy("枠が空き、理由を利用者に知らせます。"),
        lazy("予約を不承認にしました。"),
        danger=True,
    ),
    "confirm": Act(
        lazy("当選を確定する"),
        "reservations.confirm",
        lazy("利用者の申し出により、当選した枠を使うと決めます。使用料の請求ができます。"),
        lazy("当選を確定しました。"),
    ),
    "used": Act(
        lazy("受付をする"),
        "reservations.mark_used",
        lazy("利用者が来たことを記録します。無断不使用の記録があるときは、違反点も取り消します。"),
        lazy("受付をしました。"),
    ),
    "change": Act(lazy("変更する"), "reservations.change", page="booking_change"),
    "part": Act(lazy("一部を取り消す"), "reservations.cancel_part", page="booking_part"),
    "cancel": Act(
        lazy("取り消す"),
        "reservations.cancel",
        lazy("枠は決まりに従って開放され、利用者に知らせます。理由の種類で、返すお金が変わります。"),
        lazy("予約を取り消しました。"),
        danger=True,
    ),
    "extend": Act(
        lazy("利用を延長する"),
        "reservations.extend",
        lazy("次の予約があるときは延長できません。使用料は決まりに従って加わります。"),
        lazy("延長を記録しました。"),
    ),
    "missed": Act(
        lazy("無断不使用にする"),
        "reservations.mark_missed",
        lazy("連絡なく利用がなかったことを記録します。違反点が付き、利用者に知らせます。"),
        lazy("無断不使用を記録しました。"),
        danger=True,
    ),
    "excuse": Act(
        lazy("天候などのため免除する"),
        "reservations.excuse",
        lazy("違反点を取り消し、使用料を決まりに従って返します。"),
        lazy("免除しました。"),
    ),
    "restore": Act(
        lazy("取消しを元に戻す"),
        "reservations.restore",
        lazy("枠がまだ空いているときに、予約を元に戻します。使用料の請求も元に戻ります。"),
        lazy("予約を元に戻しました。"),
    ),
    "relief": Act(
        lazy("減免を伺う"),
        "reservations.ask_relief",
        lazy("別の決裁者が承認すると、使用料が減額されます。"),
        lazy("減免を伺いました。"),
    ),
    "refund": Act(
        lazy("特例の還付を伺う"),
        "reservations.ask_refund",
        lazy("決まりを超えて返すことを、別の決裁者に伺います。"),
        lazy("特例の還付を伺いました。"),
    ),
    "give": Act(lazy("利用者の予約にする"), "reservations.give_kept", page="booking_give"),
    "lift": Act(
        lazy("解除する"),
        "reservations.lift_block",
        lazy("すぐに、ほかの方が予約できるようになります。"),
        lazy("解除しました。"),
    ),
}


def acts_of(request: Visit, one: Booking, known: Scene | None) -> list[dict[str, Any]]:
    """The acts of the page of a booking, in the order of ACTS."""
    return [
        {"label": ACTS[act].label, "url": address(request, one, act)}
        for act in ACTS
        if possible(request, one, known, act)
    ]


def address(request: Visit, one: Booking, act: str) -> str:
    if ACTS[act].page:
        return url(request, ACTS[act].page, number=one.number)
    return url(request, "booking_act", number=one.number, act=act)


def possible(request: Visit, one: Booking, known: Scene | None, act: str) -> bool:
    """Whether state, day and role permit it; the act itself looks again, under its lock."""
    if not may(request, ACTS[act].permit):
        return False
    if one.kind != Kind.USE:
        kept = one.kind in (Kind.BLOCK, Kind.KEPT) and one.state == S.BOOKED
        return kept and (act == "lift" or (act == "give" and one.kind == Kind.KEPT))
    today = today_of(request)
    match act:
        case "approve" | "refuse":
            return one.state == S.ASKED
        case "confirm":
            in_time = one.confirm_until is not None and request.now < one.confirm_until
            return in_time and one.state in (S.ASKED, S.BOOKED)
        case "change" | "cancel":
            return one.state in (S.ASKED, S.BOOKED)
        case "part":
            return one.state in (S.ASKED, S.BOOKED) and known is not None and divisible(one, known)
        case "used":
            return one.state in (S.BOOKED, S.NO_SHOW) and one.day <= today
        case "missed":
            return one.state in (S.BOOKED, S.USED) and _begun(request, one, today)
        case "excuse":
            return one.state == S.NO_SHOW
        case "restore":
            return one.state == S.CANCELLED and not _begun(request, one, today)
        case "extend":
            return one.state in (S.BOOKED, S.USED) and known is not None and _extends(known)
        case "relief":
            return (
                one.state in (S.ASKED, S.BOOKED)
                and known is not None
                and one.registration is not None
                and bool(reliefs_open_to(scene=known, registration=one.registration))
            )
        case "refund":
            return int(one.quote.get("kept_yen", 0)) > 0
    return False


def _extends(known: Scene) -> bool:
    return bool((known.document("fees") or {}).get("extensions"))


def _begun(request: Visit, one: Booking, today: date) -> bool:
    local = request.now.astimezone(clock.JST)
    return (one.day, one.starts) <= (today, local.hour * 60 + local.minute)


def divisible(one: Booking, known: Scene) -> bool:
    """Whether some of it can be kept: more than one cell, or a smaller unit within."""
    parts = set(known.unit.part_ids)
    smaller = any(set(unit.part_ids) < parts for unit in known.plan.units)
    cells = len(one.frames) if not known.plan.step else (one.ends - one.starts) // known.plan.step
    return smaller or cells > 1
