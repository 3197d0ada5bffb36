"""A38 — what everybody may see: search, facility and room, the day and the month. No sign-in, no cookie, no names."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from moyai.reservations.models import Booking, Room, Round, RoundRoom, SpecialDay
from moyai.reservations.tests.halls import make_hall, set_policies
from moyai.reservations.tests.pages_setup import HOME, OPENING, Street, own_queries, text_of
from moyai.tenants.public import acting_in

FACILITY = f"{HOME}facilities/test-hall/"
GYM = f"{FACILITY}rooms/gym/"


@pytest.fixture
def street(world: Any) -> Street:
    return Street(world)


def day_page(street: Street, **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{HOME}availability/?facility=test-hall&day={street.day.isoformat()}&{asked}"


def marks_of(html: str, room: str) -> list[str]:
    """The marks of one row, in order."""
    row = re.search(rf'<tr><th scope="row">(?:(?!</tr>).)*{room}.*?</tr>', html, re.S)
    assert row is not None, room
    return re.findall(r'<td[^>]* data-mark="(\w+)"', row.group(0))


def test_A38_everybody_sees_what_is_free_without_sign_in_cookie_or_names(
    street: Street, client: Client
) -> None:
    street.taken("ab")
    street.taken("room", 600, 660)
    answer = client.get(day_page(street))
    html = text_of(answer)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "松戸 太郎" not in html and "秘密の会合" not in html
    assert marks_of(html, "体育館") == ["some", "free", "free"]
    # 会議室: 10:00–11:00 with half an hour before and after it, shown by the hour.
    assert marks_of(html, "会議室")[:4] == ["some", "taken", "some", "free"]


def test_A38_table_is_a_real_one_and_marks_are_more_than_colour(street: Street, client: Client) -> None:
    street.taken("abcd", 540, 720)
    html = text_of(client.get(day_page(street)))
    assert html.count("<caption") == html.count("<table") == 2
    assert '<th scope="col">' in html and '<th scope="row">' in html
    row = re.search(r'<tr><th scope="row">(?:(?!</tr>).)*体育館.*?</tr>', html, re.S)
    assert row is not None
    cells = re.findall(r"<td.*?</td>", row.group(0), re.S)
    assert "<a " not in cells[0] and 'aria-hidden="true">×' in cells[0] and "空きなし" in cells[0]
    assert "<a " in cells[1] and 'aria-hidden="true">○' in cells[1]
    assert "体育館 午後 13:00–17:00 空きあり 予約へ" in cells[1]
    legend = re.search(r'<ul class="mo-legend".*?</ul>', html, re.S)
    assert legend is not None
    assert "空きなし" in legend.group(0) and "空きあり" in legend.group(0)
    assert "抽選" not in legend.group(0)  # only what is there


def test_A38_all_rooms_of_a_day_cost_the_same_queries_for_many_as_for_one(
    street: Street, client: Client
) -> None:
    address = f"{HOME}availability/?day={street.day.isoformat()}"
    few = own_queries(client, address)
    with acting_in(street.body):
        for number in range(4):
            hall = make_hall(street.body, code=f"hall-{number}")
            set_policies(hall, opening=OPENING)
    assert own_queries(client, address) == few <= 16


def test_A38_a_day_of_many_facilities_is_turned_page_by_page(street: Street, client: Client) -> None:
    with acting_in(street.body):
        for number in range(12):
            hall = make_hall(street.body, code=f"hall-{number:02}")
            set_policies(hall, opening=OPENING)
    day = street.day.isoformat()
    address, seen, pages = f"{HOME}availability/?day={day}", [], 0
    while address:
        html = text_of(client.get(address))
        on_page = list(dict.fromkeys(re.findall(r'id="rooms-([a-z0-9-]+)-\d"', html)))
        assert 0 < len(on_page) <= 10 and not set(on_page) & set(seen)
        seen, pages = [*seen, *on_page], pages + 1
        later = re.search(r'<a href="([^"]+)" rel="next">次の10件', html)
        address = later[1].replace("&amp;", "&") if later else ""
    assert pages >= 2 and {f"hall-{number:02}" for number in range(12)} <= set(seen)
    back = text_of(client.get(f"{HOME}availability/?day={day}&first=hall-11"))
    assert "前の10件" in back and "施設のうち" in back
    assert text_of(client.get(f"{HOME}availability/?day={day}&first=nowhere")).count("mo-slots") > 0


def test_A38_month_of_a_room_costs_the_same_whatever_was_booked(street: Street, client: Client) -> None:
    address = f"{GYM}month/?month={street.day:%Y-%m}"
    before = own_queries(client, address)
    for starts, ends in ((540, 720), (780, 1020)):
        street.taken("ab", starts, ends)
    assert own_queries(client, address) == before <= 16


def test_A38_other_pages_have_bounded_queries(street: Street, client: Client) -> None:
    assert own_queries(client, f"{HOME}facilities/") <= 8
    assert own_queries(client, f"{HOME}facilities/?purpose=badminton&day={street.day.isoformat()}") <= 17
    assert own_queries(client, FACILITY) <= 8
    assert own_queries(client, GYM) <= 12


def test_A38_month_shows_one_unit_when_asked(street: Street, client: Client) -> None:
    street.taken("ab", 540, 720)
    month = f"{GYM}month/?month={street.day:%Y-%m}"
    head = f"{street.day.month}月{street.day.day}日"
    assert marks_of(text_of(client.get(month)), head) == ["some", "free", "free"]
    assert marks_of(text_of(client.get(f"{month}&unit=a")), head) == ["taken", "free", "free"]
    assert marks_of(text_of(client.get(f"{month}&unit=cd")), head) == ["free", "free", "free"]


def test_A38_links_of_days_and_months_lead_on_and_back(street: Street, client: Client) -> None:
    html = text_of(client.get(day_page(street)))
    for other in (
        street.day - timedelta(days=1),
        street.day + timedelta(days=1),
        street.day + timedelta(days=7),
    ):
        assert f"day={other.isoformat()}" in html
    first = street.today.replace(day=1)
    html = text_of(client.get(f"{GYM}month/?month={first:%Y-%m}"))
    assert 'rel="next"' in html and 'rel="prev"' not in html  # what is over is not shown


def test_A38_closed_day_says_so_and_has_no_link(street: Street, client: Client) -> None:
    with acting_in(street.body):
        SpecialDay.objects.create(
            body=street.body,
            facility=street.hall.facility,
            day=street.day,
            kind=SpecialDay.Kind.CLOSED,
            reason="設備の点検",
        )
    html = text_of(client.get(day_page(street)))
    assert marks_of(html, "体育館") == ["closed"]
    assert "/book/" not in html
    assert "休館日" in html


def test_A38_before_the_period_nothing_can_be_chosen_and_the_beginning_is_told(
    world: Any, client: Client
) -> None:
    street = Street(world, ahead=90)  # first come begins 60 days before
    html = text_of(client.get(day_page(street)))
    assert marks_of(html, "体育館") == ["shut", "shut", "shut"]
    assert "先着の受付は" in html and "/book/" not in html


def test_A38_rooms_of_a_lottery_lead_to_its_entry_then_wait(world: Any, client: Client) -> None:
    street = Street(world, ahead=90)
    with acting_in(street.body) as now:
        one = Round.objects.create(
            body=street.body,
            title="抽選",
            label="chiba-test",
            for_from=street.day,
            for_until=street.day,
            enter_from=now - timedelta(days=1),
            enter_until=now + timedelta(days=1),
            seed_source="宝くじ",
        )
        RoundRoom.objects.create(body=street.body, round=one, room=street.hall.gym)
    html = text_of(client.get(day_page(street)))
    assert marks_of(html, "体育館") == ["lottery", "lottery", "lottery"]
    assert set(marks_of(html, "会議室")) == {"shut"}
    assert f"room={street.hall.gym.pk}&amp;day={street.day.isoformat()}" in html
    with acting_in(street.body) as now:
        Round.objects.filter(pk=one.pk).update(enter_until=now - timedelta(minutes=1))
    assert marks_of(text_of(client.get(day_page(street))), "体育館") == ["drawn", "drawn", "drawn"]


def test_A38_what_was_cancelled_waits_for_its_release(
    street: Street, client: Client, client_for: Any
) -> None:
    own = client_for(street.world.resident)
    number = street.booked(own)
    assert own.post(f"{HOME}bookings/{number}/cancel/").status_code == 302
    html = text_of(client.get(day_page(street)))
    assert marks_of(html, "体育館") == ["release", "free", "free"]
    assert "「開」の枠は、" in html


def test_A38_facility_and_room_say_their_rules_and_prices(street: Street, client: Client) -> None:
    html = text_of(client.get(FACILITY))
    assert "みどり体育館" in html and "開館する日は、9:00から21:00までです。" in html
    html = text_of(client.get(GYM))
    prices = re.search(r"<caption[^>]*>料金（市内の個人の場合）.*?</table>", html, re.S)
    assert prices is not None
    row = re.search(r"abcd面.*?</tr>", prices.group(0), re.S)
    assert row is not None
    assert re.findall(r"([\d,]+)円", row.group(0)) == ["1,000", "1,500", "2,000"]
    for sentence in (
        "先着の申込み：利用日の60日前の9:00から利用の開始まで",
        "予約の取消しは、利用日の1日前の17:00までできます。",
        "月4回まで：すべての施設で、1か月に4回までです。",
        "利用日の7日前まで：全額を返します",
        "連絡なく使わなかったときは、1点がつきます。",
        "登録の区分：市内・在勤・在学",
        "折りたたみいす",
    ):
        assert sentence in html, sentence


def test_A38_search_by_place_purpose_people_equipment_day_and_time(street: Street, client: Client) -> None:
    street.taken("abcd", 540, 720)
    day = street.day.isoformat()

    def titles(query: str) -> list[str]:
        html = text_of(client.get(f"{HOME}facilities/?{query}"))
        return re.findall(r'mo-cards__title"><a[^>]*>([^<]+)', html)

    assert "みどり体育館" in titles("q=みどりたいいくかん")  # kana, hiragana
    assert titles("q=どこにもない") == []
    assert titles(f"purpose=badminton&day={day}&q=みどり") == ["みどり体育館 体育館", "みどり体育館 会議室"]
    assert titles("people=100&q=みどり") == ["みどり体育館 体育館"]
    assert titles(f"band=am&people=100&q=みどり&day={day}") == []
    assert titles(f"band=pm&people=100&q=みどり&day={day}") == ["みどり体育館 体育館"]
    assert titles("equipment=いす&people=100&q=みどり") == ["みどり体育館 体育館"]
    html = text_of(client.get(f"{HOME}facilities/?band=am&people=100&q=みどり&day={day}"))
    assert "「時間帯」の条件を外すと1件あります" in html
    assert "「人数」の条件を外すと1件あります" in html


def test_A38_search_refuses_a_day_it_cannot_read_and_keeps_what_was_typed(
    street: Street, client: Client
) -> None:
    answer = client.get(f"{HOME}facilities/?day=2026-02-31&q=みどり")
    html = text_of(answer)
    assert answer.status_code == 422
    assert 'value="2026-02-31"' in html and 'value="みどり"' in html
    answer = client.get(f"{HOME}facilities/?band=am")
    assert answer.status_code == 422
    assert "時間帯でさがすときは、利用日を入力してください。" in text_of(answer)


@pytest.mark.parametrize(
    "address",
    [
        "facilities/no-such-place/",
        "facilities/test-hall/rooms/no-such-room/",
        "facilities/no-such-place/rooms/gym/month/",
        "availability/?facility=no-such-place",
        "book/?unit=999999999",
        "book/?unit=x",
        "book/",
    ],
)
def test_A38_unknown_places_are_absent(street: Street, client: Client, address: str) -> None:
    assert client.get(f"{HOME}{address}").status_code == 404


@pytest.mark.parametrize("query", ["month=2026-99", "month=abc", "month=0000-01", "month=99999", "unit=zzz"])
def test_A38_broken_addresses_show_the_page_of_now(street: Street, client: Client, query: str) -> None:
    assert client.get(f"{GYM}month/?{query}").status_code == 200
    assert client.get(f"{HOME}availability/?day=%27%3B--&{query}").status_code == 422


def test_A38_unpublished_rooms_are_not_shown(street: Street, client: Client) -> None:
    with acting_in(street.body):
        Room.objects.filter(pk=street.hall.meeting.pk).update(published=False)
    assert client.get(f"{FACILITY}rooms/meeting/").status_code == 404
    assert "会議室" not in text_of(client.get(day_page(street)))
    query = f"unit={street.hall.units['room'].pk}&day={street.day.isoformat()}"
    assert client.get(f"{HOME}book/?{query}").status_code == 404


def test_A38_without_a_day_there_is_no_telling_what_is_free_anywhere(street: Street, client: Client) -> None:
    assert client.get("/facilities/?purpose=バドミントン").status_code == 422


@pytest.mark.parametrize("prefix", ["/en", "/ja-easy"])
def test_A38_pages_stand_in_english_and_easy_japanese(street: Street, client: Client, prefix: str) -> None:
    for address in (f"{HOME}facilities/", FACILITY, GYM, f"{GYM}month/", day_page(street), "/facilities/"):
        assert client.get(f"{prefix}{address}").status_code == 200, address


def test_A38_only_uses_and_no_holds_stand_behind_the_marks(
    street: Street, client: Client, client_for: Any
) -> None:
    street.held(client_for(street.world.resident))
    assert marks_of(text_of(client.get(day_page(street))), "体育館") == ["taken", "free", "free"]
    with acting_in(street.body):
        assert Booking.objects.filter(state="held").count() == 1


def test_A38_every_page_of_the_portal_leads_to_both_services(street: Street, client: Client) -> None:
    procedures = HOME
    for address in (procedures, f"{HOME}facilities/", GYM, f"{HOME}lotteries/", f"{HOME}inquiry/"):
        html = text_of(client.get(address))
        assert f'href="{procedures}"' in html and f'href="{HOME}facilities/"' in html, address
    html = text_of(client.get(f"{HOME}facilities/"))
    for address in ("lotteries/", "bookings/", "reservations/registrations/", "open-data/facilities.csv"):
        assert f'href="{HOME}{address}"' in html, address
    assert f'href="{GYM}busy.ics"' in text_of(client.get(GYM))
    assert 'href="/facilities/"' in text_of(client.get("/"))
