"""保存した一覧: one's own and those shared with the office."""

from __future__ import annotations

from django.db.models import Q

from moyai.applications.models import SavedView
from moyai.tenants.public import Actor, body_of


def saved_views(*, actor: Actor) -> list[SavedView]:
    """The views this person sees in the inbox, at most 50, shared ones last."""
    return list(
        SavedView.objects.filter(body_id=body_of(actor.body).pk)
        .filter(Q(account_id=actor.account_id) | Q(shared=True))
        .order_by("shared", "name", "id")[:50]
    )
