"""Telling people, and telling them again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, forget_reasons_about
from moyai.notices.delivery import deliver
from moyai.notices.models import Delivery, Message
from moyai.notices.permits import PERMITS
from moyai.notices.rules.messages import FLOW, State, address_ok, may, one_line
from moyai.notices.wording import written
from moyai.tenants.public import Actor, Refusal, body_of, later, prepared_insert


@dataclass(frozen=True, slots=True)
class Recipient:
    """宛先 — whom to tell. Without an address, or with `by_mail` False, the message is read on screen."""

    email: str | None = None
    account_id: int | None = None
    name: str = ""
    by_mail: bool = True
    language: str = "ja"


class AddressRefused(Refusal):
    code = "address_refused"
    status = 422
    message = _("メールアドレスを確かめてください。例：name@example.jp")  # type: ignore[assignment]


class SubjectRefused(Refusal):
    code = "subject_refused"
    status = 422
    message = _("通知の件名に、改行などの使えない文字があります。")  # type: ignore[assignment]


class NotResendable(Refusal):
    code = "notice_not_resendable"
    message = _("この通知は送信済みか、送信を待っています。")  # type: ignore[assignment]


class NothingToSendTo(Refusal):
    code = "notice_without_address"
    message = _("メールアドレスがないため、送信できません。印刷して渡してください。")  # type: ignore[assignment]


def tell(
    *, actor: Actor, now: datetime, kind: str, facts: dict[str, Any], to: Recipient, about: Model
) -> Message:
    """通知する — write one message about `about` into the outbox, in the transaction of what it tells.

    The text comes from `<package>/notices/<name>.txt` of `kind` "<package>.<name>". It is always readable
    on screen (`notices_about`); it goes by mail too if there is an address and a mail server.
    Not an action of its own: it leaves no deed beside that of the act it belongs to.
    Raises AddressRefused, SubjectRefused; MissingFact and TemplateDoesNotExist are mistakes in our code.
    """
    body = body_of(actor.body)
    email = (to.email or "").strip()
    if email and not address_ok(email):
        raise AddressRefused(fields={"email": str(AddressRefused.message)})
    subject, text = written(kind=kind, facts=facts, body=body, language=to.language)
    if not one_line(subject):
        raise SubjectRefused
    why_kept = "no_address" if not email else "not_wanted" if not to.by_mail else ""
    if not why_kept and not settings.MOYAI_SMTP_URL:
        why_kept = "no_server"
    told = Message(
        body=body,
        kind=kind,
        about_kind=about._meta.label_lower,
        about_id=about.pk,
        to_email=email,
        to_account_id=to.account_id,
        to_name=to.name,
        language=to.language,
        subject=subject,
        text=text,
        state=State.KEPT if why_kept else State.QUEUED,
        trouble=why_kept,
        told_at=now,
        next_try_at=None if why_kept else now,
    )
    prepared_insert(told)
    if not why_kept:
        later(deliver, message_id=told.pk)
    return told


@action("notices.resend", permits=PERMITS, thing="message")
def resend(*, actor: Actor, now: datetime, message: Message) -> Message:
    """もう一度送る — put a kept or failed message back into the queue, with the tries counted anew.

    Raises NotResendable, NothingToSendTo.
    """
    locked: Message = Message.objects.of(body_of(actor.body)).select_for_update().get(id=message.pk)
    if not may(locked.state, "resend"):
        raise NotResendable
    if not locked.to_email:
        raise NothingToSendTo
    locked.state = FLOW[State(locked.state), "resend"]
    locked.tries, locked.trouble, locked.next_try_at = 0, "", now
    locked.save(update_fields=["state", "tries", "trouble", "next_try_at"])
    later(deliver, message_id=locked.pk)
    return locked


@action("notices.forget_messages_about", permits=PERMITS, thing="thing")
def forget_messages_about(*, actor: Actor, now: datetime, thing: Model) -> int:
    """廃棄 — empty every message about a thing: address, name, subject and text. Gives how many; again is harmless.

    Kind, times and outcome stay as proof; events told to other systems about it go whole. What still waited is
    not sent any more; a message that a worker is just handing over is waited for. Words given as reasons for
    looking at them go, too.
    """
    return _empty(actor, now, thing._meta.label_lower, [thing.pk])


@action("notices.forget_messages_of", permits=PERMITS)
def forget_messages_of(*, actor: Actor, now: datetime, model: type[Model], ids: Collection[int]) -> int:
    """廃棄 — the same for many things of a kind at once, with one deed."""
    return _empty(actor, now, model._meta.label_lower, ids)


def _empty(actor: Actor, now: datetime, kind: str, ids: Collection[int]) -> int:
    body = body_of(actor.body)
    about = Message.objects.of(body).filter(about_kind=kind, about_id__in=list(ids))
    rows = list(about.select_for_update().filter(forgotten_at__isnull=True).order_by("id"))
    for row in rows:
        if row.state == State.QUEUED:
            row.state, row.next_try_at = FLOW[State.QUEUED, "keep"], None
        row.to_email = row.to_name = row.subject = row.text = ""
        row.to_account_id, row.forgotten_at = None, now
    Message.objects.bulk_update(
        rows,
        ["state", "next_try_at", "to_email", "to_name", "subject", "text", "to_account_id", "forgotten_at"],
        batch_size=500,
    )
    forget_reasons_about(kind=Message._meta.label_lower, ids=[row.pk for row in rows])
    # What machines were told names nobody, but points at the thing.
    Delivery.objects.of(body).filter(about_kind=kind, about_id__in=list(ids)).delete()
    return len(rows)
