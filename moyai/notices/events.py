"""What can be told to other systems: each higher package registers its events in AppConfig.ready().

    events.register("applications.received", gettext_lazy("申請の受付"))

and tells them with `announce`, in the transaction of what happened.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TRIAL = "notices.trial"

_known: dict[str, str | Promise] = {}


def register(kind: str, label: str | Promise) -> None:
    """Register a kind of event with its words for staff, once."""
    if kind in _known and _known[kind] is not label:
        raise ValueError(f"the event {kind} is registered already")
    _known[kind] = label


def kinds() -> dict[str, str]:
    """Every kind a receiver may ask for, in order of its name, with its words."""
    return {kind: str(_known[kind]) for kind in sorted(_known)}


def known(kind: str) -> bool:
    return kind == TRIAL or kind in _known


def label_of(kind: str) -> str:
    return str(_("試しの知らせ")) if kind == TRIAL else str(_known.get(kind, kind))
