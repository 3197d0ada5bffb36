"""What is written down beside the agenda: attendance, transcripts with licences, printed sheets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from moyai.council.actions.attendance import (
    NobodyAttends,
    NotSeated,
    Present,
    WrongHolder,
    WrongPersons,
    record_attendance,
    take_attendance,
)
from moyai.council.actions.licences import (
    GivenBack,
    NoLicenceLeft,
    PoolDays,
    PoolKnown,
    PoolNotInForce,
    SeatsInUse,
    WrongMinutes,
    change_pool,
    found_pool,
    give_back_licence,
    record_licence_use,
    take_licence,
)
from moyai.council.actions.meetings import MeetingSettled, cancel_meeting, record_meeting
from moyai.council.actions.minutes import import_transcript
from moyai.council.actions.prints import MonthToCome, WrongSheets, count_prints
from moyai.council.actions.refusing import RuleRefuses
from moyai.council.models import Attendance, LicencePool, LicenceUse, Meeting, PrintCount, Seat
from moyai.council.queries.licences import (
    hours,
    largest_fall,
    percent,
    pools,
    prints_against,
    total_change,
    year_of_use,
)
from moyai.council.queries.meetings import attendance_of, counted
from moyai.council.queries.sitting import sitting_in
from moyai.council.tests.assembly import NOW, SECRETARY, SINCE, TODAY, Assembly, with_code
from moyai.tenants.public import Body, clock

VTT = """WEBVTT 議事

NOTE 自動で書き起こした

1
00:00:01.000 --> 00:00:04.000
<v 議長>ただいまから会議を開きます。

2
00:00:05.000 --> 00:00:08.000 align:start
<v 議長>議案1について説明を求めます。

00:59:58.500 --> 01:00:01.250
<v 事務局><c.low>ご覧ください。</c>

01:10:00.000 --> 01:10:03.000
ご視聴ありがとうございました

01:11:00.000 --> 01:11:03.000
ご視聴ありがとうございました

01:12:00.000 --> 01:12:03.000
ご視聴ありがとうございました
"""


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


def held(town, committee=None, **more):
    return record_meeting(
        actor=SECRETARY,
        now=clock.now(),
        committee=committee or town.general,
        held_on=TODAY,
        closed=False,
        **more,
    )


def attend(meeting, how, **more):
    return record_attendance(actor=SECRETARY, now=clock.now(), meeting=meeting, how=how, **more)


def test_attendance_is_kept_by_member_and_counted_by_how_with_persons(town):
    meeting = held(town)
    lines = [
        Present("person", town.members[0], persons=2, who="佐藤、鈴木"),
        Present("online", town.members[1]),
        Present("written", town.members[2]),
        Present("proxy", town.members[3], holder=town.members[0]),
        Present("absent", town.members[4]),
        Present("person", town.observer, persons=3),
        Present("person", name="学識 先生"),
    ]
    take_attendance(actor=SECRETARY, now=clock.now(), meeting=meeting, lines=lines)
    count = counted(sitting_in(town.general, TODAY), attendance_of(meeting))
    assert (count.members, count.persons, count.by_how) == (
        7, 7, {"person": 1, "online": 1, "written": 1, "proxy": 1, "absent": 1},
    )  # fmt: skip
    assert count.silent == (town.members[5].name, town.members[6].name)
    assert Attendance.objects.get(body=town.members[3]).proxy_for == town.members[0]


def test_attendance_typed_again_replaces_the_line(town):
    meeting = held(town)
    attend(meeting, "absent", body=town.chiba)
    attend(meeting, "person", body=town.chiba, persons=2)
    assert list(Attendance.objects.values_list("how", "persons")) == [("person", 2)]


def test_A25_of_the_board_each_block_that_sent_nobody_is_named(town):
    others = [
        Body.objects.create(
            code=with_code(f"58{at:03d}"),
            name=f"幹事{at}市",
            kana="シ",
            kind="city",
            slug=f"kanji-{at}",
            from_on=SINCE,
        )
        for at in range(5)
    ]
    Seat.objects.bulk_create([Seat(committee=town.board, body=body, from_on=SINCE) for body in others])
    sent = [*town.members, *others]
    for at, body in enumerate(sent):
        Seat.objects.filter(committee=town.board, body=body).update(block=f"第{at + 1}ブロック")
    meeting = held(town, town.board)
    for body in sent[:11]:
        attend(meeting, "online" if body == town.chiba else "person", body=body)
    attend(meeting, "written", body=sent[11])
    count = counted(sitting_in(town.board, TODAY), attendance_of(meeting))
    assert (len(count.blocks), sum(count.blocks.values())) == (12, 11)
    assert [block for block, there in count.blocks.items() if not there] == ["第12ブロック"]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (lambda town: {"how": "person"}, NobodyAttends),
        (lambda town: {"how": "absent", "name": "だれか"}, NotSeated),
        (lambda town: {"how": "proxy", "body": town.chiba, "holder": town.chiba}, WrongHolder),
        (lambda town: {"how": "person", "body": town.chiba, "persons": 0}, WrongPersons),
        (lambda town: {"how": "person", "body": town.chiba, "persons": 1001}, WrongPersons),
    ],
)
def test_attendance_that_cannot_be_is_refused(town, line, refusal):
    meeting = held(town)
    with pytest.raises(refusal):
        attend(meeting, **line(town))
    assert not Attendance.objects.exists()


def test_who_is_not_seated_may_come_but_not_be_absent_and_not_to_a_meeting_called_off(town):
    stranger = _stranger()
    meeting = held(town)
    attend(meeting, "person", body=stranger)
    with pytest.raises(NotSeated):
        attend(meeting, "written", body=stranger)
    off = town.planned()
    cancel_meeting(actor=SECRETARY, now=clock.now(), meeting=off, reason="都合")
    with pytest.raises(MeetingSettled):
        attend(off, "person", body=town.chiba)
    assert list(Attendance.objects.values_list("how", flat=True)) == ["person"]


def _stranger():
    return Body.objects.create(
        code="529991", name="新しい市", kana="シ", kind="city", slug="atarashii-shi", from_on=TODAY
    )


# -- transcripts and licences ----------------------------------------------------------------------------------------
def pool(seats=2, **more):
    return found_pool(
        actor=SECRETARY, now=clock.now(), name="音声認識", seats=seats, from_on=date(2019, 4, 1), **more
    )


def take(one):
    return take_licence(actor=SECRETARY, now=clock.now(), pool=one)


def test_O08_a_transcript_becomes_editable_minutes_and_its_licence_goes_back(town):
    meeting, use = held(town), take(pool())
    read = import_transcript(
        actor=SECRETARY,
        now=clock.now(),
        meeting=meeting,
        name="会議.vtt",
        content=VTT.encode(),
        use=use,
        saved_minutes=180,
    )
    assert (read.sound_minutes, read.dropped) == (73, 2)
    stored = Meeting.objects.get()
    assert stored.minutes == (
        "議長：ただいまから会議を開きます。\n議案1について説明を求めます。\n事務局：ご覧ください。\nご視聴ありがとうございました"
    )
    assert (stored.minutes_state, stored.state) == ("draft", "held")
    use.refresh_from_db()
    assert (use.back_at, use.sound_minutes, use.saved_minutes, use.meeting_id) == (NOW, 73, 180, meeting.pk)
    import_transcript(
        actor=SECRETARY,
        now=clock.now(),
        meeting=meeting,
        name="続き.txt",
        content="続き。\r\n".encode("cp932"),
    )
    assert Meeting.objects.get().minutes.endswith("\n\n続き。")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.vtt", "字幕\n\n00:01.000 --> 00:02.000\nはい".encode(), "WEBVTT"),
        ("a.vtt", b"WEBVTT\n\n0:1 --> 0:2\nx", "3行目"),
        ("a.vtt", b"WEBVTT\n\nNOTE x", "1つもありません"),
        ("a.txt", b"\n \n", "1つもありません"),
        ("a.txt", b"\x00\x01\x02", "文字として読めません"),
        ("a.txt", b"\xff\xfe\x00A", "文字として読めません"),
    ],
)
def test_O08_a_file_that_is_no_transcript_is_refused_and_the_licence_stays_taken(town, name, content, said):
    meeting, use = held(town), take(pool())
    with pytest.raises(RuleRefuses, match=said):
        import_transcript(
            actor=SECRETARY, now=clock.now(), meeting=meeting, name=name, content=content, use=use
        )
    use.refresh_from_db()
    assert (Meeting.objects.get().minutes, use.back_at) == ("", None)


def test_O08_a_pool_is_never_exceeded_and_a_seat_given_back_is_free_again(town):
    one = pool(2)
    first, second = take(one), take(one)
    assert (first.seat, second.seat, pools()[0].free) == (1, 2, 0)
    with pytest.raises(NoLicenceLeft):
        take(one)
    assert LicenceUse.objects.count() == 2
    give_back_licence(actor=SECRETARY, now=clock.now(), use=first, sound_minutes=60, saved_minutes=120)
    assert take(one).seat == 1
    with pytest.raises(GivenBack):
        give_back_licence(actor=SECRETARY, now=clock.now(), use=first, sound_minutes=1, saved_minutes=1)
    first.refresh_from_db()
    assert first.sound_minutes == 60


def test_O08_a_pool_out_of_its_days_is_not_used_and_not_cut_below_what_is_taken(town):
    over = pool(1, until_on=date(2026, 5, 31))
    with pytest.raises(PoolNotInForce):
        take(over)
    with pytest.raises(PoolKnown):
        pool()
    with pytest.raises(PoolDays):
        found_pool(
            actor=SECRETARY,
            now=clock.now(),
            name="別",
            seats=1,
            from_on=TODAY,
            until_on=TODAY - timedelta(days=1),
        )
    assert not LicenceUse.objects.exists()
    one = change_pool(actor=SECRETARY, now=clock.now(), pool=over, seats=3)
    take(one), take(one)
    with pytest.raises(SeatsInUse):
        change_pool(actor=SECRETARY, now=clock.now(), pool=one, seats=1)
    assert LicencePool.objects.get().seats == 3
    assert change_pool(actor=SECRETARY, now=clock.now(), pool=one, seats=2).seats == 2


def test_O08_sixty_hours_a_month_and_746_hours_saved_are_reported_from_the_minutes(town):
    one = pool()
    for month in range(12):
        at = datetime(2019 + (month + 3) // 12, (month + 3) % 12 + 1, 20, 3, tzinfo=UTC)
        record_licence_use(
            actor=SECRETARY, now=clock.now(), pool=one, taken_at=at, sound_minutes=3580 + month * 5,
            saved_minutes=3730,
        )  # fmt: skip
    used = year_of_use(2019)
    assert (used.uses, used.saved_minutes) == (12, 44_760)
    assert (hours(used.monthly_sound), hours(used.saved_minutes)) == (60, 746)
    assert year_of_use(2018).saved_minutes == 0


def test_O08_minutes_below_nothing_are_refused(town):
    use = take(pool())
    with pytest.raises(WrongMinutes):
        give_back_licence(actor=SECRETARY, now=clock.now(), use=use, sound_minutes=-1, saved_minutes=0)
    use.refresh_from_db()
    assert use.back_at is None


# -- ペーパーレス ------------------------------------------------------------------------------------------------------
def printed(month, sheets, section="IT推進課"):
    return count_prints(actor=SECRETARY, now=clock.now(), section=section, month=month, sheets=sheets)


def test_O09_sheets_are_compared_with_the_same_month_of_the_base_year(town):
    for year, sheets in ((2016, [10_000, 12_000, 8_000]), (2019, [9_000, 8_880, 8_000])):
        for month, count in enumerate(sheets, 4):
            printed(date(year, month, 17), count)
    printed(date(2019, 7, 1), 500)  # without a month to compare with
    lines = prints_against(2019, 2016)
    assert [line.change for line in lines[:4]] == [Fraction(-1, 10), Fraction(-26, 100), Fraction(0), None]
    least = largest_fall(lines)
    assert least is not None and (least.month, percent(least.change)) == (date(2019, 5, 1), "△26.0%")
    assert total_change(lines) == Fraction(25_880 - 30_000, 30_000)


def test_O09_a_month_typed_again_replaces_it_and_one_to_come_is_refused(town):
    printed(date(2026, 5, 31), 100)
    printed(date(2026, 5, 1), 90)
    for month, sheets, refusal in ((date(2026, 7, 1), 5, MonthToCome), (date(2026, 5, 1), -1, WrongSheets)):
        with pytest.raises(refusal):
            printed(month, sheets)
    assert list(PrintCount.objects.values_list("month", "sheets")) == [(date(2026, 5, 1), 90)]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Fraction(-26, 100), "△26.0%"), (Fraction(1, 8), "12.5%"), (Fraction(0), "0.0%"), (Fraction(-5, 10_000), "△0.1%"),
        (Fraction(-4, 10_000), "0.0%"), (Fraction(2, 3), "66.7%"),
    ],
)  # fmt: skip
def test_a_part_is_printed_half_away_from_zero(part, words):
    assert percent(part) == words


# -- by the pages ------------------------------------------------------------------------------------------------------
def test_O08_O09_licences_and_sheets_by_the_pages(town, world, client_for):
    client = client_for(world.secretary)
    posted = {"name": "音声認識", "seats": "1", "from_on": "H31.4.1", "until_on": ""}
    assert client.post("/council/meetings/licences/new/", posted).status_code == 302
    assert client.post("/council/meetings/licences/new/", posted).status_code == 409
    one = LicencePool.objects.get()
    assert client.post(f"/council/meetings/licences/{one.pk}/take/").status_code == 302
    assert client.post(f"/council/meetings/licences/{one.pk}/take/").status_code == 409
    use = LicenceUse.objects.get()
    page = client.get("/council/meetings/licences/").content.decode()
    assert "1本のうち0本があいています" in page and "1番を返す" in page
    back = f"/council/meetings/licences/uses/{use.pk}/back/"
    assert client.post(back, {"sound_minutes": "多い", "saved_minutes": "1"}).status_code == 422
    assert LicenceUse.objects.get().back_at is None
    assert client.post(back, {"sound_minutes": "60", "saved_minutes": "120"}).status_code == 302
    assert "約2時間" in client.get("/council/meetings/licences/?year=2026").content.decode()
    assert (
        client.post(
            "/council/meetings/prints/", {"section": "課", "month": "R8.5.1", "sheets": "10"}
        ).status_code
        == 302
    )
    assert (
        client.post(
            "/council/meetings/prints/", {"section": "課", "month": "R9.5.1", "sheets": "10"}
        ).status_code
        == 422
    )
    assert PrintCount.objects.count() == 1
    assert "2026-05" in client.get("/council/meetings/prints/?year=2026&base=2025").content.decode()


def test_O08_a_transcript_is_read_by_the_page_with_what_was_left_out(town, world, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, meeting = client_for(world.secretary), held(town)
    page = f"/council/meetings/{meeting.pk}/minutes/import/"
    wrong = {"file": SimpleUploadedFile("a.vtt", b"x"), "use": "", "sound_minutes": "", "saved_minutes": ""}
    assert client.post(page, wrong).status_code == 422
    assert Meeting.objects.get().minutes == ""
    right = wrong | {"file": SimpleUploadedFile("会議.vtt", VTT.encode(), "text/vtt")}
    answer = client.post(page, right, follow=True)
    assert "同じ文の繰返し2行を省きました" in answer.content.decode()
    assert Meeting.objects.get().minutes.startswith("議長：")
