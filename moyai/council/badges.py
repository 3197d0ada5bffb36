"""States of sittings, items, ballots and tasks as badges: one word per state everywhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from moyai.council.models import Ballot, Item, Meeting, Task
from moyai.council.queries.meetings import slipped

_MEETING = {
    "planned": "neutral",
    "called": "progress",
    "held": "attention",
    "closed": "good",
    "cancelled": "neutral",
}
_ITEM = {
    "draft": "neutral", "put": "progress", "decided": "good", "heard": "good", "returned": "attention", "rejected": "bad",
    "withdrawn": "neutral",
}  # fmt: skip


def meeting_badge(meeting: Meeting) -> dict[str, Any]:
    return {"kind": _MEETING[meeting.state], "word": str(meeting.get_state_display())}


def item_badge(item: Item) -> dict[str, Any]:
    return {"kind": _ITEM[item.state], "word": str(item.get_state_display())}


def ballot_badge(ballot: Ballot, now: datetime) -> dict[str, Any]:
    if ballot.state == Ballot.State.OPEN:
        if ballot.deadline is not None and now > ballot.deadline:
            return {"kind": "attention", "word": _("集計待ち")}
        return {"kind": "progress", "word": _("受付中")}
    if ballot.state in (Ballot.State.VOID, Ballot.State.STOPPED):
        return {"kind": "neutral", "word": str(ballot.get_state_display())}
    if ballot.carried is None:
        return {"kind": "attention", "word": _("定足数に足りない")}
    return {"kind": "good", "word": _("可決")} if ballot.carried else {"kind": "bad", "word": _("否決")}


def task_badge(task: Task, today: date) -> dict[str, Any]:
    if task.done_on is not None:
        late = slipped(task, today)
        return {"kind": "good", "word": _("遅れて完了") if late else _("完了")}
    if slipped(task, today):
        return {"kind": "bad", "word": _("期限超過")}
    return {"kind": "progress", "word": _("対応中")}
