"""負担金 (A33, C17, C41, C42, Y18, Y20): shares of the seed to the yen, supplements, bills, who leaves."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from moyai.council.actions.bills import (
    LETTER,
    BilledAlready,
    BillHasReceipts,
    BillWithdrawn,
    DueTooEarly,
    MoreThanOwed,
    NoSuchHalf,
    NotBillable,
    issue_bills,
    receive_burden,
    received_yen,
    withdraw_bill,
)
from moyai.council.actions.burdens import (
    BurdenFixed,
    CannotShare,
    DecidedAlready,
    NobodyPays,
    NothingToSupplement,
    NotTheBase,
    SupplementOpen,
    decide_burden,
    draft_burden,
    draft_supplement,
    halves_of,
    withdraw_burden,
)
from moyai.council.actions.cost_lines import (
    FigureKnown,
    NotABurdenLine,
    PayingEnds,
    PaysAlready,
    WrongMix,
    begin_paying,
    end_paying,
    open_cost_line,
    record_population,
    record_use,
)
from moyai.council.jobs.bills import make_bill
from moyai.council.models import Bill, Burden, CostLine, Entry, Payer, UseFigure
from moyai.council.queries.burdens import compared
from moyai.council.tests.money_setup import (
    APRIL,
    LOADER,
    PAID_ON,
    SECRETARY,
    YEAR,
    open_books,
    pay,
    shared,
)
from moyai.documents.public import set_in_type
from moyai.notices.models import Message
from moyai.tenants.public import Body, Population, Service, acting_in, clock
from moyai.web.demo_council import load_council

EQUAL = [{"basis": "equal", "part": "1"}]
PEOPLE = [{"basis": "population", "part": "1"}]


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def now(books):
    return clock.now()


def bodies(count: int) -> list[Body]:
    return list(Body.objects.order_by("code")[:count])


def some(books, count: int = 3) -> CostLine:
    pay(books, "procurement", "management", bodies(count))
    return books.costs["procurement", "management"]


def yen_of(burden: Burden) -> list[int]:
    return list(burden.shares.order_by("body__code").values_list("yen", flat=True))


@pytest.mark.parametrize(
    ("account", "code", "payers", "yen", "larger", "smaller", "first"),
    [
        ("procurement", "management", 55, 47_924_000, 871_346, 871_345, 25),
        ("procurement", "company-data", 46, 2_025_000, 44_022, 44_021, 34),
        ("procurement", "works", 56, 9_784_800, 174_729, 174_728, 32),
        ("applications", "applications", 20, 2_360_000, 118_000, 118_000, 20),
        ("applications", "reservations", 11, 239_000, 21_728, 21_727, 3),
    ],
)
def test_C17_C41_C42_each_cost_line_of_the_seed_is_shared_among_its_own_payers(
    books, account, code, payers, yen, larger, smaller, first
) -> None:
    pay(books, account, code, bodies(payers))
    burden = shared(books.costs[account, code], yen)
    found = yen_of(burden)
    assert found == [larger] * first + [smaller] * (payers - first)
    assert sum(found) == yen


def test_C17_draft_of_autumn_and_decision_of_spring_stand_beside_each_other(books, now) -> None:
    line = some(books)
    asked = {"actor": SECRETARY, "now": now, "cost_line": line, "fiscal_year": YEAR}
    autumn = draft_burden(**asked, yen=100)
    spring = draft_burden(**asked, yen=90)
    assert (autumn.number, spring.number) == (1, 2)
    decided = decide_burden(actor=SECRETARY, now=now, burden=spring, decided_on=APRIL, source="総会")
    rows = compared(autumn, decided)
    assert [(one.draft_yen, one.decided_yen, one.difference_yen) for one in rows] == [
        (34, 30, -4), (33, 30, -3), (33, 30, -3),
    ]  # fmt: skip


def test_C17_a_share_keeps_what_explains_it(books) -> None:
    line = some(books)
    first = shared(line, 100).shares.order_by("body__code").first()
    assert (first.basis, first.weight, Fraction(first.quota)) == ({"equal": 1}, "1/3", Fraction(100, 3))
    assert (first.floor_yen, first.rank, first.yen, first.adjusted) == (33, 1, 34, False)


def test_C17_nobody_decides_twice_in_a_year(books, now) -> None:
    line = some(books)
    asked = {"actor": SECRETARY, "now": now, "cost_line": line, "fiscal_year": YEAR, "yen": 100}
    one, other = draft_burden(**asked), draft_burden(**asked)
    decide = {"actor": SECRETARY, "now": now, "decided_on": APRIL, "source": "総会"}
    decide_burden(burden=one, **decide)
    with pytest.raises(DecidedAlready):
        decide_burden(burden=other, **decide)
    other.refresh_from_db()
    assert other.state == "draft"
    with pytest.raises(BurdenFixed):
        withdraw_burden(actor=SECRETARY, now=now, burden=one, reason="やめる")
    assert withdraw_burden(actor=SECRETARY, now=now, burden=other, reason="やめる").state == "withdrawn"


def test_C17_what_cannot_be_shared_is_refused_in_the_bodys_name(books, now) -> None:
    line = some(books)
    missing = bodies(3)[1]
    Population.objects.filter(body=missing).delete()
    asked = {"actor": SECRETARY, "now": now, "cost_line": line, "fiscal_year": YEAR, "yen": 100}
    with pytest.raises(CannotShare, match=f"{missing.name}の人口割の基礎となる数がありません"):
        draft_burden(**asked, mix=PEOPLE, population_on=date(2018, 4, 1))
    with pytest.raises(WrongMix, match="合計が1になりません"):
        draft_burden(**asked, mix=[{"basis": "equal", "part": "1/2"}])
    with pytest.raises(NobodyPays):
        draft_burden(**asked, payers_on=date(2016, 4, 1))
    with pytest.raises(CannotShare, match="割合の合計を1"):
        draft_burden(**asked, halves=[{"name": "前期", "part": "1/2", "due_on": "2017-05-31"}])
    assert not Burden.objects.exists()


def test_C17_shares_are_computed_from_dated_populations_and_last_years_use(books, now) -> None:
    line = some(books, 2)
    service = Service.objects.get(code="procurement")
    for body, persons, uses in zip(bodies(2), (300, 100), (10, 30), strict=True):
        Population.objects.filter(body=body).delete()
        record_population(
            actor=LOADER, now=now, body=body, as_of=date(2016, 9, 30), persons=persons, source="国勢調査"
        )
        record_population(
            actor=LOADER, now=now, body=body, as_of=date(2017, 1, 1), persons=1, source="後の数"
        )
        record_use(
            actor=LOADER, now=now, service=service, body=body, fiscal_year=2016, measure="cases", value=uses, source="実績"
        )  # fmt: skip
    mix = [
        {"basis": "equal", "part": "1/5"},
        {"basis": "population", "part": "2/5"},
        {"basis": "use", "part": "2/5", "measure": "cases"},
    ]
    burden = shared(line, 1_000, mix=mix)
    assert burden.population_on == date(2016, 9, 30)
    assert burden.mix[2]["fiscal_year"] == 2016
    assert yen_of(burden) == [500, 500]  # 100 + 300 + 100 and 100 + 100 + 300
    kept = burden.shares.order_by("body__code").first().basis
    assert kept == {"equal": 1, "population": 300, "use:cases": 10}
    with pytest.raises(FigureKnown):
        record_use(
            actor=LOADER, now=now, service=service, body=bodies(1)[0], fiscal_year=2016, measure="cases", value=11, source="別"
        )  # fmt: skip
    assert UseFigure.objects.get(body=bodies(1)[0]).value == 10


def test_Y18_fixed_and_actual_amounts_stand_as_they_are(books) -> None:
    line = some(books)
    codes = [body.code for body in bodies(3)]
    actual = dict(zip(codes, (50, 30, 20), strict=True))
    burden = shared(line, 100, mix=[{"basis": "actual"}], actual=actual)
    assert yen_of(burden) == [50, 30, 20]


def test_Y20_payers_and_populations_of_a_share_are_frozen_by_their_day(books, now) -> None:
    """抽出経費の按分: what was fixed before the selection does not move with what is recorded later."""
    line = some(books, 2)
    for body in bodies(2):
        Population.objects.filter(body=body).delete()
        record_population(
            actor=LOADER, now=now, body=body, as_of=date(2016, 9, 30), persons=100, source="国勢調査"
        )
    burden = shared(line, 1_000, mix=PEOPLE)
    record_population(
        actor=LOADER, now=now, body=bodies(1)[0], as_of=date(2017, 9, 30), persons=900, source="後の数"
    )
    begin_paying(actor=LOADER, now=now, cost_line=line, bodies=bodies(3)[2:], from_on=date(2017, 10, 1))
    assert yen_of(burden) == [500, 500]
    assert (burden.payers_on, burden.population_on) == (APRIL, date(2016, 9, 30))


def test_C16_a_supplement_shares_only_the_difference_and_the_decided_shares_stay(books, now) -> None:
    line = some(books, 5)
    persons = (
        57_199,
        51_602,
        32_311,
        144_472,
        3_360,
    )  # the Alabama paradox: 59 → 60 takes the last one's yen
    for body, count in zip(bodies(5), persons, strict=True):
        Population.objects.filter(body=body).delete()
        record_population(
            actor=LOADER, now=now, body=body, as_of=date(2016, 9, 30), persons=count, source="国勢調査"
        )
    base = shared(line, 59, mix=PEOPLE)
    assert yen_of(base) == [12, 10, 7, 29, 1]
    draft = draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=60, payers_on=date(2017, 7, 1))
    assert (draft.yen, draft.rule, yen_of(draft)) == (1, "burden-supplement", [0, 0, 0, 1, 0])
    with pytest.raises(SupplementOpen):
        draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=61)
    decide_burden(actor=SECRETARY, now=now, burden=draft, decided_on=date(2017, 7, 20), source="総会")
    less = draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=58, payers_on=date(2017, 7, 1))
    assert (less.yen, sum(yen_of(less))) == (-2, -2)
    assert yen_of(base) == [12, 10, 7, 29, 1]


def test_C16_supplement_of_nothing_or_of_a_draft_is_refused(books, now) -> None:
    line = some(books)
    draft = draft_burden(actor=SECRETARY, now=now, cost_line=line, fiscal_year=YEAR, yen=100)
    with pytest.raises(NotTheBase):
        draft_supplement(actor=SECRETARY, now=now, burden=draft, total_yen=110)
    base = decide_burden(actor=SECRETARY, now=now, burden=draft, decided_on=APRIL, source="総会")
    with pytest.raises(NothingToSupplement):
        draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=100)
    assert Burden.objects.count() == 1


def test_C17_member_leaving_mid_year_keeps_its_decided_share_and_bears_nothing_after(books, now) -> None:
    line = some(books)
    base = shared(line, 300, halves=halves_of(YEAR))
    leaver = bodies(3)[1]
    payer = Payer.objects.get(cost_line=line, body=leaver)
    end_paying(actor=SECRETARY, now=now, payer=payer, until_on=date(2017, 9, 30), why="脱退")
    issue_bills(
        actor=SECRETARY, now=now, burden=base, half="後期", billed_on=date(2017, 10, 1), by_mail=False
    )
    assert Bill.objects.filter(body=leaver, half="後期").get().yen == 50  # what was decided is asked for
    more = draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=310, payers_on=date(2017, 11, 1))
    assert leaver.code not in more.shares.values_list("body__code", flat=True)
    assert yen_of(more) == [5, 5]
    next_year = draft_burden(actor=SECRETARY, now=now, cost_line=line, fiscal_year=YEAR + 1, yen=300)
    assert yen_of(next_year) == [150, 150]
    with pytest.raises(PayingEnds):
        end_paying(actor=SECRETARY, now=now, payer=payer, until_on=date(2017, 3, 31))


def test_C41_payer_twice_on_a_day_is_refused_and_none_of_the_list_begins(books, now) -> None:
    line = some(books, 2)
    with pytest.raises(PaysAlready, match=bodies(2)[1].name):
        begin_paying(actor=SECRETARY, now=now, cost_line=line, bodies=bodies(3)[1:], from_on=date(2017, 5, 1))
    assert Payer.objects.filter(cost_line=line).count() == 2


def test_C41_cost_line_stands_on_a_line_of_burdens(books, now) -> None:
    with pytest.raises(NotABurdenLine):
        open_cost_line(
            actor=SECRETARY, now=now, account=books.accounts["procurement"],
            line=books.lines["procurement", "income", "other"], code="x", name="x", from_on=APRIL,
        )  # fmt: skip
    assert not CostLine.objects.filter(code="x").exists()


# --- bills ------------------------------------------------------------------------------------------------------------


def billed(books, now, yen: int = 47_924_000, count: int = 55, **more) -> Burden:
    line = some(books, count)
    burden = shared(line, yen, halves=halves_of(YEAR))
    return issue_bills(
        **{"actor": SECRETARY, "now": now, "burden": burden, "half": "前期", "billed_on": date(2017, 4, 20), "by_mail": False}
        | more
    )  # fmt: skip


def test_A33_first_and_second_half_add_up_to_the_years_share_of_every_member(books, now) -> None:
    burden = billed(books, now)
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, half="後期", billed_on=date(2017, 10, 1), by_mail=False
    )
    for share in burden.shares.all():
        halves = dict(Bill.objects.filter(share=share).values_list("half", "yen"))
        assert halves["前期"] + halves["後期"] == share.yen
        assert halves["前期"] - halves["後期"] in (0, 1)
    assert sum(Bill.objects.values_list("yen", flat=True)) == 47_924_000
    numbers = list(Bill.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [f"2017-{place:05d}" for place in range(1, 111)]


def test_A33_nobody_is_billed_twice_and_only_for_what_was_decided(books, now) -> None:
    burden = billed(books, now, yen=100, count=3)
    again = {
        "actor": SECRETARY,
        "now": now,
        "burden": burden,
        "billed_on": date(2017, 4, 20),
        "by_mail": False,
    }
    with pytest.raises(BilledAlready):
        issue_bills(**again, half="前期")
    with pytest.raises(NoSuchHalf):
        issue_bills(**again, half="中期")
    with pytest.raises(NoSuchHalf):
        issue_bills(**again)
    with pytest.raises(DueTooEarly):
        issue_bills(**again | {"billed_on": date(2017, 12, 1)}, half="後期")
    draft = draft_burden(actor=SECRETARY, now=now, cost_line=burden.cost_line, fiscal_year=YEAR + 1, yen=100)
    with pytest.raises(NotBillable):
        issue_bills(**again | {"burden": draft}, due_on=date(2018, 5, 31))
    assert Bill.objects.count() == 3


def test_A33_receipts_in_parts_settle_a_bill_and_more_is_refused(books, now) -> None:
    burden = billed(books, now, yen=600, count=3)
    bill = Bill.objects.filter(share__burden=burden).order_by("number").first()
    asked = {"actor": SECRETARY, "now": now, "bill": bill, "on": date(2017, 5, 20)}
    entry = receive_burden(**asked, yen=40)
    assert (entry.party, entry.cost_line_id, entry.line.code) == (
        bill.body.name,
        burden.cost_line_id,
        "burden",
    )
    with pytest.raises(MoreThanOwed, match="60円"):
        receive_burden(**asked, yen=61)
    assert received_yen(bill) == 40
    receive_burden(**asked)
    assert received_yen(bill) == 100
    with pytest.raises(BillHasReceipts):
        withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="誤り")
    bill.refresh_from_db()
    assert bill.withdrawn_on is None
    assert Entry.objects.filter(bill=bill).count() == 2


def test_A33_a_withdrawn_bill_is_not_paid_and_another_may_be_issued(books, now) -> None:
    burden = billed(books, now, yen=600, count=3)
    bill = Bill.objects.order_by("number").first()
    withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="宛名の誤り")
    with pytest.raises(BillWithdrawn):
        receive_burden(actor=SECRETARY, now=now, bill=bill, on=PAID_ON)
    assert not Entry.objects.exists()
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, half="前期", billed_on=date(2017, 4, 21), by_mail=False
    )
    assert list(Bill.objects.filter(share=bill.share).order_by("number").values_list("number", "yen")) == [
        ("2017-00001", 100), ("2017-00004", 100),
    ]  # fmt: skip


def test_A33_a_bill_explains_itself_years_later(books, now) -> None:
    billed(books, now)
    bill = Bill.objects.order_by("number").first()
    told = {row["label"]: row["value"] for row in bill.facts["working"]}
    assert told["分ける額"] == "47,924,000円"
    assert told["分け方"] == "均等割 1"
    assert told["負担する団体"] == "平成29年4月1日現在、55団体"
    assert told["正確な配分額"] == "871,345円と5/11円"
    assert (
        told["端数の処理"] == "切捨て後 871,345円、端数の大きさの順位 1番目（55団体）。端数の加算あり（1円）"
    )
    assert told["決定"] == "平成29年4月1日　平成29年度負担金"
    assert told["規則"].startswith("burden-share（")
    record = {row["label"]: row["value"] for row in bill.facts["record"]}
    assert (record["年度の負担額"], record["請求額"]) == ("871,346円", "435,673円")
    Payer.objects.filter(body=bill.body).delete()  # whatever becomes of the member
    bill.refresh_from_db()
    assert {row["label"]: row["value"] for row in bill.facts["working"]} == told


def test_A33_the_letter_is_made_once_and_a_reprint_is_the_stored_file(books, now) -> None:
    billed(books, now, yen=100, count=2)
    bill = Bill.objects.order_by("number").first()
    make_bill(bill_id=bill.pk, now=now)
    bill.refresh_from_db()
    first = bytes(bill.file.content)
    assert first.startswith(b"%PDF")
    assert first == set_in_type(LETTER, facts=bill.facts, at=bill.issued_at)
    Bill.objects.filter(pk=bill.pk).update(facts={})
    make_bill(bill_id=bill.pk, now=now)
    bill.refresh_from_db()
    assert bytes(bill.file.content) == first


def test_A33_a_reduction_is_a_notice_and_goes_back_as_an_amount_below_zero(books, now) -> None:
    base = shared(some(books), 300)
    issue_bills(
        actor=SECRETARY, now=now, burden=base, billed_on=APRIL, due_on=date(2017, 5, 31), by_mail=False
    )
    less = draft_supplement(actor=SECRETARY, now=now, burden=base, total_yen=270, payers_on=APRIL)
    decide_burden(actor=SECRETARY, now=now, burden=less, decided_on=date(2017, 7, 1), source="総会")
    issue_bills(
        actor=SECRETARY,
        now=now,
        burden=less,
        billed_on=date(2017, 7, 2),
        due_on=date(2017, 8, 1),
        by_mail=False,
    )
    notice = Bill.objects.filter(share__burden=less).order_by("number").first()
    assert (notice.yen, notice.facts["amount"]) == (-10, "10円")
    assert notice.facts["subject"].endswith("負担金の減額について（通知）")
    assert receive_burden(actor=SECRETARY, now=now, bill=notice, on=PAID_ON).yen == -10
    assert received_yen(notice) == -10


def test_A33_members_are_told_of_a_bill_that_is_still_to_be_paid(books, now, world) -> None:
    line = some(books, 1)
    Payer.objects.filter(cost_line=line).update(body=world.chiba)
    burden = shared(line, 300)
    due = clock.today(now)
    issue_bills(actor=SECRETARY, now=now, burden=burden, billed_on=due, due_on=due)
    with acting_in(world.chiba):
        told = Message.objects.filter(kind="council.bill_issued")
        assert told.count() >= 1
        assert "請求書" in told.first().subject
