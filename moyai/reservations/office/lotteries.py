"""抽選 at the office: plan a round from the policy, watch its entries, the seed of two, the draw, who won."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moyai.audit.public import looked
from moyai.calendars.public import day_words, end_words, moment_words
from moyai.reservations.actions.lotteries.draw import draw_round, enter_seed, falls_back_at, freeze_round
from moyai.reservations.actions.lotteries.rounds import RoundRefused, call_off_round, plan_round
from moyai.reservations.actions.lotteries.wins import close_round, is_over, promote_entries
from moyai.reservations.forms.rounds import CallOffForm, PlanForm, SeedForm, facts_in_boxes
from moyai.reservations.models import Entry, Registration, Round
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.lotteries import (
    PAGE_ROWS,
    counted,
    entries_by_rank,
    monthly_plan,
    rooms_of_round,
    rooms_to_draw,
    round_of,
    rounds_for_staff,
)
from moyai.reservations.wording_lotteries import entry_badge, fact_rows, round_badge, terms_rows
from moyai.tenants.public import Refusal, body_of, clock
from moyai.ui.public import Form, group_in_fours, page

MENU = [(gettext_lazy("抽選"), "reservations_office_rounds")]
S = Round.State


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"reservations_office_{name}", kwargs={"body_slug": slug, **kwargs})


def _round(request: HttpRequest, round_id: int) -> Round:
    found = round_of(body_of(request.actor.body), round_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _crumbs(request: HttpRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("抽選"), url(request, "rounds") if more else ""), *more]


@never_cache
@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """抽選回の一覧 — newest first."""
    now = request.now  # type: ignore[attr-defined]
    value = request.GET.get("before", "")
    before = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
    found = rounds_for_staff(body_of(request.actor.body), before=before)  # type: ignore[attr-defined]
    size = PAGE_ROWS // 2
    shown = found[:size]
    table = {
        "caption": _("抽選回"),
        "columns": [
            {"label": _("名前")},
            {"label": _("利用日")},
            {"label": _("申込みの終わり")},
            {"label": _("名簿の申込み（件）"), "numeric": True},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": one.title, "url": url(request, "round", round_id=one.pk), "head": True},
                f"{day_words(one.for_from)}～{day_words(one.for_until)}",
                end_words(one.enter_until),
                f"{one.entries:,}" if one.frozen_at else None,
                {"state": round_badge(one, now)},
            ]
            for one in shown
        ],
        "empty": _("抽選回はまだありません。"),
        "cards": True,
    }
    context = {
        "table": table,
        "crumbs": _crumbs(request),
        "new_url": url(request, "round_new"),
        "older_url": f"{url(request, 'rounds')}?before={shown[-1].pk}" if len(found) > size else "",
    }
    return page(request, "reservations/office/rounds.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """抽選回を予定する — begun from the lottery policy for the next month that has no round yet."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    body = body_of(actor.body)
    rooms = rooms_to_draw(body)
    plan = monthly_plan(body, _month(request), rooms=rooms, today=clock.today(now))
    posted = request.method == "POST"
    form = PlanForm(
        request.POST if posted else None, rooms=rooms, initial=None if posted else facts_in_boxes(plan)
    )
    if posted and form.is_valid() and _planned(request, form, None):
        return redirect(url(request, "rounds"))
    return _plan_page(request, form, _("抽選回を予定する"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, round_id: int) -> HttpResponse:
    """抽選回を直す — until its entries begin."""
    found = _round(request, round_id)
    now = request.now  # type: ignore[attr-defined]
    if found.state != S.OPEN or now >= found.enter_from or found.kind != Round.Kind.MONTHLY:
        raise Http404
    known = {name: getattr(found, name) for name in (
        "title", "for_from", "for_until", "enter_from", "enter_until", "mode", "win_cap", "wishes", "entry_cap",
        "groups_first", "classes_first", "confirm_until", "promote_hours", "seed_kind", "seed_source",
    )}  # fmt: skip
    known["rooms"] = [str(room.pk) for room in rooms_of_round(found)]
    posted = request.method == "POST"
    form = PlanForm(
        request.POST if posted else None,
        rooms=rooms_to_draw(body_of(request.actor.body)),  # type: ignore[attr-defined]
        initial=None if posted else facts_in_boxes(known),
    )
    if posted and form.is_valid() and _planned(request, form, found):
        return redirect(url(request, "round", round_id=found.pk))
    return _plan_page(request, form, _("抽選回を直す"))


@never_cache
@require_safe
def round_page(request: HttpRequest, round_id: int) -> HttpResponse:
    """One round: its terms, its entries in numbers, and what can be done next."""
    found = _round(request, round_id)
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    numbers = counted(found)
    words = dict(Entry.State.choices)
    facts = fact_rows(found, numbers)
    facts.append(
        {"key": _("申し込んだ方"), "value": _("%(count)s人（組）") % {"count": f"{numbers.persons:,}"}}
    )
    facts += [
        {"key": str(words[state]), "value": _("%(count)s件") % {"count": f"{count:,}"}}
        for state, count in sorted(numbers.by_state.items())
    ]
    waits_for_beacon = (
        found.seed_kind == Round.SeedKind.DRAND and found.state == S.FROZEN and not found.seed_used
    )
    context = {
        "round": found,
        "state": round_badge(found, now),
        "terms": terms_rows(found),
        "facts": facts,
        "rooms": [f"{room.facility.name} {room.name}" for room in rooms_of_round(found)],
        "may_edit": found.state == S.OPEN and now < found.enter_from and found.kind == Round.Kind.MONTHLY,
        "may_freeze": found.state == S.OPEN and now >= found.enter_until and found.kind == Round.Kind.MONTHLY,
        "may_call_off": found.state == S.OPEN and actor.may(set(PERMITS["reservations.call_off_round"])),
        "may_seed": found.state == S.FROZEN
        and not found.seed_used
        and (not waits_for_beacon or now >= falls_back_at(found)),
        "waits_until": moment_words(falls_back_at(found)) if waits_for_beacon else "",
        "may_draw": found.state == S.FROZEN and bool(found.seed_used),
        "may_promote": found.state == S.DRAWN,
        "may_close": found.state == S.DRAWN and is_over(found, now=now),
        "entries_url": url(request, "round_entries", round_id=found.pk),
        "public_url": reverse(
            "reservations_portal_round",
            kwargs={"body_slug": actor.body.slug, "round_id": found.pk},
        ),
        "crumbs": _crumbs(request, (found.title, "")),
    }
    return page(request, "reservations/office/round.html", context)


@never_cache
@require_safe
def entries(request: HttpRequest, round_id: int) -> HttpResponse:
    """申込みと結果 with names: for the office only, and each look leaves a deed."""
    found = _round(request, round_id)
    value = request.GET.get("from", "")
    start = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 0
    rows = entries_by_rank(found, start=start, with_names=True)
    looked(
        actor=request.actor,  # type: ignore[attr-defined]
        now=request.now,  # type: ignore[attr-defined]
        verb="reservations.view_entries",
        thing=found,
        detail={"from": start, "count": len(rows)},
    )
    here = url(request, "round_entries", round_id=found.pk)
    more = len(rows) == PAGE_ROWS
    context = {
        "round": found,
        "table": {
            "caption": _("申込みと結果"),
            "columns": [
                {"label": _("順番"), "numeric": True},
                {"label": _("番号")},
                {"label": _("申込番号")},
                {"label": _("申し込んだ方")},
                {"label": _("区分")},
                {"label": _("当選した希望"), "numeric": True},
                {"label": _("状態")},
            ],
            "rows": [
                [
                    f"{one.rank:,}" if one.rank else None,
                    {"text": one.ticket_id, "head": True},
                    group_in_fours(one.number),
                    one.registration.name,
                    str(Registration.Class(one.resident_class).label),
                    f"{one.won_wish}" if one.won_wish else None,
                    {"state": entry_badge(one)},
                ]
                for one in rows
            ],
            "empty": _("申込みはまだありません。"),
        },
        "older_url": f"{here}?from={start + PAGE_ROWS}" if more else "",
        "newer_url": f"{here}?from={max(0, start - PAGE_ROWS)}" if start else "",
        "size": PAGE_ROWS,
        "crumbs": _crumbs(
            request, (found.title, url(request, "round", round_id=found.pk)), (_("申込みと結果"), "")
        ),
    }
    return page(request, "reservations/office/round_entries.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seed(request: HttpRequest, round_id: int) -> HttpResponse:
    """種を入力する — the first official types it, another types the same."""
    found = _round(request, round_id)
    if found.state != S.FROZEN or found.seed_used:
        raise Http404
    form = SeedForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(form, enter_seed, request, round=found, typed=form.cleaned_data["seed"])
    ):
        messages.success(request, _("種を受け付けました。2名の入力がそろうと、抽選できます。"))
        return redirect(url(request, "round", round_id=found.pk))
    context = {
        "round": found,
        "crumbs": _crumbs(
            request, (found.title, url(request, "round", round_id=found.pk)), (_("種を入力する"), "")
        ),
    }
    return page(request, "reservations/office/round_seed.html", context, form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: HttpRequest, round_id: int) -> HttpResponse:
    """中止する — with a reason that everybody who entered is told."""
    found = _round(request, round_id)
    if found.state != S.OPEN:
        raise Http404
    form = CallOffForm(request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _tried(form, call_off_round, request, round=found, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("抽選を中止しました。申し込んだ方に知らせます。"))
        return redirect(url(request, "round", round_id=found.pk))
    context = {
        "round": found,
        "crumbs": _crumbs(
            request, (found.title, url(request, "round", round_id=found.pk)), (_("中止する"), "")
        ),
    }
    return page(request, "reservations/office/round_call_off.html", context, form=form)


@require_POST
def act(request: HttpRequest, round_id: int, verb: str) -> HttpResponse:
    """名簿を確定する, 抽選する, 補欠を繰り上げる, 終える — one button each."""
    found = _round(request, round_id)
    acts: dict[str, tuple[Any, str]] = {
        "freeze": (freeze_round, _("名簿を確定して公開しました。")),
        "draw": (draw_round, _("抽選しました。結果を公開し、申し込んだ方に知らせます。")),
        "promote": (promote_entries, _("空いた枠を、補欠の順に案内しました。")),
        "close": (close_round, _("抽選回を終えました。")),
    }
    if verb not in acts:
        raise Http404
    do, said = acts[verb]
    try:
        with transaction.atomic():
            do(actor=request.actor, now=request.now, round=found)  # type: ignore[attr-defined]
        messages.success(request, said)
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    return redirect(url(request, "round", round_id=found.pk))


# --- how --------------------------------------------------------------------------------------------


def _month(request: HttpRequest) -> date | None:
    """The month asked for in the address (2027-02)."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return None


def _planned(request: HttpRequest, form: PlanForm, round: Round | None) -> bool:
    try:
        with transaction.atomic():
            plan_round(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                facts=form.facts(),
                round=round,
            )
    except RoundRefused as refusal:
        form.put(refusal.fields)
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal.message))
        return False
    messages.success(request, _("抽選回を保存しました。"))
    return True


def _plan_page(request: HttpRequest, form: PlanForm, heading: str) -> HttpResponse:
    context = {"heading": heading, "crumbs": _crumbs(request, (heading, ""))}
    return page(request, "reservations/office/round_plan.html", context, form=form)


def _tried(form: Form, verb: Any, request: HttpRequest, **facts: Any) -> bool:
    """Do it; a refusal undoes it and is said on the form."""
    try:
        with transaction.atomic():
            verb(actor=request.actor, now=request.now, **facts)  # type: ignore[attr-defined]
    except Refusal as refusal:
        for text in dict.fromkeys(str(text) for text in refusal.fields.values()) or [str(refusal.message)]:
            form.add_error(None, text)
        return False
    return True


_ONE = "lotteries/<int:round_id>/"
urlpatterns = [
    path("lotteries/", rounds, name="reservations_office_rounds"),
    path("lotteries/new/", new, name="reservations_office_round_new"),
    path(_ONE, round_page, name="reservations_office_round"),
    path(f"{_ONE}edit/", edit, name="reservations_office_round_edit"),
    path(f"{_ONE}entries/", entries, name="reservations_office_round_entries"),
    path(f"{_ONE}seed/", seed, name="reservations_office_round_seed"),
    path(f"{_ONE}call-off/", call_off, name="reservations_office_round_call_off"),
    path(f"{_ONE}<slug:verb>/", act, name="reservations_office_round_act"),
]
