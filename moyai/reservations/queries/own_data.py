"""自分の情報 — what the house keeps about one registration, for its owner: 開示 without having to ask for it."""

from __future__ import annotations

from typing import Any, Final

from moyai.reservations.models import Booking, Entry, GroupMember, Happening, Penalty, Registration

FACTS: Final = (
    "number", "kind", "name", "kana", "representative", "representative_kana", "born_on", "postal_code", "address",
    "phone", "email", "resident_class", "class_until", "members", "relief", "state", "registered_on", "valid_until",
    "suspended_until", "why", "asked_at", "channel", "wanted", "wanted_at", "keep_until",
)  # fmt: skip
BOOKING: Final = (
    "number", "state", "facility__name", "room__name", "combination__name", "day", "starts", "ends", "purpose", "title",
    "people", "commercial", "admission_yen", "equipment", "channel", "made_at", "made_by", "fee_yen", "relief_yen",
    "from_lottery", "pay_until", "keep_until",
)  # fmt: skip
ENTRY: Final = (
    "number", "round__title", "state", "ticket_id", "wishes", "purpose", "people", "channel", "made_at", "rank", "won_wish",
)  # fmt: skip


def own_data(registration: Registration) -> dict[str, Any]:
    """Facts, members, bookings, entries, points and history of a registration. Five queries.

    The caller has made sure that it is the reader's. Codes of doors and keys are none of it: they are not stored.
    """
    own: dict[str, Any] = {"body_id": registration.body_id, "registration": registration}
    members = GroupMember.objects.filter(**own).order_by("id")
    bookings = Booking.objects.filter(**own).exclude(state="held").order_by("day", "id")
    entries = Entry.objects.filter(**own).order_by("made_at", "id")
    points = Penalty.objects.filter(**own).order_by("given_on", "id")
    history = Happening.objects.filter(**own).order_by("at", "id")
    return {
        "registration": {name: getattr(registration, name) for name in FACTS},
        "members": list(members.values("name", "kana", "born_on", "inside")),
        "bookings": list(bookings.values(*BOOKING)),
        "entries": list(entries.values(*ENTRY)),
        "penalties": list(
            points.values("why", "tenths", "given_on", "lapses_on", "taken_back_at", "taken_back_why")
        ),
        "history": list(history.values("at", "what", "by", "channel", "words")),
    }
