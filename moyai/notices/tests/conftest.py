"""A real mail server on a socket, and the settings that point to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from moyai.notices.actions import Recipient
from moyai.notices.tests.smtp import Post
from moyai.tenants.public import Actor, acting_in

FACTS = {
    "number": "1203-4567-8901",
    "title": "住民票の写し",
    "due_on": "令和8年4月15日（水）",
    "path": "/chiba-shi/",
}
HANAKO = Recipient(email="hanako@example.jp", name="千葉 花子")


@pytest.fixture
def told(world: Any) -> Callable[..., Any]:
    """Tell 花子 one message about the body itself."""
    from moyai.notices.actions import tell

    def make(to: Recipient = HANAKO, **facts: str) -> Any:
        with acting_in(world.chiba) as now:
            return tell(
                actor=Actor.system(world.chiba),
                now=now,
                kind="notices.sample",
                facts=FACTS | facts,
                to=to,
                about=world.chiba,
            )

    return make


def run(world: Any, message: Any, *, later: timedelta = timedelta()) -> Any:
    """What the worker does with a message; gives the row after it."""
    from moyai.notices.delivery import deliver
    from moyai.notices.models import Message

    with acting_in(world.chiba) as now:
        deliver(message_id=message.pk, now=now + later)
        return Message.objects.of(world.chiba).get(id=message.pk)


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    with Post() as server:
        settings.MOYAI_SMTP_URL = f"smtp://127.0.0.1:{server.port}"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "moyai@council.example"
        yield server
