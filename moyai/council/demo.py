"""The demo of the council: its bodies, a whole year of meetings and money behind it, and a written ballot that is open now.

Everything goes through the real actions, so what the demo shows is what the house does. Fiscal years follow today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from moyai.calendars.public import fiscal_year
from moyai.council.actions.accounts import add_account_line, open_account
from moyai.council.actions.attendance import record_attendance
from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.bills import issue_bills, receive_burden
from moyai.council.actions.budgets import decide_budget, draft_budget
from moyai.council.actions.burdens import decide_burden, draft_burden
from moyai.council.actions.bylaws import enact, register_bylaw
from moyai.council.actions.committees import establish_committee
from moyai.council.actions.cost_lines import begin_paying, open_cost_line
from moyai.council.actions.entries import post_entry
from moyai.council.actions.items import add_item, record_item
from moyai.council.actions.meetings import call_meeting, plan_meeting, record_meeting
from moyai.council.actions.offices import appoint, create_office
from moyai.council.actions.papers import add_paper
from moyai.council.actions.postings import post
from moyai.council.actions.report import release_report, write_report_text
from moyai.council.actions.seats import take_seat
from moyai.council.actions.settlements import audit_settlement, decide_settlement, draft_settlement
from moyai.council.actions.tasks import give_task
from moyai.council.actions.votes import record_vote
from moyai.council.actions.voting_rules import set_voting_rule
from moyai.council.models import AccountLine, Bill, Committee, Item, Meeting, SpecialAccount
from moyai.documents.public import Column, FigureTable, Row, all_rows_of, render_table_pdf
from moyai.tenants.public import Actor, Body, Role, Service, clock, members_of

NAME = "もやい電子自治体共同運営協議会"
SOURCE = "見本の資料"
BOARD = 8  # members of the 幹事会
SERVICE = "applications"
BURDEN_YEN = 2_600_000


@dataclass
class Demo:
    """What the demo has made so far. `year` is the last fiscal year that is over."""

    bodies: list[Body]
    actor: Actor
    now: datetime
    committees: dict[str, Committee] = field(default_factory=dict)
    meetings: dict[str, Meeting] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    lines: dict[tuple[str, str], AccountLine] = field(default_factory=dict)

    @property
    def acting(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    @property
    def today(self) -> date:
        return clock.today(self.now)

    @property
    def year(self) -> int:
        return fiscal_year(self.today) - 1

    def on(self, month: int, day: int, *, year: int = 0) -> date:
        """A day of the fiscal year `year` after the one that is over."""
        return date(self.year + year + (1 if month < 4 else 0), month, day)


def load_demo(bodies: Sequence[Body]) -> None:
    """Give the installation a council's year where it has none yet; running it again changes nothing."""
    if Committee.objects.exists() or not bodies:
        return
    with transaction.atomic():
        demo = Demo(
            list(bodies),
            Actor(
                None, None, frozenset({Role.SECRETARIAT, Role.SYSTEM}), name="見本の用意", channel="system"
            ),
            clock.now(),
        )
        _committees(demo)
        _rules(demo)
        _last_year(demo)
        _money(demo)
        _this_year(demo)
        _report(demo)


def _committees(demo: Demo) -> None:
    since, service = demo.on(4, 1, year=-2), Service.objects.filter(code=SERVICE).first()
    above: Committee | None = None
    plan = (
        ("general-assembly", "総会", "assembly", True, "協議会の議決機関。全会員で構成する。"),
        ("board", "幹事会", "board", False, "総会に付議する議案を決める。"),
        ("applications-section", "電子申請部会", "section", False, "電子申請システムの運営を協議する。"),
    )
    for place, (code, name, kind, open_to_all, purpose) in enumerate(plan, 1):
        above = demo.committees[code] = establish_committee(
            **demo.acting,
            code=code,
            name=name,
            kind=kind,
            purpose=purpose,
            from_on=since,
            climbs_to=above,
            service=service if code == "applications-section" else None,
            open_to_all=open_to_all,
            position=place,
        )
    demo.committees["working"] = establish_committee(
        **demo.acting,
        code="forms-working",
        name="様式検討ワーキンググループ",
        kind="working",
        purpose="手続きの様式をそろえる。",
        from_on=demo.on(7, 1),
        parent=above,
        climbs_to=above,
        position=9,
    )
    for code in ("board", "applications-section", "working"):
        for body in demo.bodies[:BOARD]:
            seated = demo.committees[code]
            take_seat(**demo.acting, committee=seated, body=body, from_on=seated.from_on)
    _offices(demo)


def _offices(demo: Demo) -> None:
    assembly = demo.committees["general-assembly"]
    for place, (code, name, holder) in enumerate(
        (
            ("chair", "会長", "情報政策課長"),
            ("vice-chair", "副会長", "情報政策課長"),
            ("auditor", "監査役", "会計課長"),
        ),
        1,
    ):
        office = create_office(
            **demo.acting, committee=assembly, code=code, name=name, from_on=assembly.from_on, position=place
        )
        for year in (0, 1):
            appoint(
                **demo.acting,
                office=office,
                body=demo.bodies[(place + year) % len(demo.bodies)],
                holder=holder,
                from_on=demo.on(4, 1, year=year),
                until_on=demo.on(3, 31, year=year),
            )
    for code in ("general-assembly", "board"):
        set_voting_rule(
            **demo.acting,
            committee=demo.committees[code],
            from_on=assembly.from_on,
            source="会則第9条（見本）",
        )


def _rules(demo: Demo) -> None:
    charter = register_bylaw(**demo.acting, code="charter", name=f"{NAME}会則", kind="charter")
    text = (
        "第1条（目的）この協議会は、会員が情報システムを共同で整備し、運営することを目的とする。\n"
        "第2条（会員）会員は、県、市町村及び一部事務組合とする。\n"
        "第9条（議決）総会の議事は、出席した会員の過半数で決する。書面による表決を妨げない。"
    )
    enact(
        **demo.acting,
        bylaw=charter,
        from_on=demo.on(4, 1, year=-2),
        text=text,
        label="制定",
        source=SOURCE,
    )
    enact(
        **demo.acting,
        bylaw=charter,
        from_on=demo.on(4, 1),
        text=text + "\n第10条（公開）協議会は、年次報告を公開する。",
        label="年次報告の公開を加える改正",
        source=SOURCE,
    )


def _meeting(
    demo: Demo,
    key: str,
    committee: str,
    held_on: date,
    titles: Sequence[str],
    origins: str = "",
    **facts: Any,
) -> None:
    """A sitting of the past with its items; each climbed from the item of the same title in `origins`."""
    meeting = demo.meetings[key] = record_meeting(
        **demo.acting,
        committee=demo.committees[committee],
        held_on=held_on,
        source=SOURCE,
        **({"place": "県自治センター"} | facts),
    )
    for title in titles:
        below = demo.items.get(f"{origins}/{title}")
        demo.items[f"{key}/{title}"] = record_item(
            **demo.acting, meeting=meeting, title=title, origins=[below] if below else []
        )


def _last_year(demo: Demo) -> None:
    year = demo.year
    money = [
        f"{year - 1}年度事業報告及び収支決算の承認について",
        f"{year}年度特別会計収支予算の決定について",
    ]
    burden = [f"{year}年度電子申請システム利用負担金額の決定について"]
    section, assembly = "applications-section", "general-assembly"
    _meeting(demo, "section-1", section, demo.on(4, 15), money + burden, mode="online", place="")
    _meeting(demo, "board-1", "board", demo.on(4, 23), money + burden, "section-1")
    _meeting(demo, "assembly-1", assembly, demo.on(5, 14), money + burden, "board-1", name="第1回定期総会")
    _meeting(
        demo,
        "working-1",
        "working",
        demo.on(8, 26),
        ["転入・転出の様式の統一について"],
        mode="online",
        place="",
    )
    plan = [f"{year + 1}年度事業計画について"]
    _meeting(demo, "section-2", section, demo.on(1, 20), plan, "working-1", mode="mail", place="")
    _meeting(demo, "board-2", "board", demo.on(2, 12), plan, "section-2")
    _meeting(demo, "assembly-2", assembly, demo.on(3, 18), plan, "board-2", mode="written", place="")
    for key in ("board-1", "assembly-1"):
        for body in demo.bodies[:BOARD]:
            record_attendance(**demo.acting, meeting=demo.meetings[key], how="person", body=body)


def _money(demo: Demo) -> None:
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
        decide_burden(**demo.acting, burden=burden, decided_on=demo.on(5, 14, year=year), source=SOURCE)
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


def _this_year(demo: Demo) -> None:
    """What members see now: a notice, a task, a written ballot that closes in ten days with some votes in."""
    assembly = demo.committees["general-assembly"]
    deadline = datetime.combine(demo.today + timedelta(days=10), time(17), tzinfo=clock.JST)
    meeting = plan_meeting(
        **demo.acting,
        committee=assembly,
        held_on=demo.today + timedelta(days=10),
        mode="written",
        deadline=deadline,
    )
    item = add_item(**demo.acting, meeting=meeting, title=f"{demo.year + 1}年度補正予算について")
    paper = ContentFile(_paper(demo), name="hosei-yosan.pdf")
    add_paper(
        **demo.acting, meeting=meeting, item=item, title="補正予算（案）", file=paper, readers="members"
    )
    call_meeting(**demo.acting, meeting=meeting)
    ballot = open_ballot(**demo.acting, item=item, deadline=deadline)
    for place, body in enumerate(demo.bodies[2:BOARD]):
        record_vote(
            **demo.acting,
            ballot=ballot,
            body=body,
            how="written",
            choice="abstain" if place == 3 else "for",
            comment="",
            proxy=None,
        )
    give_task(
        **demo.acting,
        meeting=demo.meetings["board-2"],
        text="来年度の研修の日程を、会員に照会する。",
        body=demo.bodies[0],
        due_on=demo.today + timedelta(days=30),
    )
    post(
        **demo.acting,
        title="書面表決をお願いします",
        text="補正予算についての書面表決を受け付けています。締切までに表決してください。",
        by_mail=False,
    )


def _paper(demo: Demo) -> bytes:
    rows = [
        Row("before", "当初予算", {"yen": 2_610_000}),
        Row("more", "補正額", {"yen": 120_000}),
    ]
    table = FigureTable(
        caption="補正予算（案）",
        rows_label="区分",
        columns=[Column("yen", "金額", kind="yen")],
        rows=all_rows_of(rows, label="補正後"),
        unit="円",
        source=SOURCE,
    )
    return render_table_pdf(table, now=demo.now)


def _report(demo: Demo) -> None:
    for year in (demo.year, demo.year + 1):
        write_report_text(**demo.acting, fiscal_year=year, section="name", text=NAME)
    write_report_text(
        **demo.acting,
        fiscal_year=demo.year,
        section="outline",
        text="県と市町村が情報システムを共同で整備し、運営するため、会議と調整を行いました。（これは見本です。）",
    )
    release_report(**demo.acting, fiscal_year=demo.year)
