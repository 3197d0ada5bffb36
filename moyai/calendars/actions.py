"""休日の特例を定める — what an office's administrator and the council's secretariat may say about a day."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.calendars.models import NationalDayOverride, OfficeDayOverride
from moyai.calendars.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, body_of, clock


class DaySaidAlready(Refusal):
    code = "day_said_already"
    status = 409
    message = _("この日はすでに登録されています。変えるときは、登録を取り消してから登録し直してください。")  # type: ignore[assignment]


class DayIsPast(Refusal):
    """What a past day was decides deadlines that have run; it is not rewritten."""

    code = "day_is_past"
    status = 422
    message = _("過ぎた日は変えられません。今日以降の日付にしてください。")  # type: ignore[assignment]


@action("calendars.set_office_day", permits=PERMITS, refuses={"office_day_said_once": DaySaidAlready})
def set_office_day(
    *, actor: Actor, now: datetime, day: date, is_open: bool, reason: str
) -> OfficeDayOverride:
    """開庁日の特例の登録 — close a working day or open a holiday. Raises DaySaidAlready, DayIsPast."""
    _not_past(day, now)
    override: OfficeDayOverride = OfficeDayOverride.objects.create(
        body=body_of(actor.body), day=day, is_open=is_open, reason=reason
    )
    return override


@action("calendars.clear_office_day", permits=PERMITS, thing="override")
def clear_office_day(*, actor: Actor, now: datetime, override: OfficeDayOverride) -> None:
    """開庁日の特例の取消し — the day follows the calendar again. Raises DayIsPast."""
    _not_past(override.day, now)
    OfficeDayOverride.objects.of(body_of(actor.body)).filter(id=override.id).delete()


@action("calendars.set_national_day", permits=PERMITS, refuses={"national_day_said_once": DaySaidAlready})
def set_national_day(
    *, actor: Actor, now: datetime, day: date, name: str, source: str
) -> NationalDayOverride:
    """祝日の特例の登録 — for every body; an empty name takes a holiday away. Raises DaySaidAlready, DayIsPast."""
    _not_past(day, now)
    return NationalDayOverride.objects.create(day=day, name=name, source=source)


@action("calendars.clear_national_day", permits=PERMITS, thing="override")
def clear_national_day(*, actor: Actor, now: datetime, override: NationalDayOverride) -> None:
    """祝日の特例の取消し. Raises DayIsPast."""
    _not_past(override.day, now)
    NationalDayOverride.objects.filter(id=override.id).delete()


def _not_past(day: date, now: datetime) -> None:
    if day < clock.today(now):
        raise DayIsPast(fields={"day": str(DayIsPast.message)})
