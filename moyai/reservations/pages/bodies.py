"""市町村ごとの利用者登録 — one account, each body's class and approval beside the other's. For its owner alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from moyai.reservations.models import Registration
from moyai.reservations.queries.registrations import class_on, own_registrations, terms_for
from moyai.reservations.wording_users import badge, day
from moyai.tenants.public import Actor, acting_in, bodies_on, clock
from moyai.ui.public import group_in_fours, page


@never_cache
@require_http_methods(["GET", "HEAD"])
def bodies(request: HttpRequest) -> HttpResponse:
    """Every body that takes registrations, and the account's own there: one wall after the other, never two at once."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.account_id is None:
        return redirect(f"{reverse('people_signin')}?{urlencode({'next': request.path})}")
    today = clock.today(request.now)  # type: ignore[attr-defined]
    rows: list[list[object]] = []
    for body in bodies_on(today):
        with acting_in(body):
            own = own_registrations(actor=actor.in_body(body))
            offered = bool(own) or terms_for(body, today) is not None
        if not offered:
            continue
        link = reverse("reservations_portal_registrations", kwargs={"body_slug": body.slug})
        head = {"text": body.name, "url": link, "head": True}
        if not own:
            rows.append([head, None, None, None, {"text": _("登録なし")}, None])
        for one in own:
            rows.append(
                [
                    head,
                    one.get_kind_display(),
                    group_in_fours(one.number),
                    Registration.Class(class_on(one, on=today)).label,
                    {"state": badge(one, on=today)},
                    day(one.valid_until) or None,
                ]
            )
    table = {
        "caption": _("市町村ごとの利用者登録"),
        "columns": [
            {"label": _("市町村")},
            {"label": _("種類")},
            {"label": _("利用者番号")},
            {"label": _("区分")},
            {"label": _("状態")},
            {"label": _("有効期限")},
        ],
        "rows": rows,
        "cards": True,
        "empty": _("利用者登録を受け付けている市町村はありません。"),
    }
    return page(request, "reservations/portal/bodies.html", {"table": table})


urlpatterns = [path("reservations/bodies/", bodies, name="reservations_bodies")]
