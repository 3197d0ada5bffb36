"""公開の会則・規程 — for everybody: what is in force on a day, every version and what it changed. No account, no cookie."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from moyai.council.actions.spans import day_said
from moyai.council.bylaw_words import bylaw_facts, comparison_of, register_table, versions_table
from moyai.council.desk import Visit, as_of
from moyai.council.forms.bylaws import version_name
from moyai.council.models import Bylaw
from moyai.council.queries.bylaws import bylaws_on, standing_on, versions_of
from moyai.people.public import public_page
from moyai.ui.public import page


def _public(code: str) -> Bylaw:
    """A rule that is public; any other is absent."""
    found: Bylaw = get_object_or_404(Bylaw, code=code, public=True)
    return found


@public_page
@require_GET
def bylaws(request: Visit) -> HttpResponse:
    """Every public rule and its standing on a day."""
    form, on = as_of(request)
    rows = bylaws_on(on, public_only=True)
    table = register_table(
        rows, on, lambda one: reverse("council_report_bylaw", kwargs={"code": one.code}), told=False
    ) | {
        "caption": _("%(day)sの会則・規程") % {"day": day_said(on)},
        "empty": _("公開している規程はありません。"),
    }
    return page(request, "council/pages/bylaws.html", {"as_of": form, "table": table}, form=form)


@public_page
@require_GET
def bylaw(request: Visit, code: str) -> HttpResponse:
    """One rule: its text on the day, and its versions."""
    one = _public(code)
    form, on = as_of(request)
    versions = versions_of(one)
    standing = standing_on(one, versions, on)
    context = {
        "name": one.name,
        "as_of": form,
        "standing": standing,
        "version": version_name(standing.version) if standing.version else "",
        "facts": bylaw_facts(standing, on),
        "table": versions_table(
            versions,
            reverse("council_report_bylaw_compare", kwargs={"code": code}),
            reverse("council_report_bylaw", kwargs={"code": code}),
        ),
        "list_url": reverse("council_report_bylaws"),
    }
    return page(request, "council/pages/bylaw.html", context, form=form)


@public_page
@require_GET
def compare(request: Visit, code: str) -> HttpResponse:
    """新旧対照."""
    one = _public(code)
    context = {
        **comparison_of(request, one),
        "name": one.name,
        "bylaw_url": reverse("council_report_bylaw", kwargs={"code": code}),
    }
    return page(request, "council/pages/bylaw_compare.html", context)


urlpatterns = [
    path("council-report/bylaws/", bylaws, name="council_report_bylaws"),
    path("council-report/bylaws/<slug:code>/", bylaw, name="council_report_bylaw"),
    path("council-report/bylaws/<slug:code>/compare/", compare, name="council_report_bylaw_compare"),
]
