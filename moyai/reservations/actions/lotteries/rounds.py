"""抽選回 — plan a round, change it before its entries begin, call it off."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.draws.public import MOST_WISHES, beacon_at
from moyai.reservations.actions.lotteries.steps import locked_round, step_entries, step_round
from moyai.reservations.actions.lotteries.telling import tell_entrant, unit_names
from moyai.reservations.models import Entry, Room, Round, RoundRoom
from moyai.reservations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock, public_number

BEACON_AFTER: Final = timedelta(minutes=10)  # after the end of entries: the list is frozen by then
FALLBACK_AFTER: Final = timedelta(hours=24)  # after the beacon's moment, where no peer can give it
LEAST_SOURCE: Final = 4
S = Round.State


class RoundRefused(Refusal):
    """A round that cannot be held like this; the words stand beside their fields."""

    code = "round_refused"
    status = 422
    message = lazy("抽選回の内容を確かめてください。")  # type: ignore[assignment]


class RoundBegun(Refusal):
    code = "round_begun"
    status = 409
    message = lazy("この抽選回は受付が始まっているため、変えられません。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """What is said of a round before its entries begin. Moments with a zone; `rooms`: ids of Room."""

    title: str
    for_from: date
    for_until: date
    enter_from: datetime
    enter_until: datetime
    rooms: Sequence[int]
    mode: str = Round.Mode.PERSON
    win_cap: int = 1
    wishes: int = 3
    entry_cap: int = 1
    groups_first: bool = False
    classes_first: Sequence[str] = ()
    confirm_until: datetime | None = None
    promote_hours: int = 72
    seed_kind: str = Round.SeedKind.OFFICIALS
    seed_source: str = ""


@action("reservations.plan_round", permits=PERMITS)
def plan_round(*, actor: Actor, now: datetime, facts: RoundFacts, round: Round | None = None) -> Round:
    """抽選回の予定 — rooms, days, terms and where the seed will come from, told before the entries begin.

    `round`: an earlier plan to change, while its entries have not begun. For drand the round of the beacon is fixed
    here: the first one ten minutes after the entries end. Raises RoundRefused, RoundBegun.
    """
    body = body_of(actor.body)
    row = locked_round(round) if round is not None else None
    if row is not None and (row.state != S.OPEN or now >= row.enter_from or row.kind != Round.Kind.MONTHLY):
        raise RoundBegun
    rooms = sorted(set(facts.rooms))
    _check(facts, rooms, body.pk, now, but=row.pk if row is not None else None)
    if row is None:
        row = Round(body=body, label=f"{body.code}-{facts.for_from:%Y%m}-{public_number()}")
    drand = facts.seed_kind == Round.SeedKind.DRAND
    number = beacon_at(facts.enter_until + BEACON_AFTER) if drand else None
    for name in (
        "title", "for_from", "for_until", "enter_from", "enter_until", "mode", "win_cap", "wishes", "entry_cap",
        "groups_first", "confirm_until", "promote_hours", "seed_kind",
    ):  # fmt: skip
        setattr(row, name, getattr(facts, name))
    row.classes_first = list(facts.classes_first)
    row.beacon_round = number
    row.seed_source = _source(facts, number)
    row.version += 1 if row.pk else 0
    row.save()
    RoundRoom.objects.filter(body=body, round=row).exclude(room_id__in=rooms).delete()
    known = set(RoundRoom.objects.filter(body=body, round=row).values_list("room_id", flat=True))
    RoundRoom.objects.bulk_create(
        [RoundRoom(body=body, round=row, room_id=room) for room in rooms if room not in known]
    )
    return row


@action("reservations.call_off_round", permits=PERMITS)
def call_off_round(*, actor: Actor, now: datetime, round: Round, reason: str) -> Round:
    """抽選回の中止 — before the list is frozen; every entry is taken back and told. Raises RoundBegun."""
    row = locked_round(round)
    if row.state != S.OPEN:
        raise RoundBegun(_("この抽選回は名簿が確定しているため、中止できません。"))
    if not reason.strip():
        raise RoundRefused(fields={"reason": _("理由を入力してください。")})
    step_round(row, "call_off")
    entered = Entry.objects.filter(body_id=row.body_id, round=row, state=Entry.State.ENTERED)
    entries = list(entered.select_related("registration"))
    step_entries(entries, "withdraw", now)
    names = unit_names(row.body_id, {wish["combination"] for one in entries for wish in one.wishes})
    for one in entries:
        one.round = row
        tell_entrant(actor=actor, now=now, entry=one, kind="called_off", units=names, reason=reason)
    return row


def new_ticket() -> str:
    """The first part of a person's pseudonym in one round: random, so that no two rounds can be linked."""
    return f"p{secrets.token_hex(8)}"


def _source(facts: RoundFacts, number: int | None) -> str:
    if number is None:
        return " ".join(facts.seed_source.split())
    return _(
        "公開乱数drand（quicknet）の第%(number)s回。24時間後までに2つの公開先から得られないときは、職員2人の立会いによる。"
    ) % {"number": number}


def _check(facts: RoundFacts, rooms: Sequence[int], body_id: int, now: datetime, *, but: int | None) -> None:
    wrong: dict[str, str] = {}
    if not facts.title.strip():
        wrong["title"] = _("名前を入力してください。")
    if facts.for_until < facts.for_from:
        wrong["for_until"] = _("利用日の終わりを、始まり以後にしてください。")
    if facts.enter_until <= facts.enter_from:
        wrong["enter_until"] = _("申込みの終わりを、始まりより後にしてください。")
    elif facts.enter_until <= now:
        wrong["enter_until"] = _("申込みの終わりを、これからの日時にしてください。")
    elif clock.today(facts.enter_until) >= facts.for_from:
        wrong["enter_until"] = _("申込みの終わりを、利用日より前にしてください。")
    if facts.confirm_until is not None and (
        facts.confirm_until <= facts.enter_until or clock.today(facts.confirm_until) >= facts.for_from
    ):
        wrong["confirm_until"] = _("当選の確認の期限を、申込みの終わりより後、利用日より前にしてください。")
    for name, least, most in (
        ("win_cap", 1, 50), ("wishes", 1, MOST_WISHES), ("entry_cap", 1, 50), ("promote_hours", 1, 720),
    ):  # fmt: skip
        if not least <= getattr(facts, name) <= most:
            wrong[name] = _("%(least)sから%(most)sまでにしてください。") % {"least": least, "most": most}
    if facts.mode not in Round.Mode.values:
        wrong["mode"] = _("方法を選んでください。")
    if facts.seed_kind not in (Round.SeedKind.OFFICIALS, Round.SeedKind.DRAND):
        wrong["seed_kind"] = _("種の決め方を選んでください。")
    elif facts.seed_kind == Round.SeedKind.OFFICIALS and not (
        LEAST_SOURCE <= len(facts.seed_source.strip()) <= 200
    ):
        wrong["seed_source"] = _(
            "種をどこから得るかを、200字以内で書いてください（例：第1234回ロト6の本数字）。"
        )
    known = Room.objects.filter(body_id=body_id, pk__in=rooms).count()
    if not rooms or known != len(rooms):
        wrong["rooms"] = _("室場を選んでください。")
    elif _overlapping(facts, rooms, body_id, but):
        wrong["rooms"] = _("利用日が重なる別の抽選回に入っている室場があります。")
    if wrong:
        raise RoundRefused(fields=wrong)


def _overlapping(facts: RoundFacts, rooms: Sequence[int], body_id: int, but: int | None) -> bool:
    others = RoundRoom.objects.filter(
        body_id=body_id,
        room_id__in=rooms,
        round__kind=Round.Kind.MONTHLY,
        round__state__in=(S.OPEN, S.FROZEN, S.DRAWN),
        round__for_from__lte=facts.for_until,
        round__for_until__gte=facts.for_from,
    )
    return others.exclude(round_id=but).exists()
