"""一覧を保存する — the filters of an inbox under a name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext_lazy as lazy

from moyai.applications.models import SavedView
from moyai.applications.permits import PERMITS
from moyai.audit.public import action, check_permit
from moyai.tenants.public import Actor, Refusal, body_of

KEYS = ("view", "procedure", "status", "received_from", "received_to")  # no words: they may name a person


class NameTaken(Refusal):
    code = "view_name_taken"
    status = 409
    message = lazy("同じ名前の一覧があります。別の名前にしてください。")  # type: ignore[assignment]


@action("applications.save_view", permits=PERMITS, refuses={"saved_view_name_once": NameTaken})
def save_view(*, actor: Actor, now: datetime, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep the filters of `query` (of the inbox's address; neither pages nor words looked for are kept). Sharing needs more than a clerk.

    Raises NameTaken, NotPermitted.
    """
    if shared:
        check_permit(actor, "applications.share_view", PERMITS)
    asked = parse_qs(query)
    kept = urlencode({key: asked[key][0] for key in KEYS if asked.get(key)})
    view: SavedView = SavedView.objects.create(
        body_id=body_of(actor.body).pk,
        account_id=actor.account_id,
        name=name.strip(),
        query=kept[:600],
        shared=shared,
        made_at=now,
    )
    return view


@action("applications.save_view", permits=PERMITS, thing="view")
def remove_view(*, actor: Actor, now: datetime, view: SavedView) -> None:
    """Take a saved view away: one's own, or a shared one by who may share. Raises NotPermitted."""
    if view.account_id != actor.account_id:
        check_permit(actor, "applications.share_view", PERMITS)
    SavedView.objects.filter(body_id=view.body_id, pk=view.pk).delete()
