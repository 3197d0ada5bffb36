"""Each morning: tell administrators of originals that went on since they were copied."""

from __future__ import annotations

from datetime import datetime

from moyai.applications.actions.sharing import tell_of_changed_originals
from moyai.tenants.public import Actor, Body, every


@every("25 7 * * *", name="applications.changed_originals")
def changed_originals(*, body: Body, now: datetime) -> None:
    """原本が変わったことの知らせ — once for each version; nothing in the copy is touched."""
    tell_of_changed_originals(actor=Actor.system(body), now=now)
