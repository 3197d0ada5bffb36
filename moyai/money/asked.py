"""What the door adds to a request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from moyai.tenants.public import Actor


class Asked(HttpRequest):
    """A request as the door hands it over."""

    actor: Actor
    now: datetime
