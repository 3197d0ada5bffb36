"""新規利用団体の費用負担 — what a body pays that joins 施設予約 later, worked out by the published rule from rows (C13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.reservations.forms.joining import JoiningForm
from moyai.reservations.queries.joining import Bases, bases_on, bodies_that_may_join
from moyai.reservations.rulebook.joining import RULE
from moyai.reservations.rules.joining import Basis
from moyai.rulebook.public import BadCase, NoVersion, Quote, Step, quote
from moyai.tenants.public import Body, clock
from moyai.ui.public import page

# Where the rule's own words stand on this form.
FIELDS: Mapping[str, str] = {
    "members": "paid",
    "joins_on": "joins_on",
    "facilities": "facilities",
    "users": "users",
}


@require_GET
def joining(request: HttpRequest) -> HttpResponse:
    """The form, and with a candidate the sum, every step of it and what it was counted from."""
    actor, now = request.actor, request.now  # type: ignore[attr-defined]
    today = clock.today(now)
    bodies = bodies_that_may_join(on=today)
    form = JoiningForm(request.GET if "try" in request.GET else None, bodies=bodies, today=today)
    context: dict[str, Any] = {
        "rule_url": reverse("rulebook_rule", args=[RULE]),
        "nobody": not bodies,
    }
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        body = next(one for one in bodies if one.code == given["body"])
        bases = bases_on(
            actor=actor, now=now, members_on=given["joins_on"], counted_on=min(today, given["joins_on"])
        )
        if worked := _worked(form, body, bases):
            context |= {"worked": _shown(worked, body, bases)}
    return page(request, "reservations/secretariat/joining.html", context, form=form)


def _worked(form: JoiningForm, body: Body, bases: Bases) -> Quote | None:
    """The rule on this case; None where something is wrong, which then stands beside its field."""
    given = form.cleaned_data
    members = [one for one in bases.members if one.pk != body.pk]
    if len(members) < len(bases.members):
        form.add_error("body", _("その日にはすでに利用している団体です。"))
        return None
    if not members:
        form.add_error("joins_on", _("その日に施設予約を利用している団体がありません。"))
        return None
    paid = form.paid_by(members)
    if form.errors:
        return None
    newcomer = bases.basis(body)
    case = {
        "cost_yen": given["cost_yen"],
        "contract_from": given["contract_from"].isoformat(),
        "months": given["months"],
        "joins_on": given["joins_on"].isoformat(),
        "facilities": newcomer.facilities if given["facilities"] is None else given["facilities"],
        "users": newcomer.users if given["users"] is None else given["users"],
        "own_yen": given["own_yen"] or 0,
        "monthly_yen": given["monthly_yen"] or 0,
        "members": [_member(one, bases.basis(one), paid.get(one.code, 0)) for one in members],
    }
    try:
        return quote(RULE, case, on=given["joins_on"])
    except BadCase as wrong:
        for where, problem in wrong.fields.items():
            form.add_error(FIELDS.get(where), problem.text)
    except NoVersion:
        form.add_error("joins_on", _("その日の費用負担の定めがありません。"))
    return None


def _member(body: Body, basis: Basis, paid: int) -> dict[str, Any]:
    return {
        "code": body.code,
        "name": body.name,
        "facilities": basis.facilities,
        "users": basis.users,
        "paid_yen": paid,
    }


def _shown(worked: Quote, body: Body, bases: Bases) -> dict[str, Any]:
    case = worked.case
    return {
        "body": body.name,
        "yen": worked.amount_yen,
        "version": worked.version,
        "counted_on": bases.on,
        "steps": {
            "caption": _("計算の段階（上から順）"),
            "columns": [
                {"label": _("段階")},
                {"label": _("値"), "numeric": True},
                {"label": _("計算のしかた")},
            ],
            "rows": [[{"text": step.label, "head": True}, _value(step), _how(step)] for step in worked.steps],
        },
        "bases": {
            "caption": _("算定の基礎"),
            "columns": [
                {"label": _("団体名")},
                {"label": _("館数"), "numeric": True},
                {"label": _("登録利用者数"), "numeric": True},
                {"label": _("これまでに負担した額"), "numeric": True},
            ],
            "rows": [
                [
                    {"text": _("%(body)s（加入する団体）") % {"body": body.name}, "head": True},
                    f"{case['facilities']:,}",
                    f"{case['users']:,}",
                    None,
                ],
                *(
                    [
                        {"text": one["name"], "head": True},
                        f"{one['facilities']:,}",
                        f"{one['users']:,}",
                        f"{one['paid_yen']:,}円" if one["paid_yen"] else None,
                    ]
                    for one in case["members"]
                ),
            ],
        },
    }


def _value(step: Step) -> str:
    return f"{step.value:,}{step.unit}" if isinstance(step.value, int) else f"{step.value}{step.unit}"


def _how(step: Step) -> str | None:
    return "。".join(part for part in (step.formula, step.source) if part) or None


urlpatterns = [path("reservations/joining/", joining, name="reservations_council_joining")]
