"""システムの登録 — what is promised to run, and what is said about it: hours, dependencies, agreements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moyai.operations.actions import systems as actions
from moyai.operations.asking import tried, who
from moyai.operations.forms.levels import (
    ChangeSystemForm,
    DependencyForm,
    HoursForm,
    LevelForm,
    ServiceLevelForm,
    SystemForm,
    UntilForm,
)
from moyai.operations.models import Dependency, System
from moyai.operations.queries.levels import sides_of
from moyai.tenants.public import Service, clock
from moyai.ui.public import Form, page

asked = require_http_methods(["GET", "HEAD", "POST"])


def url(system: System) -> str:
    return reverse("operations_system", kwargs={"code": system.code})


def asking(
    request: HttpRequest,
    form: Form,
    *,
    heading: str,
    label: str,
    up: tuple[str, str],
    do: Callable[[], Any],
    told: str,
    lead: str = "",
    back: Callable[[Any], str] | None = None,
    kind: str = "primary",
) -> HttpResponse:
    """A page that asks one thing: the form, the act, and back to where it came from."""
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: (do(),))
        if done is not None:
            messages.success(request, told)
            return redirect(back(done[0]) if back is not None else up[1])
    context = {
        "heading": heading,
        "label": label,
        "lead": lead,
        "button": kind,
        "crumbs": [
            (_("稼働とサービスレベル"), reverse("operations_levels")),
            *([up] if up[0] else []),
            (heading, ""),
        ],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


@asked
def new(request: HttpRequest) -> HttpResponse:
    """システムを登録する."""
    form = SystemForm(
        request.POST if request.method == "POST" else None, services=list(Service.objects.order_by("code"))
    )
    return asking(
        request,
        form,
        heading=_("システムを登録する"),
        label=_("登録する"),
        lead=_("運用時間は24時間365日で始まります。違うときは、登録した後に変えてください。"),
        up=("", reverse("operations_levels")),
        do=lambda: actions.add_system(**who(request), **form.chosen()),
        told=_("システムを登録しました。"),
        back=url,
    )


def _system(code: str) -> System:
    found: System = get_object_or_404(System.objects.select_related("service"), code=code)
    return found


@asked
def change(request: HttpRequest, code: str) -> HttpResponse:
    """システムを変える."""
    found = _system(code)
    first = {
        "name": found.name,
        "service": found.service.code if found.service else "",
        "until_on": found.until_on,
        "position": found.position,
    }
    form = ChangeSystemForm(
        request.POST if request.method == "POST" else None,
        initial=first,
        services=list(Service.objects.order_by("code")),
    )
    return asking(
        request,
        form,
        heading=_("システムを変える"),
        label=_("保存する"),
        up=(found.name, url(found)),
        do=lambda: actions.change_system(**who(request), system=found, **form.chosen()),
        told=_("システムを変えました。"),
    )


@asked
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """運用時間を変える."""
    found = _system(code)
    form = HoursForm(request.POST if request.method == "POST" else None, sides=sides_of(found))
    return asking(
        request,
        form,
        heading=_("運用時間を変える"),
        label=_("保存する"),
        lead=_("今の運用時間は、新しい運用時間にする日の前日までになります。"),
        up=(found.name, url(found)),
        do=lambda: actions.set_hours(
            **who(request),
            system=found,
            hours=form.hours(),
            from_on=form.cleaned_data["from_on"],
            side=form.side_code(),
        ),
        told=_("運用時間を変えました。"),
    )


@asked
def dependency(request: HttpRequest, code: str) -> HttpResponse:
    """依存を登録する."""
    found = _system(code)
    form = DependencyForm(
        request.POST if request.method == "POST" else None,
        systems=list(System.objects.order_by("position", "code")),
    )
    return asking(
        request,
        form,
        heading=_("依存を登録する"),
        label=_("登録する"),
        lead=_("依存するシステムの停止は、このシステムの停止に数えます。"),
        up=(found.name, url(found)),
        do=lambda: actions.lean_on(
            **who(request),
            system=found,
            on=form.chosen(),
            from_on=form.cleaned_data["from_on"],
            redundant=form.cleaned_data["redundant"],
        ),
        told=_("依存を登録しました。"),
    )


@asked
def end_dependency(request: HttpRequest, dependency_id: int) -> HttpResponse:
    """依存を終える."""
    found = get_object_or_404(Dependency.objects.select_related("system", "on"), pk=dependency_id)
    form = UntilForm(request.POST if request.method == "POST" else None, initial={"until_on": found.until_on})
    return asking(
        request,
        form,
        heading=_("依存を終える"),
        label=_("依存を終える"),
        lead=_("%(system)sは、%(on)sに依存しなくなります。")
        % {"system": found.system.name, "on": found.on.name},
        up=(found.system.name, url(found.system)),
        do=lambda: actions.end_dependency(
            **who(request), dependency=found, until_on=form.cleaned_data["until_on"]
        ),
        told=_("依存の終わりを登録しました。"),
        kind="danger",
    )


@asked
def level(request: HttpRequest, code: str) -> HttpResponse:
    """サービスレベルを登録する."""
    found = _system(code)
    today = clock.today(request.now)  # type: ignore[attr-defined]
    form = LevelForm(request.POST if request.method == "POST" else None, initial={"from_on": today})
    if found.service is None:
        del form.fields["whole_service"]

    def of() -> dict[str, Any]:
        return {"service": found.service} if form.cleaned_data.get("whole_service") else {"system": found}

    return _agreeing(request, form, of, up=(found.name, url(found)))


@asked
def service_level(request: HttpRequest) -> HttpResponse:
    """事業のサービスレベルを登録する — judged by its systems, or by what is reported of it."""
    today = clock.today(request.now)  # type: ignore[attr-defined]
    form = ServiceLevelForm(
        request.POST if request.method == "POST" else None,
        services=list(Service.objects.order_by("code")),
        initial={"from_on": today},
    )
    return _agreeing(request, form, lambda: {"service": form.chosen()}, up=("", reverse("operations_levels")))


def _agreeing(
    request: HttpRequest, form: LevelForm, of: Callable[[], dict[str, Any]], *, up: tuple[str, str]
) -> HttpResponse:
    def agree() -> Any:
        given = form.cleaned_data
        part = given["percent"]
        return actions.agree_level(
            **who(request),
            **of(),
            numerator=part.numerator,
            denominator=part.denominator,
            source=given["source"],
            from_on=given["from_on"],
        )

    lead = _("判定は、四捨五入する前の分数で行います。")
    if isinstance(form, ServiceLevelForm):
        lead += _("システムを登録していない事業は、月次報告の率か、報告書に記載の率で判定します。")
    return asking(
        request,
        form,
        heading=_("サービスレベルを登録する"),
        label=_("登録する"),
        lead=lead,
        up=up,
        do=agree,
        told=_("サービスレベルを登録しました。"),
    )


urlpatterns = [
    path("levels/new/", new, name="operations_system_new"),
    path("levels/services/level/", service_level, name="operations_service_level_new"),
    path("levels/systems/<slug:code>/change/", change, name="operations_system_change"),
    path("levels/systems/<slug:code>/hours/", hours, name="operations_hours"),
    path("levels/systems/<slug:code>/dependency/", dependency, name="operations_dependency_new"),
    path("levels/dependencies/<int:dependency_id>/end/", end_dependency, name="operations_dependency_end"),
    path("levels/systems/<slug:code>/level/", level, name="operations_level_new"),
]
