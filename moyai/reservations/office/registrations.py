"""利用者登録 at the office: what waits, find somebody, approve many at once, register at the counter."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.audit.public import looked
from moyai.calendars.public import short_wareki
from moyai.notices.public import notices_about
from moyai.reservations.actions.approvals import approve_many
from moyai.reservations.actions.registrations import AlreadyRegistered, FactsWrong, NotOffered, register
from moyai.reservations.forms.registration_acts import FilterForm
from moyai.reservations.forms.registrations import FactsForm
from moyai.reservations.models import Registration
from moyai.reservations.office.desk import looked_over
from moyai.reservations.office.registration_tables import (
    doubles_table,
    facts_rows,
    members_table,
    penalties_table,
    url,
)
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.policies import standing_reliefs
from moyai.reservations.queries.registrations import (
    COUNT_UP_TO,
    PAGE_ROWS,
    VIEWS,
    Wanted,
    class_on,
    history_of,
    likely_doubles,
    penalties_of,
    registration_by_number,
    registrations,
    tenths_in_force,
    terms_for,
    waiting_counts,
)
from moyai.reservations.wording_users import badge, day, points, timeline, wanted_rows
from moyai.tenants.public import Refusal, body_of, clock
from moyai.ui.public import Form, group_in_fours, page

MENU = [(gettext_lazy("利用者登録"), "reservations_office_registrations")]
VIEW_WORDS = {
    "pending": gettext_lazy("承認待ち"),
    "wanting": gettext_lazy("変更・更新の申込み"),
    "active": gettext_lazy("利用できる方"),
    "suspended": gettext_lazy("利用停止"),
    "ended": gettext_lazy("不承認・抹消"),
    "all": gettext_lazy("すべて"),
}
# What may be done in which state: act → (words of the link, permit).
ACTS: dict[str, tuple[Any, str]] = {
    "approve": (gettext_lazy("承認する"), "reservations.approve_registration"),
    "refuse": (gettext_lazy("不承認にする"), "reservations.refuse_registration"),
    "grant": (gettext_lazy("変更・更新を承認する"), "reservations.grant_change"),
    "decline": (gettext_lazy("変更・更新を認めない"), "reservations.decline_change"),
    "change": (gettext_lazy("内容を変える"), "reservations.change_registration"),
    "renew": (gettext_lazy("更新する"), "reservations.renew_registration"),
    "penalty": (gettext_lazy("違反点を付ける"), "reservations.give_penalty"),
    "suspend": (gettext_lazy("利用停止にする"), "reservations.suspend_registration"),
    "resume": (gettext_lazy("利用を再開する"), "reservations.resume_registration"),
    "join": (gettext_lazy("別の登録と同じ方とする"), "reservations.join_registrations"),
    "part": (gettext_lazy("別の方とする"), "reservations.part_registration"),
    "strike": (gettext_lazy("抹消する"), "reservations.strike_registration"),
    "reinstate": (gettext_lazy("抹消・不承認を取り消す"), "reservations.reinstate_registration"),
}
BY_STATE: dict[str, tuple[str, ...]] = {
    "pending": ("approve", "refuse", "change", "join", "part"),
    "active": ("grant", "decline", "change", "renew", "penalty", "suspend", "join", "part", "strike"),
    "suspended": (
        "grant",
        "decline",
        "change",
        "renew",
        "penalty",
        "suspend",
        "resume",
        "join",
        "part",
        "strike",
    ),
    "refused": ("reinstate", "join", "part"),
    "struck": ("reinstate", "join", "part"),
}


def find(request: HttpRequest, number: str) -> Registration:
    """A registration of this body, or 404 in the same words as for an absent page."""
    found = registration_by_number(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def acts_of(request: HttpRequest, row: Registration) -> list[str]:
    """The acts that state and role permit."""
    actor = request.actor  # type: ignore[attr-defined]
    if row.forgotten_on is not None:
        return []
    possible = BY_STATE[row.state]
    if row.wanted_at is None:
        possible = tuple(act for act in possible if act not in ("grant", "decline"))
    return [act for act in possible if actor.may(set(PERMITS[ACTS[act][1]]))]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """利用者登録 — one page by key; the address is the whole state. POST approves the ticked ones."""
    actor = request.actor  # type: ignore[attr-defined]
    here = url(request, "registrations")
    if request.method == "POST":
        return _approve_many(request, here)
    get = request.GET
    view = get.get("view", "") if get.get("view") in VIEWS else "all" if get.get("q") else "pending"
    wanted = Wanted(
        view=view,
        kind=get.get("kind", ""),
        resident_class=get.get("resident_class", ""),
        words=get.get("q", "")[:100],
        after=_key(get.get("after", "")),
        before=_key(get.get("before", "")),
    )
    found = registrations(actor=actor, wanted=wanted)
    counts = waiting_counts(actor=actor)
    form = FilterForm({**get.dict(), "view": view})
    form.is_valid()
    narrowed = {
        key: value
        for key, value in (
            ("q", wanted.words),
            ("kind", wanted.kind),
            ("resident_class", wanted.resident_class),
        )
        if value
    }
    state = {"view": view, **narrowed}
    looked_over(request, "registrations", (row.name for row in found.rows))  # type: ignore[arg-type]
    return page(
        request,
        "reservations/office/registrations.html",
        {
            "service": _("施設予約"),
            "views": [
                {
                    "label": VIEW_WORDS[one],
                    "url": f"{here}?{urlencode({'view': one})}",
                    "current": one == view,
                    "count": _count(counts[one]) if one in counts else "",
                }
                for one in VIEWS
            ],
            "view_label": VIEW_WORDS[view],
            "filter": form,
            "here": here,
            "clear_url": f"{here}?{urlencode({'view': view})}" if narrowed else "",
            "table": _table(request, found.rows, view),
            "found": bool(found.rows),
            "may_approve": view == "pending",
            "older_url": f"{here}?{urlencode({**state, 'after': found.older})}" if found.older else "",
            "newer_url": f"{here}?{urlencode({**state, 'before': found.newer})}" if found.newer else "",
            "page_rows": PAGE_ROWS,
            "nothing": _("条件に合う登録はありません。") if narrowed else _("該当する登録はありません。"),
            "person_url": url(request, "registration_new", kind="person"),
            "group_url": url(request, "registration_new", kind="group"),
        },
    )


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _count(number: int) -> str:
    return f"{COUNT_UP_TO}+" if number > COUNT_UP_TO else str(number)


def _table(request: HttpRequest, rows: list[Registration], view: str) -> dict[str, Any]:
    today = clock.today(request.now)  # type: ignore[attr-defined]
    pending = view == "pending"
    shown = []
    for row in rows:
        number = group_in_fours(row.number)
        cells: list[Any] = [
            {"text": number, "url": url(request, "registration", number=row.number), "head": True},
            row.name or None,
            row.kana or None,
            row.get_kind_display(),
            Registration.Class(class_on(row, on=today)).label,
            {"state": badge(row, on=today)},
            short_wareki(row.valid_until) if row.valid_until else None,
            short_wareki(clock.today(row.wanted_at or row.asked_at)),
        ]
        shown.append(
            [{"checkbox": "chosen", "value": str(row.pk), "text": number}, *cells] if pending else cells
        )
    columns = [
        {"label": _("利用者番号")},
        {"label": _("氏名・団体名")},
        {"label": _("フリガナ")},
        {"label": _("種類")},
        {"label": _("区分")},
        {"label": _("状態")},
        {"label": _("有効期限")},
        {"label": _("申込日")},
    ]
    return {
        "caption": str(VIEW_WORDS[view]),
        "dense": True,
        "columns": [{"label": _("選択")}, *columns] if pending else columns,
        "rows": shown,
        "id": "registrations",
    }


def _approve_many(request: HttpRequest, back: str) -> HttpResponse:
    """まとめて承認する — what needs a look is left and named."""
    ids = [int(text) for text in request.POST.getlist("chosen")[:PAGE_ROWS] if _key(text) is not None]
    if not ids:
        messages.error(request, _("対象を1件以上選んでください。"))
        return redirect(back)
    done = approve_many(actor=request.actor, now=request.now, ids=ids)  # type: ignore[attr-defined]
    if done.done:
        messages.success(request, _("%(count)s件を承認しました。") % {"count": len(done.done)})
    for number, why in done.left.items():
        messages.warning(request, f"{group_in_fours(number)}：{why}")
    return redirect(back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """窓口で登録する — for somebody who came; it is approved on the next page, where doubles are shown."""
    if kind not in Registration.Kind.values:
        raise Http404
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    posted = request.POST if request.method == "POST" else None
    today = clock.today(now)
    reliefs = standing_reliefs(body_of(actor.body), today)
    form = FactsForm(posted, kind=kind, today=today, staff=True, reliefs=reliefs)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: register(actor=actor, now=now, facts=form.facts(), channel="staff"))
        if made is not None:
            messages.success(request, _("登録を受け付けました。本人を確かめて承認してください。"))
            return redirect(url(request, "registration", number=made.number))
    heading = _("団体を窓口で登録する") if kind == "group" else _("個人を窓口で登録する")
    return page(
        request,
        "reservations/office/registration_form.html",
        {
            "service": _("施設予約"),
            "heading": heading,
            "label": _("登録する"),
            "crumbs": [(_("利用者登録"), url(request, "registrations")), (heading, "")],
        },
        form=form,
    )


def tried(form: Form, do: Any) -> Any:
    """What an act gives; None when it is refused, which is undone and said on the form."""
    names = {"members": "people"}
    try:
        with transaction.atomic():
            return do() or True
    except (FactsWrong, AlreadyRegistered, NotOffered, Refusal) as refusal:
        if refusal.status == 404:
            raise
        told = {names.get(name, name): text for name, text in refusal.fields.items()}
        known = {name: text for name, text in told.items() if name in form.fields}
        for name, text in known.items():
            form.add_error(name, str(text))
        if not known:
            form.add_error(None, str(refusal.message))
        return None


@never_cache
@require_http_methods(["GET", "HEAD"])
def registration(request: HttpRequest, number: str) -> HttpResponse:
    """登録の詳細 — who it is, what is asked for, who may be the same, points, history; the look is on record."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    row = find(request, number)
    today = clock.today(now)
    looked(actor=actor, now=now, verb="reservations.view_registration", thing=row)
    terms = terms_for(body_of(actor.body), today)
    given = penalties_of([row])
    return page(
        request,
        "reservations/office/registration.html",
        frame(request, row)
        | {
            "rows": facts_rows(row, on=today),
            "members": members_table(row),
            "wanted": wanted_rows(row.wanted) if row.wanted else [],
            "doubles": doubles_table(request, likely_doubles(row, terms=terms), on=today),
            "points": points(tenths_in_force([row], on=today)) if given else "",
            "penalties": penalties_table(request, row, given, on=today) if given else None,
            "timeline": timeline(history_of(row)),
            "notices": [{"title": one.subject, "at": one.told_at} for one in notices_about(row)],
        },
    )


def frame(request: HttpRequest, row: Registration) -> dict[str, Any]:
    """What every page about a registration has."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    return {
        "service": _("施設予約"),
        "registration": row,
        "name": row.name or _("（削除済み）"),
        "identity": [
            {"key": _("利用者番号"), "value": group_in_fours(row.number)},
            {"key": _("フリガナ"), "value": row.kana or "—"},
            {"key": _("種類"), "value": row.get_kind_display()},
            {"key": _("区分"), "value": Registration.Class(class_on(row, on=today)).label},
        ],
        "state": badge(row, on=today),
        "why": row.why,
        "suspended_until": day(row.suspended_until) if row.state == "suspended" else "",
        "acts": [
            {"label": ACTS[act][0], "url": url(request, "registration_act", number=row.number, act=act)}
            for act in acts_of(request, row)
        ],
        "crumbs": [
            (_("利用者登録"), url(request, "registrations")),
            (group_in_fours(row.number), url(request, "registration", number=row.number)),
        ],
    }


urlpatterns = [
    path("reservations/registrations/", listing, name="reservations_office_registrations"),
    path("reservations/new-registration/<slug:kind>/", new, name="reservations_office_registration_new"),
    path("reservations/registrations/<str:number>/", registration, name="reservations_office_registration"),
]
