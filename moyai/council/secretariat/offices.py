"""役職と任期 as of any day: who holds what, what is vacant, whose turn comes (輪番)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, fiscal_year_words
from moyai.council.actions.offices import appoint, appoint_by_rotation, create_office, end_office, end_term
from moyai.council.actions.spans import day_said, span_words
from moyai.council.desk import Visit, act_page, as_of, faces, link, taken_away, today_of, typed
from moyai.council.figures.bodies import offices_table, rotation_table
from moyai.council.forms.bodies import AppointForm, EndForm, OfficeForm, TurnForm
from moyai.council.models import Committee, Office, Term
from moyai.council.queries.bodies import TurnRow, offices_on, rotation_of, terms_of
from moyai.council.queries.sitting import sitting_in
from moyai.council.secretariat.committees import crumbs
from moyai.documents.public import render_table_html
from moyai.tenants.public import Body
from moyai.ui.public import page

AHEAD = 10  # years of a rotation without an end that are shown


def above(office: Office | None = None) -> list[tuple[str, str]]:
    found = [(_("役員"), reverse("council_offices"))]
    if office is not None:
        found.append((office.name, reverse("council_office", kwargs={"office_id": office.pk})))
    return found


@require_safe
def offices(request: Visit) -> HttpResponse:
    """役員 of a day, a vacant place as such; also as CSV, XLSX, PDF and JSON."""
    form, on = as_of(request)
    rows = offices_on(on)
    if (file := taken_away(request, lambda: offices_table(rows, on), f"offices-{on}")) is not None:
        return file
    vacant = sum(row.vacant for row in rows)
    lead = _("欠員が%(n)sあります。") % {"n": vacant} if vacant else ""
    context = {
        "heading": _("役員"),
        "lead": lead,
        "as_of": form,
        "sections": [
            {
                "heading": _("%(day)sの役員") % {"day": day_said(on)},
                "html": render_table_html(offices_table(rows, on)),
                "faces": faces(on),
            },
            {
                "heading": _("役職を開く"),
                "acts": [
                    link(
                        f"{row.office.committee.name}：{row.office.name}",
                        "council_office",
                        office_id=row.office.pk,
                    )
                    for row in rows
                ],
            },
        ],
    }
    return page(request, "council/secretariat/register.html", context, form=form)


@require_safe
def office(request: Visit, office_id: int) -> HttpResponse:
    """One office: its terms, its rotation, and whose turn comes next."""
    one = get_object_or_404(Office.objects.select_related("committee"), pk=office_id)
    today = today_of(request)
    turns = rotation_of(one, fiscal_year(today) + AHEAD)
    name = f"{one.committee.name} {one.name}"
    if (
        file := taken_away(request, lambda: rotation_table(name, turns, today), f"rotation-{one.code}")
    ) is not None:
        return file
    terms = terms_of(one)
    sections: list[dict[str, Any]] = [{"heading": _("任期の記録"), "table": _terms(terms)}]
    if turns:
        sections.append(
            {
                "heading": _("輪番"),
                "html": render_table_html(rotation_table(name, turns, today), number="rotation"),
                "faces": faces(today),
                "acts": _next(one, turns),
            }
        )
    acts = []
    if one.until_on is None:
        acts = [
            link(_("選任を登録する"), "council_appoint", office_id=one.pk),
            link(_("役職を廃する"), "council_office_end", office_id=one.pk),
        ]
    context = {
        "heading": name,
        "crumbs": [*above(), (name, "")],
        "facts": [
            {
                "key": _("会議体"),
                "value": one.committee.name,
                "value_url": reverse("council_committee", kwargs={"code": one.committee.code}),
            },
            {"key": _("定数"), "value": str(one.holders)},
            {"key": _("任期"), "value": _("%(n)s年") % {"n": one.term_years}},
            {"key": _("根拠"), "value": one.source, "missing": _("未登録")},
            {"key": _("置かれている間"), "value": span_words(one.from_on, one.until_on)},
        ],
        "sections": sections,
        "acts": acts,
    }
    return page(request, "council/secretariat/register.html", context)


def _terms(terms: list[Term]) -> dict[str, Any]:
    return {
        "caption": _("任期の記録（古い順）"),
        "columns": [
            _("団体名"),
            _("職名・氏名"),
            _("何人目"),
            _("任期の始まり"),
            _("任期の終わり"),
            _("終える"),
        ],
        "rows": [
            [
                term.body.name,
                term.holder or None,
                str(term.place),
                day_said(term.from_on),
                day_said(term.until_on),
                {
                    "text": _("%(body)sの任期を終える") % {"body": term.body.name},
                    "url": reverse("council_term_end", kwargs={"term_id": term.pk}),
                },
            ]
            for term in terms
        ],
        "empty": _("任期の登録はまだありません。"),
    }


def _next(one: Office, turns: list[TurnRow]) -> list[dict[str, str]]:
    """The first turn nobody was appointed in: proposed, not appointed by itself."""
    coming = next((row for row in turns if row.term is None), None)
    if coming is None or one.until_on is not None:
        return []
    words = _("%(year)sからの順番（%(body)s）で選任する") % {
        "year": fiscal_year_words(coming.turn.first_year),
        "body": coming.body.name if coming.body else coming.turn.body,
    }
    to = link(words, "council_turn", office_id=one.pk)
    return [{**to, "url": f"{to['url']}?year={coming.turn.first_year}"}]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit, code: str) -> HttpResponse:
    """役職を置く."""
    one = get_object_or_404(Committee, code=code)
    form = OfficeForm(typed(request))
    return act_page(
        request,
        form,
        lambda: create_office(actor=request.actor, now=request.now, committee=one, **form.facts()),
        heading=_("役職を置く"),
        label=_("役職を登録する"),
        done=_("役職を登録しました。"),
        to=reverse("council_committee", kwargs={"code": code}),
        crumbs=crumbs(one),
    )


def _about(one: Office) -> dict[str, Any]:
    """Where an act on an office comes from and goes to, and which office it is."""
    return {
        "to": reverse("council_office", kwargs={"office_id": one.pk}),
        "crumbs": above(one),
        "facts": [{"key": _("役職"), "value": f"{one.committee.name} {one.name}"}],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: Visit, office_id: int) -> HttpResponse:
    """選任を登録する — the members who sit in the committee today may be chosen, and those of other days by their own date."""
    one = get_object_or_404(Office.objects.select_related("committee__service"), pk=office_id)
    sitting = [row.body for row in sitting_in(one.committee, today_of(request)) if row.body is not None]
    bodies = sitting or list(Body.objects.order_by("code"))
    form = AppointForm(typed(request), bodies=bodies)
    return act_page(
        request,
        form,
        lambda: appoint(actor=request.actor, now=request.now, office=one, **form.facts()),
        heading=_("選任を登録する"),
        label=_("選任を登録する"),
        done=_("選任を登録しました。"),
        **_about(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def by_turn(request: Visit, office_id: int) -> HttpResponse:
    """輪番で選任する — whose turn a fiscal year is."""
    one = get_object_or_404(Office.objects.select_related("committee"), pk=office_id)
    form = TurnForm(typed(request), initial={"year": request.GET.get("year", "")})
    return act_page(
        request,
        form,
        lambda: appoint_by_rotation(actor=request.actor, now=request.now, office=one, **form.cleaned_data),
        heading=_("輪番で選任する"),
        lead=_("その年度の順番の団体を、その任期のあいだの役員として登録します。"),
        label=_("選任を登録する"),
        done=_("選任を登録しました。"),
        **_about(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: Visit, office_id: int) -> HttpResponse:
    """役職を廃する."""
    one = get_object_or_404(Office.objects.select_related("committee"), pk=office_id)
    form = EndForm(typed(request))
    return act_page(
        request,
        form,
        lambda: end_office(actor=request.actor, now=request.now, office=one, **form.cleaned_data),
        heading=_("役職を廃する"),
        label=_("廃止を登録する"),
        done=_("役職の廃止を登録しました。"),
        danger=True,
        **_about(one),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def term_end(request: Visit, term_id: int) -> HttpResponse:
    """辞任・解任 — the term ends earlier."""
    term = get_object_or_404(Term.objects.select_related("office__committee", "body"), pk=term_id)
    form = EndForm(typed(request))
    return act_page(
        request,
        form,
        lambda: end_term(actor=request.actor, now=request.now, term=term, **form.cleaned_data),
        heading=_("任期を途中で終える"),
        label=_("任期を終える"),
        done=_("任期の終わりを登録しました。"),
        to=reverse("council_office", kwargs={"office_id": term.office_id}),
        crumbs=above(term.office),
        facts=[
            {"key": _("役職"), "value": f"{term.office.committee.name} {term.office.name}"},
            {"key": _("団体"), "value": term.body.name},
            {"key": _("任期"), "value": span_words(term.from_on, term.until_on)},
        ],
        danger=True,
    )


MENU = [(gettext_lazy("役員"), "council_offices")]
urlpatterns = [
    path("offices/", offices, name="council_offices"),
    path("offices/<int:office_id>/", office, name="council_office"),
    path("offices/<int:office_id>/appoint/", choose, name="council_appoint"),
    path("offices/<int:office_id>/turn/", by_turn, name="council_turn"),
    path("offices/<int:office_id>/end/", end, name="council_office_end"),
    path("committees/<slug:code>/offices/new/", new, name="council_office_new"),
    path("terms/<int:term_id>/end/", term_end, name="council_term_end"),
]
