"""会則・要綱・規程 as of any day: the text in force, every version, what changed, and where a rule is cited."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from moyai.council.actions.spans import day_said
from moyai.council.bylaw_words import (
    bylaw_facts,
    comparison_of,
    register_section,
    register_table,
    versions_table,
)
from moyai.council.desk import Visit, as_of, link, taken_away
from moyai.council.figures.bylaws import bylaws_table
from moyai.council.forms.bylaws import version_name
from moyai.council.models import Bylaw, Citation
from moyai.council.queries.bylaws import bylaws_on, citations_of, standing_on, versions_of
from moyai.ui.public import page


def above(bylaw: Bylaw | None = None) -> list[tuple[str, str]]:
    found = [(_("会則・規程"), reverse("council_bylaws"))]
    if bylaw is not None:
        found.append((bylaw.name, reverse("council_bylaw", kwargs={"code": bylaw.code})))
    return found


@require_safe
def bylaws(request: Visit) -> HttpResponse:
    """Every rule and its standing on a day; also as CSV, XLSX, PDF and JSON."""
    form, on = as_of(request)
    rows = bylaws_on(on)
    if (file := taken_away(request, lambda: bylaws_table(rows, on), f"bylaws-{on}")) is not None:
        return file
    table = register_table(
        rows, on, lambda one: reverse("council_bylaw", kwargs={"code": one.code}), told=True
    )
    context = {
        "heading": _("会則・規程"),
        "as_of": form,
        "sections": [register_section(rows, on, table)],
        "acts": [link(_("規程を登録する"), "council_bylaw_new")],
    }
    return page(request, "council/secretariat/register.html", context, form=form)


@require_safe
def bylaw(request: Visit, code: str) -> HttpResponse:
    """One rule: its text on the day, its versions, and where it is cited."""
    one = get_object_or_404(Bylaw, code=code)
    form, on = as_of(request)
    versions = versions_of(one)
    standing = standing_on(one, versions, on)
    compare = reverse("council_bylaw_compare", kwargs={"code": code})
    here = reverse("council_bylaw", kwargs={"code": code})
    context: dict[str, Any] = {
        "heading": one.name,
        "as_of": form,
        "on": on,
        "standing": standing,
        "version": version_name(standing.version) if standing.version else "",
        "crumbs": [*above(), (one.name, "")],
        "facts": [
            *bylaw_facts(standing, on),
            {"key": _("読める人"), "value": _("だれでも（公開）") if one.public else _("会員だけ")},
        ],
        "sections": [
            {"heading": _("これまでの版"), "table": versions_table(versions, compare, here)},
            {"heading": _("引用しているもの"), "table": _citations(citations_of(one))},
        ],
        "acts": _acts(one, bool(versions) and versions[0].abolished, bool(versions)),
    }
    return page(request, "council/secretariat/register.html", context, form=form)


def _acts(one: Bylaw, abolished: bool, begun: bool) -> list[dict[str, str]]:
    acts = [] if abolished else [link(_("新しい版を定める"), "council_bylaw_enact", code=one.code)]
    if begun and not abolished:
        acts.append(link(_("廃止する"), "council_bylaw_abolish", code=one.code))
    return [*acts, link(_("名称・公開を改める"), "council_bylaw_arrange", code=one.code)]


def _citations(rows: list[Citation]) -> dict[str, Any]:
    return {
        "caption": _("引用しているもの（新しい順）"),
        "columns": [_("引用した日"), _("議案・お知らせ"), _("条"), _("版")],
        "rows": [
            [
                day_said(one.cited_on),
                f"{one.item.meeting.committee.name}：{one.item.title}"
                if one.item
                else {
                    "text": one.posting.title if one.posting else "",
                    "url": reverse("council_posting", kwargs={"posting_id": one.posting_id}),
                },
                one.article or None,
                version_name(one.version),
            ]
            for one in rows
        ],
        "empty": _("引用しているものはありません。"),
    }


@require_safe
def compare(request: Visit, code: str) -> HttpResponse:
    """新旧対照 of two versions; the last two where none were asked for."""
    one = get_object_or_404(Bylaw, code=code)
    found = comparison_of(request, one)
    heading = _("%(name)sの新旧対照") % {"name": one.name}
    context = {**found, "heading": heading, "crumbs": [*above(one), (heading, "")]}
    return page(request, "council/secretariat/compare.html", context)


MENU = [(gettext_lazy("会則・規程"), "council_bylaws")]
urlpatterns = [
    path("bylaws/", bylaws, name="council_bylaws"),
    path("bylaws/<slug:code>/", bylaw, name="council_bylaw"),  # bylaws/new/ comes before it
    path("bylaws/<slug:code>/compare/", compare, name="council_bylaw_compare"),
]
