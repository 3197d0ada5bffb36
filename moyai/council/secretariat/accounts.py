"""特別会計 — accounts, a year's book, its entries with their evidence, and taking a wrong one back."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.audit.public import looked
from moyai.calendars.public import fiscal_year, fiscal_year_words, wareki
from moyai.council.actions.accounts import add_account_line, close_account, open_account
from moyai.council.actions.entries import post_entry, reverse_entry, split_cost
from moyai.council.desk import Visit, act_page, link, number_of, taken_away, today_of
from moyai.council.figures.books import book_table
from moyai.council.forms.money import (
    AccountForm,
    AccountLineForm,
    EntryForm,
    LastDayForm,
    ReverseForm,
    SplitForm,
)
from moyai.council.models import AccountLine, Entry, Side, SpecialAccount
from moyai.council.money_shown import REGISTER, as_file, faces, fact, of_year
from moyai.council.queries.books import Book, book_of
from moyai.council.queries.money import accounts, cost_lines, entries_page, open_lines, years_of
from moyai.council.rules.settlement import triangle
from moyai.documents.public import ENDINGS, render_table_html
from moyai.tenants.public import Service
from moyai.ui.public import page

MENU = [(gettext_lazy("特別会計"), "council_accounts")]


def crumbs(account: SpecialAccount | None = None, year: int | None = None) -> list[tuple[str, str]]:
    found = [(_("特別会計"), reverse("council_accounts"))]
    if account is not None and year is not None:
        found.append((account.name, reverse("council_account", kwargs={"code": account.code, "year": year})))
    return found


@require_safe
def index(request: Visit) -> HttpResponse:
    """特別会計の一覧 — each account with its years."""
    year = fiscal_year(today_of(request))
    rows = accounts()
    table = {
        "caption": _("特別会計（%(n)s）") % {"n": len(rows)},
        "columns": [
            {"label": _("会計")},
            {"label": _("対象の事業")},
            {"label": _("予算の単位")},
            {"label": _("置いた日")},
        ],
        "rows": [
            [
                {
                    "text": one.name,
                    "url": reverse("council_account", kwargs={"code": one.code, "year": year}),
                },
                one.service.name if one.service else None,
                _("%(unit)s円") % {"unit": f"{one.unit_yen:,}"},
                wareki(one.from_on),
            ]
            for one in rows
        ],
        "empty": _("特別会計はまだありません。"),
    }
    context = {
        "heading": _("特別会計"),
        "sections": [{"heading": _("会計の一覧"), "table": table}],
        "acts": [
            link(_("会計を置く"), "council_account_new"),
            link(_("一つの経費を会計に分ける"), "council_split_new"),
        ],
    }
    return page(request, REGISTER, context)


@require_safe
def account(request: Visit, code: str, year: int) -> HttpResponse:
    """一年度の帳簿 — 収入の部 and 支出の部 against the budget in force, and the way to budgets, entries and settlement."""
    one = of_year(code, year)
    book = book_of(one, year)
    for side in Side.values:
        if request.GET.get("table", Side.INCOME) == side:
            file = taken_away(request, partial(book_table, book, side), f"{code}-{year}-{side}")
            if file is not None:
                return file
    context = {
        "heading": _("%(account)s（%(year)s）") % {"account": one.name, "year": fiscal_year_words(year)},
        "crumbs": [*crumbs(), (one.name, "")],
        "facts": _facts(book),
        "sections": [
            *({
                "heading": Side(side).label,
                "html": render_table_html(book_table(book, side), number=side),
                "faces": faces(table=side),
            } for side in (Side.INCOME, Side.EXPENSE)),
            {"heading": _("ほかの年度"), "acts": [
                link(fiscal_year_words(other), "council_account", code=code, year=other)
                for other in years_of(one) if other != year
            ]},
        ],
        "acts": [
            link(_("記帳を見る"), "council_entries", code=code, year=year),
            link(_("記帳する"), "council_entry_new", code=code, year=year),
            link(_("予算の版を見る"), "council_budget_versions", code=code, year=year),
            link(_("科目を加える"), "council_account_line_new", code=code, year=year),
            link(_("会計を閉じる"), "council_account_close", code=code, year=year),
        ],
    }  # fmt: skip
    return page(request, REGISTER, context)


def _facts(book: Book) -> list[dict[str, str]]:
    budget, service = book.budget, book.account.service
    decided = f"{budget.name}（{wareki(budget.decided_on)}）" if budget and budget.decided_on else ""
    return [
        fact(_("対象の事業"), service.name if service else _("なし")),
        fact(_("予算の版"), decided or _("決定していない")),
        fact(_("収入総額"), f"{triangle(book.total(Side.INCOME).actual_yen)}円"),
        fact(_("支出総額"), f"{triangle(book.total(Side.EXPENSE).actual_yen)}円"),
        fact(_("差引額"), f"{triangle(book.surplus_yen)}円"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """会計を置く."""
    form = AccountForm(request.POST or None, services=list(Service.objects.order_by("id")))
    return act_page(
        request, form, lambda: open_account(actor=request.actor, now=request.now, **form.asked()),
        heading=_("会計を置く"), label=_("会計を置く"), done=_("会計を置きました。"), to=reverse("council_accounts"), crumbs=crumbs(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Visit, code: str, year: int) -> HttpResponse:
    """会計を閉じる."""
    one = of_year(code, year)
    form = LastDayForm(request.POST or None)
    return act_page(
        request, form,
        lambda: close_account(actor=request.actor, now=request.now, account=one, until_on=form.cleaned_data["until_on"]),
        heading=_("会計を閉じる"), label=_("会計を閉じる"), done=_("会計の最後の日を登録しました。"), danger=True,
        lead=_("最後の日より後の年度には、予算も記帳もできなくなります。記帳したものは残ります。"),
        to=reverse("council_account", kwargs={"code": code, "year": year}), crumbs=crumbs(one, year),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new_line(request: Visit, code: str, year: int) -> HttpResponse:
    """科目を加える."""
    one = of_year(code, year)
    form = AccountLineForm(request.POST or None)
    return act_page(
        request, form,
        lambda: add_account_line(actor=request.actor, now=request.now, account=one, **form.cleaned_data),
        heading=_("科目を加える"), label=_("科目を加える"), done=_("科目を加えました。"),
        to=reverse("council_account", kwargs={"code": code, "year": year}), crumbs=crumbs(one, year),
    )  # fmt: skip


@require_safe
def entries(request: Visit, code: str, year: int) -> HttpResponse:
    """記帳の一覧 — newest first, fifty on a page; of one 科目 where asked."""
    one = of_year(code, year)
    line = _asked_line(request, one)
    before = request.GET.get("before", "")
    shown, more = entries_page(one, year, line=line, before=number_of(before))
    here = reverse("council_entries", kwargs={"code": code, "year": year})
    kept = {"line": line.pk} if line else {}
    table = {
        "caption": _("記帳（新しい順）"),
        "columns": [
            {"label": _("日付")},
            {"label": _("科目")},
            {"label": _("摘要")},
            {"label": _("相手方")},
            {"label": _("金額"), "numeric": True},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": wareki(row.on), "url": reverse("council_entry", kwargs={"entry_id": row.pk})},
                f"{row.line.get_side_display()}：{row.line.name}",
                row.label or None,
                row.party or None,
                f"{triangle(row.yen)}円",
                entry_state(row),
            ]
            for row in shown
        ],
        "empty": _("この年度の記帳はありません。"),
    }
    context = {
        "heading": _("%(account)sの記帳（%(year)s）")
        % {"account": one.name, "year": fiscal_year_words(year)},
        "crumbs": [*crumbs(one, year), (_("記帳"), "")],
        "sections": [{"heading": line.name if line else _("すべての科目"), "table": table}],
        "older_url": f"{here}?{urlencode({**kept, 'before': shown[-1].pk})}" if more else "",
        "newer_url": f"{here}?{urlencode(kept)}" if before else "",
        "acts": [
            link(_("記帳する"), "council_entry_new", code=code, year=year),
            link(_("一つの経費を会計に分ける"), "council_split_new"),
        ],
    }
    return page(request, REGISTER, context)


def _asked_line(request: Visit, one: SpecialAccount) -> AccountLine | None:
    asked = request.GET.get("line", "")
    if not asked:
        return None
    return get_object_or_404(AccountLine, account=one, pk=number_of(asked) or 0)


def entry_state(row: Entry) -> str | None:
    """取消し and 取消済 in a word."""
    if row.reverses_id is not None:
        return _("取消しの記帳")
    return _("取消済") if hasattr(row, "reversed_by") else None


@require_http_methods(["GET", "HEAD", "POST"])
def new_entry(request: Visit, code: str, year: int) -> HttpResponse:
    """収入・支出を記帳する."""
    one = of_year(code, year)
    lines = list(AccountLine.objects.filter(account=one).order_by("-side", "position", "id"))
    costs = [cost for cost in cost_lines() if cost.account_id == one.pk]
    form = EntryForm(
        request.POST or None, request.FILES or None, lines=lines, costs=costs, initial={"fiscal_year": year}
    )
    return act_page(
        request, form, lambda: post_entry(actor=request.actor, now=request.now, account=one, **form.asked()),
        heading=_("記帳する"), label=_("記帳する"), done=_("記帳しました。"),
        lead=_("記帳したものは変えられません。誤りは、取消しの記帳をしてから、もう一度記帳します。"),
        to=reverse("council_entries", kwargs={"code": code, "year": year}), crumbs=crumbs(one, year),
    )  # fmt: skip


@require_safe
def entry(request: Visit, entry_id: int) -> HttpResponse:
    """一つの記帳 — what it was for, who posted it, its evidence, and what took it back."""
    row = get_object_or_404(
        Entry.objects.select_related(
            "account", "line", "cost_line", "bill", "split", "reverses", "evidence"
        ).defer("evidence__content"),
        pk=entry_id,
    )
    counter = Entry.objects.filter(reverses=row).first()
    facts = [
        fact(_("日付"), wareki(row.on)),
        fact(_("科目"), f"{row.line.get_side_display()}：{row.line.name}"),
        fact(_("金額"), f"{triangle(row.yen)}円"),
        fact(_("摘要"), "　".join(part for part in (row.heading, row.label) if part) or _("なし")),
        fact(_("相手方"), row.party or _("なし")),
        fact(_("記帳した人"), row.made_by or _("なし")),
    ]
    if row.cost_line is not None:
        facts.append(fact(_("費目"), row.cost_line.name))
    if row.count is not None:
        facts.append(fact(_("団体数"), _("%(n)s団体") % {"n": row.count}))
    if row.bill is not None:
        facts.append(
            fact(_("請求"), row.bill.number, reverse("council_bill", kwargs={"bill_id": row.bill.pk}))
        )
    if row.split is not None:
        facts.append(fact(_("分けた経費"), f"{row.split.name}（{row.split.yen:,}円）"))
    if row.source:
        facts.append(fact(_("出典・理由"), row.source))
    for label, other in ((_("取り消した記帳"), row.reverses), (_("取消しの記帳"), counter)):
        if other is not None:
            words = f"{wareki(other.on)}　{triangle(other.yen)}円"
            facts.append(fact(label, words, reverse("council_entry", kwargs={"entry_id": other.pk})))
    acts = []
    if row.evidence is not None:
        acts.append(link(_("証拠書類を保存する"), "council_entry_evidence", entry_id=row.pk))
    if counter is None and row.reverses_id is None:
        acts.append(link(_("この記帳を取り消す"), "council_entry_reverse", entry_id=row.pk))
    context = {
        "heading": _("記帳 %(number)s") % {"number": row.pk},
        "crumbs": [*crumbs(row.account, row.fiscal_year), (_("記帳"), "")],
        "facts": facts,
        "acts": acts,
    }
    return page(request, REGISTER, context)


@require_safe
def evidence(request: Visit, entry_id: int) -> HttpResponse:
    """証拠書類 — the file as it was kept, as a download."""
    row = get_object_or_404(Entry.objects.select_related("evidence"), pk=entry_id)
    if row.evidence is None:
        raise Http404
    looked(actor=request.actor, now=request.now, verb="council.fetch_evidence", thing=row)
    ending = ENDINGS.get(row.evidence.content_type, "bin")
    return as_file(bytes(row.evidence.content), row.evidence.content_type, f"evidence-{row.pk}.{ending}")


@require_http_methods(["GET", "HEAD", "POST"])
def reverse_one(request: Visit, entry_id: int) -> HttpResponse:
    """記帳を取り消す — by a counter entry."""
    row = get_object_or_404(Entry.objects.select_related("account", "line"), pk=entry_id)
    form = ReverseForm(request.POST or None, initial={"on": today_of(request)})
    return act_page(
        request, form,
        lambda: reverse_entry(
            actor=request.actor, now=request.now, entry=row, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"]
        ),
        heading=_("記帳を取り消す"), label=_("取消しの記帳をする"), done=_("取消しの記帳をしました。"), danger=True,
        lead=_("同じ科目に、符号を逆にした記帳をします。もとの記帳は残ります。"),
        facts=[
            {"key": _("科目"), "value": row.line.name}, {"key": _("摘要"), "value": row.label or _("なし")},
            {"key": _("金額"), "value": f"{triangle(row.yen)}円"},
        ],
        to=reverse("council_entry", kwargs={"entry_id": row.pk}), crumbs=crumbs(row.account, row.fiscal_year),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def new_split(request: Visit) -> HttpResponse:
    """一つの経費を会計に分ける (C43)."""
    form = SplitForm(
        request.POST or None, request.FILES or None, lines=open_lines("expense"),
        initial={"fiscal_year": fiscal_year(today_of(request)), "part_1": "1/2", "part_2": "1/2"},
    )  # fmt: skip

    def do() -> Any:
        given = form.cleaned_data
        kept = {name: given[name] for name in ("name", "fiscal_year", "yen", "on", "party", "evidence")}
        return split_cost(actor=request.actor, now=request.now, parts=form.parts(), **kept)

    return act_page(
        request, form, do,
        heading=_("一つの経費を会計に分ける"), label=_("分けて記帳する"), done=_("経費を会計に分けて記帳しました。"),
        lead=_("割合の合計が1になるように分けます。分けた額の合計は、経費の総額と必ず一致します。"),
        to=reverse("council_accounts"), crumbs=crumbs(),
    )  # fmt: skip


urlpatterns = [
    path("accounts/", index, name="council_accounts"),
    path("accounts/new/", new, name="council_account_new"),
    path("accounts/split/", new_split, name="council_split_new"),
    path("accounts/entries/<int:entry_id>/", entry, name="council_entry"),
    path("accounts/entries/<int:entry_id>/evidence/", evidence, name="council_entry_evidence"),
    path("accounts/entries/<int:entry_id>/reverse/", reverse_one, name="council_entry_reverse"),
    path("accounts/<slug:code>/<int:year>/", account, name="council_account"),
    path("accounts/<slug:code>/<int:year>/close/", close, name="council_account_close"),
    path("accounts/<slug:code>/<int:year>/lines/new/", new_line, name="council_account_line_new"),
    path("accounts/<slug:code>/<int:year>/entries/", entries, name="council_entries"),
    path("accounts/<slug:code>/<int:year>/entries/new/", new_entry, name="council_entry_new"),
]
