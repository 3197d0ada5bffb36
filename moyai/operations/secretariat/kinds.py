"""受付の種類 — with their clocks, what ends in a decision, and from which amounts a review is due."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from moyai.operations.actions.kinds import set_kind
from moyai.operations.asking import table, tried, who
from moyai.operations.forms.desk import KindForm, limits_of
from moyai.operations.models import Kind
from moyai.operations.queries import cases as queries
from moyai.operations.secretariat.levels import may
from moyai.ui.public import page


@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """受付の種類の一覧."""
    context = {
        "heading": _("受付の種類"),
        "rows": [],
        "table": table(
            _("受付の種類"),
            [
                _("名前"),
                (_("回答まで（分）"), True),
                (_("解決まで（分）"), True),
                _("数え方"),
                _("採否"),
                _("確認の下限"),
            ],
            [
                [
                    {
                        "text": kind.name,
                        "url": reverse("operations_kind", kwargs={"code": kind.code}),
                        "head": True,
                    },
                    _minutes(kind.answer_minutes),
                    _minutes(kind.solve_minutes),
                    _("24時間365日") if kind.around_the_clock else _("開庁日の受付時間"),
                    _("決める") if kind.ends_in_decision else "—",
                    limits_of(kind) or "—",
                ]
                for kind in queries.kinds()
            ],
        ),
        "acts": [{"label": _("種類を足す"), "url": reverse("operations_kind_new")}]
        if may(request, "operations.set_kind")
        else [],
        "crumbs": [(_("受付"), reverse("operations_desk")), (_("受付の種類"), "")],
    }
    return page(request, "operations/secretariat/thing.html", context)


def _minutes(minutes: int | None) -> str:
    return "—" if minutes is None else f"{minutes:,}"


@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, code: str = "") -> HttpResponse:
    """受付の種類を足す・変える."""
    found = get_object_or_404(Kind, code=code) if code else None
    first: dict[str, Any] = {}
    if found is not None:
        names = ("code", "name", "ends_in_decision", "answer_minutes", "solve_minutes", "around_the_clock")
        first = {name: getattr(found, name) for name in (*names, "position")}
        first |= {f"{name}_yen": amount for name, amount in found.limits.items()}
    form = KindForm(request.POST if request.method == "POST" else None, initial=first)
    if found is not None:
        del form.fields["code"]
    heading = _("受付の種類を変える") if found is not None else _("種類を足す")
    if request.method == "POST" and form.is_valid():
        given = form.chosen()
        wanted = found.code if found is not None else given.pop("code")
        if found is None and Kind.objects.filter(code=wanted).exists():
            form.add_error("code", _("この記号の種類は、すでにあります。"))
        elif tried(form, lambda: set_kind(**who(request), code=wanted, **given)) is not None:
            messages.success(request, _("受付の種類を保存しました。"))
            return redirect("operations_kinds")
    context = {
        "heading": heading,
        "label": _("保存する"),
        "crumbs": [
            (_("受付"), reverse("operations_desk")),
            (_("受付の種類"), reverse("operations_kinds")),
            (heading, ""),
        ],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


urlpatterns = [
    path("desk/kinds/", kinds, name="operations_kinds"),
    path("desk/kinds/new/", kind, name="operations_kind_new"),
    path("desk/kinds/<slug:code>/", kind, name="operations_kind"),
]
