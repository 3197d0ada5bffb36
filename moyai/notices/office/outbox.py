"""Staff pages: the body's outbox, one message, sending again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from moyai.audit.public import looked
from moyai.notices import queries
from moyai.notices.actions import resend
from moyai.notices.models import Message
from moyai.notices.office.asked import Asked, url_of
from moyai.notices.permits import PERMITS
from moyai.notices.rules.messages import State, masked, may
from moyai.notices.wording import TROUBLES, WORDS, badge
from moyai.ui.public import page


@require_GET
def outbox(request: Asked) -> HttpResponse:
    """通知の一覧: newest first, by state."""
    asked = request.GET.get("state", "")
    state = next((each for each in State if each.value == asked), None)
    before = request.GET.get("before", "")
    rows = queries.outbox(
        actor=request.actor,
        state=state,
        before=int(before) if before.isascii() and before.isdigit() else None,
    )
    shown, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    here = url_of(request, "notices_office_outbox")
    counts = queries.waiting_counts(actor=request.actor)
    tabs: list[dict[str, Any]] = [{"label": _("すべて"), "url": here, "current": state is None}]
    for each, (_kind, word) in WORDS.items():
        tabs.append(
            {
                "label": word,
                "url": f"{here}?state={each.value}",
                "current": state is each,
                "count": counts.get(each.value) or None,
            }
        )
    keep = f"state={state.value}&" if state else ""
    return page(
        request,
        "notices/office/outbox.html",
        {
            "tabs": tabs,
            "messages_shown": [
                {
                    "told_at": row.told_at,
                    "subject": row.subject or _("（保存期間の終了により削除）"),
                    "url": url_of(request, "notices_office_message", message_id=row.pk),
                    "to": masked(row.to_email),
                    "badge": badge(row.state),
                }
                for row in shown
            ],
            "webhooks_url": url_of(request, "notices_office_webhooks")
            if request.actor.may(PERMITS["notices.view_webhooks"])
            else "",
            "newer_url": f"{here}?{keep}".rstrip("?&") if before else "",
            "older_url": f"{here}?{keep}before={shown[-1].pk}" if more else "",
        },
    )


def _found(request: Asked, message_id: int) -> Message:
    found = queries.message(actor=request.actor, message_id=message_id)
    if found is None:
        raise Http404
    return found


@require_GET
def message(request: Asked, message_id: int) -> HttpResponse:
    """通知の内容: text and delivery of one message. The look is on record."""
    found = _found(request, message_id)
    looked(actor=request.actor, now=request.now, verb="notices.view", thing=found)
    return page(
        request,
        "notices/office/message.html",
        {
            "message": found,
            "subject": found.subject or _("（保存期間の終了により削除）"),
            "crumbs": [
                (_("通知の一覧"), url_of(request, "notices_office_outbox")),
                (_("通知の内容"), ""),
            ],
            "badge": badge(found.state),
            "trouble": TROUBLES[found.trouble],
            "waits": bool(found.next_try_at and found.tries),
            "may_resend": may(found.state, "resend") and bool(found.to_email and settings.MOYAI_SMTP_URL),
        },
    )


@require_POST
def send_again(request: Asked, message_id: int) -> HttpResponse:
    """もう一度送る."""
    again = resend(actor=request.actor, now=request.now, message=_found(request, message_id))
    messages.success(request, _("もう一度送る準備ができました。数分のうちに送ります。"))
    return redirect(url_of(request, "notices_office_message", message_id=again.pk))
