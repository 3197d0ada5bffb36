"""あなたの抽選の申込み — what became of an entry, its proof, and its withdrawal, confirmation or decline."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import day_words, end_words, moment_words
from moyai.reservations.actions.lotteries.entries import withdraw_entry
from moyai.reservations.actions.lotteries.wins import confirm_win, decline_win
from moyai.reservations.actions.win_use import asked_of_winner, scene_of_win
from moyai.reservations.forms.booking import WonForm
from moyai.reservations.models import Entry, Round
from moyai.reservations.portal.lotteries import url
from moyai.reservations.portal.naming import time_words
from moyai.reservations.portal.registrations import signed_in
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.lotteries import (
    own_entries,
    own_entry,
    proof_of,
    unit_words,
)
from moyai.reservations.wording_lotteries import entry_badge
from moyai.tenants.public import Refusal, body_of
from moyai.ui.public import group_in_fours, page

E = Entry.State


@never_cache
@require_safe
@signed_in
def entries(request: HttpRequest) -> HttpResponse:
    """あなたの抽選の申込み — newest first."""
    rows = own_entries(actor=request.actor)  # type: ignore[attr-defined]
    cards = [
        {
            "title": one.round.title,
            "url": url(request, "entry", number=one.number),
            "text": "",
            "facts": [
                {"key": _("申込番号"), "value": group_in_fours(one.number)},
                {"key": _("利用者登録"), "value": one.registration.name},
                {"key": _("申し込んだ日時"), "value": moment_words(one.made_at)},
            ],
            "state": entry_badge(one),
        }
        for one in rows
    ]
    return page(
        request,
        "reservations/portal/entries.html",
        {"service": _("施設予約"), "cards": cards, "rounds_url": url(request, "lotteries")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def entry(request: HttpRequest, number: str) -> HttpResponse:
    """One entry: its wishes, what the draw gave, and what can be done now."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    found = own_entry(actor=actor, number=number)
    if found is None:
        raise Http404
    answers = found.state in (E.WON, E.OFFERED) and found.booking is not None
    may_answer = answers and (found.answer_until is None or now < found.answer_until)
    form = _won_form(request, found) if may_answer else None
    if request.method == "POST" and (request.POST.get("act") != "confirm" or form is None or form.is_valid()):
        return _act(request, found, form)
    units = unit_words(body_of(actor.body), [one["combination"] for one in found.wishes])
    frozen = found.round.frozen_at is not None
    rows = [
        {
            "key": _("抽選"),
            "value": found.round.title,
            "url": url(request, "round", round_id=found.round_id),
            "action": _("見る"),
        },
        {"key": _("利用者登録"), "value": found.registration.name},
        *(
            {
                "key": _("第%(number)s希望") % {"number": at},
                "value": " ".join(
                    (
                        day_words(date.fromisoformat(one["day"])),
                        time_words(one["starts"], one["ends"]),
                        units.get(one["combination"], ""),
                        _("（当選）") if found.won_wish == at and found.state != E.OFFERED else "",
                    )
                ).strip(),
            }
            for at, one in enumerate(found.wishes, 1)
        ),
        {"key": _("申し込んだ日時"), "value": moment_words(found.made_at)},
    ]
    if found.made_by:
        rows.append({"key": _("代わりに申し込んだ職員"), "value": found.made_by})
    if frozen and found.state != E.WITHDRAWN:
        rows.append({"key": _("名簿での番号"), "value": found.ticket_id})
        if found.rank:
            rows.append({"key": _("抽選の順番"), "value": f"{found.rank:,}"})
    context = {
        "service": _("施設予約"),
        "crumbs": [
            (_("抽選"), url(request, "lotteries")),
            (_("あなたの抽選の申込み"), url(request, "entries")),
            (found.round.title, None),
        ],
        "entry": found,
        "number": group_in_fours(found.number),
        "state": entry_badge(found),
        "rows": rows,
        "may_answer": may_answer,
        "won_form": form if form is not None and form.fields else None,
        "until": end_words(found.answer_until) if found.answer_until else "",
        "may_withdraw": found.state == E.WAITING
        or (
            found.state == E.ENTERED
            and found.round.state == Round.State.OPEN
            and now < found.round.enter_until
        ),
        "booking_url": url(request, "booking", number=found.booking.number)
        if found.booking is not None and found.state == E.CONFIRMED
        else "",
        "proof_url": url(request, "entry_proof", number=found.number)
        if frozen and found.state != E.WITHDRAWN
        else "",
    }
    return page(
        request,
        "reservations/portal/entry.html",
        context,
        form=form if form is not None and form.is_bound else None,
    )


def _won_form(request: HttpRequest, found: Entry) -> WonForm:
    """What is asked with the confirmation: nothing where the fee does not depend on it."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    assert found.booking is not None  # a win has its place
    asks = asked_of_winner(scene_of_win(found.booking, actor=actor, now=now))
    posted = request.method == "POST" and request.POST.get("act") == "confirm"
    return WonForm(request.POST if posted else None, asks=asks)


@never_cache
@require_safe
@signed_in
def proof(request: HttpRequest, number: str) -> HttpResponse:
    """所在の証明 — that one's own entry stands in the published list."""
    found = own_entry(actor=request.actor, number=number)  # type: ignore[attr-defined]
    text = proof_of(found) if found is not None else None
    if found is None or text is None:
        raise Http404
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{found.round.label}.json"'},
    )


def _act(request: HttpRequest, found: Entry, form: WonForm | None) -> HttpResponse:
    acts = {
        "withdraw": (withdraw_entry, _("抽選の申込みを取り下げました。")),
        "confirm": (confirm_win, _("予約を確定しました。")),
        "decline": (decline_win, _("辞退を受け付けました。")),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    verb, said = act
    told = form.cleaned_data if form is not None and form.is_bound else {}
    try:
        with transaction.atomic():
            verb(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                entry=found,
                channel=channel_of(request),
                **told,
            )
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        messages.success(request, said)
    return redirect(url(request, "entry", number=found.number))


urlpatterns = [
    path("lotteries/mine/", entries, name="reservations_portal_entries"),
    path("lotteries/mine/<str:number>/", entry, name="reservations_portal_entry"),
    path("lotteries/mine/<str:number>/proof/", proof, name="reservations_portal_entry_proof"),
]
