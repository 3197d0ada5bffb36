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


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main()))
