"""取消しと期間 (A33, C36, C41, C43): what is taken back leaves nothing half, what is not yet is not booked, nobody pays outside a line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from moyai.council.actions.accounts import NotDecidedYet, add_account_line
from moyai.council.actions.bills import (
    BilledTooEarly,
    BillHasReceipts,
    NothingToBill,
    issue_bills,
    receive_burden,
    received_yen,
    withdraw_bill,
)
from moyai.council.actions.burdens import decide_burden, draft_burden
from moyai.council.actions.cost_lines import (
    OutsideLine,
    PaysAlready,
    begin_paying,
    close_cost_line,
    end_paying,
)
from moyai.council.actions.entries import (
    BeforeWhatItTakesBack,
    BookClosed,
    IsACounter,
    NotYet,
    TakenBack,
    post_entry,
    reverse_entry,
    split_cost,
)
from moyai.council.actions.refunds import CarriedAlready, carry_forward, decide_refund, pay_refund
from moyai.council.actions.settlements import (
    NotNow,
    audit_settlement,
    decide_settlement,
    draft_settlement,
    reopen_settlement,
)
from moyai.council.models import Bill, CostSplit, Entry, Payer, Refund, Settlement
from moyai.council.queries.books import book_of
from moyai.council.queries.burdens import payers_on
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
    shared,
)
from moyai.tenants.public import Body, clock
from moyai.web.demo_council import load_council


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def now(books):
    return clock.now()


def bodies(count: int) -> list[Body]:
    return list(Body.objects.order_by("code")[:count])


def a_split(books, now) -> CostSplit:
    return split_cost(
        actor=SECRETARY, now=now, name="人件費", fiscal_year=YEAR, yen=1_001, on=PAID_ON,
        parts=[(books.lines[code, "expense", "commission"], "1/2") for code in ("procurement", "applications")],
    )  # fmt: skip


def settled(books, now, code: str) -> Settlement:
    one = draft_settlement(actor=SECRETARY, now=now, account=books.accounts[code], fiscal_year=YEAR)
    return audit_settlement(
        actor=AUDITOR,
        now=now,
        settlement=one,
        audited_on=date(2018, 5, 14),
        audited_by="監査役",
        opinion="適正",
    )


def test_C43_one_part_of_a_split_cost_takes_all_its_parts_back(books, now) -> None:
    made = a_split(books, now)
    first, second = Entry.objects.filter(split=made).order_by("id")
    counter = reverse_entry(actor=SECRETARY, now=now, entry=second, on=PAID_ON, reason="誤り")
    assert (counter.reverses, counter.yen) == (second, -500)
    assert Entry.objects.get(reverses=first).yen == -501
    assert sum(Entry.objects.filter(split=made).values_list("yen", flat=True)) == 0
    with pytest.raises(TakenBack):
        reverse_entry(actor=SECRETARY, now=now, entry=first, on=PAID_ON, reason="誤り")
    with pytest.raises(IsACounter):
        reverse_entry(actor=SECRETARY, now=now, entry=counter, on=PAID_ON, reason="誤り")
    assert Entry.objects.count() == 4


def test_C43_a_split_cost_with_one_book_closed_is_taken_back_in_none(books, now) -> None:
    made = a_split(books, now)
    settled(books, now, "procurement")
    of_open_book = Entry.objects.get(split=made, account=books.accounts["applications"])
    with pytest.raises(BookClosed):
        reverse_entry(actor=SECRETARY, now=now, entry=of_open_book, on=PAID_ON, reason="誤り")
    assert Entry.objects.filter(split=made).count() == 2


def test_C36_what_is_not_yet_is_not_booked(books, now) -> None:
    account, line = books.accounts["procurement"], books.lines["procurement", "income", "other"]
    today = clock.today(now)
    year = today.year - (today.month < 4)
    asked = {
        "actor": LOADER,
        "now": now,
        "account": account,
        "fiscal_year": year,
        "line": line,
        "yen": 1,
        "source": "資料",
    }
    with pytest.raises(NotYet):
        post_entry(on=today + timedelta(days=1), **asked)
    assert not Entry.objects.exists()
    assert post_entry(on=today, **asked).on == today


def test_C17_what_is_decided_tomorrow_is_not_decided_today(books, now) -> None:
    pay(books, "procurement", "works", bodies(2))
    draft = draft_burden(
        actor=SECRETARY, now=now, cost_line=books.costs["procurement", "works"], fiscal_year=YEAR, yen=100
    )
    tomorrow = clock.today(now) + timedelta(days=1)
    with pytest.raises(NotDecidedYet):
        decide_burden(actor=SECRETARY, now=now, burden=draft, decided_on=tomorrow, source="総会")
    draft.refresh_from_db()
    assert (draft.state, draft.decided_on) == ("draft", None)
    decide_burden(actor=SECRETARY, now=now, burden=draft, decided_on=clock.today(now), source="総会")


def test_C36_a_counter_is_not_before_its_entry(books, now) -> None:
    line = books.lines["procurement", "income", "other"]
    entry = post_entry(
        actor=SECRETARY,
        now=now,
        account=books.accounts["procurement"],
        fiscal_year=YEAR,
        line=line,
        on=PAID_ON,
        yen=1,
    )
    with pytest.raises(BeforeWhatItTakesBack):
        reverse_entry(actor=SECRETARY, now=now, entry=entry, on=PAID_ON - timedelta(days=1), reason="誤り")
    assert Entry.objects.count() == 1


def test_A33_a_receipt_taken_back_is_owed_again_and_its_bill_may_be_withdrawn_and_issued_anew(
    books, now
) -> None:
    pay(books, "procurement", "works", bodies(2))
    burden = shared(books.costs["procurement", "works"], 101)
    asked = {
        "actor": SECRETARY,
        "now": now,
        "burden": burden,
        "billed_on": APRIL,
        "due_on": date(2017, 5, 31),
        "by_mail": False,
    }
    issue_bills(**asked)
    bill = Bill.objects.select_related("cost_line__account").order_by("number").first()
    first = receive_burden(actor=SECRETARY, now=now, bill=bill, on=PAID_ON, yen=20)
    receive_burden(actor=SECRETARY, now=now, bill=bill, on=PAID_ON)
    assert received_yen(bill) == 51
    reverse_entry(actor=SECRETARY, now=now, entry=first, on=PAID_ON, reason="誤り")
    assert received_yen(bill) == 31
    with pytest.raises(BillHasReceipts):
        withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="誤り")
    second = Entry.objects.get(bill=bill, yen=31)
    reverse_entry(actor=SECRETARY, now=now, entry=second, on=PAID_ON, reason="誤り")
    facts = bill.facts
    withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="誤り")
    issue_bills(**asked)
    again = Bill.objects.get(share=bill.share, withdrawn_on__isnull=True)
    assert (again.yen, again.facts["working"]) == (51, facts["working"])
    assert Bill.objects.get(pk=bill.pk).facts == facts  # the first stays as it was


def test_A33_nobody_is_billed_before_the_decision_or_for_nothing(books, now) -> None:
    pay(books, "procurement", "works", bodies(2))
    burden = shared(books.costs["procurement", "works"], 100, decided_on=date(2017, 5, 29))
    asked = {"actor": SECRETARY, "now": now, "due_on": date(2017, 6, 30), "by_mail": False}
    with pytest.raises(BilledTooEarly):
        issue_bills(burden=burden, billed_on=date(2017, 5, 28), **asked)
    nothing = shared(books.costs["procurement", "works"], 0, fiscal_year=YEAR + 1)
    with pytest.raises(NothingToBill):
        issue_bills(burden=nothing, billed_on=date(2017, 5, 29), **asked)
    assert not Bill.objects.exists()


def test_C41_nobody_pays_a_cost_line_before_it_begins_or_after_it_ends(books, now) -> None:
    line = books.costs["procurement", "works"]
    one, other, third = bodies(3)
    begin = {"actor": SECRETARY, "now": now, "cost_line": line}
    begin_paying(bodies=[one], from_on=APRIL, until_on=date(2018, 6, 30), **begin)
    begin_paying(bodies=[other], from_on=date(2018, 5, 1), **begin)
    with pytest.raises(OutsideLine, match=other.name):
        close_cost_line(actor=SECRETARY, now=now, cost_line=line, until_on=date(2018, 3, 31))
    line.refresh_from_db()
    assert line.until_on is None
    close_cost_line(actor=SECRETARY, now=now, cost_line=line, until_on=date(2018, 5, 31))
    assert set(Payer.objects.values_list("until_on", flat=True)) == {date(2018, 5, 31)}
    for from_on, until_on in (
        (date(2017, 3, 31), None),
        (date(2018, 6, 1), None),
        (date(2018, 5, 1), date(2018, 6, 1)),
    ):
        with pytest.raises(OutsideLine):
            begin_paying(bodies=[third], from_on=from_on, until_on=until_on, **begin)
    begin_paying(bodies=[third], from_on=date(2018, 5, 1), **begin)
    assert payers_on(line, date(2018, 6, 1)) == []
    with pytest.raises(OutsideLine):
        end_paying(actor=SECRETARY, now=now, payer=Payer.objects.get(body=third), until_on=date(2018, 7, 1))
    assert Payer.objects.get(body=third).until_on == date(2018, 5, 31)


def test_C41_an_end_is_not_put_off_into_a_second_time_of_paying(books, now) -> None:
    line, [body] = books.costs["procurement", "works"], bodies(1)
    begin = {"actor": SECRETARY, "now": now, "cost_line": line, "bodies": [body]}
    begin_paying(from_on=APRIL, until_on=date(2017, 9, 30), **begin)
    begin_paying(from_on=date(2018, 4, 1), **begin)
    first = Payer.objects.get(from_on=APRIL)
    with pytest.raises(PaysAlready):
        end_paying(actor=SECRETARY, now=now, payer=first, until_on=date(2018, 4, 1))
    assert end_paying(actor=SECRETARY, now=now, payer=first, until_on=date(2018, 3, 31)).until_on == date(
        2018, 3, 31
    )


def test_C18_C47_a_settlement_that_was_refunded_is_never_opened_again_and_its_figures_stand(
    books, now
) -> None:
    post_entries(books, only="procurement", burdens=False)
    pay(books, "procurement", "management", bodies(3))
    burden = shared(books.costs["procurement", "management"], 69_000_000)
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, billed_on=APRIL, due_on=date(2017, 5, 31), by_mail=False
    )
    for bill in Bill.objects.select_related("cost_line__account"):
        receive_burden(actor=SECRETARY, now=now, bill=bill, on=PAID_ON)
    one = settled(books, now, "procurement")
    assert reopen_settlement(actor=SECRETARY, now=now, settlement=one, reason="誤り").state == "draft"
    one = audit_settlement(
        actor=AUDITOR,
        now=now,
        settlement=one,
        audited_on=date(2018, 5, 15),
        audited_by="監査役",
        opinion="適正",
    )
    decide_settlement(actor=SECRETARY, now=now, settlement=one, decided_on=date(2018, 5, 29), source="総会")
    refund = decide_refund(
        actor=SECRETARY, now=now, settlement=one, decided_on=date(2018, 5, 29), source="総会"
    )
    with pytest.raises(NotNow):
        reopen_settlement(actor=SECRETARY, now=now, settlement=one, reason="誤り")
    entry = carry_forward(actor=LOADER, now=now, settlement=one)
    with pytest.raises(CarriedAlready):
        carry_forward(actor=LOADER, now=now, settlement=one)
    reverse_entry(actor=LOADER, now=now, entry=entry, on=entry.on, reason="誤り")
    again = carry_forward(actor=LOADER, now=now, settlement=one)
    assert (again.yen, again.fiscal_year) == (entry.yen, YEAR + 1)
    paid = pay_refund(actor=LOADER, now=now, refund=refund, on=date(2018, 7, 31))
    assert paid.yen == refund.yen == one.income_yen - one.expense_yen
    assert Refund.objects.count() == 1
    of_bill = Entry.objects.filter(bill__isnull=False).first()
    with pytest.raises(BookClosed):
        reverse_entry(actor=SECRETARY, now=now, entry=of_bill, on=date(2018, 5, 31), reason="誤り")
    assert book_of(books.accounts["procurement"], YEAR).surplus_yen == refund.yen


def test_C45_a_line_added_after_the_settlement_changes_nothing_of_it(books, now) -> None:
    post_entries(books, only="procurement")
    one = settled(books, now, "procurement")
    before = one.lines
    add_account_line(
        actor=SECRETARY,
        now=now,
        account=books.accounts["procurement"],
        side="expense",
        code="new",
        name="新しい科目",
    )
    assert Settlement.objects.get(pk=one.pk).lines == before
