"""役職: terms on any date, rotation (輪番), and terms that would overlap."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.offices import (
    NoRotation,
    NoSuchPlace,
    NotSitting,
    OfficeKnown,
    OfficeNotThere,
    RotationRefused,
    TermOverlaps,
    appoint,
    appoint_by_rotation,
    create_office,
    end_office,
    end_term,
    ends_on,
)
from moyai.council.actions.seats import take_seat
from moyai.council.actions.spans import EndsBeforeBegin
from moyai.council.models import Committee, Office, Term
from moyai.council.queries.sitting import chair_of, holders_on
from moyai.council.tests.rooms import SINCE, committee_of, founded_body
from moyai.tenants.public import Body, Population, clock

YAMAGUCHI = (("周南市", 144_472), ("下松市", 57_199), ("光市", 51_602), ("柳井市", 32_311), ("阿武町", 3_360))


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


def group(by, name: str, members: list[str], from_on: date) -> tuple[Committee, list[Body]]:
    one = committee_of(by, "group", name, from_on=from_on)
    bodies = [
        founded_body(f"3520{number:02d}", body, f"y-{number}", from_on=from_on)
        for number, body in enumerate(members)
    ]
    for body in bodies:
        take_seat(**by, committee=one, body=body, from_on=from_on)
    return one, bodies


def test_Y25_five_bodies_by_two_years_cover_fy2018_to_2027_once_each(by) -> None:
    council, bodies = group(by, "共同利用推進会議", [name for name, _persons in YAMAGUCHI], date(2016, 3, 28))
    chair = create_office(
        **by,
        committee=council,
        code="chair",
        name="会長",
        term_years=2,
        rotation=[body.code for body in bodies],
        rotation_from=2018,
        rotation_until=2027,
        from_on=date(2016, 3, 28),
    )
    for year in range(2018, 2028, 2):
        appoint_by_rotation(**by, office=chair, year=year)
    for number, (name, _persons) in enumerate(YAMAGUCHI):
        first, last = date(2018 + 2 * number, 4, 1), date(2020 + 2 * number, 3, 31)
        for day in (first, date(first.year + 1, 3, 31), date(first.year + 1, 4, 1), last):
            assert [one.body.name for one in holders_on(council, day)] == [name]
    terms = Term.objects.filter(office=chair).order_by("from_on")
    assert [(one.from_on, one.until_on) for one in terms] == [
        (date(year, 4, 1), date(year + 2, 3, 31)) for year in range(2018, 2028, 2)
    ]
    assert terms.values("body").distinct().count() == 5
    with pytest.raises(RotationRefused):
        appoint_by_rotation(**by, office=chair, year=2028)
    assert terms.count() == 5
    assert chair_of(council, date(2020, 4, 1)).name == "下松市"


def test_Y01_the_five_populations_add_up_and_shunan_is_exactly_half(by) -> None:
    _council, bodies = group(
        by, "共同利用推進会議", [name for name, _persons in YAMAGUCHI], date(2016, 3, 28)
    )
    for body, (_name, persons) in zip(bodies, YAMAGUCHI, strict=True):
        Population.objects.create(body=body, as_of=date(2018, 3, 31), persons=persons, source="H30年3月末")
    counted = dict(
        Population.objects.filter(body__in=bodies, as_of=date(2018, 3, 31)).values_list(
            "body__name", "persons"
        )
    )
    assert sum(counted.values()) == 288_944
    assert counted["周南市"] == 144_472
    assert 2 * counted["周南市"] == sum(counted.values())


def test_I01_the_chair_of_ibaraki_goes_round_four_bodies_year_by_year(by) -> None:
    council, bodies = group(
        by, "基幹業務運営協議会", ["常陸大宮市", "五霞町", "那珂市", "かすみがうら市"], date(2016, 4, 1)
    )
    chair = create_office(
        **by,
        committee=council,
        code="chair",
        name="会長",
        rotation=[body.code for body in bodies],
        rotation_from=2016,
        from_on=date(2016, 4, 1),
    )
    vice = create_office(
        **by, committee=council, code="vice", name="副会長", holders=3, from_on=date(2016, 4, 1)
    )
    appoint_by_rotation(**by, office=chair, year=2016, holder="情報主管担当課長")
    for place, body in enumerate(bodies[1:], start=1):
        appoint(
            **by, office=vice, body=body, place=place, from_on=date(2016, 4, 1), holder="情報主管担当課長"
        )
    held = [(one.office.name, one.body.name) for one in holders_on(council, date(2017, 3, 31))]
    assert held == [
        ("会長", "常陸大宮市"),
        ("副会長", "五霞町"),
        ("副会長", "那珂市"),
        ("副会長", "かすみがうら市"),
    ]
    for year in (2017, 2018, 2019, 2020):
        appoint_by_rotation(**by, office=chair, year=year)
    chairs = [holders_on(council, date(year, 4, 1))[0].body.name for year in range(2017, 2021)]
    assert chairs == ["五霞町", "那珂市", "かすみがうら市", "常陸大宮市"]


def test_I02_the_project_team_has_a_leader_and_members(by) -> None:
    council, bodies = group(
        by, "プロジェクトチーム", ["常陸大宮市", "五霞町", "那珂市", "かすみがうら市"], SINCE
    )
    leader = create_office(**by, committee=council, code="leader", name="リーダー", from_on=SINCE)
    members = create_office(
        **by, committee=council, code="member", name="メンバー", holders=3, position=1, from_on=SINCE
    )
    appoint(**by, office=leader, body=bodies[0], from_on=SINCE)
    for place, body in enumerate(bodies[1:], start=1):
        appoint(**by, office=members, body=body, place=place, from_on=SINCE)
    assert [(one.office.name, one.body.name) for one in holders_on(council, SINCE)] == [
        ("リーダー", "常陸大宮市"),
        ("メンバー", "五霞町"),
        ("メンバー", "那珂市"),
        ("メンバー", "かすみがうら市"),
    ]
    with pytest.raises(NoSuchPlace):
        appoint(**by, office=members, body=bodies[0], place=4, from_on=SINCE)
    assert Term.objects.filter(office=members).count() == 3


@pytest.mark.parametrize("row", ["A34", "C09", "C10"])
def test_A34_C09_C10_officers_are_those_of_the_day(by, world, row) -> None:
    council = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    name = {"A34": "監事", "C09": "WGリーダー", "C10": "会長"}[row]
    office = create_office(**by, committee=council, code="one", name=name, from_on=SINCE)
    appoint(**by, office=office, body=world.chiba, from_on=date(2017, 7, 13), holder="情報政策課長")
    appoint(**by, office=office, body=world.matsudo, from_on=date(2018, 7, 13))
    assert holders_on(council, date(2017, 7, 12)) == []
    assert [one.body.name for one in holders_on(council, date(2018, 7, 12))] == ["千葉市"]
    assert [one.body.name for one in holders_on(council, date(2018, 7, 13))] == ["松戸市"]
    assert holders_on(council, date(2018, 7, 12))[0].holder == "情報政策課長"


def test_terms_that_overlap_are_refused_with_who_holds_the_place(by, world) -> None:
    council = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    office = create_office(
        **by, committee=council, code="vice", name="副会長", holders=2, term_years=2, from_on=SINCE
    )
    appoint(**by, office=office, body=world.chiba, from_on=SINCE)
    with pytest.raises(TermOverlaps) as refused:
        appoint(**by, office=office, body=world.matsudo, from_on=date(2019, 3, 31))
    assert "平成29年4月1日から平成31年3月31日まで千葉市が務めています" in refused.value.fields["from_on"]
    with pytest.raises(TermOverlaps) as refused:
        appoint(**by, office=office, body=world.chiba, place=2, from_on=date(2018, 4, 1))
    assert "千葉市は、平成29年4月1日から" in refused.value.fields["body"]
    assert Term.objects.count() == 1
    appoint(**by, office=office, body=world.matsudo, place=2, from_on=date(2018, 4, 1))
    assert len(holders_on(council, date(2018, 4, 1))) == 2


def test_a_vacated_office_is_filled_for_the_rest_of_the_term(by, world) -> None:
    council = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    office = create_office(**by, committee=council, code="chair", name="会長", from_on=SINCE)
    term = appoint(**by, office=office, body=world.chiba, from_on=SINCE)
    with pytest.raises(TermOverlaps):
        end_term(**by, term=term, until_on=date(2018, 4, 1))
    with pytest.raises(EndsBeforeBegin):
        end_term(**by, term=term, until_on=date(2017, 3, 31))
    term.refresh_from_db()
    assert term.until_on == date(2018, 3, 31)
    end_term(**by, term=term, until_on=date(2017, 9, 30))
    assert holders_on(council, date(2017, 10, 1)) == []
    appoint(**by, office=office, body=world.matsudo, from_on=date(2017, 10, 1), until_on=date(2018, 3, 31))
    assert chair_of(council, date(2018, 3, 31)) == world.matsudo


def test_only_who_sits_in_the_committee_holds_its_office(by, world) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    office = create_office(**by, committee=board, code="chair", name="会長", from_on=SINCE)
    with pytest.raises(NotSitting):
        appoint(**by, office=office, body=world.chiba, from_on=SINCE)
    with pytest.raises(OfficeNotThere):
        appoint(**by, office=office, body=world.chiba, from_on=date(2017, 3, 31))
    with pytest.raises(NoRotation):
        appoint_by_rotation(**by, office=office, year=2018)
    assert not Term.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"rotation": ["999999"], "rotation_from": 2018}, "rotation"),
        ({"rotation": ["121002", "121002"], "rotation_from": 2018}, "rotation"),
        ({"rotation": ["121002"]}, "rotation_from"),
        ({"rotation": ["121002"], "rotation_from": 2018, "rotation_until": 2017}, "rotation_until"),
    ],
)
def test_a_rotation_that_cannot_go_round_is_refused_beside_its_field(by, world, facts, field) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    with pytest.raises(RotationRefused) as refused:
        create_office(**by, committee=board, code="chair", name="会長", from_on=SINCE, **facts)
    assert list(refused.value.fields) == [field]
    assert not Office.objects.exists()


def test_an_office_is_once_in_a_committee_and_ends_with_its_terms(by, world) -> None:
    council = committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    office = create_office(**by, committee=council, code="chair", name="会長", term_years=2, from_on=SINCE)
    with pytest.raises(OfficeKnown):
        create_office(**by, committee=council, code="chair", name="議長", from_on=SINCE)
    assert Office.objects.count() == 1
    appoint(**by, office=office, body=world.chiba, from_on=SINCE)
    later = appoint(**by, office=office, body=world.matsudo, from_on=date(2019, 4, 1))
    with pytest.raises(TermOverlaps):
        end_office(**by, office=office, until_on=date(2018, 3, 31))
    office.refresh_from_db()
    assert office.until_on is None
    end_office(**by, office=office, until_on=date(2020, 3, 31))
    later.refresh_from_db()
    assert later.until_on == date(2020, 3, 31)


@pytest.mark.parametrize(
    ("from_on", "years", "last"),
    [
        (date(2018, 4, 1), 2, date(2020, 3, 31)),
        (date(2017, 7, 13), 1, date(2018, 7, 12)),
        (date(2020, 2, 29), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 28)),
    ],
)
def test_a_term_ends_the_day_before_the_same_day(from_on, years, last) -> None:
    assert ends_on(from_on, years) == last
