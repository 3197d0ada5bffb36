"""予算・記帳 (C16, C36–C39, C43, C45): the real year comes out to the yen; what does not fit is refused and nothing changes."""

from __future__ import annotations

import io
from datetime import date

import pytest

from moyai.audit.public import NotPermitted
from moyai.council.actions.accounts import (
    AccountClosed,
    AccountEnds,
    AccountKnown,
    LineKnown,
    MeaningTaken,
    NoAuthority,
    NotDecided,
    WrongSide,
    add_account_line,
    close_account,
    open_account,
)
from moyai.council.actions.budgets import (
    BelowSpent,
    BudgetFixed,
    DraftOpen,
    LineChanged,
    LineEdit,
    NotBalanced,
    NotInUnit,
    UnknownLine,
    decide_budget,
    draft_budget,
    edit_budget,
    withdraw_budget,
)
from moyai.council.actions.entries import (
    BadParts,
    IsACounter,
    NoBudget,
    NothingToPost,
    NotItsLine,
    OutsideYear,
    OverBudget,
    TakenBack,
    post_entry,
    reverse_entry,
    split_cost,
)
from moyai.council.models import (
    AccountLine,
    Budget,
    BudgetLine,
    CostSplit,
    Entry,
    Item,
    Meeting,
    PaperFile,
    SpecialAccount,
)
from moyai.council.queries.books import book_of
from moyai.council.tests.money_setup import (
    AUDITOR,
    LOADER,
    PAID_ON,
    SECRETARY,
    YEAR,
    open_books,
    post_entries,
    rows,
)
from moyai.documents.public import UploadRefused
from moyai.tenants.public import clock
from moyai.web.demo_council import load_council


@pytest.fixture
def books(world):
    load_council()
    return open_books()


def entry(books, **more):
    asked = {
        "actor": SECRETARY, "now": clock.now(), "account": books.accounts["procurement"], "fiscal_year": YEAR,
        "line": books.lines["procurement", "expense", "reserve"], "on": PAID_ON, "yen": 1_000,
    }  # fmt: skip
    return post_entry(**asked | more)


@pytest.mark.parametrize("code", ["procurement", "applications"])
def test_C36_C37_C38_C39_the_posted_year_makes_the_printed_lines_and_totals(books, code) -> None:
    post_entries(books)
    book = book_of(books.accounts[code], YEAR)
    wanted = [
        (
            row["side"],
            row["name"],
            int(row["budget_yen"]),
            int(row["settled_yen"]),
            int(row["difference_yen"]),
        )
        for row in rows("lines")
        if row["account"] == code
    ]
    assert [
        (one.line.side, one.line.name, one.budget_yen, one.actual_yen, one.difference_yen)
        for one in book.lines
    ] == wanted
    for row in rows("budget_totals"):
        if row["account"] == code:
            total = book.total(row["side"])
            assert (total.budget_yen, total.actual_yen, total.difference_yen) == (
                int(row["budget_yen"]), int(row["settled_yen"]), int(row["difference_yen"]),
            )  # fmt: skip
    assert book.surplus_yen == {"procurement": 9_458_641, "applications": 651_870}[code]


def test_C45_a_line_with_nothing_on_it_stands_in_the_book(books) -> None:
    post_entries(books)
    book = book_of(books.accounts["procurement"], YEAR)
    found = {one.line.name: (one.budget_yen, one.actual_yen) for one in book.lines}
    assert found["予備費"] == (40_000, 0)
    assert found["雑入"] == (10_000, 0)
    interest = book_of(books.accounts["applications"], YEAR)
    assert {one.line.name: one.actual_yen for one in interest.lines}["雑入"] == 14


def test_C43_one_cost_is_split_over_two_accounts_to_the_yen(books) -> None:
    made = split_cost(
        actor=SECRETARY, now=clock.now(), name="協議会事務局運営人件費", fiscal_year=YEAR, yen=3_517_222,
        parts=[(books.lines[code, "expense", "commission"], "1/2") for code in ("procurement", "applications")],
        on=PAID_ON,
    )  # fmt: skip
    parts = list(
        Entry.objects.filter(split=made)
        .order_by("account__code")
        .values_list("account__code", "yen", "label")
    )
    assert parts == [
        ("applications", 1_758_611, "協議会事務局運営人件費"),
        ("procurement", 1_758_611, "協議会事務局運営人件費"),
    ]


@pytest.mark.parametrize(
    ("parts", "refusal"), [(["1/2", "1/3"], BadParts), (["1/2"], BadParts), (["half", "1/2"], BadParts)]
)
def test_C43_parts_that_are_not_the_whole_are_refused(books, parts, refusal) -> None:
    lines = [books.lines[code, "expense", "commission"] for code in ("procurement", "applications")]
    with pytest.raises(refusal):
        split_cost(
            actor=SECRETARY, now=clock.now(), name="人件費", fiscal_year=YEAR, yen=100,
            parts=list(zip(lines, parts, strict=False)), on=PAID_ON,
        )  # fmt: skip
    assert not CostSplit.objects.exists()
    assert not Entry.objects.exists()


def test_C43_a_split_that_one_account_cannot_bear_posts_in_none(books) -> None:
    lines = [
        books.lines["applications", "expense", "reserve"],
        books.lines["procurement", "expense", "reserve"],
    ]
    with pytest.raises(OverBudget, match="10,000円"):
        split_cost(
            actor=SECRETARY, now=clock.now(), name="経費", fiscal_year=YEAR, yen=60_000,
            parts=[(line, "1/2") for line in lines], on=PAID_ON,
        )  # fmt: skip


def test_C16_a_second_version_begins_as_the_first_and_says_only_what_changes(books) -> None:
    account = books.accounts["procurement"]
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=account, fiscal_year=YEAR, name="7月補正",
        lines={("income", "other"): 110_000, ("expense", "reserve"): 140_000},
    )  # fmt: skip
    assert draft.number == 2
    of = {one.line.code: one.yen for one in draft.lines.select_related("line").filter(line__side="expense")}
    assert of["reserve"] == 140_000
    assert of["desk"] == 45_304_000
    decided = decide_budget(
        actor=SECRETARY, now=clock.now(), budget=draft, decided_on=date(2017, 7, 20), source="総会"
    )
    assert decided.state == "decided"
    assert book_of(account, YEAR).total("expense").budget_yen == 69_162_000
    first = books.budgets["procurement"]
    assert sum(first.lines.filter(line__side="expense").values_list("yen", flat=True)) == 69_062_000


def test_C16_two_drafts_at_a_time_are_refused(books) -> None:
    asked = {
        "actor": SECRETARY,
        "account": books.accounts["procurement"],
        "fiscal_year": YEAR,
        "name": "補正",
    }
    draft_budget(now=clock.now(), **asked)
    with pytest.raises(DraftOpen):
        draft_budget(now=clock.now(), **asked)
    assert Budget.objects.filter(account=books.accounts["procurement"]).count() == 2


def test_C16_an_over_allocated_budget_is_not_decided(books) -> None:
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="補正",
        lines={("expense", "reserve"): 41_000},
    )  # fmt: skip
    with pytest.raises(NotBalanced, match="支出（69,063,000円）が収入（69,062,000円）を1,000円超えています"):
        decide_budget(actor=SECRETARY, now=clock.now(), budget=draft, decided_on=PAID_ON, source="総会")
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_C16_a_line_is_not_cut_below_what_was_spent(books) -> None:
    entry(books, yen=30_000)
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="補正",
        lines={("expense", "reserve"): 20_000, ("expense", "desk"): 45_324_000},
    )  # fmt: skip
    with pytest.raises(BelowSpent, match="30,000円を支出"):
        decide_budget(actor=SECRETARY, now=clock.now(), budget=draft, decided_on=PAID_ON, source="総会")
    draft.refresh_from_db()
    assert draft.state == "draft"


def item_in(state: str) -> Item:
    from moyai.council.models import Committee

    committee = Committee.objects.create(
        code="assembly-x", name="総会", kind="assembly", from_on=date(2017, 4, 1)
    )
    meeting = Meeting.objects.create(
        committee=committee, fiscal_year=YEAR, number=1, held_on=date(2017, 5, 30)
    )
    return Item.objects.create(meeting=meeting, position=1, title="予算について", state=state)


def test_C16_a_budget_is_decided_by_a_decided_item_on_its_day(books) -> None:
    item = item_in("put")
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="7月補正"
    )  # fmt: skip
    with pytest.raises(NotDecided):
        decide_budget(actor=SECRETARY, now=clock.now(), budget=draft, decided_by=item)
    with pytest.raises(NoAuthority):
        decide_budget(actor=SECRETARY, now=clock.now(), budget=draft)
    draft.refresh_from_db()
    assert (draft.state, draft.decided_on) == ("draft", None)
    Item.objects.filter(pk=item.pk).update(state="decided")
    item.refresh_from_db()
    decided = decide_budget(actor=SECRETARY, now=clock.now(), budget=draft, decided_by=item)
    assert (decided.decided_by_id, decided.decided_on) == (item.pk, date(2017, 5, 30))
    with pytest.raises(BudgetFixed):
        decide_budget(actor=SECRETARY, now=clock.now(), budget=decided, decided_by=item)
    with pytest.raises(BudgetFixed):
        withdraw_budget(actor=SECRETARY, now=clock.now(), budget=decided, reason="やめる")


def test_C16_second_editor_of_a_line_is_told_the_others_figure_and_nothing_is_lost(books) -> None:
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="補正"
    )  # fmt: skip
    reserve, desk = (draft.lines.get(line__side="expense", line__code=code) for code in ("reserve", "desk"))
    edit_budget(
        actor=SECRETARY, now=clock.now(), budget=draft, edits=[LineEdit(reserve.pk, reserve.version, 50_000)]
    )
    with pytest.raises(LineChanged, match="「予備費」は、ほかの人が50,000円に変えました") as caught:
        edit_budget(
            actor=SECRETARY, now=clock.now(), budget=draft,
            edits=[LineEdit(desk.pk, desk.version, 1_000), LineEdit(reserve.pk, reserve.version, 60_000)],
        )  # fmt: skip
    assert caught.value.status == 409
    assert [line.yen for line in caught.value.changed] == [50_000]
    reserve.refresh_from_db()
    desk.refresh_from_db()
    assert (reserve.yen, reserve.version) == (50_000, 2)
    assert (desk.yen, desk.version) == (45_304_000, 1)


@pytest.mark.parametrize("yen", [999, -1_000])
def test_C16_a_figure_that_is_not_in_the_budgets_unit_is_refused(books, yen) -> None:
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="補正"
    )  # fmt: skip
    line = draft.lines.get(line__side="expense", line__code="reserve")
    with pytest.raises(NotInUnit):
        edit_budget(actor=SECRETARY, now=clock.now(), budget=draft, edits=[LineEdit(line.pk, 1, yen)])
    line.refresh_from_db()
    assert (line.yen, line.version) == (40_000, 1)


def test_C16_a_line_of_another_budget_is_not_edited(books) -> None:
    draft = draft_budget(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR, name="補正"
    )  # fmt: skip
    foreign = books.budgets["applications"].lines.first()
    with pytest.raises(UnknownLine):
        edit_budget(actor=SECRETARY, now=clock.now(), budget=draft, edits=[LineEdit(foreign.pk, 1, 1_000)])
    assert BudgetLine.objects.get(pk=foreign.pk).yen == foreign.yen


def test_C37_an_expense_above_its_budget_is_refused_until_a_supplement(books) -> None:
    entry(books, yen=39_999)
    with pytest.raises(OverBudget, match="予算の残りは1円です"):
        entry(books, yen=2)
    assert Entry.objects.count() == 1
    entry(books, yen=1)
    assert Entry.objects.count() == 2


def test_C36_income_may_be_more_than_planned(books) -> None:
    line = books.lines["procurement", "income", "other"]
    assert entry(books, line=line, yen=20_000).yen == 20_000


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"yen": 0}, NothingToPost),
        ({"yen": -5}, NothingToPost),
        ({"on": date(2017, 3, 31)}, OutsideYear),
        ({"on": date(2018, 6, 1)}, OutsideYear),
        ({"fiscal_year": 2016, "on": date(2016, 5, 1)}, AccountClosed),
        ({"fiscal_year": 2018, "on": date(2018, 5, 1)}, NoBudget),
    ],
)
def test_C37_entry_that_does_not_belong_is_refused(books, more, refusal) -> None:
    with pytest.raises(refusal):
        entry(books, **more)
    assert not Entry.objects.exists()


def test_C37_entry_on_another_accounts_line_is_refused(books) -> None:
    with pytest.raises(NotItsLine):
        entry(books, line=books.lines["applications", "expense", "reserve"])
    with pytest.raises(NotItsLine):
        entry(books, cost_line=books.costs["applications", "applications"])
    assert not Entry.objects.exists()


def test_C37_auditor_reads_and_posts_nothing(books) -> None:
    with pytest.raises(NotPermitted):
        entry(books, actor=AUDITOR)
    assert not Entry.objects.exists()


def test_C37_a_record_of_the_past_needs_no_budget_and_only_a_command_makes_one(books) -> None:
    asked = {"fiscal_year": 2018, "on": date(2018, 5, 1), "source": "決算書"}
    with pytest.raises(NoBudget):
        entry(books, **asked)
    assert entry(books, actor=LOADER, **asked).fiscal_year == 2018


def test_C37_a_wrong_entry_is_taken_back_by_another_and_stays(books) -> None:
    wrong = entry(books, yen=40_000, label="事務用品")
    counter = reverse_entry(actor=SECRETARY, now=clock.now(), entry=wrong, on=PAID_ON, reason="二重")
    assert (counter.yen, counter.reverses_id, counter.label) == (-40_000, wrong.pk, "事務用品")
    account = books.accounts["procurement"]
    assert book_of(account, YEAR).total("expense").actual_yen == 0
    entry(books, yen=40_000)  # the budget is free again
    with pytest.raises(TakenBack):
        reverse_entry(actor=SECRETARY, now=clock.now(), entry=wrong, on=PAID_ON, reason="もう一度")
    with pytest.raises(IsACounter):
        reverse_entry(actor=SECRETARY, now=clock.now(), entry=counter, on=PAID_ON, reason="戻す")
    assert Entry.objects.count() == 3


def test_C37_nobody_changes_or_removes_an_entry(books) -> None:
    from django.db import Error, transaction

    kept = entry(books)
    for change in (lambda: Entry.objects.filter(pk=kept.pk).update(yen=1), kept.delete):
        with pytest.raises(Error), transaction.atomic():
            change()
    assert Entry.objects.get(pk=kept.pk).yen == 1_000


def a_paper() -> bytes:
    import pikepdf

    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def test_C37_evidence_is_examined_and_kept_once(books) -> None:
    paper = a_paper()
    first = entry(books, evidence=io.BytesIO(paper))
    second = entry(books, evidence=io.BytesIO(paper))
    assert first.evidence_id == second.evidence_id
    kept = PaperFile.objects.get(pk=first.evidence_id)
    assert (bytes(kept.content), kept.content_type) == (paper, "application/pdf")


def test_C37_evidence_that_is_not_what_it_says_is_refused_and_nothing_is_posted(books) -> None:
    with pytest.raises(UploadRefused):
        entry(books, evidence=io.BytesIO(b"MZ\x90\x00 a program"))
    assert not Entry.objects.exists()
    assert not PaperFile.objects.exists()


def test_accounts_and_lines_are_once_and_on_their_side(books) -> None:
    now = clock.now()
    account = books.accounts["procurement"]
    before = (SpecialAccount.objects.count(), AccountLine.objects.count())
    with pytest.raises(AccountKnown):
        open_account(actor=SECRETARY, now=now, code="procurement", name="別の会計", from_on=date(2018, 4, 1))
    with pytest.raises(AccountEnds):
        open_account(
            actor=SECRETARY, now=now, code="x", name="x", from_on=date(2018, 4, 1), until_on=date(2018, 3, 31)
        )
    asked = {"actor": SECRETARY, "now": now, "account": account}
    with pytest.raises(LineKnown):
        add_account_line(**asked, side="income", code="other", name="雑入")
    with pytest.raises(MeaningTaken):
        add_account_line(**asked, side="expense", code="reserve-2", name="予備費", meaning="reserve")
    with pytest.raises(WrongSide):
        add_account_line(**asked, side="expense", code="burden-2", name="負担金", meaning="burden")
    assert (SpecialAccount.objects.count(), AccountLine.objects.count()) == before


def test_a_new_line_has_its_place_in_the_open_draft(books) -> None:
    account = books.accounts["procurement"]
    draft = draft_budget(actor=SECRETARY, now=clock.now(), account=account, fiscal_year=YEAR, name="補正")
    line = add_account_line(
        actor=SECRETARY, now=clock.now(), account=account, side="expense", code="travel", name="旅費"
    )
    assert draft.lines.get(line=line).yen == 0
    assert not books.budgets["procurement"].lines.filter(line=line).exists()


def test_a_closed_account_takes_no_budget_of_a_later_year(books) -> None:
    account = close_account(
        actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], until_on=date(2018, 3, 31)
    )
    with pytest.raises(AccountClosed):
        draft_budget(actor=SECRETARY, now=clock.now(), account=account, fiscal_year=2018, name="当初予算")
    assert Budget.objects.filter(account=account).count() == 1
