"""会則・規程 for members: every rule, also those that are not public, as of any day, with versions and differences."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from moyai.council.bylaw_words import (
    bylaw_facts,
    comparison_of,
    register_section,
    register_table,
    versions_table,
)
from moyai.council.desk import Visit, as_of, taken_away
from moyai.council.figures.bylaws import bylaws_table
from moyai.council.forms.bylaws import version_name
from moyai.council.models import Bylaw
from moyai.council.office.home import address, ways
from moyai.council.queries.bylaws import bylaws_on, standing_on, versions_of
from moyai.ui.public import page


def above(request: Visit, bylaw: Bylaw | None = None) -> list[tuple[str, str]]:
    found = [(_("協議会"), address(request, "home")), (_("会則・規程"), address(request, "bylaws"))]
    if bylaw is not None:
        found.append((bylaw.name, address(request, "bylaw", code=bylaw.code)))
    return found


@require_safe
def bylaws(request: Visit) -> HttpResponse:
    """Every rule and its standing on a day."""
    form, on = as_of(request)
    rows = bylaws_on(on)
    if (file := taken_away(request, lambda: bylaws_table(rows, on), f"bylaws-{on}")) is not None:
        return file
    table = register_table(rows, on, lambda one: address(request, "bylaw", code=one.code), told=False)
    context = {
        "heading": _("会則・規程"),
        "crumbs": [*above(request)[:1], (_("会則・規程"), "")],
        "as_of": form,
        "sections": [register_section(rows, on, table)],
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context, form=form)


@require_safe
def bylaw(request: Visit, code: str) -> HttpResponse:
    """One rule: its text on the day, and its versions."""
    one = get_object_or_404(Bylaw, code=code)
    form, on = as_of(request)
    versions = versions_of(one)
    standing = standing_on(one, versions, on)
    table = versions_table(
        versions, address(request, "bylaw_compare", code=code), address(request, "bylaw", code=code)
    )
    context = {
        "heading": one.name,
        "crumbs": [*above(request), (one.name, "")],
        "as_of": form,
        "standing": standing,
        "version": version_name(standing.version) if standing.version else "",
        "facts": bylaw_facts(standing, on),
        "sections": [{"heading": _("これまでの版"), "table": table}],
        "acts": ways(request),
    }
    return page(request, "council/office/register.html", context, form=form)


@require_safe
def compare(request: Visit, code: str) -> HttpResponse:
    """新旧対照."""
    one = get_object_or_404(Bylaw, code=code)
    heading = _("%(name)sの新旧対照") % {"name": one.name}
    context = {
        **comparison_of(request, one),
        "heading": heading,
        "crumbs": [*above(request, one), (heading, "")],
    }
    return page(request, "council/office/compare.html", context)


urlpatterns = [
    path("council/bylaws/", bylaws, name="council_office_bylaws"),
    path("council/bylaws/<slug:code>/", bylaw, name="council_office_bylaw"),
    path("council/bylaws/<slug:code>/compare/", compare, name="council_office_bylaw_compare"),
]
