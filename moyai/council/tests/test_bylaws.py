"""会則・要綱・規程: the text in force on any day, what changed, and that an abolished rule is cited no more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from moyai.council.actions.bylaws import (
    BeginsBeforeTheLast,
    BylawAbolished,
    BylawKnown,
    CannotCite,
    CitedAlready,
    NoText,
    NothingToAbolish,
    SameText,
    abolish_bylaw,
    cite,
    enact,
    register_bylaw,
    uncite,
)
from moyai.council.actions.postings import post
from moyai.council.models import Bylaw, BylawVersion, Citation, Item, Meeting, Posting
from moyai.council.queries.bylaws import bylaws_on, standing_on, versions_of
from moyai.council.tests.rooms import committee_of
from moyai.notices.public import Message
from moyai.tenants.public import acting_in, clock

FIRST = (
    "（名称）\n第1条 この会は、協議会という。\n（負担金）\n第8条 会員は、負担金取扱要領により負担金を納める。"
)
SECOND = (
    "（名称）\n第1条 この会は、協議会という。\n（負担金）\n第8条 会員は、総会で定める負担金を納める。"
    "\n附則 平成29年11月1日から施行する。"
)


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


@pytest.fixture
def charter(by) -> Bylaw:
    one = register_bylaw(**by, code="charter", name="会則", kind="charter")
    enact(**by, bylaw=one, from_on=date(2012, 4, 1), text=FIRST, label="制定")
    return one


@pytest.fixture
def procedure(by) -> Bylaw:
    one = register_bylaw(**by, code="burden", name="負担金取扱要領", kind="procedure", public=False)
    enact(**by, bylaw=one, from_on=date(2012, 4, 1), text="第1条 負担金は均等割とする。")
    return one


@pytest.fixture
def item(by) -> Item:
    assembly = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    meeting = Meeting.objects.create(
        committee=assembly, fiscal_year=2017, number=2, held_on=date(2017, 11, 1)
    )
    return Item.objects.create(
        meeting=meeting,
        position=1,
        title="会則の改正及び負担金取扱要領の廃止について",
        state=Item.State.DECIDED,
    )


def said(answer: Any) -> str:
    return answer.content.decode()


def in_force_on(bylaw, on):
    return standing_on(bylaw, versions_of(bylaw), on).version


def test_C11_the_charter_is_amended_and_each_day_has_its_text(by, charter, item) -> None:
    enact(
        **by, bylaw=charter, from_on=date(2017, 11, 1), text=SECOND, label="平成29年11月改正", decided_by=item
    )
    assert in_force_on(charter, date(2012, 3, 31)) is None
    assert in_force_on(charter, date(2017, 10, 31)).text == FIRST
    assert in_force_on(charter, date(2017, 11, 1)).text == SECOND
    assert in_force_on(charter, date(2017, 11, 1)).decided_by == item
    assert [one.number for one in charter.versions.order_by("number")] == [1, 2]


def test_C11_the_abolished_procedure_is_no_longer_citable(by, procedure, item) -> None:
    before = cite(**by, bylaw=procedure, on=date(2017, 10, 31), item=item, article="第1条")
    abolish_bylaw(**by, bylaw=procedure, from_on=date(2017, 11, 1), decided_by=item)
    with pytest.raises(CannotCite) as refused:
        cite(**by, bylaw=procedure, on=date(2017, 11, 1), item=item, article="第2条")
    assert (
        refused.value.fields["bylaw"]
        == "「負担金取扱要領」は平成29年11月1日に廃止されたため、引用できません。"
    )
    assert list(Citation.objects.all()) == [before]
    assert in_force_on(procedure, date(2017, 10, 31)).number == 1
    assert in_force_on(procedure, date(2017, 11, 1)) is None


def test_C11_a_notice_that_cites_an_abolished_rule_is_not_posted_and_nobody_is_told(
    by, procedure, world
) -> None:
    abolish_bylaw(**by, bylaw=procedure, from_on=date(2017, 11, 1))
    with pytest.raises(CannotCite), transaction.atomic():
        post(**by, title="負担金", text="要領のとおり", cites=[(procedure, "第1条")])
    assert not Posting.objects.exists()
    assert not Citation.objects.exists()
    with acting_in(world.chiba):
        assert not Message.objects.filter(kind="council.posting").exists()


def test_C12_rules_of_use_have_a_version_by_date(by) -> None:
    terms = register_bylaw(**by, code="terms", name="利用規約", kind="terms")
    outline = register_bylaw(**by, code="outline", name="利用要綱", kind="outline", position=1)
    for one in (terms, outline):
        enact(**by, bylaw=one, from_on=date(2015, 4, 1), text=f"{one.name}の全文")
        enact(**by, bylaw=one, from_on=date(2018, 2, 26), text=f"{one.name}の全文（改正）")
    on = {row.bylaw.code: row.version.number for row in bylaws_on(date(2018, 2, 25))}
    assert on == {"terms": 1, "outline": 1}
    assert {row.bylaw.code: row.version.number for row in bylaws_on(date(2018, 2, 26))} == {
        "terms": 2,
        "outline": 2,
    }


def test_A03_three_topics_of_the_operating_rule_changed_and_show_as_such(by, world, client_for) -> None:
    rule = register_bylaw(**by, code="operation", name="利用団体運用規程", kind="regulation")
    old = "第1条 趣旨\n第5条 処理状況は月1回改める。\n第9条 簡易申請手続きは事務局が作る。\n第12条 受付データは削除しない。"
    new = "第1条 趣旨\n第5条 処理状況は随時改める。\n第9条 簡易申請手続きは利用団体が作る。\n第12条 受付データは1年で削除する。"
    enact(**by, bylaw=rule, from_on=date(2010, 4, 1), text=old)
    enact(**by, bylaw=rule, from_on=date(2011, 8, 1), text=new, label="平成23年改正")
    text = said(client_for(world.secretary).get("/council/bylaws/operation/compare/?before=1&after=2"))
    assert text.count('<th scope="row">変更</th>') == 3
    assert "第1条" not in text
    assert "<ins>随時</ins>" in text
    assert "<del>月1回</del>" in text


def test_a_version_is_never_changed_nor_removed(charter) -> None:
    version = charter.versions.get()
    for change in (
        lambda: BylawVersion.objects.filter(pk=version.pk).update(text="別の文"),
        lambda: BylawVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert charter.versions.get().text == FIRST


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"from_on": date(2012, 4, 1), "text": SECOND}, BeginsBeforeTheLast),
        ({"from_on": date(2011, 4, 1), "text": SECOND}, BeginsBeforeTheLast),
        ({"from_on": date(2017, 11, 1), "text": "  \n "}, NoText),
        ({"from_on": date(2017, 11, 1), "text": FIRST.replace("\n", "\r\n")}, SameText),
    ],
)
def test_a_version_that_cannot_be_is_refused_and_none_is_added(by, charter, facts, refusal) -> None:
    with pytest.raises(refusal):
        enact(**by, bylaw=charter, **facts)
    assert charter.versions.count() == 1


def test_nothing_comes_after_the_abolition(by, charter) -> None:
    abolish_bylaw(**by, bylaw=charter, from_on=date(2018, 4, 1))
    for act in (
        lambda: enact(**by, bylaw=charter, from_on=date(2019, 4, 1), text=SECOND),
        lambda: abolish_bylaw(**by, bylaw=charter, from_on=date(2019, 4, 1)),
    ):
        with pytest.raises(BylawAbolished):
            act()
    assert charter.versions.count() == 2


def test_a_rule_without_a_version_is_neither_abolished_nor_cited_and_its_code_is_once(by, item) -> None:
    rule = register_bylaw(**by, code="plan", name="戦略 Ver.1.0", kind="plan")
    with pytest.raises(NothingToAbolish):
        abolish_bylaw(**by, bylaw=rule, from_on=date(2018, 4, 1))
    with pytest.raises(CannotCite) as refused:
        cite(**by, bylaw=rule, on=date(2018, 4, 1), item=item)
    assert "まだ施行されていません" in refused.value.fields["bylaw"]
    with pytest.raises(BylawKnown):
        register_bylaw(**by, code="plan", name="別の計画", kind="plan")
    assert (Bylaw.objects.count(), BylawVersion.objects.count(), Citation.objects.count()) == (1, 0, 0)


def test_an_article_is_cited_once_in_an_item_and_may_be_taken_back(by, charter, item) -> None:
    made = cite(**by, bylaw=charter, on=date(2017, 11, 1), item=item, article="第8条")
    with pytest.raises(CitedAlready):
        cite(**by, bylaw=charter, on=date(2017, 11, 1), item=item, article="第8条")
    cite(**by, bylaw=charter, on=date(2017, 11, 1), item=item, article="第1条")
    assert Citation.objects.count() == 2
    uncite(**by, citation=made)
    assert Citation.objects.get().article == "第1条"


def test_C11_secretary_amends_abolishes_and_cites_on_the_pages(
    by, charter, procedure, item, world, client_for
):
    secretary = client_for(world.secretary)
    posted = {"from_on": "H29.11.1", "text": SECOND, "label": "平成29年11月改正", "decided_by": str(item.pk)}
    assert secretary.post("/council/bylaws/charter/enact/", posted).status_code == 302
    again = secretary.post("/council/bylaws/charter/enact/", posted)
    assert again.status_code == 409
    assert "施行の日は、前の版の施行の日（平成29年11月1日）より後にしてください。" in said(again)
    assert secretary.post("/council/bylaws/burden/abolish/", {"from_on": "H29.11.1"}).status_code == 302
    page = said(secretary.get("/council/bylaws/charter/?on=H29.10.31"))
    assert "負担金取扱要領により負担金を納める" in page
    assert "総会で定める負担金を納める" not in page
    assert "会則の改正及び負担金取扱要領の廃止について" in page
    cites = f"/council/items/{item.pk}/citations/"
    refused = secretary.post(cites, {"bylaw": "burden", "on": "H29.11.1", "article": "第1条"})
    assert refused.status_code == 409
    assert "廃止されたため、引用できません。" in said(refused)
    assert not Citation.objects.exists()
    assert (
        secretary.post(cites, {"bylaw": "charter", "on": "H29.11.1", "article": "第8条"}).status_code == 302
    )
    made = Citation.objects.get()
    assert made.version.number == 2
    assert "第8条" in said(secretary.get("/council/bylaws/charter/"))
    assert secretary.post(f"/council/citations/{made.pk}/end/", {}).status_code == 302
    assert not Citation.objects.exists()


@pytest.mark.parametrize("path", ["new/", "charter/enact/", "charter/abolish/", "charter/arrange/"])
def test_an_empty_form_about_a_rule_is_refused_and_nothing_is_stored(
    charter, world, client_for, path
) -> None:
    answer = client_for(world.secretary).post(f"/council/bylaws/{path}", {"nothing": "1"})
    assert answer.status_code == 422
    assert (Bylaw.objects.count(), BylawVersion.objects.count()) == (1, 1)


def test_the_register_of_rules_is_two_queries_and_goes_away_as_a_file(
    by, charter, procedure, world, client_for, django_assert_num_queries
) -> None:
    abolish_bylaw(**by, bylaw=procedure, from_on=date(2017, 11, 1))
    for number in range(20):
        rule = register_bylaw(**by, code=f"rule-{number}", name=f"規程{number}", kind="regulation")
        enact(**by, bylaw=rule, from_on=date(2015, 4, 1), text="全文")
    with django_assert_num_queries(2):
        rows = bylaws_on(date(2018, 3, 31))
    assert len(rows) == 22
    csv = (
        client_for(world.secretary).get("/council/bylaws/?on=H30.3.31&format=csv").content.decode("utf-8-sig")
    )
    assert "負担金取扱要領,burden,要領,廃止,平成29年11月1日に廃止" in csv
    assert "会則,charter,会則,施行中,平成24年4月1日から,第1版（制定）,1" in csv


def test_A14_citizens_read_public_rules_and_members_all_of_them(
    by, charter, procedure, world, client_for
) -> None:
    anybody = client_for(None)
    assert "会則" in said(anybody.get("/council-report/bylaws/"))
    assert "負担金取扱要領" not in said(anybody.get("/council-report/bylaws/"))
    assert anybody.get("/council-report/bylaws/charter/?on=H30.3.31").status_code == 200
    for path in ("burden/", "burden/compare/"):
        assert anybody.get(f"/council-report/bylaws/{path}").status_code == 404
    clerk = client_for(world.at_chiba.clerk)
    assert "負担金取扱要領" in said(clerk.get("/chiba-shi/office/council/bylaws/"))
    page = said(clerk.get("/chiba-shi/office/council/bylaws/burden/?on=H30.3.31"))
    assert "負担金は均等割とする。" in page


def test_a_citizen_compares_two_versions_and_a_version_there_is_not_is_absent(
    by, charter, client_for
) -> None:
    anybody = client_for(None)
    assert "比べられる版が2つありません。" in said(anybody.get("/council-report/bylaws/charter/compare/"))
    enact(**by, bylaw=charter, from_on=date(2017, 11, 1), text=SECOND)
    page = said(anybody.get("/council-report/bylaws/charter/compare/"))
    assert "<del>負担金取扱要領により</del>" in page
    assert anybody.get("/council-report/bylaws/charter/compare/?before=1&after=9").status_code == 404
    assert "Set-Cookie" not in anybody.get("/council-report/bylaws/charter/").headers
