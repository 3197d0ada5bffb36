"""What staff do with one registration, a page for each act; the candidates for doubles stand where it is approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.actions import approvals, registration_terms, standing
from moyai.reservations.actions.penalties import give_penalty, take_back_penalty
from moyai.reservations.actions.registration_facts import facts_of
from moyai.reservations.actions.registrations import change_registration
from moyai.reservations.forms.registration_acts import (
    ApproveForm,
    JoinForm,
    PenaltyForm,
    ReasonForm,
    RenewForm,
    SuspendForm,
)
from moyai.reservations.forms.registrations import FactsForm, first_answers
from moyai.reservations.models import Booking, Penalty, Registration
from moyai.reservations.office.registration_tables import doubles_table, url
from moyai.reservations.office.registrations import ACTS, acts_of, find, frame, tried
from moyai.reservations.queries.policies import standing_reliefs
from moyai.reservations.queries.registrations import likely_doubles, registration_by_number, terms_for
from moyai.reservations.wording_users import wanted_rows
from moyai.tenants.public import body_of, clock
from moyai.ui.public import Form, page

SAYS = {
    "approve": lazy("承認すると、予約と抽選の申込みができるようになり、本人に知らせます。"),
    "refuse": lazy("理由は本人に知らせます。本人は内容を直して、もう一度申し込めます。"),
    "grant": lazy("本人が申し込んだ内容に変わります。"),
    "decline": lazy("登録の内容は元のままです。理由は本人に知らせます。"),
    "change": lazy("変えた項目は、本人の経過に残ります。"),
    "renew": lazy("有効期限を、決まりの年数だけ延ばします。"),
    "penalty": lazy("点数は団体の決まりで決まります。決まりの点数になると、利用停止になります。"),
    "suspend": lazy("停止の間は、予約と抽選の申込みができません。理由は本人に知らせます。"),
    "resume": lazy("すぐに予約と抽選の申込みができるようになります。"),
    "join": lazy("2つの登録を1人として数えます。抽選の権利も上限も1人分になります。"),
    "part": lazy("この登録を、ほかの登録とは別の方として数えます。"),
    "strike": lazy("抹消すると、予約と抽選の申込みができなくなります。"),
    "reinstate": lazy("承認待ちに戻ります。番号は変わりません。"),
}
DONE = {
    "approve": lazy("承認しました。"),
    "refuse": lazy("不承認にしました。"),
    "grant": lazy("変更・更新を承認しました。"),
    "decline": lazy("変更・更新を認めませんでした。"),
    "change": lazy("登録の内容を変えました。"),
    "renew": lazy("更新しました。"),
    "penalty": lazy("違反点を付けました。"),
    "suspend": lazy("利用停止にしました。"),
    "resume": lazy("利用を再開しました。"),
    "join": lazy("同じ方の登録としてまとめました。"),
    "part": lazy("別の方の登録としました。"),
    "strike": lazy("抹消しました。"),
    "reinstate": lazy("承認待ちに戻しました。"),
}
DANGER = {"refuse", "strike"}
WITH_DOUBLES = {"approve", "grant", "join", "part"}


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """The page of one act. One that the state or the role does not permit is absent."""
    row = find(request, number)
    if act not in ACTS:
        raise Http404
    if act not in acts_of(request, row):
        messages.warning(request, _("今の状態または権限では、この操作はできません。"))
        return redirect(url(request, "registration", number=number))
    today = clock.today(request.now)  # type: ignore[attr-defined]
    terms = terms_for(body_of(request.actor.body), today)  # type: ignore[attr-defined]
    likely = likely_doubles(row, terms=terms) if act in WITH_DOUBLES else []
    form = _form(request, row, act, doubles=bool(approvals.worth_a_look(likely)))
    if request.method == "POST" and form.is_valid():
        done = tried(form, _do(request, row, act, form))
        if done is not None:
            messages.success(request, str(DONE[act]))
            return redirect(url(request, "registration", number=number))
    heading = str(ACTS[act][0])
    context = frame(request, row)
    context["crumbs"] = [*context["crumbs"], (heading, "")]
    context |= {
        "heading": heading,
        "says": SAYS[act],
        "label": heading,
        "danger": act in DANGER,
        "doubles": doubles_table(request, likely, on=today),
        "wanted": wanted_rows(row.wanted) if act in ("grant", "decline") and row.wanted else [],
    }
    return page(request, "reservations/office/registration_act.html", context, form=form)


def _form(request: HttpRequest, row: Registration, act: str, *, doubles: bool) -> Form:
    posted = request.POST if request.method == "POST" else None
    today = clock.today(request.now)  # type: ignore[attr-defined]
    if act == "approve":
        initial = {"resident_class": row.resident_class, "relief": row.relief}
        reliefs = standing_reliefs(body_of(request.actor.body), today)  # type: ignore[attr-defined]
        return ApproveForm(posted, doubles=doubles, reliefs=reliefs, initial=initial)
    if act == "grant":
        asked = (row.wanted or {}).get("facts") or {}
        initial = {"resident_class": asked.get("resident_class") or row.resident_class}
        # Whom the wanted kana and birthday make one with is only seen when they have been written.
        return ApproveForm(posted, doubles=True, with_relief=False, initial=initial)
    if act == "change":
        initial = first_answers(facts_of(row))
        reliefs = standing_reliefs(body_of(request.actor.body), today)  # type: ignore[attr-defined]
        return FactsForm(posted, kind=row.kind, today=today, staff=True, reliefs=reliefs, initial=initial)
    forms: dict[str, type[Form]] = {
        "renew": RenewForm,
        "penalty": PenaltyForm,
        "suspend": SuspendForm,
        "join": JoinForm,
    }
    return forms.get(act, ReasonForm)(posted)


def _do(request: HttpRequest, row: Registration, act: str, form: Form) -> Callable[[], Any]:
    given: dict[str, Any] = form.cleaned_data
    who: dict[str, Any] = {"actor": request.actor, "now": request.now, "registration": row}  # type: ignore[attr-defined]
    seen: dict[str, Any] = {"seen_version": _seen(request)}
    if act in ("refuse", "decline", "strike", "reinstate"):
        verbs = {
            "refuse": approvals.refuse_registration,
            "decline": registration_terms.decline_change,
            "strike": approvals.strike_registration,
            "reinstate": approvals.reinstate_registration,
        }
        return lambda: verbs[act](**who, **seen, reason=given["reason"])
    if act == "approve":
        return lambda: approvals.approve_registration(
            **who,
            **seen,
            resident_class=given["resident_class"],
            class_until=given["class_until"],
            relief=given["relief"],
            looked_at_doubles=bool(given.get("looked_at_doubles")),
        )
    if act == "grant":
        return lambda: registration_terms.grant_change(
            **who,
            **seen,
            resident_class=given["resident_class"],
            class_until=given["class_until"],
            looked_at_doubles=bool(given.get("looked_at_doubles")),
        )
    if act == "change":
        assert isinstance(form, FactsForm)
        return lambda: change_registration(**who, **seen, facts=form.facts())
    if act == "renew":
        return lambda: registration_terms.renew_registration(**who, **seen, class_until=given["class_until"])
    if act == "suspend":
        return lambda: standing.suspend_registration(
            **who, **seen, reason=given["reason"], until=given["until"]
        )
    if act == "resume":
        return lambda: standing.resume_registration(**who, **seen, reason=given["reason"])
    if act == "part":
        return lambda: standing.part_registration(**who, reason=given["reason"])
    return _join(request, who, given, form) if act == "join" else _penalty(request, who, given)


class NoSuchRegistration(approvals.ReasonMissing):
    code = "no_such_registration"
    message = lazy("この番号の登録はありません。")


class NoSuchBooking(approvals.ReasonMissing):
    code = "no_such_booking"
    message = lazy("この方の予約に、この番号はありません。")


def _join(request: HttpRequest, who: dict[str, Any], given: dict[str, Any], form: Form) -> Callable[[], Any]:
    def do() -> Any:
        other = registration_by_number(actor=request.actor, number=given["number"])  # type: ignore[attr-defined]
        if other is None or other.forgotten_on is not None:
            raise NoSuchRegistration(fields={"number": str(NoSuchRegistration.message)})
        return standing.join_registrations(**who, other=other, reason=given["reason"])

    return do


def _penalty(request: HttpRequest, who: dict[str, Any], given: dict[str, Any]) -> Callable[[], Any]:
    def do() -> Any:
        booking = None
        if given["number"]:
            row: Registration = who["registration"]
            booking = Booking.objects.filter(
                body_id=row.body_id, registration=row, number=given["number"]
            ).first()
            if booking is None:
                raise NoSuchBooking(fields={"number": str(NoSuchBooking.message)})
        return give_penalty(**who, why=given["why"], booking=booking, reason=given["reason"])

    return do


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def penalty_back(request: HttpRequest, number: str, penalty_id: int) -> HttpResponse:
    """違反点を取り消す — with the suspension it brought."""
    row = find(request, number)
    penalty = Penalty.objects.filter(
        body_id=row.body_id, registration=row, pk=penalty_id, taken_back_at__isnull=True
    ).first()
    if penalty is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        done = tried(
            form,
            lambda: take_back_penalty(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                penalty=penalty,
                reason=form.cleaned_data["reason"],
            ),
        )
        if done is not None:
            messages.success(request, _("違反点を取り消しました。"))
            return redirect(url(request, "registration", number=number))
    heading = _("違反点を取り消す")
    context = frame(request, row)
    context["crumbs"] = [*context["crumbs"], (heading, "")]
    context |= {
        "heading": heading,
        "says": _("天候など、本人の責めによらないときに取り消します。この点数による利用停止も終わります。"),
        "label": heading,
    }
    return page(request, "reservations/office/registration_act.html", context, form=form)


urlpatterns = [
    path(
        "reservations/registrations/<str:number>/penalties/<int:penalty_id>/back/",
        penalty_back,
        name="reservations_office_registration_penalty_back",
    ),
    path(
        "reservations/registrations/<str:number>/<slug:act>/",
        act,
        name="reservations_office_registration_act",
    ),
]
