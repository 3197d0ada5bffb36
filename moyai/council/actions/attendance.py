"""出席 — who was at a sitting: by member, with how many people, and outsiders by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.actions.meetings import MeetingSettled, locked
from moyai.council.models import Attendance, Meeting
from moyai.council.permits import PERMITS
from moyai.council.queries.sitting import sitting_in
from moyai.tenants.public import Actor, Body, Refusal

MOST_PERSONS = 1_000
AWAY = frozenset({Attendance.How.WRITTEN, Attendance.How.PROXY, Attendance.How.ABSENT})


class NobodyAttends(Refusal):
    code = "attendance_of_nobody"
    status = 422
    message = _("団体か、出席した方の名前を入力してください。")  # type: ignore[assignment]


class NotSeated(Refusal):
    code = "attendance_not_seated"
    status = 422
    message = _("この日の構成員でない団体には、書面・委任・欠席を登録できません。")  # type: ignore[assignment]


class WrongHolder(Refusal):
    code = "attendance_wrong_holder"
    status = 422
    message = _("委任を受けた団体は、この日のほかの構成員から選んでください。")  # type: ignore[assignment]


class WrongPersons(Refusal):
    code = "attendance_wrong_persons"
    status = 422
    message = _("人数は1人から1,000人までにしてください。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Present:
    """出席の1行 — a member (`body`) or an outsider (`name`). `holder`: who holds the 委任 of this member."""

    how: str
    body: Body | None = None
    name: str = ""
    persons: int = 1
    who: str = ""
    holder: Body | None = None


@action("council.record_attendance", permits=PERMITS)
def record_attendance(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    how: str,
    body: Body | None = None,
    name: str = "",
    persons: int = 1,
    who: str = "",
    holder: Body | None = None,
) -> Attendance:
    """出席を記録する — one line; the same member or name again replaces it. Also of a sitting long past.

    Raises NobodyAttends, NotSeated, WrongHolder, WrongPersons, MeetingSettled for one called off.
    """
    found = locked(meeting)
    return _kept(found, [Present(how, body, name, persons, who, holder)])[0]


@action("council.take_attendance", permits=PERMITS, thing="meeting")
def take_attendance(
    *, actor: Actor, now: datetime, meeting: Meeting, lines: Sequence[Present]
) -> list[Attendance]:
    """出席をまとめて登録する — all lines or none; lines that are not given stay as they are."""
    return _kept(locked(meeting), lines)


def _kept(meeting: Meeting, lines: Sequence[Present]) -> list[Attendance]:
    if meeting.state == Meeting.State.CANCELLED:
        raise MeetingSettled
    seated = {
        sitter.body.pk for sitter in sitting_in(meeting.committee, meeting.held_on) if sitter.body is not None
    }
    kept = []
    for line in lines:
        _check(line, seated)
        row, _new = Attendance.objects.update_or_create(
            meeting=meeting,
            body=line.body,
            name="" if line.body else line.name.strip(),
            defaults={
                "how": line.how,
                "persons": 0 if line.how in AWAY else line.persons,
                "who": line.who,
                "proxy_for": line.holder if line.how == Attendance.How.PROXY else None,
            },
        )
        kept.append(row)
    return kept


def _check(line: Present, seated: set[int]) -> None:
    if line.body is None and not line.name.strip():
        raise NobodyAttends(fields={"name": str(NobodyAttends.message)})
    if line.how in AWAY and (line.body is None or line.body.pk not in seated):
        raise NotSeated(fields={"how": str(NotSeated.message)})
    if line.how == Attendance.How.PROXY and line.holder is not None:
        own = line.body is not None and line.holder.pk == line.body.pk
        if own or line.holder.pk not in seated:
            raise WrongHolder(fields={"holder": str(WrongHolder.message)})
    if line.how not in AWAY and not 1 <= line.persons <= MOST_PERSONS:
        raise WrongPersons(fields={"persons": str(WrongPersons.message)})
