"""構成員: seats never overlap, outsiders sit by name, capacities change from a day."""

from __future__ import annotations

from datetime import date

import pytest

from moyai.council.actions.seats import (
    NeedsSomebody,
    NotUsingService,
    SeatEnded,
    SeatOverlaps,
    change_seat,
    end_seat,
    take_seat,
)
from moyai.council.actions.spans import EndsBeforeBegin, NotAliveThen, NotInCouncilThen
from moyai.council.models import Seat
from moyai.council.queries.rights import committees_read_by, places_of
from moyai.council.queries.sitting import sitting_in, voters_of
from moyai.council.tests.rooms import SINCE, committee_of, founded_body
from moyai.tenants.public import Service, ServiceUse, clock


@pytest.fixture
def by(world):
    return {"actor": world.actor(world.secretary, None), "now": clock.now()}


def test_C01_an_enterprise_and_a_union_sit_and_vote_as_any_member(by) -> None:
    water = founded_body("128317", "北千葉広域水道企業団", "kitachiba-water", kind="enterprise")
    union = founded_body("128325", "印西地区環境整備事業組合", "inzai-kankyo", kind="union")
    board = committee_of(by, "board", "幹事会", kind="board")
    for body in (water, union):
        take_seat(**by, committee=board, body=body, from_on=SINCE)
    assert [one.get_kind_display() for one in voters_of(board, date(2018, 4, 1))] == [
        "企業団",
        "一部事務組合",
    ]


def test_I05_an_adviser_reads_but_does_not_vote(by, world) -> None:
    council = committee_of(by, "council", "運営協議会", kind="assembly")
    take_seat(**by, committee=council, body=world.chiba, from_on=SINCE)
    take_seat(
        **by, committee=council, body=world.matsudo, capacity="adviser", section="情報政策課", from_on=SINCE
    )
    day = date(2018, 4, 1)
    assert [(one.name, one.capacity_label, one.votes) for one in sitting_in(council, day)] == [
        ("千葉市", "会員", True),
        ("松戸市", "アドバイザー", False),
    ]
    assert voters_of(council, day) == [world.chiba]
    assert committees_read_by(world.matsudo, day) == {council.pk}


def test_an_outsider_sits_by_name_and_never_votes(by) -> None:
    review = committee_of(by, "review", "検証委員会", kind="special")
    take_seat(**by, committee=review, name="市民大学 情報法 教授", from_on=SINCE)
    assert [(one.body, one.name, one.votes) for one in sitting_in(review, SINCE)] == [
        (None, "市民大学 情報法 教授", False)
    ]
    with pytest.raises(SeatOverlaps):
        take_seat(**by, committee=review, name="市民大学 情報法 教授", from_on=date(2020, 4, 1))
    assert Seat.objects.filter(committee=review).count() == 1


def test_A25_twelve_representatives_of_blocks_make_the_board(by) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    blocks = ["運営委員長", "尾張東", "尾張西", "尾張北", "海部", "知多北", "知多南", "西三河北",
              "西三河南", "東三河北", "東三河南", "県"]  # fmt: skip
    for number, block in enumerate(blocks):
        code = f"2320{number:02d}"
        body = founded_body(code, f"第{number + 1}市", f"city-{number}")
        take_seat(**by, committee=board, body=body, block=block, from_on=SINCE)
    sitters = sitting_in(board, SINCE)
    assert len(sitters) == 12
    assert sorted(one.block for one in sitters) == sorted(blocks)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((date(2017, 4, 1), None), (date(2018, 4, 1), None)),
        ((date(2017, 4, 1), date(2018, 3, 31)), (date(2018, 3, 31), None)),
        ((date(2018, 4, 1), None), (date(2017, 4, 1), date(2018, 4, 1))),
        ((date(2017, 4, 1), date(2019, 3, 31)), (date(2018, 1, 1), date(2018, 2, 1))),
    ],
)
def test_a_seat_that_overlaps_is_refused_with_the_days_it_overlaps(by, world, first, second) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    take_seat(**by, committee=board, body=world.chiba, from_on=first[0], until_on=first[1])
    with pytest.raises(SeatOverlaps) as refused:
        take_seat(**by, committee=board, body=world.chiba, from_on=second[0], until_on=second[1])
    assert "千葉市は、平成" in refused.value.fields["from_on"]
    assert list(Seat.objects.values_list("from_on", "until_on")) == [first]


def test_a_seat_may_be_taken_again_the_day_after(by, world) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    take_seat(**by, committee=board, body=world.chiba, from_on=SINCE, until_on=date(2018, 3, 31))
    take_seat(**by, committee=board, body=world.chiba, from_on=date(2018, 4, 1))
    assert Seat.objects.filter(body=world.chiba).count() == 2


def test_A52_who_does_not_use_the_service_is_no_member_of_its_section_but_may_watch(by, world) -> None:
    service = Service.objects.create(code="booking", name="施設予約", scope="some")
    ServiceUse.objects.create(service=service, body=world.chiba, from_on=SINCE, until_on=date(2018, 3, 31))
    section = committee_of(by, "booking", "施設予約部会", kind="section", service=service)
    take_seat(**by, committee=section, body=world.chiba, from_on=SINCE)
    with pytest.raises(NotUsingService):
        take_seat(**by, committee=section, body=world.matsudo, from_on=SINCE)
    assert not Seat.objects.filter(body=world.matsudo).exists()
    take_seat(**by, committee=section, body=world.matsudo, capacity="observer", from_on=SINCE)
    assert voters_of(section, date(2018, 3, 31)) == [world.chiba]
    assert voters_of(section, date(2018, 4, 1)) == []  # its use has ended, so has its vote


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, NeedsSomebody),
        ({"name": "有識者", "until_on": date(2017, 3, 1)}, EndsBeforeBegin),
        ({"name": "有識者", "from_on": date(2016, 4, 1)}, NotAliveThen),
    ],
)
def test_a_seat_of_nobody_or_of_other_days_is_refused(by, facts, refusal) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    with pytest.raises(refusal):
        take_seat(**by, committee=board, **({"from_on": SINCE} | facts))
    assert not Seat.objects.exists()


def test_a_body_sits_only_while_it_is_in_the_council(by) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    newcomer = founded_body("122254", "君津市", "kimitsu-shi", from_on=date(2018, 7, 1))
    with pytest.raises(NotInCouncilThen):
        take_seat(**by, committee=board, body=newcomer, from_on=date(2018, 4, 1))
    assert not Seat.objects.exists()


def test_an_associate_becomes_a_member_from_a_day(by, world) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    seat = take_seat(**by, committee=board, body=world.chiba, capacity="associate", from_on=SINCE)
    with pytest.raises(EndsBeforeBegin):
        change_seat(**by, seat=seat, from_on=SINCE, capacity="member")
    assert Seat.objects.count() == 1
    change_seat(**by, seat=seat, from_on=date(2018, 4, 1), capacity="member", block="千葉")
    assert voters_of(board, date(2018, 3, 31)) == []
    assert voters_of(board, date(2018, 4, 1)) == [world.chiba]


def test_Y02_who_dropped_out_of_the_earlier_group_is_kept_with_the_reason(by) -> None:
    earlier = committee_of(
        by, "y-study", "山口県4市6町情報システム共同利用検討会議", from_on=date(2015, 5, 22)
    )
    names = [
        "周南市",
        "下松市",
        "光市",
        "柳井市",
        "阿武町",
        "和木町",
        "上関町",
        "田布施町",
        "平生町",
        "周防大島町",
    ]
    bodies = {}
    for number, name in enumerate(names):
        body = founded_body(f"3520{number:02d}", name, f"y-{number}", from_on=date(2015, 4, 1))
        bodies[name] = body
        seat = take_seat(**by, committee=earlier, body=body, from_on=date(2015, 5, 22))
        if number >= 5:
            end_seat(**by, seat=seat, until_on=date(2016, 3, 27), why_left="経費削減効果が期待できないため")
    later = committee_of(
        by, "y-joint", "山口県市町情報システム共同利用推進会議", from_on=date(2016, 3, 28), follows=earlier
    )
    for name in names[:5]:
        take_seat(**by, committee=later, body=bodies[name], from_on=date(2016, 3, 28))
    assert len(voters_of(earlier, date(2015, 5, 22))) == 10
    assert [one.name for one in voters_of(later, date(2016, 3, 28))] == sorted(
        names[:5], key=lambda name: bodies[name].code
    )
    left = Seat.objects.filter(committee=earlier, until_on__isnull=False)
    assert set(left.values_list("why_left", flat=True)) == {"経費削減効果が期待できないため"}
    assert left.count() == 5
    assert later.follows == earlier


def test_a_seat_is_left_once(by, world) -> None:
    board = committee_of(by, "board", "幹事会", kind="board")
    seat = take_seat(**by, committee=board, body=world.chiba, from_on=SINCE)
    end_seat(**by, seat=seat, until_on=date(2018, 3, 31), why_left="統合")
    with pytest.raises(SeatEnded):
        end_seat(**by, seat=seat, until_on=date(2019, 3, 31), why_left="別の理由")
    seat.refresh_from_db()
    assert (seat.until_on, seat.why_left) == (date(2018, 3, 31), "統合")


def test_a_bodys_places_are_three_queries_and_an_ended_committee_is_still_read(
    by, world, django_assert_num_queries
) -> None:
    committee_of(by, "assembly", "総会", kind="assembly", open_to_all=True)
    ended = committee_of(by, "old", "旧部会", until_on=date(2018, 3, 31))
    take_seat(**by, committee=ended, body=world.chiba, from_on=SINCE, until_on=date(2018, 3, 31))
    committee_of(by, "foreign", "よその部会")
    day = date(2018, 4, 1)
    with django_assert_num_queries(3):
        places = places_of(world.chiba, day)
    assert [(one.committee.code, one.votes) for one in places] == [("assembly", True)]
    assert len(committees_read_by(world.chiba, day)) == 2
    assert len(committees_read_by(world.matsudo, day)) == 1
