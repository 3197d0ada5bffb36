"""Pages of the secretariat: members and services, as of any day."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moyai.council.actions.spans import NotInCouncilThen
from moyai.council.actions.uses import (
    AddressTaken,
    AlreadyUsing,
    BodyKnown,
    EndsBeforeItBegins,
    NotForSome,
    ServiceKnown,
    admit_body,
    begin_use,
    end_use,
    found_service,
)
from moyai.council.figures.uses import members_table, services_table
from moyai.council.forms.uses import AsOfForm, BeginUseForm, BodyForm, EndUseForm, ServiceForm, day_or
from moyai.council.queries.uses import services_as_of, uses_of
from moyai.documents.public import FigureTable, render_table_html, table_response
from moyai.tenants.public import Service, ServiceUse, bodies_on, clock
from moyai.ui.public import page

FACES = ("csv", "xlsx", "pdf", "json")


def members(request: HttpRequest) -> HttpResponse:
    """加入団体と事業 — who takes part in what on a day; also as CSV, XLSX, PDF and JSON."""
    form = AsOfForm(request.GET if "on" in request.GET else None)
    on = day_or(form, clock.today(request.now))  # type: ignore[attr-defined]
    services = services_as_of(on)
    table = services_table(services, on)
    if "format" in request.GET:
        return _download(request, table, f"services-{on}")
    context = {
        "form": form,
        "on": on,
        "table": render_table_html(table),
        "faces": FACES,
        "services": services,
        "bodies": bodies_on(on),
    }
    return page(request, "council/members.html", context, form=form)


def _download(request: HttpRequest, table: FigureTable, name: str) -> HttpResponse:
    if request.GET["format"] not in FACES:
        raise Http404
    return table_response(table, form=request.GET["format"], name=name, now=request.now)  # type: ignore[attr-defined]


def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service: its members on a day, and the book of its uses."""
    found = get_object_or_404(Service, code=code)
    as_of = AsOfForm(request.GET if "on" in request.GET else None)
    on = day_or(as_of, clock.today(request.now))  # type: ignore[attr-defined]
    form = BeginUseForm(request.POST or None, bodies=list(bodies_on(on)))
    if request.method == "POST" and form.is_valid():
        try:
            begun = begin_use(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                service=found,
                body=form.chosen(),
                from_on=form.cleaned_data["from_on"],
            )
        except (AlreadyUsing, NotForSome, NotInCouncilThen) as refusal:
            form.add_error("body" if "body" in refusal.fields else None, str(refusal.message))
        else:
            messages.success(request, _("%(body)sの利用を登録しました。") % {"body": begun.body.name})
            return redirect(reverse("council_service", kwargs={"code": code}))
    members_now = next(entry for entry in services_as_of(on) if entry.service.pk == found.pk)
    table = members_table(members_now, on)
    if "format" in request.GET:
        return _download(request, table, f"{code}-{on}")
    context = {
        "service": found,
        "as_of": as_of,
        "on": on,
        "form": form,
        "table": render_table_html(table),
        "faces": FACES,
        "uses": uses_of(found),
    }
    return page(request, "council/service.html", context, form=form)


def new_body(request: HttpRequest) -> HttpResponse:
    """団体の加入を登録する."""
    form = BodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            body = admit_body(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                **form.cleaned_data,
            )
        except BodyKnown as refusal:
            form.add_error("code", str(refusal.message))
        except AddressTaken as refusal:
            form.add_error("slug", str(refusal.message))
        else:
            messages.success(request, _("%(body)sの加入を登録しました。") % {"body": body.name})
            return redirect("council_members")
    return page(request, "council/new.html", {"heading": _("団体の加入を登録する")}, form=form)


def new_service(request: HttpRequest) -> HttpResponse:
    """事業を登録する."""
    form = ServiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = found_service(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                **form.cleaned_data,
            )
        except ServiceKnown as refusal:
            form.add_error("code", str(refusal.message))
        else:
            messages.success(request, _("%(service)sを登録しました。") % {"service": made.name})
            return redirect(reverse("council_service", kwargs={"code": made.code}))
    return page(request, "council/new.html", {"heading": _("事業を登録する")}, form=form)


def end(request: HttpRequest, use_id: int) -> HttpResponse:
    """利用終了 — say the last day of a use."""
    use = get_object_or_404(ServiceUse.objects.select_related("body", "service"), pk=use_id)
    form = EndUseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_use(
                actor=request.actor,  # type: ignore[attr-defined]
                now=request.now,  # type: ignore[attr-defined]
                use=use,
                until_on=form.cleaned_data["until_on"],
            )
        except EndsBeforeItBegins as refusal:
            form.add_error("until_on", str(refusal.message))
        else:
            messages.success(request, _("%(body)sの利用の終わりを登録しました。") % {"body": use.body.name})
            return redirect(reverse("council_service", kwargs={"code": use.service.code}))
    return page(request, "council/end_use.html", {"use": use, "form": form}, form=form)


MENU = [(gettext_lazy("加入団体と事業"), "council_members")]
urlpatterns = [
    path("", members, name="council_members"),
    path("bodies/new/", new_body, name="council_new_body"),
    path("services/new/", new_service, name="council_new_service"),
    path("services/<slug:code>/", service, name="council_service"),
    path("uses/<int:use_id>/end/", end, name="council_end_use"),
]
