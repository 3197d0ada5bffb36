"""決算 — held against the budget, audited by the auditor, decided by an item, refunded, carried into the next year."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from moyai.calendars.public import fiscal_year, fiscal_year_words, wareki
from moyai.council.actions.refunds import (
    carry_forward,
    decide_refund,
    draft_carrying_budget,
    pay_refund,
)
from moyai.council.actions.settlements import (
    audit_settlement,
    decide_settlement,
    draft_settlement,
    reopen_settlement,
)
from moyai.council.desk import Visit, act_page, link, taken_away, today_of
from moyai.council.figures.accounts import settlement_table, surplus_table
from moyai.council.figures.refunds import refund_table
from moyai.council.forms.money import (
    AuditForm,
    BudgetForm,
    DecisionForm,
    OnForm,
    ReasonForm,
    RefundForm,
    SettlementForm,
)
from moyai.council.models import Refund, RefundShare, Settlement, Side
from moyai.council.money_shown import REGISTER, faces, fact
from moyai.council.queries.money import accounts, decided_items, settlements
from moyai.council.queries.report import AccountRows, accounts_of
from moyai.council.rules.settlement import triangle
from moyai.documents.public import FigureTable, render_table_html
from moyai.ui.public import Form, page

MENU = [(gettext_lazy("決算"), "council_settlements")]
KINDS = {"draft": "progress", "audited": "waiting", "decided": "done"}


def title(one: Settlement) -> str:
    return _("%(account)sの決算（%(year)s）") % {
        "account": one.account.name, "year": fiscal_year_words(one.fiscal_year)
    }  # fmt: skip


def to(one: Settlement) -> str:
    return reverse("council_settlement", kwargs={"settlement_id": one.pk})


def crumbs(one: Settlement | None = None) -> list[tuple[str, str]]:
    found = [(_("決算"), reverse("council_settlements"))]
    if one is not None:
        found.append((title(one), to(one)))
    return found


def one_of(settlement_id: int) -> Settlement:
    rows = Settlement.objects.select_related("account", "budget", "decided_by", "carried_by")
    found: Settlement = get_object_or_404(rows, pk=settlement_id)
    return found


def rows_of(one: Settlement) -> AccountRows:
    found = [rows for rows in accounts_of(one.fiscal_year, public=False) if rows.account.pk == one.account_id]
    if not found:
        raise Http404
    return found[0]


@require_safe
def index(request: Visit) -> HttpResponse:
    """決算の一覧, newest first."""
    table = {
        "caption": _("決算（新しい順）"),
        "columns": [
            {"label": _("決算")},
            {"label": _("収入総額"), "numeric": True},
            {"label": _("支出総額"), "numeric": True},
            {"label": _("差引額"), "numeric": True},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": title(one), "url": to(one)},
                f"{triangle(one.income_yen)}円",
                f"{triangle(one.expense_yen)}円",
                f"{triangle(one.income_yen - one.expense_yen)}円",
                {"state": {"kind": KINDS[one.state], "word": one.get_state_display()}},
            ]
            for one in settlements()
        ],
        "empty": _("決算はまだありません。"),
    }
    context = {
        "heading": _("決算"),
        "lead": _("案の額は、作ったときの額です。監査のときに帳簿から改めて計算します。"),
        "sections": [{"heading": _("決算の一覧"), "table": table}],
        "acts": [link(_("決算案を作る"), "council_settlement_new")],
    }
    return page(request, REGISTER, context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Visit) -> HttpResponse:
    """決算案を作る."""
    form = SettlementForm(
        request.POST or None, accounts=accounts(), initial={"fiscal_year": fiscal_year(today_of(request)) - 1}
    )
    return act_page(
        request, form, lambda: draft_settlement(actor=request.actor, now=request.now, **form.asked()),
        heading=_("決算案を作る"), label=_("決算案を作る"), done=_("決算案を作りました。"),
        lead=_("額は入力しません。予算と記帳から計算します。"), to=reverse("council_settlements"), crumbs=crumbs(),
    )  # fmt: skip


def tables_of(rows: AccountRows) -> dict[str, FigureTable]:
    """収入の部, 支出の部, 収支の差引き."""
    return {
        "income": settlement_table(rows, Side.INCOME),
        "expense": settlement_table(rows, Side.EXPENSE),
        "surplus": surplus_table(rows),
    }


@require_safe
def settlement(request: Visit, settlement_id: int) -> HttpResponse:
    """収支決算書 — with 差引 and △, the audit's report, the refund, and what the next year opens with."""
    one = one_of(settlement_id)
    tables = tables_of(rows_of(one))
    refund = Refund.objects.filter(settlement=one).select_related("settlement__account", "paid_by").first()
    if refund is not None:
        shares = RefundShare.objects.filter(refund=refund).select_related("body", "cost_line")
        tables["refund"] = refund_table(
            refund, list(shares.order_by("cost_line__position", "cost_line_id", "body__code"))
        )
    asked = request.GET.get("table", "income")
    if "format" in request.GET and asked not in tables:
        raise Http404
    file = taken_away(
        request, lambda: tables[asked], f"settlement-{one.account.code}-{one.fiscal_year}-{asked}"
    )
    if file is not None:
        return file
    headings = {
        "income": _("収入の部"),
        "expense": _("支出の部"),
        "surplus": _("収支の差引き"),
        "refund": _("返還金額"),
    }
    sections: list[dict[str, Any]] = [
        {"heading": headings[name], "html": render_table_html(table, number=name), "faces": faces(table=name)}
        for name, table in tables.items()
    ]
    if one.opinion:
        sections.append({"heading": _("監査報告"), "lead": _("%(who)s（%(day)s）") % {
            "who": one.audited_by, "day": wareki(one.audited_on) if one.audited_on else "",
        }, "text": one.opinion})  # fmt: skip
    context = {
        "heading": title(one),
        "crumbs": [*crumbs(), (title(one), "")],
        "facts": _facts(one, refund),
        "sections": sections,
        "acts": _acts(one, refund),
    }
    return page(request, REGISTER, context)


def _facts(one: Settlement, refund: Refund | None) -> list[dict[str, str]]:
    item = one.decided_by
    facts = [
        fact(_("状態"), str(one.get_state_display())),
        fact(_("予算の版"), one.budget.name),
        fact(_("差引額の扱い"), str(one.get_carried_display())),
        fact(_("監査の日"), wareki(one.audited_on) if one.audited_on else _("まだ")),
        fact(_("承認の日"), wareki(one.decided_on) if one.decided_on else _("まだ")),
    ]
    if item is not None:
        facts.append(fact(_("承認した議案"), item.title))
    if one.carried_by is not None:
        url = reverse("council_entry", kwargs={"entry_id": one.carried_by.pk})
        facts.append(fact(_("翌年度の前年度繰越金"), f"{one.carried_by.yen:,}円", url))
    if refund is not None and refund.paid_by is not None:
        url = reverse("council_entry", kwargs={"entry_id": refund.paid_by.pk})
        facts.append(fact(_("翌年度の返還金"), f"{refund.paid_by.yen:,}円", url))
    return facts


def _acts(one: Settlement, refund: Refund | None) -> list[dict[str, str]]:
    book = link(_("この年度の帳簿"), "council_account", code=one.account.code, year=one.fiscal_year)
    if one.state == Settlement.State.DRAFT:
        return [link(_("監査報告をする"), "council_settlement_audit", settlement_id=one.pk), book]
    if one.state == Settlement.State.AUDITED:
        return [
            link(_("決算を承認の済みにする"), "council_settlement_decide", settlement_id=one.pk),
            link(_("監査をやり直す"), "council_settlement_reopen", settlement_id=one.pk),
            book,
        ]
    found = [book]
    if refund is None and one.carried == "refund":
        found.append(link(_("返還金額を決定する"), "council_settlement_refund", settlement_id=one.pk))
    found.append(link(_("翌年度の補正予算案を作る"), "council_settlement_budget", settlement_id=one.pk))
    if one.carried_by is None:
        found.append(link(_("前年度繰越金を記帳する"), "council_settlement_carry", settlement_id=one.pk))
    if refund is not None and refund.paid_by is None:
        found.append(link(_("返還金を支出する"), "council_refund_pay", refund_id=refund.pk))
    return found


def _act(request: Visit, one: Settlement, form: Form, do: Any, heading: Any, done: Any, **more: Any) -> HttpResponse:  # fmt: skip
    return act_page(
        request, form, do, heading=heading, label=heading, done=done, to=to(one), crumbs=crumbs(one), **more
    )


@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: Visit, settlement_id: int) -> HttpResponse:
    """監査報告をする — the auditor's alone."""
    one = one_of(settlement_id)
    form = AuditForm(request.POST or None, initial={"audited_on": today_of(request)})
    return _act(
        request, one, form,
        lambda: audit_settlement(actor=request.actor, now=request.now, settlement=one, **form.cleaned_data),
        _("監査報告をする"), _("監査報告を登録しました。この年度の記帳を締め切りました。"),
        lead=_("監査の役割の人だけができます。登録すると、この年度には記帳できなくなります。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: Visit, settlement_id: int) -> HttpResponse:
    """監査をやり直す."""
    one = one_of(settlement_id)
    form = ReasonForm(request.POST or None)
    return _act(
        request, one, form,
        lambda: reopen_settlement(actor=request.actor, now=request.now, settlement=one, reason=form.cleaned_data["reason"]),
        _("監査をやり直す"), _("決算を案に戻しました。"), danger=True, lead=_("この年度に、また記帳できるようになります。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: Visit, settlement_id: int) -> HttpResponse:
    """決算の承認を登録する."""
    one = one_of(settlement_id)
    form = DecisionForm(request.POST or None, items=decided_items(today_of(request)))
    return _act(
        request, one, form,
        lambda: decide_settlement(actor=request.actor, now=request.now, settlement=one, **form.decision()),
        _("決算を承認の済みにする"), _("決算の承認を登録しました。"), lead=_("承認された決算と、その年度の記帳は変えられません。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: Visit, settlement_id: int) -> HttpResponse:
    """返還金額を決定する (C18)."""
    one = one_of(settlement_id)
    form = RefundForm(request.POST or None, items=decided_items(today_of(request)))

    def do() -> Any:
        given = form.cleaned_data
        return decide_refund(
            actor=request.actor, now=request.now, settlement=one, mode=given["mode"], base_yen=given["base_yen"],
            **form.decision(),
        )  # fmt: skip

    surplus = f"{triangle(one.income_yen - one.expense_yen)}円"
    return _act(
        request, one, form, do, _("返還金額を決定する"), _("返還金額を決定しました。"), facts=[fact(_("差引額"), surplus)],
        lead=_("その年度に負担金を納めた団体に、納めた額の割合で返還します。脱退した団体も含みます。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: Visit, settlement_id: int) -> HttpResponse:
    """前年度繰越金を記帳する (C47)."""
    one = one_of(settlement_id)
    form = OnForm(request.POST or None, initial={"on": today_of(request)})
    return _act(
        request, one, form,
        lambda: carry_forward(actor=request.actor, now=request.now, settlement=one, on=form.cleaned_data["on"]),
        _("前年度繰越金を記帳する"), _("前年度繰越金を記帳しました。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def next_budget(request: Visit, settlement_id: int) -> HttpResponse:
    """翌年度の補正予算案を作る."""
    one = one_of(settlement_id)
    form = BudgetForm(
        request.POST or None, accounts=[one.account],
        initial={"account": one.account.code, "fiscal_year": one.fiscal_year + 1, "name": "7月補正"},
    )  # fmt: skip
    del form.fields["account"], form.fields["fiscal_year"]
    return _act(
        request, one, form,
        lambda: draft_carrying_budget(
            actor=request.actor, now=request.now, settlement=one, name=form.cleaned_data["name"]
        ),
        _("翌年度の補正予算案を作る"), _("翌年度の補正予算案を作りました。"),
        lead=_("前年度繰越金に差引額、返還金に返還する額を入れ、差は予備費で調整します。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: Visit, refund_id: int) -> HttpResponse:
    """返還金を支出する."""
    row = get_object_or_404(Refund.objects.select_related("settlement__account"), pk=refund_id)
    form = OnForm(request.POST or None, initial={"on": today_of(request)})
    return _act(
        request, row.settlement, form,
        lambda: pay_refund(actor=request.actor, now=request.now, refund=row, on=form.cleaned_data["on"]),
        _("返還金を支出する"), _("返還金を記帳しました。"), facts=[fact(_("返還額"), f"{row.yen:,}円")],
    )  # fmt: skip


urlpatterns = [
    path("settlements/", index, name="council_settlements"),
    path("settlements/new/", new, name="council_settlement_new"),
    path("settlements/<int:settlement_id>/", settlement, name="council_settlement"),
    path("settlements/<int:settlement_id>/audit/", audit, name="council_settlement_audit"),
    path("settlements/<int:settlement_id>/reopen/", reopen, name="council_settlement_reopen"),
    path("settlements/<int:settlement_id>/decide/", decide, name="council_settlement_decide"),
    path("settlements/<int:settlement_id>/refund/", refund, name="council_settlement_refund"),
    path("settlements/<int:settlement_id>/carry/", carry, name="council_settlement_carry"),
    path("settlements/<int:settlement_id>/budget/", next_budget, name="council_settlement_budget"),
    path("settlements/refunds/<int:refund_id>/pay/", pay, name="council_refund_pay"),
]
