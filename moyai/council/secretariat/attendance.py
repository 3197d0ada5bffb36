"""出席・議事録・宿題 — what is written down of a sitting."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moyai.council.actions.attendance import take_attendance
from moyai.council.actions.minutes import fix_minutes, import_transcript, write_minutes
from moyai.council.actions.tasks import finish_task, give_task
from moyai.council.desk import Visit, act_page, typed, who
from moyai.council.forms.meetings import (
    FinishTaskForm,
    FixMinutesForm,
    MinutesForm,
    TaskForm,
    TranscriptForm,
)
from moyai.council.forms.rolls import AttendanceForm
from moyai.council.models import Item, Task
from moyai.council.queries.licences import uses_taken
from moyai.council.queries.meetings import attendance_of
from moyai.council.queries.sitting import sitting_in
from moyai.council.rules.transcripts import Transcript
from moyai.council.secretariat.meetings import crumbs_of, found_or_absent, url_of

LARGEST_TRANSCRIPT = 5_000_000  # bytes


@never_cache
def attendance(request: Visit, meeting_id: int) -> HttpResponse:
    """出席を登録する — a line for each who sits on the day."""
    meeting = found_or_absent(meeting_id)
    form = AttendanceForm(
        typed(request),
        sitters=sitting_in(meeting.committee, meeting.held_on),
        known=attendance_of(meeting),
    )
    return act_page(
        request,
        form,
        lambda: take_attendance(**who(request), meeting=meeting, lines=form.given()),
        heading=_("出席を登録する"),
        label=_("登録する"),
        to=url_of(meeting),
        done=lambda made: _("%(count)s件の出席を登録しました。") % {"count": len(made)},
        crumbs=crumbs_of(meeting),
        template="council/meetings/attendance.html",
    )


@never_cache
def minutes(request: Visit, meeting_id: int) -> HttpResponse:
    """議事録を書く."""
    meeting = found_or_absent(meeting_id)
    form = MinutesForm(
        typed(request),
        initial={
            "minutes": meeting.minutes,
            "state": "amend" if meeting.minutes_state == "amend" else "draft",
            "version": meeting.version,
        },
    )
    return act_page(
        request,
        form,
        lambda: write_minutes(**who(request), meeting=meeting, **form.cleaned_data),
        heading=_("議事録を書く"),
        label=_("保存する"),
        to=url_of,
        done=_("議事録を保存しました。"),
        crumbs=crumbs_of(meeting),
    )


@never_cache
def transcript(request: Visit, meeting_id: int) -> HttpResponse:
    """書き起こしを読み込む."""
    meeting = found_or_absent(meeting_id)
    posted = request.method == "POST"
    form = TranscriptForm(
        request.POST if posted else None, request.FILES if posted else None, uses=uses_taken()
    )
    if posted and form.is_valid() and form.cleaned_data["file"].size > LARGEST_TRANSCRIPT:
        form.add_error("file", _("ファイルが大きすぎます。5MB以下にするか、分けて読み込んでください。"))

    def run() -> Transcript:
        data = form.cleaned_data
        return import_transcript(
            **who(request),
            meeting=meeting,
            name=data["file"].name,
            content=data["file"].read(),
            use=form.uses_by_id.get(data["use"]),
            sound_minutes=data["sound_minutes"],
            saved_minutes=data["saved_minutes"] or 0,
        )

    return act_page(
        request,
        form,
        run,
        heading=_("書き起こしを読み込む"),
        label=_("読み込む"),
        to=reverse("council_meeting_minutes", kwargs={"meeting_id": meeting.pk}),
        done=_read_words,
        crumbs=crumbs_of(meeting),
    )


def _read_words(read: Transcript) -> str:
    words = _("書き起こしを議事録の案に加えました。")
    if read.dropped:
        words += _("同じ文の繰返し%(count)s行を省きました。") % {"count": read.dropped}
    return words


@never_cache
def fix(request: Visit, meeting_id: int) -> HttpResponse:
    """議事録を確定する."""
    meeting = found_or_absent(meeting_id)
    form = FixMinutesForm(typed(request), initial={"version": meeting.version})
    return act_page(
        request,
        form,
        lambda: fix_minutes(**who(request), meeting=meeting, version=form.cleaned_data["version"]),
        heading=_("議事録を確定する"),
        label=_("確定する"),
        to=url_of,
        done=_("議事録を確定しました。"),
        crumbs=crumbs_of(meeting),
        lead=[_("確定すると、この会議の議題・資料・議事録は変えられません。元に戻せません。")],
        more={"minutes": meeting.minutes},
        template="council/meetings/fix.html",
    )


@never_cache
def task(request: Visit, meeting_id: int) -> HttpResponse:
    """宿題を登録する."""
    meeting = found_or_absent(meeting_id)
    bodies = [one.body for one in sitting_in(meeting.committee, meeting.held_on) if one.body is not None]
    form = TaskForm(
        typed(request),
        items=Item.objects.filter(meeting=meeting).order_by("position"),
        bodies=bodies,
    )
    return act_page(
        request,
        form,
        lambda: give_task(**who(request), meeting=meeting, **form.facts()),
        heading=_("宿題を登録する"),
        label=_("登録する"),
        to=url_of(meeting),
        done=_("宿題を登録しました。"),
        crumbs=crumbs_of(meeting),
    )


@never_cache
def finish(request: Visit, task_id: int) -> HttpResponse:
    """宿題を完了にする."""
    found = Task.objects.select_related("meeting__committee").filter(pk=task_id).first()
    if found is None:
        raise Http404
    form = FinishTaskForm(typed(request))
    return act_page(
        request,
        form,
        lambda: finish_task(**who(request), task=found, **form.cleaned_data),
        heading=_("宿題を完了にする"),
        label=_("完了にする"),
        to=url_of(found.meeting),
        done=_("宿題を完了にしました。"),
        crumbs=crumbs_of(found.meeting),
        lead=[found.text],
    )


urlpatterns = [
    path("meetings/<int:meeting_id>/attendance/", attendance, name="council_meeting_attendance"),
    path("meetings/<int:meeting_id>/minutes/", minutes, name="council_meeting_minutes"),
    path("meetings/<int:meeting_id>/minutes/import/", transcript, name="council_meeting_transcript"),
    path("meetings/<int:meeting_id>/minutes/fix/", fix, name="council_meeting_fix"),
    path("meetings/<int:meeting_id>/tasks/new/", task, name="council_meeting_task"),
    path("meetings/tasks/<int:task_id>/finish/", finish, name="council_meeting_task_finish"),
]
