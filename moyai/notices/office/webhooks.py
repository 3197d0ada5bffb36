"""他のシステムへの知らせ: receivers, their secrets, and what was sent to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from moyai.notices import actions, events, queries
from moyai.notices.forms import WebhookForm
from moyai.notices.models import Webhook
from moyai.notices.office.asked import Asked, number_of, url_of
from moyai.notices.rules.webhooks import DELIVERY_FLOW, OLD_SECRET_HOURS, DeliveryState
from moyai.notices.wording import DELIVERY_TROUBLES, delivery_badge, webhook_badge
from moyai.ui.public import page


def _found(request: Asked, webhook_id: int) -> Webhook:
    found = queries.webhook(actor=request.actor, webhook_id=webhook_id)
    if found is None:
        raise Http404
    return found


def _crumbs(request: Asked, *more: str) -> list[tuple[str, str]]:
    outbox = (_("通知の一覧"), url_of(request, "notices_office_outbox"))
    here = (_("他のシステムへの知らせ"), url_of(request, "notices_office_webhooks") if more else "")
    return [outbox, here, *((words, "") for words in more)]


@require_safe
def listing(request: Asked) -> HttpResponse:
    """知らせ先の一覧."""
    rows = [
        {
            "name": hook.name,
            "url": url_of(request, "notices_office_webhook", webhook_id=hook.pk),
            "host": hook.url,
            "kinds": "、".join(events.label_of(kind) for kind in hook.kinds),
            "badge": webhook_badge(hook.active, failed=failed),
        }
        for hook, failed in queries.webhooks(actor=request.actor)
    ]
    context = {
        "rows": rows,
        "new_url": url_of(request, "notices_office_webhook_new"),
        "crumbs": _crumbs(request),
    }
    return page(request, "notices/office/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Asked) -> HttpResponse:
    """知らせ先の登録; ends on the page of the receiver, where its secret is shown on request."""
    queries.webhooks(actor=request.actor)  # who may not see them may not add one
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_webhook(actor=request.actor, now=request.now, **form.cleaned_data)
        except actions.UrlRefused as refused:
            form.add_error("url", str(refused.message))
        else:
            messages.success(
                request, _("知らせ先を登録しました。署名の鍵を、相手のシステムに登録してください。")
            )
            return redirect(url_of(request, "notices_office_webhook", webhook_id=made.pk))
    context = {"form": form, "any": bool(events.kinds()), "crumbs": _crumbs(request, _("知らせ先の登録"))}
    return page(request, "notices/office/webhook_new.html", context, form=form if form.is_bound else None)


def _page(request: Asked, hook: Webhook, *, secret: str = "") -> HttpResponse:
    before = number_of(request.GET.get("before", ""))
    found = queries.deliveries(actor=request.actor, webhook=hook, before=before)
    shown, more = found[: queries.PAGE], len(found) > queries.PAGE
    here = url_of(request, "notices_office_webhook", webhook_id=hook.pk)
    addresses = {
        each: url_of(request, f"notices_office_webhook_{each}", webhook_id=hook.pk)
        for each in ("secret", "rotate", "pause", "resume", "try")
    }
    rows: list[dict[str, Any]] = [
        {
            "made_at": each.made_at,
            "kind": events.label_of(each.kind),
            "event_id": each.event_id,
            "badge": delivery_badge(each.state),
            "tries": each.tries,
            "status": each.last_status,
            "trouble": DELIVERY_TROUBLES[each.trouble],
            "next_at": each.next_at if each.tries else None,
            "resend_url": url_of(
                request, "notices_office_delivery_resend", webhook_id=hook.pk, delivery_id=each.pk
            )
            if hook.active and (DeliveryState(each.state), "resend") in DELIVERY_FLOW
            else "",
        }
        for each in shown
    ]
    context = {
        "hook": hook,
        "badge": webhook_badge(hook.active, failed=False),
        "kinds": [events.label_of(kind) for kind in hook.kinds],
        "rows": rows,
        "urls": addresses,
        "secret": secret,
        "old_hours": OLD_SECRET_HOURS,
        "older_url": f"{here}?before={shown[-1].pk}" if more else "",
        "newer_url": here if before else "",
        "crumbs": _crumbs(request, hook.name),
    }
    response = page(request, "notices/office/webhook.html", context)
    if secret:
        response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def one(request: Asked, webhook_id: int) -> HttpResponse:
    """One receiver and what was sent to it."""
    return _page(request, _found(request, webhook_id))


@require_POST
def secret(request: Asked, webhook_id: int) -> HttpResponse:
    """署名の鍵を表示する: shown on the answer only; each look is a deed."""
    hook = _found(request, webhook_id)
    shown = actions.show_webhook_secret(actor=request.actor, now=request.now, webhook=hook)
    return _page(request, hook, secret=shown)


def _back(request: Asked, hook: Webhook, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(url_of(request, "notices_office_webhook", webhook_id=hook.pk))


def _act(do: Callable[..., Webhook], words: str | Promise) -> Callable[..., HttpResponse]:
    """The view of an act on a receiver that asks nothing: done, said, and back to its page."""

    @require_POST
    def view(request: Asked, webhook_id: int) -> HttpResponse:
        hook = _found(request, webhook_id)
        do(actor=request.actor, now=request.now, webhook=hook)
        return _back(request, hook, str(words) % {"hours": OLD_SECRET_HOURS})

    return view


rotate = _act(
    actions.rotate_webhook_secret, lazy("署名の鍵を新しくしました。前の鍵は、あと%(hours)s時間使えます。")
)
pause = _act(actions.pause_webhook, lazy("知らせを止めました。"))
resume = _act(
    actions.resume_webhook, lazy("知らせを再開しました。止めている間に待っていたものから送ります。")
)
try_out = _act(actions.try_webhook, lazy("試しの知らせを送ります。結果は、少し待って開き直すと見られます。"))


@require_POST
def send_again(request: Asked, webhook_id: int, delivery_id: int) -> HttpResponse:
    hook = _found(request, webhook_id)
    delivery = queries.delivery(actor=request.actor, webhook=hook, delivery_id=delivery_id)
    if delivery is None:
        raise Http404
    actions.resend_delivery(actor=request.actor, now=request.now, delivery=delivery)
    return _back(request, hook, _("もう一度送る準備ができました。数分のうちに送ります。"))
