"""メールマガジンと意見交換 — issues as they went out, and counts by topic."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from moyai.calendars.public import fiscal_year_words, short_wareki
from moyai.documents.public import render_table_html
from moyai.operations.actions.news import issue_newsletter, note_exchange
from moyai.operations.asking import table, tried, who, year_of_today
from moyai.operations.figures.events import exchanges_table
from moyai.operations.forms.events import CountForm, ExchangeForm, IssueForm
from moyai.operations.forms.levels import YearForm
from moyai.operations.models import Exchange, Issue
from moyai.operations.queries import events as queries
from moyai.operations.secretariat.levels import FACES, download, may
from moyai.ui.public import page


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """発行したメールマガジン, the newest first, and the exchanges of a year."""
    now = request.now  # type: ignore[attr-defined]
    form = YearForm(request.GET if "fiscal_year" in request.GET else None)
    year = form.year_or(year_of_today(now))
    found = exchanges_table(year)
    if "format" in request.GET:
        return download(request, found, f"exchanges-{year}")
    before = request.GET.get("before", "")
    issues, older = queries.issues(
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    )
    context = {
        "form": form,
        "year": fiscal_year_words(year),
        "year_number": year,
        "faces": FACES,
        "exchanges": render_table_html(found),
        "rows": table(
            _("%(year)sの件数の記録") % {"year": fiscal_year_words(year)},
            [_("主題"), _("種類"), _("月"), (_("件数・回数"), True), _("出典")],
            [
                [
                    {"text": one.topic, "url": reverse("operations_exchange", kwargs={"exchange_id": one.pk}), "head": True},
                    one.get_kind_display(),
                    f"{one.month.year}年{one.month.month}月" if one.month else _("年度の合計"),
                    f"{one.count:,}",
                    one.source or "—",
                ]
                for one in queries.exchanges_of(year)
            ],
            empty=_("この年度の記録はありません。"),
        ),
        "issues": table(
            _("発行したメールマガジン（新しい順）"),
            [_("件名"), _("名前"), (_("号"), True), _("発行日"), (_("送り先（団体）"), True)],
            [
                [
                    {"text": issue.title, "url": reverse("operations_issue", kwargs={"issue_id": issue.pk}), "head": True},
                    issue.name,
                    f"{issue.number:,}",
                    short_wareki(issue.sent_on),
                    "—" if issue.recipients is None else f"{issue.recipients:,}",
                ]
                for issue in issues
            ],
            empty=_("発行したメールマガジンはありません。"),
        ),
        "older_url": f"{reverse('operations_news')}?before={older}" if older else "",
        "size": queries.PAGE_ROWS,
        "may": may(request, "operations.issue_newsletter"),
    }  # fmt: skip
    return page(request, "operations/secretariat/news.html", context, form=form)


@require_GET
def issue(request: HttpRequest, issue_id: int) -> HttpResponse:
    """一つの号, as it went out."""
    found = get_object_or_404(Issue, pk=issue_id)
    context = {
        "heading": found.title,
        "rows": [
            {"key": _("名前"), "value": found.name},
            {"key": _("号"), "value": _("第%(n)s号") % {"n": found.number}},
            {"key": _("発行日"), "value": short_wareki(found.sent_on)},
            {"key": _("送り先（団体）"), "value": found.recipients, "missing": "—"},
            {"key": _("本文"), "value": found.text, "missing": "—"},
        ],
        "crumbs": [(_("メールマガジンと意見交換"), reverse("operations_news")), (found.title, "")],
    }
    return page(request, "operations/secretariat/thing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_issue(request: HttpRequest) -> HttpResponse:
    """メールマガジンを発行する — to all members of today."""
    last = Issue.objects.order_by("-pk").first()
    form = IssueForm(
        request.POST if request.method == "POST" else None, initial={"name": last.name if last else ""}
    )
    heading = _("メールマガジンを発行する")
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: issue_newsletter(**who(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("第%(n)s号を発行しました。") % {"n": made.number})
            return redirect(reverse("operations_issue", kwargs={"issue_id": made.pk}))
    context = {
        "heading": heading,
        "label": _("発行する"),
        "lead": _("今日加入しているすべての団体に送ります。発行した号は変えられません。"),
        "crumbs": [(_("メールマガジンと意見交換"), reverse("operations_news")), (heading, "")],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def new_exchange(request: HttpRequest) -> HttpResponse:
    """意見交換の件数を記録する."""
    year = year_of_today(request.now)  # type: ignore[attr-defined]
    form = ExchangeForm(request.POST if request.method == "POST" else None, initial={"fiscal_year": year})
    heading = _("意見交換の件数を記録する")
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: note_exchange(**who(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, _("件数を記録しました。"))
            return redirect(reverse("operations_news") + f"?fiscal_year={made.fiscal_year}")
    context = {
        "heading": heading,
        "label": _("記録する"),
        "crumbs": [(_("メールマガジンと意見交換"), reverse("operations_news")), (heading, "")],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest, exchange_id: int) -> HttpResponse:
    """件数を直す — the count that was seen goes with the new one."""
    found = get_object_or_404(Exchange, pk=exchange_id)
    form = CountForm(
        request.POST if request.method == "POST" else None,
        initial={"before": found.count, "count": found.count},
    )
    heading = _("件数を直す")
    if request.method == "POST" and form.is_valid():
        do = lambda: note_exchange(  # noqa: E731
            **who(request),
            kind=found.kind,
            topic=found.topic,
            fiscal_year=found.fiscal_year,
            month=found.month,
            **form.cleaned_data,
        )
        if tried(form, do) is not None:
            messages.success(request, _("件数を直しました。"))
            return redirect(reverse("operations_news") + f"?fiscal_year={found.fiscal_year}")
    context = {
        "heading": heading,
        "label": _("保存する"),
        "lead": found.topic,
        "crumbs": [(_("メールマガジンと意見交換"), reverse("operations_news")), (heading, "")],
    }
    return page(request, "operations/secretariat/form.html", context, form=form)


urlpatterns = [
    path("news/", listing, name="operations_news"),
    path("news/issues/new/", new_issue, name="operations_issue_new"),
    path("news/issues/<int:issue_id>/", issue, name="operations_issue"),
    path("news/exchanges/new/", new_exchange, name="operations_exchange_new"),
    path("news/exchanges/<int:exchange_id>/", exchange, name="operations_exchange"),
]
