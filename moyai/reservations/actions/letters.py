"""使用許可書 — the paper with which a room is used: made when it is first asked for, anew when the booking has changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from moyai.audit.public import action
from moyai.calendars.public import wareki_with_weekday
from moyai.documents.public import Letter, issue_letter, letters_about
from moyai.money.public import ChargeState, charges_about
from moyai.reservations.actions.asked import Scene
from moyai.reservations.actions.checks import own
from moyai.reservations.actions.making import locked
from moyai.reservations.actions.reliefs import scene_of
from moyai.reservations.models import Booking, Purpose, Room
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.locks import lock_of_room
from moyai.reservations.rules.cancellation import OWN
from moyai.reservations.rules.rooms import clock_face
from moyai.tenants.public import Actor, Refusal, body_of
from moyai.ui.public import phone_shown

KIND: Final = "reservations.permit"
STANDARD: Final = (
    "許可を受けた目的の他に使わないこと。使用する権利を他の人に譲らないこと。",
    "許可を受けた時間の中で、準備と片付けを終えること。",
    "設備や備品を壊したり失くしたりしたときは、すぐに施設に知らせること。",
    "火災や災害のとき、また施設の管理に必要なときは、許可を取り消すことがある。",
)


class NotPermittedYet(Refusal):
    code = "permit_not_yet"
    message = lazy("使用許可書は、使用料を納めたあとに発行します。")  # type: ignore[assignment]


class NotPermitted(Refusal):
    code = "permit_none"
    message = lazy("この予約には、使用許可書がありません。")  # type: ignore[assignment]


@action("reservations.issue_permit", permits=PERMITS, thing="booking")
def permit_of(*, actor: Actor, now: datetime, booking: Booking) -> Letter:
    """使用許可書を発行する — the same paper again, as long as nothing that stands on it has changed.

    Raises NotYours, NotPermitted (not settled, given up), NotPermittedYet (unpaid, where the policy wants it paid).
    """
    row = locked(booking)
    own(actor=actor, registration=row.registration)
    if row.state not in (Booking.State.BOOKED, Booking.State.USED) or row.registration is None:
        raise NotPermitted
    where = scene_of(row, actor=actor, now=now)
    unpaid = any(one.state == ChargeState.OPEN for one in charges_about(row))
    if unpaid and (where.document("fees") or {}).get("permit", "paid") == "paid":
        raise NotPermittedYet
    with override("ja"):
        facts = _facts(row, where)
    latest = letters_about(actor=actor, thing=row).filter(kind=KIND).first()
    if latest is not None and all(latest.facts.get(name) == value for name, value in facts.items()):
        return latest
    # The user asks, the house prints: issuing letters is not a resident's permit.
    made = issue_letter(
        actor=Actor.system(body_of(actor.body)),
        now=now,
        kind=KIND,
        facts=facts,
        thing=row,
        sequence=latest.sequence + 1 if latest is not None else 1,
    )
    row.permit_id = made.pk
    row.save(update_fields=["permit_id"])
    return made


def _facts(booking: Booking, where: Scene) -> dict[str, Any]:
    body, room, registration = body_of(booking.body), where.room, booking.registration
    assert registration is not None  # the caller has looked
    number = "-".join(booking.number[at : at + 4] for at in range(0, 12, 4))
    purpose = Purpose.objects.filter(body=body, code=booking.purpose).first() if booking.purpose else None
    rows = [
        ("予約番号", number),
        ("施設", room.facility.name),
        ("室場", f"{room.name} {where.unit.name}"),
        ("使用日", wareki_with_weekday(booking.day)),
        ("使用時間", f"{clock_face(booking.starts)}から{clock_face(booking.ends)}まで{_extension(booking)}"),
        ("使用目的", " ".join(word for word in (purpose.name if purpose else "", booking.title) if word)),
        ("人数", f"{booking.people:,}人" if booking.people else ""),
        ("備品", _equipment(booking)),
        ("使用料", f"金{booking.fee_yen:,}円"),
    ]
    return {
        "subject": "施設使用許可書",
        "addressee": _addressee(registration.name, registration.representative),
        "sender": {"title": room.facility.section or f"{body.name}長"},
        "contact": {"section": room.facility.name, "phone": phone_shown(room.facility.phone or body.phone)},
        "body": ["申請のあった施設の使用について、次のとおり許可します。"],
        "record": [{"label": label, "value": value} for label, value in rows if value],
        "fee": [
            {"label": line["label"], "yen": _yen(line["yen"])}
            for line in booking.quote.get("lines", [])
            if line["yen"]
        ],
        "total": _yen(booking.fee_yen),
        "conditions": [*STANDARD, *_entry(room), *_terms(where.document("cancellation") or {})],
    }


def _addressee(name: str, representative: str) -> dict[str, str]:
    if not representative:
        return {"name": name}
    return {"post": name, "name": f"代表者　{representative}"}


def _extension(booking: Booking) -> str:
    minutes = booking.extension_minutes
    return f"（延長{minutes}分）" if minutes else ""


def _equipment(booking: Booking) -> str:
    items = booking.quote.get("use", {}).get("equipment", [])
    return "、".join(f"{item['name']} {item['count']}" for item in items)


def _entry(room: Room) -> list[str]:
    """How to come in, where a smart lock opens the room: never with which code, for a letter is kept for years."""
    lock = lock_of_room(room)
    if lock is None or not lock.active:
        return []
    return [f"入口は暗証番号で開く。番号は、開く{lock.show_hours}時間前から予約のページで確かめること。"]


def _terms(document: Mapping[str, Any]) -> list[str]:
    """The refund rates in words, from the earliest to the latest."""
    tiers = [row for row in document.get("tiers", []) if row["why"] == OWN]
    words = [
        f"{row['days_before']}日前まで{row['percent']}%"
        if row["days_before"] > 0
        else f"当日{row['percent']}%"
        for row in sorted(tiers, key=lambda row: -row["days_before"])
    ]
    return [f"取り消すときの使用料の還付は、利用日の{'、'.join(words)}とする。"] if words else []


def _yen(amount: int) -> str:
    return f"{'△' if amount < 0 else ''}{abs(amount):,}円"
