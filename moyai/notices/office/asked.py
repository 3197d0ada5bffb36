"""A request of staff, and addresses of their body."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse

from moyai.tenants.public import Actor, body_of


class Asked(HttpRequest):
    """A request as the door hands it over."""

    actor: Actor
    now: datetime


def url_of(request: Asked, name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"body_slug": body_of(request.actor.body).slug, **kwargs})


def number_of(text: str) -> int | None:
    """A key from the address, if it is one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
