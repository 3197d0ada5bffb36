"""カード払い: sending somebody to the card company, and believing its news once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from moyai.audit.public import action
from moyai.money import gateways
from moyai.money.actions.charging import secret_token
from moyai.money.gateways import News
from moyai.money.locks import lock_attempt, lock_charge
from moyai.money.models import Attempt, Charge, Receipt, WebhookCall
from moyai.money.permits import PERMITS
from moyai.money.refusals import NoCardCompany, NotOpen, UnknownOrder
from moyai.money.rules.ledger import ATTEMPT_FLOW, AttemptState, ChargeState
from moyai.money.settling import book
from moyai.tenants.public import Actor, body_of

log = structlog.get_logger(__name__)

LIFETIME = timedelta(minutes=30)
ASK_AFTER = timedelta(minutes=3)


@action("money.start_payment", permits=PERMITS)
def start_payment(
    *,
    actor: Actor,
    now: datetime,
    charge: Charge,
    return_url: Callable[[str], str],
    notify_url: Callable[[str], str],
) -> tuple[Attempt, str]:
    """カードで支払う — open an attempt for all that is unpaid; gives it and the address to send the browser to.

    `return_url` takes the order id, `notify_url` the name of the company; both give absolute addresses.
    Raises NotOpen, NoCardCompany.
    """
    body = body_of(actor.body)
    company = gateways.in_use()
    if company is None:
        raise NoCardCompany
    charge = lock_charge(body, charge.pk)
    if charge.state != ChargeState.OPEN:
        raise NotOpen
    attempt: Attempt = Attempt.objects.create(
        body=body,
        charge=charge,
        gateway=company.name,
        order_id=f"{body.code}-{secret_token(20)}",
        amount_yen=charge.unpaid_yen,
        started_at=now,
        expires_at=now + LIFETIME,
        check_at=now + ASK_AFTER,
    )
    address = company.start(
        order_id=attempt.order_id,
        amount_yen=attempt.amount_yen,
        title=charge.title,
        return_url=return_url(attempt.order_id),
        notify_url=notify_url(company.name),
        now=now,
    )
    return attempt, address


@action("money.take_news", permits=PERMITS)
def take_news(*, actor: Actor, now: datetime, news: News, gateway: str) -> Attempt:
    """決済の知らせを受け取る — believe one piece of news whose signature holds, or an answer we asked for.

    The same news twice changes nothing; so does other news about money that is booked already. Raises UnknownOrder.
    """
    body = body_of(actor.body)
    attempt = lock_attempt(body, news.order_id)
    if attempt is None or attempt.gateway != gateway:
        raise UnknownOrder
    _, is_new = WebhookCall.objects.get_or_create(
        body=body,
        attempt=attempt,
        event_id=news.event_id,
        defaults={
            "result": news.result,
            "amount_yen": news.amount_yen,
            "transaction_id": news.transaction_id,
            "received_at": now,
        },
    )
    if not is_new:
        return attempt
    if news.result == "approved":
        _take_money(actor=actor, now=now, attempt=attempt, news=news)
    elif news.result in ("declined", "abandoned"):
        _move(attempt, "decline" if news.result == "declined" else "abandon", now)
    return attempt


def _take_money(*, actor: Actor, now: datetime, attempt: Attempt, news: News) -> None:
    body = body_of(actor.body)
    booked = Receipt.objects.of(body).filter(channel=Receipt.Channel.CARD, external_id=news.transaction_id)
    if booked.exists():
        return
    if news.amount_yen < 1:
        log.error("card_approval_without_amount", attempt_id=attempt.pk)
        _move(attempt, "hold", now)
        return
    charge = lock_charge(body, attempt.charge_id)
    receipt = book(
        actor=actor,
        body=body,
        now=now,
        charge=charge,
        channel=Receipt.Channel.CARD,
        stage=Receipt.Stage.PRELIMINARY,
        amount_yen=news.amount_yen,
        external_id=news.transaction_id,
        received_at=now,
        expected_yen=attempt.amount_yen,
        attempt=attempt,
    )
    over = receipt.overpayments.exists()
    if over:
        log.warning("card_payment_in_suspense", attempt_id=attempt.pk, receipt_id=receipt.pk)
    _move(attempt, "hold" if over else "approve", now)


def ask_company(*, actor: Actor, now: datetime, attempt: Attempt) -> Attempt:
    """決済を確かめる — ask the company what became of an attempt; from jobs only, for it calls outside.

    Without an answer by the end of its life the attempt expires; later news about it still counts.
    """
    company = gateways.gateway(attempt.gateway)
    news = company.confirm(order_id=attempt.order_id, now=now) if company else None
    if news is not None and news.result != "pending":
        return take_news(actor=actor, now=now, news=news, gateway=attempt.gateway)
    body = body_of(actor.body)
    locked = lock_attempt(body, attempt.order_id)
    if locked is None or locked.state != AttemptState.STARTED:
        return locked or attempt
    if now >= locked.expires_at:
        _move(locked, "expire", now)
    else:
        locked.check_at = min(now + ASK_AFTER, locked.expires_at)
        locked.save(update_fields=["check_at"])
    return locked


def _move(attempt: Attempt, event: str, now: datetime) -> None:
    state = ATTEMPT_FLOW.get((AttemptState(attempt.state), event))
    if state is None:  # a decline after an approval, say: the money has spoken
        return
    attempt.state, attempt.finished_at, attempt.check_at = state, now, None
    attempt.save(update_fields=["state", "finished_at", "check_at"])
