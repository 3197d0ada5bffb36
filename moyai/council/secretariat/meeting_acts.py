"""会議を準備し、招集し、開催済にする — one page for each act on a sitting."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moyai.council.actions.meetings import (
    BallotsOpen,
    call_meeting,
    cancel_meeting,
    edit_meeting,
    hold_meeting,
    plan_meeting,
    plan_series,
    record_meeting,
)
from moyai.council.desk import ConfirmForm, Visit, act_page, typed, who
from moyai.council.forms.meetings import (
    CancelForm,
    EditMeetingForm,
    MeetingForm,
    RecordMeetingForm,
    SeriesForm,
    in_boxes,
)
from moyai.council.models import Ballot, Meeting
from moyai.council.queries.ballots import ballots_of
from moyai.council.queries.meeting_words import days_of, titled
from moyai.council.queries.meetings import committees_in_order
from moyai.council.queries.sitting import sitting_in
from moyai.council.secretariat.meetings import crumbs_of, found_or_absent, url_of

S = Meeting.State


@never_cache
def new(request: Visit) -> HttpResponse:
    """会議を準備する."""
    committees = committees_in_order()
    form = MeetingForm(
        typed(request),
        committees=committees,
        initial={"public": True, "mode": Meeting.Mode.PERSON, "committee": _asked(request, committees)},
    )
    return act_page(
        request,
        form,
        lambda: plan_meeting(**who(request), committee=form.chosen(), **form.facts()),
        heading=_("会議を準備する"),
        label=_("準備する"),
        to=url_of,
        done=lambda made: _("%(title)sを準備しました。") % {"title": titled(made)},
        crumbs=crumbs_of(),
    )


def _asked(request: Visit, committees: list[Any]) -> str:
    code = request.GET.get("committee", "")
    return next((str(one.pk) for one in committees if one.code == code), "")


@never_cache
def record(request: Visit) -> HttpResponse:
    """過去の会議を記録する — nobody is told."""
    form = RecordMeetingForm(
        typed(request),
        committees=committees_in_order(),
        initial={"public": True, "mode": Meeting.Mode.PERSON},
    )
    return act_page(
        request,
        form,
        lambda: record_meeting(**who(request), committee=form.chosen(), closed=False, **form.facts()),
        heading=_("過去の会議を記録する"),
        label=_("記録する"),
        to=url_of,
        done=lambda made: _("%(title)sを記録しました。") % {"title": titled(made)},
        crumbs=crumbs_of(),
        lead=[_("すでに開かれた会議を記録します。だれにも通知しません。")],
    )


@never_cache
def series(request: Visit) -> HttpResponse:
    """月例会議をまとめて準備する."""
    form = SeriesForm(
        typed(request),
        committees=committees_in_order(),
        initial={"every_months": 1, "mode": Meeting.Mode.PERSON},
    )
    return act_page(
        request,
        form,
        lambda: plan_series(
            **who(request),
            committee=form.chosen(),
            **{
                name: form.cleaned_data[name]
                for name in ("first_on", "until_on", "every_months", "mode", "place")
            },
        ),
        heading=_("月例会議をまとめて準備する"),
        label=_("準備する"),
        to=reverse("council_meetings"),
        done=lambda made: _("%(count)s回の会議を準備しました。") % {"count": len(made)},
        crumbs=crumbs_of(),
        boxes={"held_on": "first_on"},
    )


@never_cache
def edit(request: Visit, meeting_id: int) -> HttpResponse:
    """会議を直す."""
    found = found_or_absent(meeting_id)
    known = {name: getattr(found, name) for name in (
        "held_on", "until_on", "mode", "place", "name", "public", "version", "and_others",
    )}  # fmt: skip
    known["begins"] = f"{found.begins:%H:%M}" if found.begins else ""
    form = EditMeetingForm(typed(request), initial=known | in_boxes(found.deadline))
    return act_page(
        request,
        form,
        lambda: edit_meeting(
            **who(request), meeting=found, version=form.cleaned_data["version"], **form.facts()
        ),
        heading=_("会議を直す"),
        label=_("保存する"),
        to=url_of,
        done=_("会議を直しました。"),
        crumbs=crumbs_of(found),
        boxes={"deadline": "deadline_on"},
        lead=[_("招集した後に日・時刻・場所・開き方を変えると、構成員に知らせます。")]
        if found.state == S.CALLED
        else [],
    )


@never_cache
def call(request: Visit, meeting_id: int) -> HttpResponse:
    """招集する."""
    found = found_or_absent(meeting_id)
    bodies = [one for one in sitting_in(found.committee, found.held_on) if one.body is not None]
    form = ConfirmForm(typed(request))
    return act_page(
        request,
        form,
        lambda: call_meeting(**who(request), meeting=found),
        heading=_("会議を招集する"),
        label=_("招集する"),
        to=url_of,
        done=_("招集しました。構成員に知らせました。"),
        crumbs=crumbs_of(found),
        lead=[
            f"{titled(found)}（{days_of(found)}）",
            _("%(count)s団体に知らせ、会員のページに議題と資料を出します。") % {"count": len(bodies)},
        ],
    )


@never_cache
def hold(request: Visit, meeting_id: int) -> HttpResponse:
    """開催済にする."""
    found = found_or_absent(meeting_id)
    form = ConfirmForm(typed(request))
    return act_page(
        request,
        form,
        lambda: hold_meeting(**who(request), meeting=found),
        heading=_("開催済にする"),
        label=_("開催済にする"),
        to=url_of,
        done=_("開催済にしました。"),
        crumbs=crumbs_of(found),
        lead=[f"{titled(found)}（{days_of(found)}）"],
    )


@never_cache
def cancel(request: Visit, meeting_id: int) -> HttpResponse:
    """中止する — when no ballot is open: those that are stand here, each to be withdrawn first."""
    found = found_or_absent(meeting_id)
    form = CancelForm(typed(request))
    open_now = [one for one in ballots_of(found) if one.state == Ballot.State.OPEN]
    table = {
        "caption": _("受付中の表決"),
        "columns": [_("議案"), _("表決")],
        "rows": [
            [
                one.item.title,
                {
                    "text": _("「%(title)s」の表決を開く") % {"title": one.item.title},
                    "url": reverse("council_ballot", kwargs={"ballot_id": one.pk}),
                },
            ]
            for one in open_now
        ],
    }
    return act_page(
        request,
        form,
        lambda: cancel_meeting(**who(request), meeting=found, reason=form.cleaned_data["reason"]),
        heading=_("会議を中止する"),
        lead=str(BallotsOpen.message) if open_now else _("元に戻せません。"),
        label=_("中止する"),
        done=_("会議を中止しました。"),
        to=url_of(found),
        crumbs=crumbs_of(found),
        facts=[{"key": _("会議"), "value": f"{titled(found)}（{days_of(found)}）"}],
        table=table if open_now else None,
        danger=True,
        closed=bool(open_now) and request.method != "POST",
    )


urlpatterns = [
    path("meetings/new/", new, name="council_meeting_new"),
    path("meetings/record/", record, name="council_meeting_record"),
    path("meetings/series/", series, name="council_meeting_series"),
    path("meetings/<int:meeting_id>/edit/", edit, name="council_meeting_edit"),
    path("meetings/<int:meeting_id>/call/", call, name="council_meeting_call"),
    path("meetings/<int:meeting_id>/hold/", hold, name="council_meeting_hold"),
    path("meetings/<int:meeting_id>/cancel/", cancel, name="council_meeting_cancel"),
]
