"""確認の要否 (O05): what the desk tells at once of a case that buys something, and what it shows and counts of it."""

from __future__ import annotations

from typing import Any

import pytest

from moyai.operations.actions import case_rows
from moyai.operations.actions.cases import answer_case, turn_case
from moyai.operations.actions.kinds import LimitWrong, set_kind
from moyai.operations.actions.wishes import share_case, support_wish
from moyai.operations.figures.desk import reviews_table
from moyai.operations.models import Case, CaseStep, Kind
from moyai.operations.queries import cases as queries
from moyai.operations.tests.places import NOW, a_case, at, member, secretary
from moyai.tenants.public import acting_in

BY = {"actor": secretary(), "now": NOW}
DESK = "/council/desk/"
OFFICE = "/chiba-shi/office/desk/"
CHECK = "specification-check"


def a_check(sort: str, yen: int, **more: Any) -> Case:
    return a_case(CHECK, procurement=sort, amount_yen=yen, **more)


@pytest.mark.parametrize(
    ("sort", "yen", "due", "limit"),
    [
        ("goods", 29_999_999, False, 30_000_000),
        ("goods", 30_000_000, True, 30_000_000),
        ("services", 19_999_999, False, 20_000_000),
        ("services", 20_000_000, True, 20_000_000),
        ("lease", 19_999_999, False, 20_000_000),
        ("lease", 20_000_000, True, 20_000_000),
    ],
)
def test_O05_a_specification_check_says_when_it_comes_whether_a_review_is_due(
    world: Any, sort: str, yen: int, due: bool, limit: int
) -> None:
    case = a_check(sort, yen)
    assert (case.review_due, case.review_limit_yen, case.procurement) == (due, limit, sort)


def test_O05_a_check_without_amount_or_sort_is_refused_and_a_question_needs_neither(world: Any) -> None:
    with pytest.raises(case_rows.AmountMissing):
        a_case(CHECK, procurement="goods")
    for sort in ("", "land"):
        with pytest.raises(case_rows.ProcurementMissing):
            a_check(sort, 1)
    assert not Case.objects.exists()
    assert a_case().review_due is None
    assert a_case("budget-check", amount_yen=10**9).review_due is None


def test_O05_limits_of_the_kind_decide_and_what_was_decided_stays(world: Any) -> None:
    before = a_check("goods", 25_000_000)
    kind = Kind.objects.get(code=CHECK)
    facts = {"code": CHECK, "name": kind.name}
    for wrong in ({"land": 1}, {"goods": -1}):
        with pytest.raises(LimitWrong):
            set_kind(**BY, **facts, limits=wrong)
    assert Kind.objects.get(code=CHECK).limits == kind.limits
    set_kind(**BY, **facts, limits={"goods": 25_000_000, "lease": 5})
    assert (a_check("goods", 25_000_000).review_due, a_check("lease", 5).review_due) == (True, True)
    none = a_check("services", 10**12)
    assert (none.review_due, none.review_limit_yen) == (False, None)
    before.refresh_from_db()
    assert (before.review_due, before.review_limit_yen) == (False, 30_000_000)


def test_O05_a_case_turned_to_another_kind_or_amount_is_decided_anew(world: Any) -> None:
    check, question = (Kind.objects.get(code=code) for code in (CHECK, "question"))
    case = a_case()
    with pytest.raises(case_rows.AmountMissing):
        turn_case(**BY, case=case, version=1, kind=check)
    with pytest.raises(case_rows.ProcurementMissing):
        turn_case(**BY, case=case, version=1, kind=check, amount_yen=1)
    case.refresh_from_db()
    assert (case.kind.code, case.version, case.steps.count()) == ("question", 1, 0)
    case = turn_case(**BY, case=case, version=1, kind=check, amount_yen=20_000_000, procurement="services")
    assert case.review_due is True
    case = turn_case(**BY, case=case, version=2, kind=check, amount_yen=19_999_999)
    assert (case.review_due, case.procurement) == (False, "services")
    case = turn_case(**BY, case=case, version=3, kind=question)
    assert (case.review_due, case.review_limit_yen, case.amount_yen) == (None, None, 19_999_999)
    assert [step.text for step in CaseStep.objects.filter(case=case).order_by("pk")] == [
        "種類：問合せから仕様書確認へ、金額：20,000,000円、確認：必要",
        "種類：仕様書確認、金額：19,999,999円、確認：不要",
        "種類：仕様書確認から問合せへ",
    ]


def test_O05_a_watch_and_who_wants_the_same_are_never_asked_for_an_amount(world: Any) -> None:
    for code, name, decided in (("fault", "障害", False), ("wish", "要望", True)):
        set_kind(**BY, code=code, name=name, ends_in_decision=decided, limits={"goods": 1})
    assert a_case("fault", way="probe").review_due is None
    wish = a_case("wish", body=world.chiba, procurement="goods", amount_yen=5)
    share_case(**BY, case=wish, version=1, title="同じ要望", text="")
    with acting_in(world.matsudo):
        assert support_wish(actor=member(world.matsudo), now=NOW, wish=wish).review_due is None


def test_O05_the_form_tells_before_it_is_sent_and_stores_nothing(world: Any, client_for: Any) -> None:
    for client, page in (
        (client_for(world.at_chiba.clerk), f"{OFFICE}new/"),
        (client_for(world.secretary), f"{DESK}new/"),
    ):
        facts = {"kind": CHECK, "title": "端末の購入", "way": "mail", "check": "1"}
        assert "物品30,000,000円以上、委託20,000,000円以上" in client.get(page).content.decode()
        for yen, words in (
            ("30,000,000", "仕様書確認は必要です。"),
            ("２９，９９９，９９９円", "仕様書確認は不要です。"),
        ):
            answer = client.post(page, facts | {"procurement": "goods", "amount_yen": yen})
            text = answer.content.decode()
            assert answer.status_code == 200 and words in text and "下限は30,000,000円" in text
            assert "端末の購入" in text  # what was typed stays
        question = client.post(page, facts | {"kind": "question"})
        assert "問合せに、確認の要否はありません。" in question.content.decode()
        missing = client.post(page, facts | {"amount_yen": "1"})
        assert missing.status_code == 422 and "調達の種類を選んでください。" in missing.content.decode()
        missing = client.post(page, facts | {"procurement": "goods"})
        assert missing.status_code == 422 and "金額を入力してください。" in missing.content.decode()
        assert client.post(page, facts | {"procurement": "land", "amount_yen": "1"}).status_code == 422
    assert not Case.objects.exists()


def test_O05_the_case_says_whether_a_review_is_due_to_the_member_and_to_the_desk(
    world: Any, client_for: Any
) -> None:
    clerk, desk = client_for(world.at_chiba.clerk), client_for(world.secretary)
    facts = {"kind": CHECK, "title": "端末の購入", "procurement": "goods", "amount_yen": "30,000,000"}
    sent = clerk.post(f"{OFFICE}new/", facts, follow=True)
    assert "仕様書確認は必要です。" in sent.content.decode()
    due = Case.objects.get()
    a_check("services", 19_999_999, title="保守の委託")
    for client, page in ((clerk, OFFICE), (desk, DESK)):
        text = client.get(f"{page}cases/{due.number}/").content.decode()
        assert "確認が必要" in text and "下限は30,000,000円（この額を含む）" in text and "物品" in text
    listed = desk.get(f"{DESK}?view=review").content.decode()
    assert "端末の購入" in listed and "保守の委託" not in listed
    kinds = desk.get(f"{DESK}kinds/").content.decode()
    assert "物品30,000,000円以上、委託20,000,000円以上" in kinds
    turned = {"version": "1", "kind": CHECK, "amount_yen": "29,999,999", "procurement": "goods"}
    assert desk.post(f"{DESK}cases/{due.number}/turn/", turned).status_code == 302
    assert "確認は不要" in desk.get(f"{DESK}cases/{due.number}/").content.decode()
    assert "端末の購入" not in desk.get(f"{DESK}?view=review").content.decode()
    kept = desk.post(
        f"{DESK}kinds/{CHECK}/", {"name": "仕様書確認", "lease_yen": "5,000,000", "goods_yen": "1"}
    )
    assert kept.status_code == 302
    assert Kind.objects.get(code=CHECK).limits == {"goods": 1, "lease": 5_000_000}
    assert 'value="5,000,000"' in desk.get(f"{DESK}kinds/{CHECK}/").content.decode()


def test_O05_fifteen_reviews_of_a_year_count_by_sort(world: Any, client_for: Any) -> None:
    came = at(2019, 9, 2, 10)
    for place in range(15):
        sort = ("goods", "services", "lease")[place % 3]
        case = a_check(sort, 30_000_000 + place, came_at=came)
        if place < 4:
            answer_case(**BY, case=case, version=1, text="見直しました。", solved=True)
    a_check("goods", 29_999_999, came_at=came)
    a_check("goods", 50_000_000)  # of another year
    table = reviews_table(2019)
    assert [row.label for row in table.rows] == [
        "仕様書確認（物品）", "仕様書確認（リース）", "仕様書確認（委託）", "合計",
    ]  # fmt: skip
    values = [[figure.value for figure in line] for line in table.solved()]
    assert values == [[5, 1, 6, 2], [5, 0, 5, 1], [5, 0, 5, 1], [15, 1, 16, 4]]
    assert [row[2:] for row in queries.reviewed(2019)] == [
        ("goods", 6, 5, 2), ("lease", 5, 5, 1), ("services", 5, 5, 1),
    ]  # fmt: skip
    saved = client_for(world.secretary).get(f"{DESK}figures/?fiscal_year=2019&table=reviews&format=csv")
    assert "仕様書確認（物品）" in saved.content.decode()
