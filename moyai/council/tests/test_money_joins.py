"""後乗り (C13, I06): who joins late pays its part, is billed for it once, and those who paid before are credited to the yen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import CouncilDeed, Deed
from moyai.council.actions.bills import (
    BilledAlready,
    BilledTooEarly,
    BillHasReceipts,
    DueTooEarly,
    MoreThanOwed,
    NothingToBill,
    issue_bills,
    receive_burden,
    received_yen,
    withdraw_bill,
)
from moyai.council.actions.burdens import CannotShare, halves_of
from moyai.council.actions.cost_lines import PaysAlready, record_population
from moyai.council.actions.entries import BookClosed, reverse_entry
from moyai.council.actions.join_bills import issue_join_bills
from moyai.council.actions.joins import JoinedAlready, join_late
from moyai.council.actions.settlements import audit_settlement, draft_settlement
from moyai.council.jobs.bills import make_bill
from moyai.council.models import Bill, BurdenShare, CostLine, Entry, LateJoin, Payer
from moyai.council.queries.books import book_of
from moyai.council.queries.burdens import borne_until, paid_in_year
from moyai.council.tests.money_setup import AUDITOR, LOADER, SECRETARY, YEAR, open_books, pay, shared
from moyai.documents.public import MissingGlyph
from moyai.notices.models import Message
from moyai.rulebook.public import find_rule
from moyai.tenants.public import Body, Population, acting_in, clock
from moyai.web.demo_council import load_council

JOINS_ON, DECIDED_ON, BILLED_ON, DUE_ON = (
    date(2017, 7, 1),
    date(2017, 6, 1),
    date(2017, 7, 3),
    date(2017, 8, 31),
)
CASE = {
    "joins_on": JOINS_ON, "first_cost_yen": 12_000_000, "contract_from": date(2014, 7, 1), "months": 120, "source": "総会",
    "decided_on": DECIDED_ON,
}  # fmt: skip


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def now(books):
    return clock.now()


def text_of(answer) -> str:
    return answer.content.decode()


def bodies(count: int) -> list[Body]:
    return list(Body.objects.order_by("code")[:count])


def some(books, count: int, yen: int = 1_000_000) -> CostLine:
    pay(books, "procurement", "management", bodies(count))
    line = books.costs["procurement", "management"]
    shared(line, yen)
    return line


def joined(books, now, *, count: int = 5, body: Body | None = None, line: CostLine | None = None, **more: Any) -> LateJoin:  # fmt: skip
    line = line or some(books, count)
    newcomer = body or bodies(count + 1)[count]
    return join_late(actor=SECRETARY, now=now, cost_line=line, body=newcomer, **{**CASE, **more})


def billed(join: LateJoin, now, **more: Any) -> list[Bill]:
    given = {"billed_on": BILLED_ON, "due_on": DUE_ON, "by_mail": False} | more
    issue_join_bills(actor=SECRETARY, now=now, join=join, **given)
    return list(
        Bill.objects.filter(join=join).select_related("body", "cost_line__account").order_by("number")
    )


def working(bill: Bill) -> dict[str, str]:
    return {row["label"]: row["value"] for row in bill.facts["working"]}


def test_C13_I06_a_late_joiner_pays_its_part_of_what_remains_and_the_others_are_credited(books, now) -> None:
    line = some(books, 5)
    newcomer = bodies(6)[5]
    asked = {"actor": SECRETARY, "now": now, "cost_line": line, "body": newcomer, **CASE}
    join = join_late(**asked)
    assert (join.passed, join.entry_yen) == (36, 1_400_000)
    assert [one["yen"] for one in join.credits] == [280_000] * 5
    assert (join.left, join.part, join.basis) == ("8400000/1", "1/6", {"equal": 1})
    assert join.rule_version == find_rule("late-joining").version_on(clock.today(now)).label
    assert Payer.objects.get(cost_line=line, body=newcomer).from_on == JOINS_ON
    assert BurdenShare.objects.filter(body=newcomer).count() == 0
    with pytest.raises((JoinedAlready, PaysAlready)):
        join_late(**asked)
    assert LateJoin.objects.count() == 1


def test_C13_joining_outside_of_the_contract_is_refused_and_nobody_pays(books, now) -> None:
    line = some(books, 2, 1_000)
    newcomer = bodies(3)[2]
    with pytest.raises(CannotShare, match="0から11まで"):
        join_late(actor=SECRETARY, now=now, cost_line=line, body=newcomer, **{**CASE, "months": 12})
    assert not LateJoin.objects.exists()
    assert not Payer.objects.filter(body=newcomer).exists()


def test_C13_months_are_shared_anew_from_the_month_of_joining_and_the_shares_before_are_kept_beside(books, now) -> None:  # fmt: skip
    join = joined(books, now, monthly_yen=100_000)
    assert [one["before"] for one in join.monthly] == [20_000] * 5 + [None]
    assert [one["after"] for one in join.monthly] == [16_667] * 4 + [16_666] * 2
    assert [one["rank"] for one in join.monthly] == [1, 2, 3, 4, 5, 6]
    other = joined(
        books, now, line=join.cost_line, body=bodies(7)[6], joins_on=date(2017, 8, 1), monthly_yen=70_000,
        mix=[{"basis": "fixed", "yen": 7}, {"basis": "equal", "part": "1"}],
    )  # fmt: skip
    assert [one["after"] for one in other.monthly] == [
        10_000
    ] * 7  # an amount that stands was borne on joining


def test_C13_who_joined_before_is_credited_for_its_entry_and_the_first_ones_for_what_they_still_bear(books, now) -> None:  # fmt: skip
    first = joined(books, now, count=2)  # 12,000,000 × 84/120 ÷ 3 = 2,800,000
    assert first.entry_yen == 2_800_000
    line = first.cost_line
    codes = [body.code for body in bodies(4)]
    borne = borne_until(line, date(2017, 9, 1))
    assert [borne[code] for code in codes[:3]] == [500_000 - 1_400_000, 500_000 - 1_400_000, 2_800_000]
    second = joined(books, now, line=line, body=bodies(4)[3], joins_on=date(2017, 9, 1))
    assert {one["body"]: one["yen"] for one in second.credits} == {
        codes[0]: 0, codes[1]: 0, codes[2]: second.entry_yen
    }  # fmt: skip


def test_C13_I06_the_bill_and_the_notices_come_to_the_newcomers_own_cost_to_the_yen(books, now) -> None:
    join = joined(books, now, count=7, first_cost_yen=12_000_001, own_yen=500_000)
    made = billed(join, now)
    bill, *notices = sorted(made, key=lambda one: -one.yen)
    assert (bill.body, bill.yen) == (join.body, join.entry_yen + 500_000)
    assert sum(one.yen for one in notices) == -join.entry_yen
    assert sum(one.yen for one in made) == 500_000
    assert {one.body.code: -one.yen for one in notices} == {one["body"]: one["yen"] for one in join.credits}
    assert [one.number for one in made] == [f"2017-{place:05d}" for place in range(1, 9)]
    assert {(one.fiscal_year, one.cost_line_id, one.share_id) for one in made} == {
        (2017, join.cost_line_id, None)
    }


def test_C13_I06_a_bill_of_joining_explains_itself_years_later(books, now) -> None:
    for body, persons in zip(bodies(4), (40_000, 30_000, 10_000, 20_000), strict=True):
        Population.objects.filter(body=body).delete()
        record_population(
            actor=LOADER, now=now, body=body, as_of=date(2016, 9, 30), persons=persons, source="国勢調査"
        )
    mix = [{"basis": "equal", "part": "1/2"}, {"basis": "population", "part": "1/2"}]
    join = joined(books, now, count=3, mix=mix, own_yen=500_000)
    made = billed(join, now)
    [bill] = [one for one in made if one.body == join.body]
    assert join.entry_yen == 1_890_000  # 8,400,000 × (1/8 ＋ 1/10)
    told = working(bill)
    assert told["残りの期間に当たる額"] == "12,000,000円 × 84/120 ＝ 8,400,000円"
    assert told["共同利用の期間"] == "平成26年7月1日から120か月。加入までに36か月が過ぎ、残り84か月"
    assert told["分け方"] == "均等割 1/2 ＋ 人口割 1/2"
    assert told["負担する団体"] == "平成29年7月1日現在、4団体（加入する団体を含む）"
    assert told["人口の基準日"] == "平成29年7月1日"
    assert told["貴団体の算定の基礎"] == "均等割 1、人口割 20,000"
    assert told["貴団体の割合"] == "22.5000%"
    assert told["正確な配分額"] == "1,890,000円"
    assert told["固有の費用（移行・データ抽出、実費）"] == "500,000円"
    assert told["決定"] == "平成29年6月1日　総会"
    assert told["規則"] == f"late-joining（{join.rule_version}の版）"
    assert bill.facts["amount"] == "2,390,000円"
    notice = next(one for one in made if one.body == bodies(1)[0])
    told = working(notice)
    assert (told["貴団体が負担した額"], told["先に負担した団体の合計"]) == ("333,334円", "1,000,000円")
    assert told["正確な配分額"].startswith("630,001円と")
    assert told["端数の処理"].startswith("切捨て後 630,001円、端数の大きさの順位 ")
    assert (notice.facts["amount_label"], notice.facts["amount"]) == ("充当額", f"{-notice.yen:,}円")
    make_bill(bill_id=bill.pk, now=now)
    make_bill(bill_id=notice.pk, now=now)
    files = Bill.objects.filter(pk__in=[bill.pk, notice.pk]).values_list("file__content", flat=True)
    assert all(bytes(content).startswith(b"%PDF") for content in files)


def test_C13_a_joining_cannot_be_billed_twice_but_again_when_one_was_withdrawn(books, now) -> None:
    join = joined(books, now, count=2)
    made = billed(join, now)
    with pytest.raises(BilledAlready):
        billed(join, now)
    assert Bill.objects.count() == 3
    withdraw_bill(actor=SECRETARY, now=now, bill=made[0], reason="宛先の誤り")
    again = billed(join, now)
    assert len(again) == 4
    assert (again[-1].body, again[-1].yen) == (made[0].body, made[0].yen)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"billed_on": date(2017, 5, 31)}, BilledTooEarly),
        ({"due_on": date(2017, 7, 2)}, DueTooEarly),
        ({"sender": "見本\U0001f600"}, MissingGlyph),
    ],
)
def test_C13_a_refused_bill_of_joining_leaves_nothing(books, now, more, refusal) -> None:
    join = joined(books, now, count=2)
    deeds = CouncilDeed.objects.filter(verb="council.issue_join_bills").count()
    with pytest.raises(refusal):
        billed(join, now, **more)
    assert not Bill.objects.exists()
    assert CouncilDeed.objects.filter(verb="council.issue_join_bills").count() == deeds


def test_C13_nothing_is_billed_where_nothing_is_owed_or_the_book_is_closed(books, now) -> None:
    join = joined(books, now, count=2, first_cost_yen=0)
    with pytest.raises(NothingToBill):
        billed(join, now)
    other = joined(books, now, line=join.cost_line, body=bodies(4)[3])
    settlement = draft_settlement(
        actor=SECRETARY, now=now, account=books.accounts["procurement"], fiscal_year=YEAR
    )
    audit_settlement(
        actor=AUDITOR, now=now, settlement=settlement, audited_on=date(2018, 5, 14), audited_by="監査役", opinion="適正",
    )  # fmt: skip
    with pytest.raises(BookClosed):
        billed(other, now)
    assert not Bill.objects.exists()


def test_C13_entry_comes_in_and_credits_go_out_of_the_burdens_line_and_no_refund_counts_them(
    books, now
) -> None:
    join = joined(books, now, count=2)
    line = join.cost_line
    bill, *notices = sorted(billed(join, now), key=lambda one: -one.yen)
    with pytest.raises(MoreThanOwed):
        receive_burden(actor=SECRETARY, now=now, bill=bill, on=BILLED_ON, yen=bill.yen + 1)
    entry = receive_burden(actor=SECRETARY, now=now, bill=bill, on=BILLED_ON)
    assert (entry.yen, entry.line, entry.cost_line, entry.fiscal_year) == (2_800_000, line.line, line, 2017)
    assert entry.label == "運営管理費（加入時の負担）"
    with pytest.raises(BillHasReceipts):
        withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="誤り")
    for notice in notices:
        given = receive_burden(actor=SECRETARY, now=now, bill=notice, on=BILLED_ON)
        assert given.yen == notice.yen == -1_400_000
    book = book_of(books.accounts["procurement"], YEAR)
    assert book.total("income").actual_yen == 0  # what came in went on
    assert paid_in_year([line], YEAR) == {}
    reverse_entry(actor=SECRETARY, now=now, entry=entry, on=BILLED_ON, reason="誤り")
    assert received_yen(bill) == 0
    assert withdraw_bill(actor=SECRETARY, now=now, bill=bill, reason="誤り").withdrawn_on is not None


def test_A33_C13_bills_of_shares_and_of_joinings_stand_in_one_list_by_year(
    books, world, client_for, now
) -> None:
    pay(books, "procurement", "management", [world.chiba])
    line = books.costs["procurement", "management"]
    burden = shared(line, 1_000, halves=halves_of(YEAR))
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, half="前期", billed_on=date(2017, 4, 20), by_mail=False
    )
    join = join_late(actor=SECRETARY, now=now, cost_line=line, body=world.matsudo, **CASE)
    billed(join, now)
    shown = text_of(client_for(world.secretary).get(f"/council/burdens/bills/?fiscal_year={YEAR}"))
    assert "加入時の負担" in shown and "後乗りの充当" in shown and "前期" in shown


def test_C13_the_newcomer_is_told_of_its_bill_and_the_others_of_what_goes_back_to_them(
    books, world, now
) -> None:
    pay(books, "procurement", "management", [world.chiba])
    line = books.costs["procurement", "management"]
    shared(line, 1_000)
    join = join_late(actor=SECRETARY, now=now, cost_line=line, body=world.matsudo, **CASE)
    billed(join, now, due_on=clock.today(now), by_mail=True)
    for body, kind, words in (
        (world.matsudo, "council.bill_issued", "請求書が届いています"),
        (world.chiba, "council.credit_issued", "お返しする額の通知が届いています"),
    ):
        with acting_in(body):
            told = Message.objects.filter(kind__in=("council.bill_issued", "council.credit_issued"))
            assert set(told.values_list("kind", flat=True)) == {kind}
            assert all(words in one.subject for one in told)


# --- pages ---------------------------------------------------------------------------------------------------------------


def posted(books, world) -> dict[str, Any]:
    return {
        "cost_line": books.costs["procurement", "management"].pk, "body": world.matsudo.code, "joins_on": "H29.7.1",
        "first_cost_yen": "12,000,000", "contract_from": "H26.7.1", "months": "120", "own_yen": "５００，０００", "monthly_yen": "100001",
        "item": "", "decided_on": "H29.6.1", "source": "総会",
    }  # fmt: skip


@pytest.fixture
def opened(books, world) -> None:
    pay(books, "procurement", "management", [world.chiba])
    shared(books.costs["procurement", "management"], 1_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"months": "12"}, {"months": "０"}, {"months": "9" * 40}, {"first_cost_yen": "-1"}, {"first_cost_yen": "9" * 40},
        {"own_yen": "多数"}, {"monthly_yen": "-5"}, {"monthly_yen": "1.5"}, {"joins_on": "H29.2.30"}, {"joins_on": "H26.6.30"},
        {"body": "000000"}, {"source": "", "item": ""}, {"source": "あ" * 201},
    ],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_C13_a_joining_typed_wrongly_is_refused_beside_its_field(
    opened, books, world, client_for, wrong
) -> None:
    secretary = client_for(world.secretary)
    answer = secretary.post("/council/burdens/joins/new/", {**posted(books, world), **wrong})
    assert answer.status_code == 422
    assert "入力内容に誤りが" in text_of(answer)
    assert not LateJoin.objects.exists()
    assert Payer.objects.count() == 1


def test_C13_I06_secretary_takes_in_a_late_joiner_bills_it_and_it_reads_why(
    opened, books, world, client_for
) -> None:
    secretary = client_for(world.secretary)
    assert secretary.post("/council/burdens/joins/new/", posted(books, world)).status_code == 302
    shown = text_of(secretary.get("/council/burdens/joins/"))
    assert "4,200,000円" in shown  # 12,000,000 × 84/120 ÷ 2
    join = LateJoin.objects.get()
    where = f"/council/burdens/joins/{join.pk}/"
    with CaptureQueriesContext(connection) as asked:
        shown = text_of(secretary.get(where))
    assert len(asked) < 25
    assert (
        "50,001" in shown and "100,001" in shown and "加入前の月額" in shown
    )  # 100,001 to one; 50,001 and 50,000 to two
    form = {"billed_on": "H29.7.3", "due_on": "H29.8.31", "sender": ""}
    for wrong in (
        {"due_on": ""},
        {"due_on": "H29.7.2"},
        {"billed_on": "H29.5.31"},
        {"billed_on": "99"},
        {"sender": "あ" * 61},
    ):
        assert secretary.post(f"{where}bill/", {**form, **wrong}).status_code == 422
    assert not Bill.objects.exists()
    assert secretary.post(f"{where}bill/", form).status_code == 302
    assert secretary.post(f"{where}bill/", form).status_code == 409
    assert Bill.objects.count() == 2
    bill = Bill.objects.get(body=world.matsudo)
    assert bill.yen == 4_700_000
    assert bill.number in text_of(secretary.get(where))
    taken = secretary.get(f"{where}?of=monthly&format=csv").content.decode("utf-8-sig")
    assert ",1,50001,-50000" in taken
    receive = f"/council/burdens/bills/{bill.pk}/receive/"
    assert secretary.post(receive, {"on": "H29.7.20", "yen": "4,700,001"}).status_code == 422
    assert secretary.post(receive, {"on": "H29.7.20", "yen": "4,700,000"}).status_code == 302
    assert Entry.objects.get(bill=bill).yen == 4_700_000
    make_bill(bill_id=bill.pk, now=clock.now())
    member = client_for(world.at_matsudo.clerk)
    assert bill.number in text_of(member.get("/matsudo-shi/office/council/bills/"))
    mine = text_of(member.get(f"/matsudo-shi/office/council/bills/{bill.pk}/"))
    assert "共同利用の期間" in mine and "収納済" not in mine
    letter = member.get(f"/matsudo-shi/office/council/bills/{bill.pk}/letter/")
    assert letter.content.startswith(b"%PDF")
    other = client_for(world.at_chiba.clerk)
    assert other.get(f"/chiba-shi/office/council/bills/{bill.pk}/").status_code == 404
    with acting_in(world.matsudo):
        assert Deed.objects.filter(verb="council.fetch_bill", thing_id=bill.pk).count() == 1


def test_C13_a_member_reaches_no_page_of_joining_and_the_auditor_bills_nothing(opened, books, world, client_for, now) -> None:  # fmt: skip
    line = books.costs["procurement", "management"]
    join = join_late(actor=SECRETARY, now=now, cost_line=line, body=world.matsudo, **CASE)
    where = f"/council/burdens/joins/{join.pk}/bill/"
    assert client_for(world.at_matsudo.administrator).get(where).status_code == 404
    form = {"billed_on": "H29.7.3", "due_on": "H29.8.31", "sender": ""}
    assert client_for(world.auditor).post(where, form).status_code == 403
    assert client_for(world.secretary).get("/council/burdens/joins/999999/").status_code == 404
    assert not Bill.objects.exists()
