"""会議を準備し、招集し、開催済にする — one page for each act on a sitting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from moyai.council.act_pages import Act, ConfirmForm, act_page
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
from moyai.council.desk import Visit, typed
from moyai.council.desk import act_page as one_act
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
def new(request: HttpRequest) -> HttpResponse:
    """会議を準備する."""
    committees = committees_in_order()
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        committees=committees,
        initial={"public": True, "mode": Meeting.Mode.PERSON, "committee": _asked(request, committees)},
    )
    act = Act(
        heading=_("会議を準備する"),
        label=_("準備する"),
        run=lambda _data: plan_meeting(**_who(request), committee=form.chosen(), **form.facts()),
        done=url_of,
        said=lambda made: _("%(title)sを準備しました。") % {"title": titled(made)},
        crumbs=crumbs_of(),
    )
    return act_page(request, form, act)


def _asked(request: HttpRequest, committees: list[Any]) -> str:
    code = request.GET.get("committee", "")
    return next((str(one.pk) for one in committees if one.code == code), "")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.actor, "now": request.now}  # type: ignore[attr-defined]


@never_cache
def record(request: HttpRequest) -> HttpResponse:
    """過去の会議を記録する — nobody is told."""
    form = RecordMeetingForm(
        request.POST if request.method == "POST" else None,
        committees=committees_in_order(),
        initial={"public": True, "mode": Meeting.Mode.PERSON},
    )
    act = Act(
        heading=_("過去の会議を記録する"),
        label=_("記録する"),
        run=lambda _data: record_meeting(
            **_who(request), committee=form.chosen(), closed=False, **form.facts()
        ),
        done=url_of,
        said=lambda made: _("%(title)sを記録しました。") % {"title": titled(made)},
        crumbs=crumbs_of(),
        intro=[_("すでに開かれた会議を記録します。だれにも通知しません。")],
    )
    return act_page(request, form, act)


@never_cache
def series(request: HttpRequest) -> HttpResponse:
    """月例会議をまとめて準備する."""
    form = SeriesForm(
        request.POST if request.method == "POST" else None,
        committees=committees_in_order(),
        initial={"every_months": 1, "mode": Meeting.Mode.PERSON},
    )
    act = Act(
        heading=_("月例会議をまとめて準備する"),
        label=_("準備する"),
        run=lambda data: plan_series(
            **_who(request),
            committee=form.chosen(),
            **{name: data[name] for name in ("first_on", "until_on", "every_months", "mode", "place")},
        ),
        done=lambda _made: reverse("council_meetings"),
        said=lambda made: _("%(count)s回の会議を準備しました。") % {"count": len(made)},
        crumbs=crumbs_of(),
        boxes={"held_on": "first_on"},
    )
    return act_page(request, form, act)


@never_cache
def edit(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """会議を直す."""
    found = found_or_absent(meeting_id)
    known = {name: getattr(found, name) for name in (
        "held_on", "until_on", "mode", "place", "name", "public", "version", "and_others",
    )}  # fmt: skip
    known["begins"] = f"{found.begins:%H:%M}" if found.begins else ""
    form = EditMeetingForm(
        request.POST if request.method == "POST" else None, initial=known | in_boxes(found.deadline)
    )
    act = Act(
        heading=_("会議を直す"),
        label=_("保存する"),
        run=lambda data: edit_meeting(
            **_who(request), meeting=found, version=data["version"], **form.facts()
        ),
        done=url_of,
        said=_("会議を直しました。"),
        crumbs=crumbs_of(found),
        boxes={"deadline": "deadline_on"},
        intro=[_("招集した後に日・時刻・場所・開き方を変えると、構成員に知らせます。")]
        if found.state == S.CALLED
        else [],
    )
    return act_page(request, form, act)


@never_cache
def call(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """招集する."""
    found = found_or_absent(meeting_id)
    bodies = [one for one in sitting_in(found.committee, found.held_on) if one.body is not None]
    act = Act(
        heading=_("会議を招集する"),
        label=_("招集する"),
        run=lambda _data: call_meeting(**_who(request), meeting=found),
        done=url_of,
        said=_("招集しました。構成員に知らせました。"),
        crumbs=crumbs_of(found),
        intro=[
            f"{titled(found)}（{days_of(found)}）",
            _("%(count)s団体に知らせ、会員のページに議題と資料を出します。") % {"count": len(bodies)},
        ],
    )
    return act_page(request, ConfirmForm(request.POST if request.method == "POST" else None), act)


@never_cache
def hold(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """開催済にする."""
    found = found_or_absent(meeting_id)
    act = Act(
        heading=_("開催済にする"),
        label=_("開催済にする"),
        run=lambda _data: hold_meeting(**_who(request), meeting=found),
        done=url_of,
        said=_("開催済にしました。"),
        crumbs=crumbs_of(found),
        intro=[f"{titled(found)}（{days_of(found)}）"],
    )
    return act_page(request, ConfirmForm(request.POST if request.method == "POST" else None), act)


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
    return one_act(
        request,
        form,
        lambda: cancel_meeting(**_who(request), meeting=found, reason=form.cleaned_data["reason"]),
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
