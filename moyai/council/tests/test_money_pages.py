"""Pages of the council's money: what a secretary does there, what each member sees of its own, what nobody else sees."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from moyai.audit.public import CouncilDeed, Deed
from moyai.council.actions.bills import issue_bills
from moyai.council.actions.budgets import LineEdit, draft_budget, edit_budget
from moyai.council.actions.burdens import halves_of
from moyai.council.jobs.bills import make_bill
from moyai.council.models import (
    AccountLine,
    Bill,
    Budget,
    Burden,
    CostLine,
    Entry,
    Payer,
    Refund,
    Settlement,
    SpecialAccount,
)
from moyai.council.tests.money_setup import SECRETARY, YEAR, open_books, pay, post_entries, shared
from moyai.tenants.public import Body, acting_in, clock
from moyai.web.demo_council import load_council

BOOK = f"/council/accounts/procurement/{YEAR}/"


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def secretary(books, world, client_for):
    return client_for(world.secretary)


def text_of(answer) -> str:
    return answer.content.decode()


def billed(books, world, yen: int = 1_001) -> Burden:
    """A burden of 千葉市 and 松戸市, billed for its first half, with its letters."""
    pay(books, "procurement", "management", [world.chiba, world.matsudo])
    burden = shared(books.costs["procurement", "management"], yen, halves=halves_of(YEAR))
    now = clock.now()
    issue_bills(
        actor=SECRETARY, now=now, burden=burden, half="前期", billed_on=date(2017, 4, 20), by_mail=False
    )
    for bill in Bill.objects.all():
        make_bill(bill_id=bill.pk, now=now)
    return burden


# --- accounts and entries ---------------------------------------------------------------------------------------------


def test_C36_C37_the_book_of_a_year_shows_the_lines_of_the_settlement_with_triangles(
    books, secretary
) -> None:
    post_entries(books)
    shown = text_of(secretary.get(BOOK))
    for figure in ("69,062,000", "69,053,300", "59,594,659", "9,467,341", "9,458,641円"):
        assert figure in shown
    assert "雑入" in shown and "予備費" in shown  # lines with nothing on them
    answer = json.loads(secretary.get(f"{BOOK}?table=income&format=json").content)
    row = next(row for row in answer["rows"] if row["key"] == "burden")
    assert row["cells"]["difference"]["value"] == -800
    pdf = secretary.get(f"{BOOK}?table=expense&format=pdf")
    assert pdf.content.startswith(b"%PDF")
    assert secretary.get(f"{BOOK}?table=expense&format=exe").status_code == 404


def test_secretary_opens_an_account_with_lines_and_a_budget(secretary, books) -> None:
    posted = {"code": "portal", "name": "共同ポータル", "unit_yen": "1", "from_on": "H29.4.1", "service": ""}
    assert secretary.post("/council/accounts/new/", posted).status_code == 302
    assert secretary.post("/council/accounts/new/", posted).status_code == 409
    assert secretary.post("/council/accounts/new/", {**posted, "code": "new"}).status_code == 422
    for side, code, name, meaning in (
        ("income", "burden", "負担金", "burden"),
        ("expense", "fee", "委託料", "ordinary"),
    ):
        line = {"side": side, "code": code, "name": name, "meaning": meaning}
        answer = secretary.post(f"/council/accounts/portal/{YEAR}/lines/new/", line)
        assert answer.status_code == 302
    answer = secretary.post(
        "/council/budgets/new/", {"account": "portal", "fiscal_year": YEAR, "name": "当初予算"}
    )
    assert answer.status_code == 302
    account = SpecialAccount.objects.get(code="portal")
    assert AccountLine.objects.filter(account=account).count() == 2
    assert Budget.objects.get(account=account).lines.count() == 2


def test_C37_secretary_posts_with_evidence_sees_it_and_takes_it_back(books, secretary) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from moyai.council.tests.test_money_books import a_paper

    paper = a_paper()
    posted = {
        "fiscal_year": YEAR, "line": books.lines["procurement", "expense", "reserve"].pk, "on": "H29.6.30",
        "yen": "３９,０００", "label": "事務用品", "evidence": SimpleUploadedFile("領収書.pdf", paper),
    }  # fmt: skip
    assert secretary.post(f"{BOOK}entries/new/", posted).status_code == 302
    entry = Entry.objects.get()
    assert (entry.yen, entry.label) == (39_000, "事務用品")
    where = f"/council/accounts/entries/{entry.pk}/"
    assert "39,000円" in text_of(secretary.get(where))
    file = secretary.get(f"{where}evidence/")
    assert file.content == paper
    assert file["Content-Disposition"].startswith("attachment")
    assert CouncilDeed.objects.filter(verb="council.fetch_evidence", thing_id=entry.pk).count() == 1
    over = {**posted, "yen": "1001", "evidence": ""}
    refused = secretary.post(f"{BOOK}entries/new/", over)
    assert refused.status_code == 409
    assert "予算の残りは1,000円です" in text_of(refused)
    assert Entry.objects.count() == 1
    assert secretary.post(f"{where}reverse/", {"on": "H29.7.1", "reason": "二重"}).status_code == 302
    assert "△39,000円" in text_of(secretary.get(f"{BOOK}entries/"))
    assert secretary.post(f"{where}reverse/", {"on": "H29.7.1", "reason": "二重"}).status_code == 409
    assert Entry.objects.count() == 2


def test_C37_entries_are_listed_by_key_in_the_same_queries_however_many(books, secretary) -> None:
    post_entries(books, only="procurement")
    where = f"{BOOK}entries/"
    secretary.get(where)
    with CaptureQueriesContext(connection) as few:
        secretary.get(where)
    from moyai.council.actions.entries import post_entry

    for place in range(60):
        post_entry(
            actor=SECRETARY, now=clock.now(), account=books.accounts["procurement"], fiscal_year=YEAR,
            line=books.lines["procurement", "income", "other"], on=date(2017, 7, 1), yen=place + 1,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        first = secretary.get(where)
    assert len(many) <= len(few)
    assert text_of(first).count("その他") == 0
    older = text_of(first).partition("?before=")[2].partition('"')[0]
    assert older.isdigit()
    assert secretary.get(f"{where}?before={older}").status_code == 200
    assert secretary.get(f"{where}?before=x").status_code == 200
    assert secretary.get(f"{where}?line=999999").status_code == 404


def test_C43_secretary_splits_a_cost_on_the_page(books, secretary) -> None:
    posted = {
        "name": "協議会事務局運営人件費", "fiscal_year": YEAR, "yen": "3,517,222", "on": "H29.6.30",
        "line_1": books.lines["procurement", "expense", "commission"].pk, "part_1": "1/2",
        "line_2": books.lines["applications", "expense", "commission"].pk, "part_2": "1/3",
    }  # fmt: skip
    assert secretary.post("/council/accounts/split/", posted).status_code == 422
    assert not Entry.objects.exists()
    assert secretary.post("/council/accounts/split/", {**posted, "part_2": "1/2"}).status_code == 302
    assert sorted(Entry.objects.values_list("yen", flat=True)) == [1_758_611, 1_758_611]


# --- budgets ----------------------------------------------------------------------------------------------------------


def july(books) -> Budget:
    return draft_budget(
        actor=SECRETARY,
        now=clock.now(),
        account=books.accounts["procurement"],
        fiscal_year=YEAR,
        name="7月補正",
    )


def form_of(budget: Budget, **changed: str) -> dict[str, str]:
    """The budget's form as its page shows it now, with some figures typed anew."""
    posted: dict[str, str] = {}
    for line in budget.lines.select_related("line"):
        posted |= {
            f"yen_{line.pk}": changed.get(line.line.code, f"{line.yen:,}"),
            f"note_{line.pk}": line.note,
            f"seen_{line.pk}": f"{line.version}|{line.yen}|{line.note}",
        }
    return posted


def test_C16_second_secretary_gets_409_with_the_others_figure_and_may_then_decide(books, secretary) -> None:
    draft = july(books)
    where = f"/council/budgets/{draft.pk}/"
    mine = form_of(draft, reserve="60,000")
    line = draft.lines.get(line__code="reserve")
    assert f"{line.version}|40000|" in text_of(secretary.get(where))
    edit_budget(actor=SECRETARY, now=clock.now(), budget=draft, edits=[LineEdit(line.pk, 1, 50_000)])
    refused = secretary.post(where, mine)
    assert refused.status_code == 409
    assert "ほかの人が50,000円に変えました" in text_of(refused)
    line.refresh_from_db()
    assert (line.yen, line.version) == (50_000, 2)
    assert f"{line.version}|50000|" in text_of(refused)  # seen now: the next attempt is made knowingly
    again = {**mine, f"seen_{line.pk}": "2|50000|"}
    assert secretary.post(where, again).status_code == 302
    line.refresh_from_db()
    assert (line.yen, line.version) == (60_000, 3)


def test_C16_editors_of_different_lines_do_not_disturb_each_other(books, secretary) -> None:
    draft = july(books)
    mine = form_of(draft, desk="45,305,000")
    line = draft.lines.get(line__code="reserve")
    edit_budget(actor=SECRETARY, now=clock.now(), budget=draft, edits=[LineEdit(line.pk, 1, 50_000)])
    assert secretary.post(f"/council/budgets/{draft.pk}/", mine).status_code == 302
    of = {one.line.code: one.yen for one in draft.lines.select_related("line").filter(line__side="expense")}
    assert (of["reserve"], of["desk"]) == (50_000, 45_305_000)


def test_C16_budget_is_decided_on_its_page_only_when_it_balances(books, secretary) -> None:
    draft = july(books)
    where = f"/council/budgets/{draft.pk}/"
    assert secretary.post(where, form_of(draft, reserve="41,500")).status_code == 422
    assert secretary.post(where, form_of(draft, reserve="41,000")).status_code == 302
    decision = {"item": "", "decided_on": "H29.7.20", "source": "平成29年度第2回総会"}
    refused = secretary.post(f"{where}decide/", decision)
    assert refused.status_code == 422
    assert "1,000円超えています" in text_of(refused)
    assert secretary.post(f"{where}decide/", {"item": ""}).status_code == 422
    draft.refresh_from_db()
    assert draft.state == "draft"
    secretary.post(where, form_of(draft, other="11,000"))
    assert secretary.post(f"{where}decide/", decision).status_code == 302
    assert "7月補正" in text_of(secretary.get(where))
    assert secretary.post(where, {}).status_code == 409
    versions = f"/council/budgets/procurement/{YEAR}/"
    shown = text_of(secretary.get(versions))
    assert "増減" in shown and "41,000" in shown
    table = json.loads(secretary.get(f"{versions}?table=expense&format=json").content)
    assert next(row for row in table["rows"] if row["key"] == "reserve")["cells"]["change"]["value"] == 1_000


# --- burdens ----------------------------------------------------------------------------------------------------------


def test_C17_secretary_drafts_compares_decides_and_bills(books, secretary, world) -> None:
    cost = books.costs["procurement", "management"]
    begin = {"bodies": [world.chiba.code, world.matsudo.code], "from_on": "H29.4.1", "why": ""}
    assert secretary.post(f"/council/burdens/cost-lines/{cost.pk}/payers/", begin).status_code == 302
    posted = {
        "cost_line": cost.pk, "fiscal_year": YEAR, "yen": "1,001", "halves": "halves", "part_equal": "1/2",
        "part_population": "1/3",
    }  # fmt: skip
    refused = secretary.post("/council/burdens/new/", posted)
    assert refused.status_code == 422
    assert "いまは5/6です" in text_of(refused)
    assert not Burden.objects.exists()
    plain = {name: value for name, value in posted.items() if not name.startswith("part_")}
    assert secretary.post("/council/burdens/new/", plain).status_code == 302
    assert secretary.post("/council/burdens/new/", {**plain, "yen": "901"}).status_code == 302
    autumn, spring = Burden.objects.order_by("number")
    shown = text_of(secretary.get(f"/council/burdens/{autumn.pk}/"))
    assert "500円と1/2円" in shown and "均等割 1" in shown
    compared = json.loads(secretary.get(f"/council/burdens/{autumn.pk}/to/{spring.pk}/?format=json").content)
    assert [row["cells"]["difference"]["value"] for row in compared["rows"]] == [-50, -50, -100]
    decision = {"item": "", "decided_on": "H29.4.1", "source": "総会"}
    assert secretary.post(f"/council/burdens/{spring.pk}/decide/", decision).status_code == 302
    bill = {"half": "前期", "billed_on": "H29.4.20", "due_on": "", "sender": "ちば電子自治体協議会"}
    assert secretary.post(f"/council/burdens/{spring.pk}/bill/", bill).status_code == 302
    assert secretary.post(f"/council/burdens/{spring.pk}/bill/", bill).status_code == 409
    assert sorted(Bill.objects.values_list("yen", flat=True)) == [225, 226]
    nothing = {"total_yen": "901", "payers_on": "H29.7.1"}
    assert secretary.post(f"/council/burdens/{spring.pk}/supplement/", nothing).status_code == 422
    assert Burden.objects.count() == 2


def test_C41_secretary_opens_a_cost_line_and_ends_a_payer(books, secretary, world) -> None:
    line = books.lines["procurement", "income", "burden"]
    posted = {
        "line": line.pk, "code": "links", "name": "回線費", "service": "procurement", "from_on": "H29.4.1", "unit_yen": "1",
        "refunded": "on", "part_equal": "3/10", "part_population": "7/10",
    }  # fmt: skip
    assert secretary.post("/council/burdens/cost-lines/new/", posted).status_code == 302
    cost = CostLine.objects.get(code="links")
    assert [row["part"] for row in cost.mix] == ["3/10", "7/10"]
    pay(books, "procurement", "works", [world.chiba])
    payer = Payer.objects.get()
    where = f"/council/burdens/payers/{payer.pk}/end/"
    assert secretary.post(where, {"until_on": "H28.3.31", "why": ""}).status_code == 422
    assert secretary.post(where, {"until_on": "H30.3.31", "why": "脱退"}).status_code == 302
    payer.refresh_from_db()
    assert payer.until_on == date(2018, 3, 31)


def test_Y18_Y24_the_trial_shows_who_saves_less_than_the_target_and_stores_nothing(
    books, secretary, world
) -> None:
    pay(books, "procurement", "management", [world.chiba, world.matsudo])
    cost = books.costs["procurement", "management"]
    asked = {
        "try": "1", "cost_line": cost.pk, "payers_on": "H30.4.1", "yen": "1,000", "target": "30",
        "now": f"{world.chiba.code}, 1,600\n{world.matsudo.code}, 600", "mixes": ["actual", "equal", "best"],
    }  # fmt: skip
    shown = text_of(secretary.get("/council/burdens/what-if/", asked))
    assert "16.7%（目標に届かない）" in shown  # 松戸市 under 均等割: 500 of 600
    assert "54.5%" in shown  # 実費
    table = json.loads(secretary.get("/council/burdens/what-if/", {**asked, "format": "json"}).content)
    assert table["rows"][-1]["cells"]["yen0"]["value"] == 1_000
    wrong = secretary.get(
        "/council/burdens/what-if/", {**asked, "now": f"{world.chiba.code}, 1,600\n999999, 5"}
    )
    assert wrong.status_code == 422
    assert "2行目：団体コード「999999」の団体はありません。" in text_of(wrong)
    missing = secretary.get("/council/burdens/what-if/", {**asked, "now": f"{world.chiba.code}, 1,600"})
    assert "松戸市のいまの経費を入力してください。" in text_of(missing)
    assert not Burden.objects.exists()


def test_O42_Y16_secretary_grants_a_subsidy_and_levels_a_contract(books, secretary, world) -> None:
    posted = {
        "body": world.chiba.code, "fiscal_year": "2020", "name": "エリア整備", "households": "100", "cost_yen": "30,000,000",
        "decided_on": "R2.6.1",
    }  # fmt: skip
    assert secretary.post("/council/burdens/subsidies/new/", posted).status_code == 302
    assert "6,000,000" in text_of(secretary.get("/council/burdens/plans/?fiscal_year=2020"))
    level = {
        "name": "クラウド",
        "body": "",
        "first_month": "H30.4.1",
        "months": "120",
        "yen": "1000000007",
        "source": "",
    }
    assert secretary.post("/council/burdens/plans/new/", level).status_code == 302
    assert "クラウド" in text_of(secretary.get("/council/burdens/plans/"))


# --- bills ------------------------------------------------------------------------------------------------------------


def test_A33_secretary_records_receipts_and_sees_who_is_late(books, secretary, world) -> None:
    billed(books, world)
    bill = Bill.objects.get(body=world.chiba)
    where = f"/council/burdens/bills/{bill.pk}/"
    listed = f"/council/burdens/bills/?fiscal_year={YEAR}"
    assert "滞納" in text_of(secretary.get(listed))
    assert secretary.post(f"{where}receive/", {"on": "H29.5.20", "yen": "9,999"}).status_code == 422
    assert secretary.post(f"{where}receive/", {"on": "H29.5.20", "yen": "251"}).status_code == 302
    late = text_of(secretary.get(f"{listed}&late=1"))
    assert world.matsudo.name in late and bill.number not in late
    assert secretary.post(f"{where}withdraw/", {"reason": "誤り"}).status_code == 409
    assert secretary.get(f"{where}letter/").content.startswith(b"%PDF")
    assert "端数の処理" in text_of(secretary.get(where))


def test_A33_the_list_of_bills_costs_the_same_queries_however_many(books, secretary, world) -> None:
    billed(books, world)
    listed = f"/council/burdens/bills/?fiscal_year={YEAR}"
    secretary.get(listed)
    with CaptureQueriesContext(connection) as few:
        secretary.get(listed)
    bodies = list(Body.objects.order_by("code")[2:42])
    pay(books, "procurement", "works", bodies)
    more = shared(books.costs["procurement", "works"], 400_000)
    issue_bills(
        actor=SECRETARY, now=clock.now(), burden=more, billed_on=date(2017, 4, 20), due_on=date(2017, 5, 31), by_mail=False
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert secretary.get(listed).status_code == 200
    assert len(many) <= len(few)


def test_A33_member_sees_its_bills_and_takes_its_letter_which_leaves_a_deed(books, world, client_for) -> None:
    billed(books, world)
    bill = Bill.objects.get(body=world.chiba)
    client = client_for(world.at_chiba.clerk)
    listed = text_of(client.get("/chiba-shi/office/council/bills/"))
    assert bill.number in listed
    assert Bill.objects.get(body=world.matsudo).number not in listed
    shown = text_of(client.get(f"/chiba-shi/office/council/bills/{bill.pk}/"))
    assert "正確な配分額" in shown and "500円と1/2円" in shown
    letter = client.get(f"/chiba-shi/office/council/bills/{bill.pk}/letter/")
    assert letter.content.startswith(b"%PDF")
    assert letter["Content-Disposition"] == f'attachment; filename="bill-{bill.number}.pdf"'
    with acting_in(world.chiba):
        assert Deed.objects.filter(verb="council.fetch_bill", thing_id=bill.pk).count() == 1
    table = json.loads(client.get("/chiba-shi/office/council/bills/?format=json").content)
    assert len(table["rows"]) == 2  # one bill and the total


def test_A33_another_bodys_bill_is_absent_for_everybody_else(books, world, client_for) -> None:
    billed(books, world)
    bill = Bill.objects.get(body=world.chiba)
    for account, slug in (
        (world.at_matsudo.clerk, "matsudo-shi"),
        (world.at_matsudo.administrator, "matsudo-shi"),
        (world.at_matsudo.clerk, "chiba-shi"),
    ):
        client = client_for(account)
        for page in ("", "letter/"):
            assert client.get(f"/{slug}/office/council/bills/{bill.pk}/{page}").status_code == 404
        assert client.get(f"/council/burdens/bills/{bill.pk}/").status_code == 404
    assert client_for(None).get(f"/chiba-shi/office/council/bills/{bill.pk}/").status_code == 302
    with acting_in(world.matsudo):
        assert not Deed.objects.filter(verb="council.fetch_bill").exists()


def test_A33_letter_that_is_being_made_says_so(books, world, client_for) -> None:
    billed(books, world)
    Bill.objects.update(file=None)
    bill = Bill.objects.get(body=world.chiba)
    answer = client_for(world.at_chiba.clerk).get(f"/chiba-shi/office/council/bills/{bill.pk}/letter/")
    assert answer.status_code == 409
    assert "作成しています" in text_of(answer)


# --- settlements ------------------------------------------------------------------------------------------------------


def test_C18_C36_settlement_is_drafted_audited_decided_and_refunded_on_its_pages(
    books, world, client_for
) -> None:
    billed(books, world, yen=47_924_000)
    secretary, auditor = client_for(world.secretary), client_for(world.auditor)
    for bill in Bill.objects.all():
        posted = {"on": "H29.5.20", "yen": str(bill.yen)}
        assert secretary.post(f"/council/burdens/bills/{bill.pk}/receive/", posted).status_code == 302
    draft = {"account": "procurement", "fiscal_year": YEAR, "carried": "refund"}
    assert secretary.post("/council/settlements/new/", draft).status_code == 302
    assert secretary.post("/council/settlements/new/", draft).status_code == 409
    one = Settlement.objects.get()
    where = f"/council/settlements/{one.pk}/"
    audit = {"audited_on": "H30.5.14", "audited_by": "監査役", "opinion": "適正に処理されている。"}
    assert secretary.post(f"{where}audit/", audit).status_code == 403
    assert auditor.post(f"{where}audit/", {**audit, "opinion": ""}).status_code == 422
    assert auditor.post(f"{where}audit/", audit).status_code == 302
    refused = secretary.post(
        f"{BOOK}entries/new/",
        {"fiscal_year": YEAR, "line": books.lines["procurement", "income", "other"].pk, "on": "H29.7.1", "yen": "1", "label": "x"},
    )  # fmt: skip
    assert refused.status_code == 409
    decision = {"item": "", "decided_on": "H30.5.29", "source": "総会"}
    assert secretary.post(f"{where}decide/", decision).status_code == 302
    refund = {**decision, "mode": "exact", "base_yen": ""}
    assert secretary.post(f"{where}refund/", {**refund, "base_yen": "99,999,999"}).status_code == 422
    assert not Refund.objects.exists()
    assert secretary.post(f"{where}refund/", refund).status_code == 302
    made = Refund.objects.get()
    assert made.yen == sum(Bill.objects.values_list("yen", flat=True)) == made.base_yen
    shown = text_of(secretary.get(where))
    assert "監査報告" in shown and "適正に処理されている。" in shown and "返還金額" in shown
    for face in ("csv", "xlsx", "pdf", "json"):
        assert secretary.get(f"{where}?table=refund&format={face}").status_code == 200
    assert secretary.get(f"{where}?table=nothing&format=csv").status_code == 404


PAGES = (
    "/council/accounts/", "/council/accounts/new/", "/council/accounts/split/", "/council/budgets/", "/council/budgets/new/",
    "/council/burdens/", "/council/burdens/new/", "/council/burdens/cost-lines/", "/council/burdens/cost-lines/new/",
    "/council/burdens/cost-lines/uses/new/", "/council/burdens/cost-lines/populations/new/", "/council/burdens/bills/",
    "/council/burdens/what-if/", "/council/burdens/joins/", "/council/burdens/joins/new/", "/council/burdens/plans/",
    "/council/burdens/plans/new/", "/council/burdens/subsidies/new/", "/council/settlements/", "/council/settlements/new/",
    BOOK, f"{BOOK}close/", f"{BOOK}lines/new/", f"{BOOK}entries/", f"{BOOK}entries/new/",
)  # fmt: skip


@pytest.mark.parametrize("where", PAGES)
def test_every_page_of_money_opens_for_the_secretary_and_is_absent_for_a_body(
    books, world, client_for, where
) -> None:
    assert client_for(world.secretary).get(where).status_code == 200
    assert client_for(world.at_chiba.administrator).get(where).status_code == 404


@pytest.mark.parametrize(
    ("where", "posted"),
    [
        ("/council/accounts/new/", {"code": "x", "name": "x", "unit_yen": "1", "from_on": "H29.4.1"}),
        ("/council/budgets/new/", {"account": "procurement", "fiscal_year": "2018", "name": "当初予算"}),
        ("/council/settlements/new/", {"account": "procurement", "fiscal_year": "2017", "carried": "refund"}),
    ],
)
def test_auditor_reads_everything_and_changes_nothing(books, world, client_for, where, posted) -> None:
    before = (SpecialAccount.objects.count(), Budget.objects.count(), Settlement.objects.count())
    assert client_for(world.auditor).post(where, posted).status_code == 403
    assert (SpecialAccount.objects.count(), Budget.objects.count(), Settlement.objects.count()) == before
