"""利用者登録 of residents: apply, see what stands and what staff did, change, renew, take over a counter registration."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.notices.public import notices_about
from moyai.people.public import profile_of, throttle
from moyai.reservations.actions.registration_asks import ask_change, ask_renewal
from moyai.reservations.actions.registration_facts import WORDS, facts_of
from moyai.reservations.actions.registrations import AlreadyRegistered, FactsWrong, register
from moyai.reservations.forms.registrations import FactsForm, first_answers
from moyai.reservations.models import Registration
from moyai.reservations.portal.registration_tables import members_table, penalties_table, registration_rows
from moyai.reservations.queries.channels import channel_of
from moyai.reservations.queries.registrations import (
    class_on,
    history_of,
    own_registration,
    own_registrations,
    penalties_of,
    tenths_in_force,
    terms_for,
)
from moyai.reservations.rules.registering import may_renew
from moyai.reservations.wording_users import badge, day, points, timeline
from moyai.tenants.public import Refusal, body_of, clock
from moyai.ui.public import Form, group_in_fours, page

View = Callable[..., HttpResponse]
MOST_TRIES = 30  # applications of one account in a quarter of an hour
KINDS = {"person": Registration.Kind.PERSON, "group": Registration.Kind.GROUP}


def signed_in(view: View) -> View:
    """Only with an account: others sign in first and come back."""

    @wraps(view)
    def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.actor.account_id is None:  # type: ignore[attr-defined]
            back = request.get_full_path() if request.method == "GET" else request.path
            return redirect(f"{reverse('people_signin')}?{urlencode({'next': back})}")
        return view(request, **kwargs)

    return run


def url(request: HttpRequest, name: str, **kwargs: Any) -> str:
    slug = request.actor.body.slug  # type: ignore[attr-defined]
    return reverse(f"reservations_portal_{name}", kwargs={"body_slug": slug, **kwargs})


def put_on_form(form: Form, refusal: Refusal) -> None:
    """A refusal beside its fields; 構成員 are typed in one box."""
    names = {"members": "people"}
    named = {names.get(name, name): text for name, text in refusal.fields.items()}
    known = {name: text for name, text in named.items() if name in form.fields}
    for name, text in known.items():
        form.add_error(name, str(text))
    if not known:
        form.add_error(None, str(refusal.message))


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """利用者登録 — one's own at this body, and what may be applied for."""
    actor, today = request.actor, clock.today(request.now)  # type: ignore[attr-defined]
    rows = own_registrations(actor=actor)
    terms = terms_for(body_of(actor.body), today)
    kinds = terms.valid_years if terms is not None and terms.online else {}
    has_person = any(one.kind == "person" and one.state not in ("refused", "struck") for one in rows)
    return page(
        request,
        "reservations/portal/registrations.html",
        {
            "service": _("施設予約"),
            "cards": [
                {
                    "title": one.name,
                    "url": url(request, "registration", number=one.number),
                    "text": "",
                    "facts": [
                        {"key": _("種類"), "value": one.get_kind_display()},
                        {"key": _("利用者番号"), "value": group_in_fours(one.number)},
                        {"key": _("区分"), "value": Registration.Class(class_on(one, on=today)).label},
                        {"key": _("有効期限"), "value": day(one.valid_until) or "—"},
                    ],
                    "state": badge(one, on=today),
                }
                for one in rows
            ],
            "person_url": url(request, "registration_new", kind="person")
            if "person" in kinds and not has_person
            else "",
            "group_url": url(request, "registration_new", kind="group") if "group" in kinds else "",
            "claim_url": url(request, "registration_claim"),
            "bodies_url": reverse("reservations_bodies"),
            "at_the_counter": not kinds,
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """利用者登録を申し込む — 本人情報 that was entrusted to the account stands in the form."""
    if kind not in KINDS:
        raise Http404
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    form = FactsForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        today=today,
        initial=_known(actor.account_id, kind) if request.method != "POST" else None,
    )
    if request.method == "POST" and form.is_valid():
        # Groups have no limit of their own: nobody fills the list of staff with them.
        throttle(
            kind="reservations.register",
            key=str(actor.account_id),
            now=now,
            tries=MOST_TRIES,
            by_network=False,
        )
        try:
            with transaction.atomic():
                made = register(actor=actor, now=now, facts=form.facts(), channel=channel_of(request))
        except (FactsWrong, AlreadyRegistered) as refusal:
            put_on_form(form, refusal)
        else:
            messages.success(request, _("利用者登録を申し込みました。承認をお待ちください。"))
            return redirect(url(request, "registration", number=made.number))
    heading = _("団体の利用者登録を申し込む") if kind == "group" else _("個人の利用者登録を申し込む")
    return form_page(
        request,
        form,
        heading=heading,
        label=_("この内容で申し込む"),
        texts=[_("申し込んだ内容を職員が確かめて承認すると、予約と抽選の申込みができます。")],
    )


def _known(account_id: int | None, kind: str) -> dict[str, Any]:
    facts = profile_of(account_id)
    if not facts:
        return {}
    own = {name: facts.get(name) or "" for name in ("postal_code", "address", "phone", "email")}
    if kind == "group":
        return own | {"representative": facts.get("name", ""), "representative_kana": facts.get("kana", "")}
    return own | {"name": facts.get("name", ""), "kana": facts.get("kana", "")}


def form_page(
    request: HttpRequest,
    form: Form,
    *,
    heading: str,
    label: str,
    texts: list[str],
    number: str = "",
    version: int | None = None,
) -> HttpResponse:
    back = url(request, "registration", number=number) if number else url(request, "registrations")
    context = {
        "service": _("施設予約"),
        "heading": heading,
        "texts": texts,
        "label": label,
        "back_url": back,
        "version": version,
    }
    return page(request, "reservations/portal/registration_form.html", context, form=form)


def _own(request: HttpRequest, number: str) -> Registration:
    found = own_registration(actor=request.actor, number=number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD"])
@signed_in
def registration(request: HttpRequest, number: str) -> HttpResponse:
    """登録の状態 — what stands, what waits, points, and everything that was done: also by staff in one's name."""
    actor, today = request.actor, clock.today(request.now)  # type: ignore[attr-defined]
    row = _own(request, number)
    terms = terms_for(body_of(actor.body), today)
    stands = row.state in ("active", "suspended")
    renewable = (
        stands
        and terms is not None
        and row.valid_until is not None
        and may_renew(terms, stands_until=row.valid_until, today=today)
        and not (row.wanted or {}).get("renew")
    )
    wanted = row.wanted or {}
    waits = [str(WORDS[name]) for name in wanted.get("names", ())]
    waits += [_("更新")] if wanted.get("renew") else []
    given = penalties_of([row])
    return page(
        request,
        "reservations/portal/registration.html",
        {
            "service": _("施設予約"),
            "registration": row,
            "number": row.number,
            "state": badge(row, on=today),
            "why": row.why,
            "suspended_until": day(row.suspended_until) if row.state == "suspended" else "",
            "rows": registration_rows(row, on=today),
            "members": members_table(row),
            "waits": "、".join(waits),
            "change_url": url(request, "registration_change", number=number)
            if row.state in ("pending", "active", "suspended")
            else "",
            "renew_url": url(request, "registration_renew", number=number) if renewable else "",
            "again_url": url(request, "registration_new", kind=row.kind)
            if row.state in ("refused", "struck")
            else "",
            "points": points(tenths_in_force([row], on=today)) if given else "",
            "penalties": penalties_table(given, on=today) if given else None,
            "timeline": timeline(history_of(row)),
            "messages_about": [
                {"title": one.subject, "at": one.told_at, "note": ""} for one in notices_about(row)
            ],
            "calendar_url": url(request, "calendar", number=number)
            if row.state in ("active", "suspended")
            else "",
            "data_url": url(request, "registration_data", number=number),
            "end_url": url(request, "registration_end", number=number)
            if row.state in ("pending", "active")
            else "",
            "mine_url": url(request, "registrations"),
        },
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: HttpRequest, number: str) -> HttpResponse:
    """登録の内容を変える — phone and mail at once, the rest is asked for."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    row = _own(request, number)
    if row.state not in ("pending", "active", "suspended"):
        raise Http404
    form = FactsForm(
        request.POST if request.method == "POST" else None,
        kind=row.kind,
        today=clock.today(now),
        initial=first_answers(facts_of(row)),
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                done = ask_change(
                    actor=actor, now=now, registration=row, facts=form.facts(), seen_version=_seen(request)
                )
        except (FactsWrong, AlreadyRegistered) as refusal:
            put_on_form(form, refusal)
        else:
            said = (
                _("変更を申し込みました。職員が承認すると変わります。")
                if done.wanted_at == now
                else _("登録の内容を変えました。")
            )
            messages.success(request, said)
            return redirect(url(request, "registration", number=number))
    return form_page(
        request,
        form,
        heading=_("登録の内容を変える"),
        label=_("この内容にする"),
        texts=[_("電話番号とメールアドレスはすぐに変わります。ほかの内容は、職員が承認すると変わります。")],
        number=number,
        version=row.version,
    )


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """登録の更新を申し込む."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    row = _own(request, number)
    if request.method == "POST":
        ask_renewal(actor=actor, now=now, registration=row)
        messages.success(request, _("更新を申し込みました。承認をお待ちください。"))
        return redirect(url(request, "registration", number=number))
    return form_page(
        request,
        Form(),
        heading=_("登録の更新を申し込む"),
        label=_("更新を申し込む"),
        texts=[
            _("今の有効期限は%(day)sです。") % {"day": day(row.valid_until) or "—"},
            _(
                "在勤・在学の方は、新しい証明を窓口で見せてください。内容が変わったときは、先に変更してください。"
            ),
        ],
        number=number,
    )


urlpatterns = [
    path("reservations/registrations/", mine, name="reservations_portal_registrations"),
    path("reservations/registrations/new/<slug:kind>/", new, name="reservations_portal_registration_new"),
    path("reservations/registrations/<str:number>/", registration, name="reservations_portal_registration"),
    path(
        "reservations/registrations/<str:number>/change/",
        change,
        name="reservations_portal_registration_change",
    ),
    path(
        "reservations/registrations/<str:number>/renew/", renew, name="reservations_portal_registration_renew"
    ),
]
