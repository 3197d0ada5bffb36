"""宿題・対応 — what a sitting gave somebody to do, and what shows that it is done."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.council.models import Item, Meeting, Task
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Body, Refusal, clock


class TaskNobodys(Refusal):
    code = "task_nobodys"
    status = 422
    message = _("担当の団体か担当者を入力してください。")  # type: ignore[assignment]


class TaskDueBefore(Refusal):
    code = "task_due_before"
    status = 422
    message = _("期限は、会議の開催日以降の日にしてください。")  # type: ignore[assignment]


class TaskDone(Refusal):
    code = "task_done"
    message = _("この対応は、すでに完了しています。")  # type: ignore[assignment]


class TaskWithoutEvidence(Refusal):
    code = "task_without_evidence"
    status = 422
    message = _("完了を示すもの（文書の番号など）を入力してください。")  # type: ignore[assignment]


class TaskDoneWhen(Refusal):
    code = "task_done_when"
    status = 422
    message = _("完了の日は、会議の開催日から今日までの日にしてください。")  # type: ignore[assignment]


class TaskElsewhere(Refusal):
    code = "task_elsewhere"
    status = 422
    message = _("議案は、同じ会議の議案から選んでください。")  # type: ignore[assignment]


@action("council.give_task", permits=PERMITS)
def give_task(
    *,
    actor: Actor,
    now: datetime,
    meeting: Meeting,
    text: str,
    item: Item | None = None,
    body: Body | None = None,
    who: str = "",
    due_on: date | None = None,
) -> Task:
    """宿題を登録する. Raises TaskNobodys, TaskDueBefore, TaskElsewhere."""
    if body is None and not who.strip():
        raise TaskNobodys(fields={"body": str(TaskNobodys.message)})
    if due_on is not None and due_on < meeting.held_on:
        raise TaskDueBefore(fields={"due_on": str(TaskDueBefore.message)})
    if item is not None and item.meeting_id != meeting.pk:
        raise TaskElsewhere(fields={"item": str(TaskElsewhere.message)})
    return Task.objects.create(
        meeting=meeting, item=item, body=body, who=who.strip(), text=text, due_on=due_on
    )


@action("council.finish_task", permits=PERMITS)
def finish_task(
    *, actor: Actor, now: datetime, task: Task, evidence: str, done_on: date | None = None
) -> Task:
    """完了にする — with what shows it. Raises TaskDone, TaskWithoutEvidence, TaskDoneWhen."""
    found = Task.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=task.pk)
    if found.done_on is not None:
        raise TaskDone
    if not evidence.strip():
        raise TaskWithoutEvidence(fields={"evidence": str(TaskWithoutEvidence.message)})
    day = done_on or clock.today(now)
    if not found.meeting.held_on <= day <= clock.today(now):
        raise TaskDoneWhen(fields={"done_on": str(TaskDoneWhen.message)})
    found.done_on, found.evidence = day, evidence.strip()
    found.save(update_fields=["done_on", "evidence"])
    return found
