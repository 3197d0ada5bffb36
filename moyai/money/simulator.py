"""模擬カード会社 — a card company of the redirect type that behaves as real ones do, badly at times.

It knows nothing of bodies and charges: an order id, a sum, where to send the browser, where to send the news.
What it does after the payer's choice is its `course`: the order, number and truth of what we are told.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from moyai.money import gateways
from moyai.money.gateways import BadNews, BadSignature, News
from moyai.money.models import SimulatorCall, SimulatorOrder
from moyai.money.rules.signature import sign, signature_ok

NAME = "simulator"
HEADER = "X-Simulator-Signature"
LATE = timedelta(minutes=40)  # after the attempt has expired

COURSES: dict[str, Any] = {
    "return_first": _("先に画面が戻り、あとから知らせが届く"),
    "news_first": _("先に知らせが届き、あとから画面が戻る"),
    "news_twice": _("同じ知らせが2回届く"),
    "late": _("期限が切れてから知らせが届く"),
    "wrong_amount": _("1円違う金額の知らせが届く"),
    "bad_signature": _("署名の合わない知らせが届く"),
}


def secret() -> bytes:
    """What the company and we share; made from the installation's key, so that nothing has to be set."""
    return salted_hmac("moyai.money.simulator", "webhook", algorithm="sha256").digest()


def _link_mac(values: Mapping[str, str]) -> str:
    return hmac.new(secret(), json.dumps(dict(values), sort_keys=True).encode(), hashlib.sha256).hexdigest()


class CardSimulator:
    """The gateway side: what the product sees of the company."""

    name = NAME
    title = "模擬カード会社"

    def start(
        self, *, order_id: str, amount_yen: int, title: str, return_url: str, notify_url: str, now: datetime
    ) -> str:
        values = {
            "order": order_id,
            "amount": str(amount_yen),
            "title": title,
            "return": return_url,
            "notify": notify_url,
        }
        return f"{reverse('money_simulator_card')}?{urlencode(values | {'mac': _link_mac(values)})}"

    def confirm(self, *, order_id: str, now: datetime) -> News | None:
        order = SimulatorOrder.objects.filter(order_id=order_id).first()
        if order is None:
            return None
        if not order.result or order.known_from is None or order.known_from > now:
            return News(order_id, "", "", "pending", 0)
        return _news(order)

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> News:
        if not signature_ok(headers.get(HEADER, ""), secret=secret(), body=body, now=int(now.timestamp())):
            raise BadSignature
        try:
            told = json.loads(body)
            news = News(
                order_id=told["order"],
                event_id=told["event"],
                transaction_id=told["transaction"],
                result=told["result"],
                amount_yen=told["amount"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BadNews from error
        texts = (news.order_id, news.event_id, news.transaction_id)
        if not all(isinstance(text, str) and 0 < len(text) <= 80 and text.isprintable() for text in texts):
            raise BadNews
        if news.result not in ("approved", "declined", "abandoned") or type(news.amount_yen) is not int:
            raise BadNews
        if not 0 <= news.amount_yen < 10**12:
            raise BadNews
        return news


def open_for_business() -> None:
    """At start-up: the simulated company takes orders where MOYAI_CARD_SIMULATOR is on."""
    if settings.MOYAI_CARD_SIMULATOR:
        gateways.register(CardSimulator())


def take_order(values: Mapping[str, str], mac: str) -> SimulatorOrder | None:
    """The company's side of `start`: an order from a signed link, once; None if the link was altered."""
    if not hmac.compare_digest(_link_mac(values).encode(), mac.encode()):
        return None
    order, _new = SimulatorOrder.objects.get_or_create(
        order_id=values["order"],
        defaults={
            "title": values["title"],
            "amount_yen": int(values["amount"]),
            "return_url": values["return"],
            "notify_url": values["notify"],
        },
    )
    return order


def decide(order: SimulatorOrder, *, result: str, course: str, now: datetime) -> list[SimulatorCall]:
    """The payer's choice: fixes the outcome, and writes down the calls this course brings."""
    late = course == "late"
    order.result, order.course = result, course
    order.taken_yen = order.amount_yen + (1 if course == "wrong_amount" else 0)
    order.transaction_id = f"T{secrets.token_hex(8)}"
    order.known_from = now + (LATE if late else timedelta())
    order.save()
    if result == "abandoned":  # companies tell nothing about those who just leave
        return []
    payload = json.dumps(
        {
            "order": order.order_id,
            "event": f"{order.transaction_id}-1",
            "transaction": order.transaction_id,
            "result": result,
            "amount": order.taken_yen if result == "approved" else order.amount_yen,
        }
    )
    times = 2 if course == "news_twice" else 1
    return [
        SimulatorCall.objects.create(
            order=order, payload=payload, forged=course == "bad_signature", due_at=order.known_from
        )
        for _again in range(times)
    ]


def signed(call: SimulatorCall, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a call. A forged one is signed with another secret."""
    body = call.payload.encode()
    key = b"not the shared secret" if call.forged else secret()
    return body, {
        HEADER: sign(secret=key, at=int(now.timestamp()), body=body),
        "Content-Type": "application/json",
    }


def send(call: SimulatorCall, now: datetime) -> None:
    """Post a call to the shop and keep its answer. An unreachable shop is tried again by the next round."""
    body, headers = signed(call, now)
    address = call.order.notify_url
    if not address.startswith(("http://", "https://")):
        raise ValueError("the shop's address is not a web address")
    request = Request(address, data=body, headers=headers, method="POST")  # noqa: S310  (scheme checked above)
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            call.status = answer.status
    except OSError as error:
        call.status = getattr(error, "code", None)
        if call.status is None:
            return
    call.sent_at = now
    call.save(update_fields=["status", "sent_at"])


def _news(order: SimulatorOrder) -> News:
    amount_yen = order.taken_yen if order.result == "approved" else order.amount_yen
    return News(order.order_id, f"{order.transaction_id}-1", order.transaction_id, order.result, amount_yen)  # type: ignore[arg-type]
