"""電子申請 on マイページ: what waits for the owner, then the applications and drafts of the account."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from moyai.applications.actions.following import follow_token
from moyai.applications.actions.news import grouped
from moyai.applications.models import Application, FollowUp
from moyai.applications.queries.mine import own_drafts, waiting_for_owner
from moyai.applications.wording import badge_of
from moyai.people.public import MyRow, MySection
from moyai.tenants.public import Actor, body_of


def applications_of_account(actor: Actor, now: datetime) -> MySection | None:
    """The section of this room: two statements, however much the person has."""
    if actor.account_id is None:
        return None
    slug = body_of(actor.body).slug

    def address(name: str, **kwargs: str) -> str:
        return reverse(name, kwargs={"body_slug": slug, **kwargs})

    rows: list[MyRow] = []
    todo: list[MyRow] = []
    for one in waiting_for_owner(actor=actor, now=now):
        title, number = one.procedure.title, one.public_number
        case = address("applications_portal_case", number=number)
        rows.append(
            MyRow(
                title=title,
                url=case,
                state=badge_of(one.status, one.outcome, staff=False),
                on=one.received_on,
                note=grouped(number),
            )
        )
        todo += _todo(one, case, address)
    drafts = [
        MyRow(
            title=_("入力の途中：%(title)s") % {"title": one.procedure.title},
            url=address("applications_portal_own_draft", draft_id=str(one.pk)),
            state={"kind": "neutral", "word": _("下書き")},
            on=one.changed_at,
        )
        for one in own_drafts(actor=actor, now=now)
    ]
    return MySection(
        title=_("申請"),
        rows=(*drafts, *rows),
        empty=_("申請はまだありません。"),
        todo=tuple(todo),
        all_url=address("applications_portal_mine"),
    )


def _todo(one: Application, case: str, address: object) -> list[MyRow]:
    """What the owner has to do in one application; `one` as `waiting_for_owner` gives it."""
    assert callable(address)
    asked: object = one
    title = one.procedure.title
    found = []
    asked_until = getattr(asked, "asked_until", None)
    if asked_until is not None:
        link = address("applications_portal_correct", number=one.public_number)
        found.append(MyRow(title=_("補正：%(title)s") % {"title": title}, url=link, on=asked_until))
    fetch_until = getattr(asked, "fetch_until", None)
    if fetch_until is not None:
        found.append(MyRow(title=_("文書の受取り：%(title)s") % {"title": title}, url=case, on=fetch_until))
    if one.payment == Application.Payment.WAITING and one.pay_token:
        found.append(
            MyRow(
                title=_("支払い：%(title)s") % {"title": title},
                url=address("money_portal_pay", token=one.pay_token),
                on=one.pay_until,
            )
        )
    follow_up_id = getattr(asked, "follow_up_id", None)
    if follow_up_id is not None:
        token = follow_token(FollowUp(pk=follow_up_id, body_id=one.body_id))
        found.append(
            MyRow(
                title=_("次の手続き：%(title)s") % {"title": title},
                url=address("applications_portal_follow", token=token),
            )
        )
    return found
