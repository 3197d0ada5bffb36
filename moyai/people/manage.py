"""Pages about staff, the same for a body's administrator and for the council's secretariat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from moyai.audit.public import check_permit, looked
from moyai.people import actions
from moyai.people.forms import EndForm, InviteForm, ReasonForm, SectionForm
from moyai.people.links import shown_on_screen, url_of
from moyai.people.models import COUNCIL_ROLES, SECTION_ROLES, STAFF_ROLES, Link, Membership
from moyai.people.pages.enter import origin_of
from moyai.people.permits import PERMITS
from moyai.people.queries import members, membership_of_body, memberships_by_email, sections_of
from moyai.people.rules import lower_email
from moyai.tenants.public import Actor, Role, clock
from moyai.ui.public import page


def badges() -> dict[str, dict[str, str]]:
    """The state of a membership as a badge."""
    return {
        "active": {"kind": "good", "word": _("有効")},
        "coming": {"kind": "progress", "word": _("開始前")},
        "ended": {"kind": "neutral", "word": _("終了")},
        "invited": {"kind": "progress", "word": _("招待中")},
        "no_factor": {"kind": "attention", "word": _("確認方法が未登録")},
    }


@dataclass(frozen=True, slots=True)
class Place:
    """Whose people: `people_office` or `people_council` begins the names of the pages."""

    names: str

    def url(self, actor: Actor, page_name: str, **kwargs: Any) -> str:
        if actor.body is not None:
            kwargs["body_slug"] = actor.body.slug
        return reverse(f"{self.names}_{page_name}", kwargs=kwargs)


OFFICE, COUNCIL = Place("people_office"), Place("people_council")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _context(place: Place, actor: Actor) -> dict[str, Any]:
    return {
        "layout": "ui/office.html" if actor.body is not None else "ui/council.html",
        "list_url": place.url(actor, "list"),
        "may_manage": actor.may(PERMITS["people.invite"]),
    }


def _all_roles(actor: Actor) -> tuple[Role, ...]:
    return STAFF_ROLES if actor.body is not None else (*COUNCIL_ROLES, *STAFF_ROLES)


def staff_list(request: HttpRequest, place: Place) -> HttpResponse:
    """職員の一覧."""
    actor, now = _actor(request), request.now  # type: ignore[attr-defined]
    check_permit(actor, "people.list", PERMITS)
    day = clock.today(now)
    shown = members(actor=actor, day=day, roles=actions.roles_to_give(actor))
    may = actor.may(PERMITS["people.invite"])
    rows = [
        {
            "name": one.membership.account.name or "—",
            "kana": one.membership.account.kana,
            "email": one.membership.account.email,
            "role": one.membership.get_role_display(),
            "section": one.membership.section,
            "from_on": one.membership.from_on,
            "until_on": one.membership.until_on,
            "state": badges()[one.state],
            "url": place.url(actor, "member", membership_id=one.membership.pk) if may else "",
        }
        for one in shown
    ]
    asked = lower_email(request.GET.get("email", ""))
    found = memberships_by_email(actor=actor, email=asked) if asked and may else []
    if found:
        looked(actor=actor, now=now, verb="people.find", thing=found[0].account)
    return page(
        request,
        "people/manage/list.html",
        _context(place, actor)
        | {
            "rows": rows,
            "invite_url": place.url(actor, "invite"),
            "keys_url": OFFICE.url(actor, "keys") if actor.may(PERMITS["people.make_key"]) else "",
            "asked": asked,
            "found": [
                {
                    "body": one.body.name if one.body else _("協議会"),
                    "role": one.get_role_display(),
                    "from_on": one.from_on,
                    "until_on": one.until_on,
                    "url": place.url(actor, "member", membership_id=one.pk),
                }
                for one in found
            ],
        },
    )


def staff_invite(request: HttpRequest, place: Place) -> HttpResponse:
    """職員の招待."""
    actor, now = _actor(request), request.now  # type: ignore[attr-defined]
    check_permit(actor, "people.invite", PERMITS)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        roles=actions.roles_to_give(actor),
        initial={"from_on": clock.today(now)},
    )
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            membership = actions.invite(
                actor=actor,
                now=now,
                email=answers["email"],
                name=answers["name"],
                kana=answers["kana"],
                role=Role(answers["role"]),
                from_on=answers["from_on"],
                until_on=answers["until_on"],
                origin=origin_of(request),
                section=answers.get("section", ""),
            )
        except (
            actions.AlreadyHasRole,
            actions.EndsBeforeItBegins,
            actions.NoSectionForRole,
        ) as refusal:
            for name, text in refusal.fields.items():
                form.add_error(name, str(text))
        else:
            messages.success(request, _("役割を付けました。はじめての方には、リンクをメールで送りました。"))
            return redirect(place.url(actor, "member", membership_id=membership.pk))
    return page(request, "people/manage/invite.html", _context(place, actor) | {"form": form}, form=form)


def _found(request: HttpRequest, membership_id: int) -> Membership:
    actor = _actor(request)
    check_permit(actor, "people.invite", PERMITS)
    membership = membership_of_body(actor=actor, membership_id=membership_id, roles=_all_roles(actor))
    if membership is None:
        raise Http404
    return membership


def staff_member(request: HttpRequest, place: Place, membership_id: int) -> HttpResponse:
    """職員 — one role of one person, and what a manager may do about it."""
    membership = _found(request, membership_id)
    actor, now = _actor(request), request.now  # type: ignore[attr-defined]
    account, today = membership.account, clock.today(now)
    ours = membership.body_id == (actor.body.pk if actor.body else None)
    over = membership.until_on is not None and membership.until_on < today
    form = EndForm(
        request.POST if request.method == "POST" else None, initial={"until_on": membership.until_on or today}
    )
    if request.method == "POST" and ours and form.is_valid():
        try:
            actions.end_role(
                actor=actor, now=now, membership=membership, until_on=form.cleaned_data["until_on"]
            )
        except (actions.EndsBeforeItBegins, actions.LastManager) as refusal:
            form.add_error("until_on", str(refusal.message))
        else:
            messages.success(request, _("役割の終わりの日を決めました。"))
            return redirect(place.url(actor, "member", membership_id=membership.pk))
    link = None
    if shown_on_screen():
        link = (
            Link.objects.filter(account=account, used_at__isnull=True, expires_at__gt=now)
            .exclude(purpose=Link.Purpose.SIGN_IN)
            .order_by("-id")
            .first()
        )
    return page(
        request,
        "people/manage/member.html",
        _context(place, actor)
        | {
            "form": form,
            "account": account,
            "membership": membership,
            "at_body": membership.body,
            "can_end": ours and not over,
            "link_url": url_of(link) if link is not None else "",
            "section_url": (
                place.url(actor, "section", membership_id=membership.pk)
                if ours and not over and membership.role in SECTION_ROLES
                else ""
            ),
            "password_url": place.url(actor, "password", membership_id=membership.pk),
            "reset_url": place.url(actor, "reset", membership_id=membership.pk),
        },
        form=form,
    )


def staff_section(request: HttpRequest, membership_id: int) -> HttpResponse:
    """課・係の変更 — the 課・係 whose cases a clerk or approver sees."""
    membership, actor = _found(request, membership_id), _actor(request)
    if membership.role not in SECTION_ROLES:
        raise Http404
    now = request.now  # type: ignore[attr-defined]
    back = OFFICE.url(actor, "member", membership_id=membership.pk)
    form = SectionForm(
        request.POST if request.method == "POST" else None, initial={"section": membership.section}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_section(
                actor=actor, now=now, membership=membership, section=form.cleaned_data["section"]
            )
        except (actions.AlreadyHasRole, actions.AlreadyEnded) as refusal:
            form.add_error("section", str(refusal.message))
        else:
            messages.success(request, _("課・係を変更しました。"))
            return redirect(back)
    assert actor.body is not None
    return page(
        request,
        "people/manage/section.html",
        _context(OFFICE, actor)
        | {
            "form": form,
            "account": membership.account,
            "sections": sections_of(actor.body, day=clock.today(now)),
            "back_url": back,
        },
        form=form,
    )


def staff_password(request: HttpRequest, place: Place, membership_id: int) -> HttpResponse:
    """Send the link to set a password (again)."""
    membership, actor = _found(request, membership_id), _actor(request)
    actions.send_password_link(
        actor=actor,
        now=request.now,  # type: ignore[attr-defined]
        membership=membership,
        origin=origin_of(request),
    )
    messages.success(request, _("パスワードを設定するリンクを、本人のアドレスに送りました。"))
    return redirect(place.url(actor, "member", membership_id=membership.pk))


def staff_reset(request: HttpRequest, place: Place, membership_id: int) -> HttpResponse:
    """確認方法のやり直し — for somebody who lost the device; asks how the person was recognised."""
    membership, actor = _found(request, membership_id), _actor(request)
    check_permit(actor, "people.reset_factors", PERMITS)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    back = place.url(actor, "member", membership_id=membership.pk)
    if request.method == "POST" and form.is_valid():
        actions.reset_factors(
            actor=actor,
            now=request.now,  # type: ignore[attr-defined]
            membership=membership,
            origin=origin_of(request),
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("確認方法とパスワードを消し、やり直すリンクを本人に送りました。"))
        return redirect(back)
    return page(
        request,
        "people/manage/reset.html",
        _context(place, actor) | {"form": form, "account": membership.account, "back_url": back},
        form=form,
    )
