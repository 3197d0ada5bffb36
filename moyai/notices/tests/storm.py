"""Eight workers at one message, on committed rows. Run by test_parallel in a clone."""

from __future__ import annotations

import json
import threading
from typing import Any

import django


def main() -> dict[str, Any]:
    from django.conf import settings
    from django.db import connections

    from moyai.notices.delivery import deliver
    from moyai.notices.jobs import retry_due
    from moyai.notices.models import Message
    from moyai.notices.public import tell
    from moyai.notices.tests.conftest import FACTS, HANAKO
    from moyai.notices.tests.smtp import Post
    from moyai.tenants.public import Actor, Body, acting_in

    body = Body.objects.get(slug="chiba-shi")
    with Post() as post:
        post.slow = threading.Event()
        settings.MOYAI_SMTP_URL = "smtp://here"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        with acting_in(body) as now:
            told = tell(
                actor=Actor.system(body), now=now, kind="notices.sample", facts=FACTS, to=HANAKO, about=body
            )
        gate = threading.Barrier(9)

        def work() -> None:
            gate.wait()
            try:
                with acting_in(body) as now:
                    deliver(message_id=told.pk, now=now)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        gate.wait()
        # The one that has the row is held at the server; the others must leave without waiting for it.
        for worker in workers:
            worker.join(1)
        left = sum(not worker.is_alive() for worker in workers)
        post.slow.set()
        for worker in workers:
            worker.join()
        with acting_in(body) as now:
            state = Message.objects.of(body).get(id=told.pk).state
            second = tell(
                actor=Actor.system(body), now=now, kind="notices.sample", facts=FACTS, to=HANAKO, about=body
            )
            Message.objects.of(body).filter(id=second.pk).update(next_try_at="2026-01-01T00:00:00Z")
        from procrastinate.contrib.django.models import ProcrastinateJob

        jobs = ProcrastinateJob.objects.filter(task_name="notices.deliver")
        before = jobs.count()
        from django.db import transaction

        with transaction.atomic():
            retry_due(now=now)
        return {
            "mails": len(post.mails),
            "state": state,
            "left_at_once": left,
            "woken": jobs.count() - before,
        }


def events_too() -> dict[str, Any]:
    """The same for one event told to another system."""
    from django.conf import settings
    from django.db import connections, transaction
    from procrastinate.contrib.django.models import ProcrastinateJob

    from moyai.notices import events
    from moyai.notices.actions import add_webhook
    from moyai.notices.deliveries import deliver_event
    from moyai.notices.jobs import retry_events_due
    from moyai.notices.models import Delivery
    from moyai.notices.public import announce
    from moyai.notices.tests.receiver import Receiver
    from moyai.tenants.public import Actor, Body, Role, acting_in

    body = Body.objects.get(slug="chiba-shi")
    receiver = Receiver()
    settings.MOYAI_DEMO = True
    settings.MOYAI_WEBHOOK_INSIDE = [f"127.0.0.1:{receiver.port}"]
    events.register("notices.test_event", "試験の出来事")
    chief = Actor(
        account_id=None,
        body=body,
        roles=frozenset({Role.ADMINISTRATOR}),
        name="",
        channel="test",
        request_id="",
    )
    with acting_in(body) as now:
        add_webhook(actor=chief, now=now, name="x", url=receiver.url, kinds=["notices.test_event"])
        announce(actor=chief, now=now, event="notices.test_event", about=body)
        told = Delivery.objects.of(body).get()

    def work() -> None:
        try:
            with acting_in(body) as now:
                deliver_event(delivery_id=told.pk, now=now)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with acting_in(body) as now:
        state = Delivery.objects.of(body).get(id=told.pk).state
        announce(actor=chief, now=now, event="notices.test_event", about=body)
        Delivery.objects.of(body).filter(state="queued").update(next_at="2026-01-01T00:00:00Z")
    jobs = ProcrastinateJob.objects.filter(task_name="notices.deliver_event")
    before = jobs.count()
    with transaction.atomic():
        retry_events_due(now=now)
    receiver.close()
    return {"calls": len(receiver.calls), "event_state": state, "events_woken": jobs.count() - before}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main() | events_too()))
