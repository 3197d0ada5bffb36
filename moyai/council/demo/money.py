"""The special account of both years: budget, burdens, bills, what came in and went out, the settlement."""

from __future__ import annotations

from datetime import timedelta

from moyai.council.actions.accounts import add_account_line, open_account
from moyai.council.actions.bills import issue_bills, receive_burden
from moyai.council.actions.budgets import decide_budget, draft_budget
from moyai.council.actions.burdens import decide_burden, draft_burden
from moyai.council.actions.cost_lines import begin_paying, open_cost_line
from moyai.council.actions.entries import post_entry
from moyai.council.actions.settlements import audit_settlement, decide_settlement, draft_settlement
from moyai.council.demo.year import SERVICE, SOURCE, Demo
from moyai.council.models import Bill, SpecialAccount
from moyai.tenants.public import Service, members_of

BURDEN_YEN = 2_600_000


def keep_accounts(demo: Demo) -> None:
    """The special account of both years: budget, burdens, bills and what came in and went out."""
    account = open_account(
        **demo.acting,
        code="applications",
        name="電子申請システム運営事業",
        from_on=demo.on(4, 1, year=-1),
        service=Service.objects.filter(code=SERVICE).first(),
    )
    for side, code, name, meaning in (
        ("income", "burden", "負担金", "burden"),
        ("income", "carried", "前年度繰越金", "carried"),
        ("income", "other", "雑入", "ordinary"),
        ("expense", "commission", "委託料", "ordinary"),
        ("expense", "sundry", "協議会運営雑費", "ordinary"),
        ("expense", "refund", "返還金", "refund"),
        ("expense", "reserve", "予備費", "reserve"),
    ):
        demo.lines[side, code] = add_account_line(
            **demo.acting, account=account, side=side, code=code, name=name, meaning=meaning
        )
    service = Service.objects.filter(code=SERVICE).first()
    payers = list(members_of(service, demo.today)) if service else []
    cost_line = open_cost_line(
        **demo.acting,
        account=account,
        line=demo.lines["income", "burden"],
        code="management",
        name="運営管理費",
        from_on=account.from_on,
        service=service,
        mix=[{"basis": "equal", "part": "1"}],
    )
    begin_paying(
        **demo.acting, cost_line=cost_line, bodies=payers or demo.bodies, from_on=account.from_on, why=SOURCE
    )
    for year in (0, 1):
        _budget(demo, account, year)
        burden = draft_burden(
            **demo.acting, cost_line=cost_line, fiscal_year=demo.year + year, yen=BURDEN_YEN, source=SOURCE
        )
        decide_burden(
            **demo.acting, burden=burden, decided_on=min(demo.on(5, 14, year=year), demo.today), source=SOURCE
        )
        billed_on = min(demo.on(5, 20, year=year), demo.today)
        issue_bills(
            **demo.acting,
            burden=burden,
            billed_on=billed_on,
            due_on=billed_on + timedelta(days=42),
            by_mail=False,
        )
        _receive(demo, burden.pk, year)
    _expenses(demo, account)


def _budget(demo: Demo, account: SpecialAccount, year: int) -> None:
    budget = draft_budget(
        **demo.acting,
        account=account,
        fiscal_year=demo.year + year,
        name="当初予算",
        lines={
            ("income", "burden"): BURDEN_YEN,
            ("income", "other"): 10_000,
            ("expense", "commission"): 2_250_000,
            ("expense", "sundry"): 350_000,
            ("expense", "reserve"): 10_000,
        },
        source=SOURCE,
    )
    decide_budget(
        **demo.acting, budget=budget, decided_on=min(demo.on(5, 14, year=year), demo.today), source=SOURCE
    )


def _receive(demo: Demo, burden: int, year: int) -> None:
    """All of last year's; of this year's every other bill, so that some are still owed."""
    bills = Bill.objects.filter(share__burden_id=burden).order_by("number")
    for place, bill in enumerate(bills):
        if year == 0 or place % 2 == 0:
            on = min(demo.on(6, 20, year=year), demo.today)
            receive_burden(**demo.acting, bill=bill, on=on, label="運営管理費", source=SOURCE)


def _expenses(demo: Demo, account: SpecialAccount) -> None:
    for side, code, label, yen, month in (
        ("income", "other", "利息", 14, 3),
        ("expense", "commission", "協議会事務局運営人件費", 1_758_611, 3),
        ("expense", "sundry", "事務用品", 25_619, 10),
        ("expense", "sundry", "通信費（電話、インターネット）", 54_480, 12),
        ("expense", "sundry", "使用料（会議室）", 99_308, 2),
    ):
        post_entry(
            **demo.acting,
            account=account,
            fiscal_year=demo.year,
            line=demo.lines[side, code],
            on=demo.on(month, 25),
            yen=yen,
            label=label,
            source=SOURCE,
        )
    settlement = draft_settlement(**demo.acting, account=account, fiscal_year=demo.year, source=SOURCE)
    audit_settlement(
        **demo.acting,
        settlement=settlement,
        audited_on=min(demo.on(4, 20, year=1), demo.today),
        audited_by="監査役",
        opinion="帳簿と証拠書類を照合し、適正と認めました。",
    )
    decide_settlement(
        **demo.acting,
        settlement=settlement,
        decided_on=min(demo.on(5, 13, year=1), demo.today),
        source=SOURCE,
    )
