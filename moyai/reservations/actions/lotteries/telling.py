"""抽選の知らせ — telling who entered: received, won, waiting, moved up, ended. Numbers, places and days only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from moyai.calendars.public import end_words, wareki
from moyai.notices.public import Message, Recipient, tell
from moyai.reservations.models import Combination, Entry, Round
from moyai.reservations.rules.rooms import clock_face
from moyai.tenants.public import Actor, body_of, later


def tell_later(round: Round) -> None:
    """Tell those who did not win, some hundreds at a time, by jobs."""
    from moyai.reservations.jobs.lotteries import tell_round

    later(tell_round, round_id=round.pk, after=0)


def wish_in_words(wish: Mapping[str, Any], units: Mapping[int, str]) -> str:
    """令和9年2月6日 9:00–12:00 体育館 北半面."""
    day = wareki(date.fromisoformat(wish["day"]))
    times = f"{clock_face(wish['starts'])}–{clock_face(wish['ends'])}"
    return f"{day} {times} {units.get(wish['combination'], '')}".strip()


def unit_names(body_id: int, ids: set[int]) -> dict[int, str]:
    """施設 室場 利用単位 by id of the unit. One query."""
    rows = Combination.objects.filter(body_id=body_id, pk__in=ids).values_list(
        "pk", "room__facility__name", "room__name", "name"
    )
    return {pk: f"{facility} {room} {unit}" for pk, facility, room, unit in rows}


def tell_entrant(
    *,
    actor: Actor,
    now: datetime,
    entry: Entry,
    kind: str,
    units: Mapping[int, str] | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> Message | None:
    """The message `lottery_<kind>` about one entry; `entry.round` and `entry.registration` are at hand.

    None where nobody could read it: a registration of the counter without account and address.
    """
    body, registration = body_of(actor.body), entry.registration
    if not (registration.email or registration.account_id):
        return None
    named = (
        units if units is not None else unit_names(body.pk, {wish["combination"] for wish in entry.wishes})
    )
    wishes = [entry.wishes[entry.won_wish - 1]] if entry.won_wish else entry.wishes
    return tell(
        actor=actor,
        now=now,
        kind=f"reservations.lottery_{kind}",
        facts={
            "number": "-".join(entry.number[at : at + 4] for at in range(0, len(entry.number), 4)),
            "title": entry.round.title,
            "places": "\n".join(wish_in_words(wish, named) for wish in wishes),
            "until": end_words(until) if until is not None else "",
            "reason": reason,
            "entry_path": reverse(
                "reservations_portal_entry", kwargs={"body_slug": body.slug, "number": entry.number}
            ),
            "round_path": reverse(
                "reservations_portal_round", kwargs={"body_slug": body.slug, "round_id": entry.round_id}
            ),
        },
        to=Recipient(
            email=registration.email or None, account_id=registration.account_id, name=registration.name
        ),
        about=entry,
    )
