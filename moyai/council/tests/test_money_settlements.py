"""決算・返還・補助・平準化 (A33, C18, C36–C39, C47, O26, O27, O42, Y16): checked, audited, sealed, refunded, carried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import NotPermitted
from moyai.council.actions.bills import issue_bills, receive_burden
from moyai.council.actions.budgets import YearClosed, decide_budget, draft_budget
from moyai.council.actions.cost_lines import end_paying
from moyai.council.actions.entries import BookClosed, OverBudget, post_entry, reverse_entry
from moyai.council.actions.plans import CannotLevel, NoSubsidyRule, grant_subsidy, plan_levels
from moyai.council.actions.refunds import (
    CannotRefund,
    CarriedAlready,
    KeptNotRefunded,
    NotSettled,
    PaidBack,
    RefundedAlready,
    carry_forward,
    decide_refund,
    draft_carrying_budget,
    pay_refund,
)
from moyai.council.actions.settlements import (
    DoesNotFit,
    NoOpinion,
    NothingToSettle,
    NotNow,
    SettledAlready,
    YearNotOver,
    audit_settlement,
    check_loaded,
    decide_settlement,
    draft_settlement,
    fault_in_words,
    reopen_settlement,
)
from moyai.council.figures.accounts import account_sections, shares_section
from moyai.council.figures.payments import payments_table
from moyai.council.figures.plans import level_table, subsidies_table
from moyai.council.figures.refunds import refund_table
from moyai.council.models import (
    Bill,
    Budget,
    Entry,
    LevelPlan,
    Payer,
    Refund,
    RefundShare,
    Settlement,
    Subsidy,
)
from moyai.council.queries.books import book_of
from moyai.council.queries.payments import spent_until
from moyai.council.queries.shares import subsidies_of
from moyai.council.rules.payments import Payment
from moyai.council.rules.settlement import PrintedSum, Side, faults
from moyai.council.tests.money_setup import (
    APRIL,
    AUDITOR,
    LOADER,
    PAID_ON,
    SECRETARY,
    YEAR,
    open_books,
    pay,
    post_entries,
    printed,
    shared,
)
from moyai.tenants.public import Body, clock
from moyai.web.demo_council import load_council

AUDIT_ON, DECIDED_ON = date(2018, 5, 14), date(2018, 5, 29)


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def now(books):
    return clock.now()


def drafted(books, code: str = "procurement", **more) -> Settlement:
    return draft_settlement(
        actor=SECRETARY, now=clock.now(), account=books.accounts[code], fiscal_year=YEAR, **more
    )


def audited(one: Settlement) -> Settlement:
    return audit_settlement(
        actor=AUDITOR, now=clock.now(), settlement=one, audited_on=AUDIT_ON, audited_by="監査役 松戸市",
        opinion="適正に処理されていると認めます。",
    )  # fmt: skip


def decided(books, code: str = "procurement", **more) -> Settlement:
    one = audited(drafted(books, code, **more))
    return decide_settlement(
        actor=SECRETARY, now=clock.now(), settlement=one, decided_on=DECIDED_ON, source="総会"
    )


def bodies(count: int) -> list[Body]:
    return list(Body.objects.order_by("code")[:count])


def paid_for(books, account: str, code: str, count: int, yen: int) -> None:
    """A burden decided, billed and received whole."""
    pay(books, account, code, bodies(count))
    burden = shared(books.costs[account, code], yen)
    now = clock.now()
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, billed_on=APRIL, due_on=date(2017, 5, 31), by_mail=False
    )
    for bill in Bill.objects.filter(share__burden=burden).select_related("cost_line__account"):
        receive_burden(actor=SECRETARY, now=now, bill=bill, on=PAID_ON)


@pytest.mark.parametrize(
    ("code", "income", "expense", "surplus"),
    [("procurement", 69_053_300, 59_594_659, 9_458_641), ("applications", 3_246_958, 2_595_088, 651_870)],
)
def test_C36_C37_C38_C39_the_settlement_of_the_real_year_is_audited_and_decided(
    books, code, income, expense, surplus
) -> None:
    post_entries(books, only=code)
    one = decided(books, code)
    assert (one.income_yen, one.expense_yen) == (income, expense)
    assert one.income_yen - one.expense_yen == surplus
    assert (one.state, one.decided_on) == ("decided", DECIDED_ON)
    book = book_of(books.accounts[code], YEAR)
    by_differences = book.total("expense").difference_yen - book.total("income").difference_yen
    assert by_differences == surplus


@pytest.mark.parametrize("code", ["procurement", "applications"])
def test_C36_C37_C38_C39_the_files_of_the_seed_fit_themselves(books, code) -> None:
    assert not faults(**printed(code))
    post_entries(books, only=code)
    check_loaded(drafted(books, code), sums=printed(code)["sums"])


@pytest.mark.parametrize(
    ("what", "place", "field", "by", "named", "words"),
    [
        ("lines", 3, "actual_yen", 10, "lines.csv:5", "差引額が合いません"),
        ("lines", 3, "budget_yen", 1_000, "lines.csv:5", "差引額が合いません"),
        ("lines", 0, "difference_yen", -1, "lines.csv:2", "差引額が合いません"),
        ("totals", 1, "actual_yen", 1, "budget_totals.csv:3", "支出の合計の決算額が合いません"),
        ("sums", 2, "yen", 100, "settlements.csv:2", "差引額が合いません"),
    ],
)
def test_C36_C37_one_wrong_digit_in_a_file_is_refused_with_its_line_named(
    books, what, place, field, by, named, words
) -> None:
    given = printed("procurement")
    given[what][place] = replace(given[what][place], **{field: getattr(given[what][place], field) + by})
    refusal = DoesNotFit(faults(**given))
    assert refusal.status == 422
    assert refusal.faults[0].where == named
    assert words in refusal.fields[named]
    assert str(refusal.message).startswith(f"{named}：")


def test_C37_one_wrong_digit_in_the_remarks_is_refused_with_its_heading_named(books) -> None:
    given = printed("procurement")
    wrong = given["lines"][3]
    given["lines"][3] = replace(wrong, parts=(*wrong.parts[:-1], wrong.parts[-1] + 1))
    [fault] = faults(**given)
    assert "「共同受付窓口運営費」の摘要の合計" in fault_in_words(fault)
    assert fault.where == "lines.csv:5"


def test_C36_what_was_loaded_must_make_what_is_printed(books) -> None:
    post_entries(books)
    one = drafted(books)
    with pytest.raises(DoesNotFit, match=r"settlements\.csv:2"):
        check_loaded(one, sums=[PrintedSum("settlements.csv:2", Side.INCOME, 69_053_301)])


def test_A33_a_closed_book_takes_no_entry_and_nothing_of_it_changes(books, now) -> None:
    post_entries(books)
    kept = Entry.objects.filter(account=books.accounts["procurement"]).first()
    one = audited(drafted(books))
    count = Entry.objects.count()
    asked = {
        "actor": SECRETARY, "now": now, "account": books.accounts["procurement"], "fiscal_year": YEAR,
        "line": books.lines["procurement", "expense", "reserve"], "on": PAID_ON, "yen": 1,
    }  # fmt: skip
    with pytest.raises(BookClosed):
        post_entry(**asked)
    with pytest.raises(BookClosed):
        reverse_entry(actor=SECRETARY, now=now, entry=kept, on=PAID_ON, reason="誤り")
    with pytest.raises(YearClosed):
        draft_budget(
            actor=SECRETARY, now=now, account=books.accounts["procurement"], fiscal_year=YEAR, name="補正"
        )
    assert Entry.objects.count() == count
    reopen_settlement(actor=AUDITOR, now=now, settlement=one, reason="証拠書類の不足")
    post_entry(**asked)  # the book is open again
    again = decide_settlement(
        actor=SECRETARY, now=now, settlement=audited(one), decided_on=DECIDED_ON, source="総会"
    )
    assert again.expense_yen == 59_594_660
    with pytest.raises(NotNow):
        reopen_settlement(actor=AUDITOR, now=now, settlement=again, reason="もう一度")
    with pytest.raises(BookClosed):
        post_entry(**asked)


def test_A33_only_the_auditor_audits_and_says_so_in_words(books, now) -> None:
    post_entries(books)
    one = drafted(books)
    asked = {"now": now, "settlement": one, "audited_on": AUDIT_ON, "audited_by": "監査役", "opinion": "適正"}
    with pytest.raises(NotPermitted):
        audit_settlement(actor=SECRETARY, **asked)
    with pytest.raises(NoOpinion):
        audit_settlement(actor=AUDITOR, **asked | {"opinion": "  "})
    with pytest.raises(YearNotOver):
        audit_settlement(actor=AUDITOR, **asked | {"audited_on": date(2018, 3, 31)})
    with pytest.raises(NotNow):
        decide_settlement(actor=SECRETARY, now=now, settlement=one, decided_on=DECIDED_ON, source="総会")
    one.refresh_from_db()
    assert (one.state, one.audited_on, one.opinion) == ("draft", None, "")


def test_C36_a_year_is_settled_once_and_only_with_a_budget(books, now) -> None:
    drafted(books)
    with pytest.raises(SettledAlready):
        drafted(books)
    with pytest.raises(NothingToSettle):
        draft_settlement(actor=SECRETARY, now=now, account=books.accounts["procurement"], fiscal_year=2018)
    assert Settlement.objects.count() == 1


# --- refunds and the next year ----------------------------------------------------------------------------------------


@pytest.fixture
def settled(books):
    """The real year, its burdens paid by the numbers of bodies of the seed."""
    for code, count, yen in (
        ("management", 55, 47_924_000),
        ("company-data", 46, 2_025_000),
        ("works", 56, 9_784_800),
    ):
        paid_for(books, "procurement", code, count, yen)
    post_entries(books, only="procurement", burdens=False)
    return decided(books)


def test_C18_C47_surplus_of_the_real_year_is_refunded_exactly_and_opens_the_next(settled, books, now) -> None:
    assert settled.income_yen - settled.expense_yen == 9_458_641
    made = decide_refund(actor=SECRETARY, now=now, settlement=settled, decided_on=DECIDED_ON, source="総会")
    assert (made.base_yen, made.yen, made.residue_yen) == (9_458_641, 9_458_641, 0)
    shares = list(RefundShare.objects.filter(refund=made).select_related("cost_line", "body"))
    assert {one.cost_line.code for one in shares} == {
        "management"
    }  # what is passed on whole is not given back
    assert len(shares) == 55
    assert sum(one.yen for one in shares) == 9_458_641
    assert {one.yen for one in shares} <= {171_975, 171_976}
    table = refund_table(made, shares)
    assert table.solved()[-1][-1].value == 9_458_641
    account = books.accounts["procurement"]
    first = draft_budget(
        actor=SECRETARY, now=now, account=account, fiscal_year=YEAR + 1, name="当初予算",
        lines={("income", "burden"): 50_000_000, ("expense", "desk"): 49_960_000, ("expense", "reserve"): 40_000},
    )  # fmt: skip
    decide_budget(actor=SECRETARY, now=now, budget=first, decided_on=date(2018, 4, 1), source="総会")
    entry = carry_forward(actor=SECRETARY, now=now, settlement=settled)
    assert (entry.yen, entry.fiscal_year, entry.line.name) == (9_458_641, 2018, "前年度繰越金")
    with pytest.raises(OverBudget):
        pay_refund(actor=SECRETARY, now=now, refund=made, on=date(2018, 8, 1))
    july = draft_carrying_budget(actor=SECRETARY, now=now, settlement=settled)
    given = {(one.line.side, one.line.code): one.yen for one in july.lines.select_related("line")}
    assert given["income", "carried"] == 9_458_000
    assert given["expense", "refund"] == 9_459_000
    assert given["expense", "reserve"] == 39_000
    decide_budget(actor=SECRETARY, now=now, budget=july, decided_on=date(2018, 7, 20), source="総会")
    out = pay_refund(actor=SECRETARY, now=now, refund=made, on=date(2018, 8, 1))
    assert (out.yen, out.line.name, out.count) == (9_458_641, "返還金", 55)
    with pytest.raises(CarriedAlready):
        carry_forward(actor=SECRETARY, now=now, settlement=settled)
    with pytest.raises(PaidBack):
        pay_refund(actor=SECRETARY, now=now, refund=made, on=date(2018, 8, 2))
    assert Entry.objects.filter(fiscal_year=2018).count() == 2


def test_C18_a_floored_refund_names_what_is_left_and_the_next_year_keeps_it(settled, now) -> None:
    made = decide_refund(
        actor=SECRETARY, now=now, settlement=settled, mode="floored", decided_on=DECIDED_ON, source="総会"
    )
    assert made.base_yen == 9_458_641
    assert made.yen + made.residue_yen == 9_458_641
    assert 0 < made.residue_yen < 55
    assert sum(made.shares.values_list("yen", flat=True)) == made.yen
    assert {one.yen for one in made.shares.all()} == {171_975}


def test_C18_who_left_in_the_year_gets_back_its_part(books, now) -> None:
    paid_for(books, "applications", "applications", 20, 2_360_000)
    paid_for(books, "applications", "reservations", 11, 239_000)
    leaver = bodies(1)[0]
    for payer in Payer.objects.filter(body=leaver):
        end_paying(actor=SECRETARY, now=now, payer=payer, until_on=date(2017, 12, 31), why="脱退")
    post_entries(books, only="applications", burdens=False)
    made = decide_refund(
        actor=SECRETARY,
        now=now,
        settlement=decided(books, "applications"),
        decided_on=DECIDED_ON,
        source="総会",
    )
    assert made.yen == 651_870
    by_line = {}
    for share in made.shares.select_related("cost_line"):
        by_line[share.cost_line.code] = by_line.get(share.cost_line.code, 0) + share.yen
    assert by_line == {"applications": 591_920, "reservations": 59_950}  # 651,870 × 2,360,000 / 2,599,000
    assert made.shares.filter(body=leaver).count() == 2
    assert sum(made.shares.values_list("yen", flat=True)) == 651_870


def test_C18_refund_before_the_decision_twice_or_of_too_much_is_refused(settled, books, now) -> None:
    asked = {"actor": SECRETARY, "now": now, "decided_on": DECIDED_ON, "source": "総会"}
    with pytest.raises(CannotRefund):
        decide_refund(settlement=settled, base_yen=9_458_642, **asked)
    assert not Refund.objects.exists()
    decide_refund(settlement=settled, **asked)
    with pytest.raises(RefundedAlready):
        decide_refund(settlement=settled, **asked)
    draft = drafted(books, "applications")
    for act in (decide_refund, carry_forward):
        with pytest.raises(NotSettled):
            act(settlement=draft, **(asked if act is decide_refund else {"actor": SECRETARY, "now": now}))
    assert Refund.objects.count() == 1


def test_C47_a_surplus_that_is_kept_is_not_refunded(books, now) -> None:
    post_entries(books, only="applications")
    one = decided(books, "applications", carried="keep")
    with pytest.raises(KeptNotRefunded):
        decide_refund(actor=SECRETARY, now=now, settlement=one, decided_on=DECIDED_ON, source="総会")
    assert not Refund.objects.exists()
    assert Budget.objects.filter(fiscal_year=2018).count() == 0


# --- O26 O27 O42 Y16 ---------------------------------------------------------------------------------------------------


J_LIS = [
    Payment("lgwan", "LGWAN", {2017: 36_769_000, 2018: 38_294_000, 2019: 42_969_708}),
    Payment("jpki", "公的個人認証", {2017: 103_671_910, 2018: 141_544_968, 2019: 100_135_021}),
]


def test_O26_O27_yearly_payments_stand_beside_what_they_rose_by() -> None:
    table = payments_table("負担金", J_LIS, rows_label="科目")
    cells = [[figure.value for figure in line] for line in table.solved()]
    assert cells[0] == [36_769_000, 38_294_000, Decimal("4.15"), 42_969_708, Decimal("12.21")]
    assert cells[1] == [103_671_910, 141_544_968, Decimal("36.53"), 100_135_021, Decimal("-29.26")]
    assert [cells[2][0], cells[2][1], cells[2][3]] == [140_440_910, 179_838_968, 143_104_729]
    assert table.notes == ["合計の対前年度増減率：平成30年度 28.05%、平成31年度 △20.43%"]
    assert payments_table("負担金", [Payment("x", "x", {2019: 1})], rows_label="科目") is None


def test_O26_O27_the_yearly_report_tells_what_each_line_cost_in_the_years_before(books, now) -> None:
    account = books.accounts["procurement"]
    line = books.lines["procurement", "expense", "commission"]
    for year, yen in ((2018, 36_769_000), (2019, 38_294_000), (2020, 42_969_708), (2021, 1)):
        post_entry(
            actor=LOADER, now=now, account=account, fiscal_year=year, line=line, on=date(year, 6, 1), yen=yen, source="資料"
        )  # fmt: skip
    wrong = post_entry(
        actor=LOADER, now=now, account=account, fiscal_year=2019, line=line, on=date(2019, 7, 1), yen=5, source="資料"
    )  # fmt: skip
    reverse_entry(actor=LOADER, now=now, entry=wrong, on=date(2019, 7, 2), reason="誤り")
    for year, yen in ((2019, 100), (2020, 125)):
        pay_from = books.costs["procurement", "works"]
        if year == 2019:
            pay(books, "procurement", "works", bodies(3))
        shared(pay_from, yen, fiscal_year=year)
    draft_budget(
        actor=SECRETARY, now=now, account=account, fiscal_year=2020, name="当初予算",
        lines={("expense", "commission"): 43_000_000},
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        sections = account_sections(2020, public=False)
    assert len(asked) < 12
    tables = {key: table for one in sections for key, table in one.tables.items()}
    told = [figure.value for figure in tables["procurement-payments"].solved()[0]]
    assert told == [36_769_000, 38_294_000, Decimal("4.15"), 42_969_708, Decimal("12.21")]
    [burdens] = shares_section(2020)
    assert [figure.value for figure in burdens.tables["burden-payments"].solved()[0]] == [
        100,
        125,
        Decimal("25"),
    ]
    assert account_sections(2020, public=True) == []  # nothing of it was settled


def test_O26_O27_citizens_read_of_settled_years_alone(books, now) -> None:
    account, line = books.accounts["procurement"], books.lines["procurement", "expense", "commission"]
    post_entries(books, only="procurement")
    post_entry(
        actor=LOADER, now=now, account=account, fiscal_year=2018, line=line, on=date(2018, 6, 1), yen=7, source="資料"
    )  # fmt: skip
    decided(books)
    told = {public: spent_until(2018, public=public)[account.pk] for public in (True, False)}
    years = {public: {year for one in payments for year in one.by_year} for public, payments in told.items()}
    assert years == {True: {2017}, False: {2017, 2018}}


@pytest.mark.parametrize(("households", "part", "yen"), [(99, "2/15", 4_000_000), (100, "1/5", 6_000_000)])
def test_O42_subsidy_changes_at_a_hundred_households(books, now, households, part, yen) -> None:
    granted = grant_subsidy(
        actor=SECRETARY, now=now, body=bodies(1)[0], fiscal_year=2020, name="エリア整備", households=households,
        cost_yen=30_000_000, decided_on=date(2020, 6, 1),
    )  # fmt: skip
    assert (granted.part, granted.yen) == (part, yen)


def test_O42_a_year_without_cases_says_none_and_a_day_without_rule_is_refused(books, now) -> None:
    assert subsidies_table(subsidies_of(2019), 2019).caption.endswith("（平成31年度、0件）")
    with pytest.raises(NoSubsidyRule):
        grant_subsidy(
            actor=SECRETARY, now=now, body=bodies(1)[0], fiscal_year=2010, name="エリア整備", households=99,
            cost_yen=1_000, decided_on=date(2010, 6, 1),
        )  # fmt: skip
    assert not Subsidy.objects.exists()


def test_Y16_a_contract_is_levelled_over_120_months_to_the_yen(books, now) -> None:
    plan = plan_levels(
        actor=SECRETARY,
        now=now,
        name="自治体クラウド",
        first_month=date(2018, 4, 1),
        months=120,
        yen=1_000_000_007,
    )
    table = level_table(plan)
    assert table.notes[0] == "月額は8,333,333円。最初の47か月は1円多い。"
    assert [row.key for row in table.rows][:10] == [str(year) for year in range(2018, 2028)]
    assert table.rows[9].values["from"] == "令和9年4月1日"  # H39 is no year that came
    assert table.solved()[-1][2].value == 1_000_000_007
    with pytest.raises(CannotLevel):
        plan_levels(actor=SECRETARY, now=now, name="x", first_month=date(2018, 4, 1), months=0, yen=1)
    assert LevelPlan.objects.count() == 1
