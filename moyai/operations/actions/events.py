"""行事 — planned, changed, called off; who puts himself down, who came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, TypedDict, Unpack

from django.db.models import Sum
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.public import fiscal_year as year_of
from moyai.operations.models import Attendance, Event
from moyai.operations.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal, Service, clock


class EventChanged(Refusal):
    code = "event_changed"
    message = _(  # type: ignore[assignment]
        "開いている間に、ほかの担当者がこの行事を変えました。最新の内容を確かめて、もう一度入力してください。"
    )


class YearMissing(Refusal):
    code = "year_missing"
    status = 422
    message = _("日か年度を入力してください。")  # type: ignore[assignment]


class EndsEarlier(Refusal):
    code = "event_ends_earlier"
    status = 422
    message = _("終わりの日は、始まりの日以降の日付にしてください。")  # type: ignore[assignment]


class CalledOff(Refusal):
    code = "event_called_off"
    message = _("この行事は中止になりました。")  # type: ignore[assignment]


class NotOpen(Refusal):
    code = "event_not_open"
    message = _("この行事は、申込みを受け付けていません。")  # type: ignore[assignment]


class EventFull(Refusal):
    code = "event_full"
    message = _("定員を超えるため、申し込めません。")  # type: ignore[assignment]


class PersonsWrong(Refusal):
    code = "persons_wrong"
    status = 422
    message = _("人数は1人以上で入力してください。")  # type: ignore[assignment]


class NotSignedUp(Refusal):
    code = "not_signed_up"
    status = 404
    message = _("申込みはありません。")  # type: ignore[assignment]


class CameAlready(Refusal):
    code = "came_already"
    message = _("参加がすでに記録されているため、申込みは変えられません。")  # type: ignore[assignment]


class MoreThanPlaces(Refusal):
    code = "more_than_places"
    message = _("すでに申し込んだ人数より少ない定員にはできません。")  # type: ignore[assignment]


class EventFacts(TypedDict, total=False):
    """行事の内容 — what may be said of an event, when it is planned and when it is changed."""

    service: Service | None
    fiscal_year: int | None
    from_on: date | None
    until_on: date | None
    sessions: int
    place: str
    hosts: str
    text: str
    award: str
    asks_until: datetime | None
    most_persons: int | None
    survey: str


UNSAID: Final[EventFacts] = {
    "service": None,
    "fiscal_year": None,
    "from_on": None,
    "until_on": None,
    "sessions": 1,
    "place": "",
    "hosts": "",
    "text": "",
    "award": "",
    "asks_until": None,
    "most_persons": None,
    "survey": "",
}


@action("operations.plan_event", permits=PERMITS)
def plan_event(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    name: str,
    source: str = "",
    **facts: Unpack[EventFacts],
) -> Event:
    """行事の登録 — of a day or more; a record of the past that names no day names its fiscal year. Raises YearMissing, EndsEarlier."""
    given: EventFacts = {**UNSAID, **facts}
    given["fiscal_year"] = _year(given)
    return Event.objects.create(kind=kind, name=name, source=source, **given)


def _year(given: EventFacts) -> int:
    from_on, until_on, fiscal_year = given["from_on"], given["until_on"], given["fiscal_year"]
    if until_on is not None and (from_on is None or until_on < from_on):
        raise EndsEarlier(fields={"until_on": str(EndsEarlier.message)})
    if from_on is not None:
        return year_of(from_on)
    if fiscal_year is None:
        raise YearMissing(fields={"from_on": str(YearMissing.message)})
    return fiscal_year


def _locked(event: Event, version: int | None = None) -> Event:
    row = Event.objects.select_for_update().get(pk=event.pk)
    if version is not None and row.version != version:
        raise EventChanged
    return row


def taken(event: Event) -> int:
    """申し込んだ人数 — of all who put themselves down or came."""
    found: int | None = Attendance.objects.filter(event=event).aggregate(sum=Sum("persons"))["sum"]
    return found or 0


@action("operations.change_event", permits=PERMITS)
def change_event(
    *,
    actor: Actor,
    now: datetime,
    event: Event,
    version: int,
    kind: str,
    name: str,
    **facts: Unpack[EventFacts],
) -> Event:
    """行事の変更 — to what is given; what is not given is emptied.

    Raises EventChanged (two desks), MoreThanPlaces, YearMissing, EndsEarlier.
    """
    row = _locked(event, version)
    given: EventFacts = {**UNSAID, **facts}
    given["fiscal_year"] = _year({**given, "fiscal_year": given["fiscal_year"] or row.fiscal_year})
    if given["most_persons"] is not None and given["most_persons"] < taken(row):
        raise MoreThanPlaces(fields={"most_persons": str(MoreThanPlaces.message)})
    row.kind, row.name = kind, name
    for field, value in given.items():
        setattr(row, field, value)
    row.version += 1
    row.save()
    return row


@action("operations.call_off_event", permits=PERMITS)
def call_off_event(*, actor: Actor, now: datetime, event: Event, version: int, reason: str) -> Event:
    """行事の中止 — it stays in the list, with who wanted to come. Raises EventChanged, CalledOff."""
    row = _locked(event, version)
    if row.called_off_on is not None:
        raise CalledOff
    row.called_off_on = clock.today(now)
    row.version += 1
    row.save(update_fields=["called_off_on", "version"])
    return row


@action("operations.note_attendance", permits=PERMITS)
def note_attendance(
    *,
    actor: Actor,
    now: datetime,
    event: Event,
    persons: int | None,
    body: Body | None = None,
    group: str = "",
    bodies: int | None = None,
    remote: bool = False,
    who: str = "",
) -> Attendance:
    """参加の記録 — of a member, or of a group a record names; what was put down becomes what came. Noted again it is mended.

    `bodies`: how many members, where a record only counts them. Raises PersonsWrong, CalledOff.
    """
    row = _locked(event)
    if row.called_off_on is not None:
        raise CalledOff
    if (persons is None and bodies is None) or (persons is not None and persons < 0):
        raise PersonsWrong(fields={"persons": str(PersonsWrong.message)})
    noted, _made = Attendance.objects.update_or_create(
        event=row,
        body=body,
        group=group,
        remote=remote,
        defaults={"bodies": bodies, "persons": persons, "who": who, "came": True},
    )
    return noted


@action("operations.sign_up", permits=PERMITS)
def sign_up(
    *,
    actor: Actor,
    now: datetime,
    event: Event,
    persons: int,
    section: str = "",
    remote: bool = False,
    who: str = "",
) -> Attendance:
    """参加の申込み — of the acting member, until the event's deadline and as far as there is room; sent again it is changed.

    The event's row is the turn of all who sign up, so that no place is given twice. Raises NotOpen, CalledOff, PersonsWrong,
    EventFull (which says how many are left), CameAlready.
    """
    assert actor.body is not None
    row = _locked(event)
    _open(row, now)
    if persons < 1:
        raise PersonsWrong(fields={"persons": str(PersonsWrong.message)})
    mine = Attendance.objects.filter(event=row, body=actor.body, group=section, remote=remote).first()
    if mine is not None and mine.came:
        raise CameAlready
    if row.most_persons is not None:
        left = row.most_persons - taken(row) + (mine.persons or 0 if mine is not None else 0)
        if persons > left:
            words = _now("定員まであと%(left)s人です。人数を減らしてください。") % {"left": max(0, left)}
            raise EventFull(words, fields={"persons": words})
    put, _made = Attendance.objects.update_or_create(
        event=row,
        body=actor.body,
        group=section,
        remote=remote,
        defaults={"persons": persons, "who": who, "came": False},
    )
    return put


def _open(event: Event, now: datetime) -> None:
    if event.called_off_on is not None:
        raise CalledOff
    if event.asks_until is None or now > event.asks_until:
        raise NotOpen


@action("operations.withdraw_sign_up", permits=PERMITS, thing="event")
def withdraw_sign_up(*, actor: Actor, now: datetime, event: Event, attendance_id: int) -> None:
    """申込みの取消し — of the acting member's own. Raises NotSignedUp, CameAlready, NotOpen."""
    row = _locked(event)
    mine = Attendance.objects.filter(event=row, body=actor.body, pk=attendance_id).first()
    if mine is None:
        raise NotSignedUp
    if mine.came:
        raise CameAlready
    _open(row, now)
    mine.delete()
