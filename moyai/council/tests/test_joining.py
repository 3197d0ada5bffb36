"""I06: the checklist of a body that joins late, from what is in the rows: rule, consent, seat, use, entry, bill, payments to come."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.bylaws import abolish_bylaw, enact, register_bylaw
from moyai.council.actions.candidates import invite, note_candidate
from moyai.council.actions.join_bills import issue_join_bills
from moyai.council.actions.joins import join_late
from moyai.council.models import Candidate
from moyai.council.queries.joining import Check, joining_checks
from moyai.council.tests.money_setup import SECRETARY, open_books, pay, shared
from moyai.council.tests.rooms import committee_of
from moyai.tenants.public import Body, Service, clock
from moyai.web.demo_council import load_council

TODAY = date(2017, 8, 1)
CLAUSE = "第20条 加入を希望する団体は、総会の決定を経て、後から加入することができる。"


@pytest.fixture
def books(world):
    load_council()
    return open_books()


@pytest.fixture
def by(books):
    return {"actor": SECRETARY, "now": clock.now()}


def done(candidate: Candidate, on: date = TODAY) -> dict[Check, str]:
    newest = Candidate.objects.select_related("committee__service", "body").order_by("-id").first()
    assert newest is not None and newest.name == candidate.name
    return {line.check: line.shown for line in joining_checks(newest, on) if line.done}


def test_I06_each_line_is_found_in_the_rows_as_the_work_goes_on(books, by) -> None:
    group = committee_of(by, "group", "電子調達の利用団体", kind="group")
    type(group).objects.filter(pk=group.pk).update(service=Service.objects.get(code="procurement"))
    five, newcomer = list(Body.objects.order_by("code")[:5]), Body.objects.order_by("code")[5]
    line = books.costs["procurement", "management"]
    pay(books, "procurement", "management", five)
    shared(line, 1_000_000)

    first = invite(**by, committee=group, name=newcomer.name, noted_on=date(2017, 4, 3))
    assert done(first) == {}
    rule = register_bylaw(**by, code="joint", name="運営要綱", kind="outline")
    enact(**by, bylaw=rule, from_on=date(2014, 7, 1), text="第1条 この要綱は、運営について定める。")
    assert done(first) == {}
    enact(**by, bylaw=rule, from_on=date(2017, 7, 1), text=CLAUSE)
    assert done(first) == {Check.RULE: "運営要綱"}
    assert done(first, date(2017, 6, 30)) == {}  # the clause is not in force yet

    agreed = note_candidate(
        **by, candidate=first, state="considering", noted_on=date(2017, 4, 10), body=newcomer
    )
    agreed = note_candidate(
        **by,
        candidate=agreed,
        state="agreed",
        noted_on=date(2017, 5, 1),
        vendor_agrees=True,
        wanted_from=date(2017, 7, 1),
    )
    assert set(done(first)) >= {Check.RULE, Check.VENDOR, Check.BODY}
    assert Check.SEAT not in done(first)
    note_candidate(**by, candidate=agreed, state="joined", noted_on=date(2017, 6, 1))
    assert Check.SEAT in done(first)
    assert not {Check.ENTRY, Check.BILL, Check.PAYER} & set(done(first))

    join = join_late(
        **by, cost_line=line, body=newcomer, joins_on=date(2017, 7, 1), first_cost_yen=12_000_000,
        contract_from=date(2014, 7, 1), months=120, source="総会", decided_on=date(2017, 6, 1),
    )  # fmt: skip
    found = done(first)
    assert (found[Check.ENTRY], found[Check.PAYER]) == (f"{join.entry_yen:,}円", line.name)
    assert Check.BILL not in found
    issue_join_bills(**by, join=join, billed_on=date(2017, 7, 3), due_on=date(2017, 8, 31), by_mail=False)
    assert Check.BILL in done(first)
    abolish_bylaw(**by, bylaw=rule, from_on=date(2017, 7, 15))
    assert Check.RULE not in done(first)


def test_I06_the_page_of_a_candidate_shows_the_checklist(books, by, world, client_for) -> None:
    group = committee_of(by, "group", "電子調達の利用団体", kind="group")
    one = invite(**by, committee=group, name="新宮町", noted_on=date(2017, 4, 3), vendor_agrees=True)
    page = client_for(world.secretary).get(f"/council/candidates/{one.pk}/").content.decode()
    for label in (
        "加入を認める規程",
        "事業者の同意",
        "団体の登録",
        "構成員の登録",
        "加入時の負担の決定",
        "加入時の負担の請求",
        "これからの負担",
    ):
        assert label in page
    assert "サービスの利用" not in page  # the group is of no service of its own
