"""The secretariat's pages of sittings, walked as a secretary does; who only reads changes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.meetings import call_meeting
from moyai.council.models import Attendance, Ballot, Climb, Item, Meeting, Paper, Task, Vote
from moyai.council.tests.assembly import DEADLINE, NOW, SECRETARY, TODAY, Assembly, a_pdf
from moyai.tenants.public import clock

SOON = TODAY + timedelta(days=20)


@pytest.fixture
def now():
    with clock.at(NOW) as moment:
        yield moment


@pytest.fixture
def town(world, now):
    return Assembly(world)


@pytest.fixture
def secretary(world, client_for, now):
    return client_for(world.secretary)


def posted_meeting(town, **more):
    return {
        "committee": str(town.general.pk),
        "held_on": "R8.6.21",
        "until_on": "",
        "begins": "13:30",
        "mode": "person",
        "place": "県庁",
        "name": "定期総会",
        "public": "on",
    } | more


def body(answer):
    return answer.content.decode()


def words_on(reader, number):
    """The words of a page, without the spaces that type-setting puts between them."""
    return reader.pages[number].extract_text().replace(" ", "").replace("\n", "")


def test_A23_secretary_plans_a_meeting_and_finds_it_in_the_list_of_its_year(town, secretary):
    answer = secretary.post("/council/meetings/new/", posted_meeting(town))
    assert answer.status_code == 302
    made = Meeting.objects.get()
    assert answer["Location"] == f"/council/meetings/{made.pk}/"
    assert (made.number, made.fiscal_year, made.held_on, made.name, f"{made.begins:%H:%M}") == (
        1, 2026, date(2026, 6, 21), "定期総会", "13:30",
    )  # fmt: skip
    page = body(secretary.get("/council/meetings/?year=2026"))
    assert "令和8年度 第1回 総会（定期総会）" in page
    assert "会議はまだありません" in body(secretary.get("/council/meetings/?year=2025"))


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"committee": ""}, 422, "会議体を選んでください。"),
        ({"held_on": "R8.2.30"}, 422, "開催日"),
        ({"until_on": "R8.6.20"}, 422, "終わりの日は、始まりの日以降にしてください。"),
        ({"held_on": "H28.4.1"}, 422, "設置される"),
        ({"begins": "25時"}, 422, "始まる時刻"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_beside_its_field_and_nothing_is_stored(
    town, secretary, more, status, said
):
    answer = secretary.post("/council/meetings/new/", posted_meeting(town, **more))
    assert answer.status_code == status
    assert said in body(answer)
    assert 'value="県庁"' in body(answer)
    assert not Meeting.objects.exists()


def test_A35_the_page_refuses_a_meeting_of_an_abolished_committee_and_says_since_when(town, secretary):
    town.general.until_on = date(2026, 5, 31)
    town.general.save()
    answer = secretary.post("/council/meetings/new/", posted_meeting(town))
    assert answer.status_code == 422
    assert "令和8年6月1日に廃止された" in body(answer)
    assert not Meeting.objects.exists()


def test_two_secretaries_edit_one_meeting_and_the_second_sees_what_changed(
    town, secretary, world, client_for
):
    meeting = town.planned(place="県庁")
    first = {
        "held_on": "R8.6.21", "mode": "written", "place": "市役所", "name": "", "version": "1", "public": "on",
    }  # fmt: skip
    assert secretary.post(f"/council/meetings/{meeting.pk}/edit/", first).status_code == 302
    second = first | {"place": "公民館", "name": "臨時総会"}
    answer = secretary.post(f"/council/meetings/{meeting.pk}/edit/", second)
    page = body(answer)
    assert answer.status_code == 409
    assert "ほかの人が先に保存しました" in page
    assert "市役所" in page and "公民館" in page and "臨時総会" in page
    stored = Meeting.objects.get(pk=meeting.pk)
    assert (stored.place, stored.name, stored.version) == ("市役所", "", 2)
    assert 'name="version" value="2"' in page  # having seen it, the next save goes through
    assert (
        secretary.post(f"/council/meetings/{meeting.pk}/edit/", second | {"version": "2"}).status_code == 302
    )
    stored.refresh_from_db()
    assert (stored.place, stored.name, stored.version) == ("公民館", "臨時総会", 3)


def test_from_plan_to_fixed_minutes_by_the_pages_alone(town, secretary, world, client_for):
    assert secretary.post("/council/meetings/new/", posted_meeting(town)).status_code == 302
    meeting = Meeting.objects.get()
    here = f"/council/meetings/{meeting.pk}/"
    posted = {"title": "令和8年度予算", "kind": "decide", "text": "本文", "heading": "", "rule": ""}
    assert secretary.post(f"{here}items/new/", posted).status_code == 302
    item = Item.objects.get()
    file = SimpleUploadedFile("予算書.pdf", a_pdf(2), "application/pdf")
    paper = {"title": "予算書", "item": str(item.pk), "readers": "committee", "file": file}
    assert secretary.post(f"{here}papers/new/", paper).status_code == 302
    assert secretary.post(f"{here}call/", {}).status_code == 302
    page = body(secretary.get(here))
    assert "別紙1" in page and "招集済" in page
    roll = {f"how_{town.chiba.code}": "person", f"persons_{town.chiba.code}": "2", f"who_{town.chiba.code}": "佐藤、鈴木",
            f"how_{town.matsudo.code}": "proxy", f"holder_{town.matsudo.code}": town.chiba.code,
            "name_0": "学識 先生", "how_other_0": "online", "persons_other_0": "1"}  # fmt: skip
    assert secretary.post(f"{here}attendance/", roll).status_code == 302
    assert [(one.body_id and one.body.name, one.how, one.persons) for one in
            Attendance.objects.order_by("body__code")] == [
        ("千葉市", "person", 2), ("松戸市", "proxy", 0), (None, "online", 1),
    ]  # fmt: skip
    with clock.at(NOW + timedelta(days=21)):
        assert secretary.post(f"{here}hold/", {}).status_code == 302
        decided = {"state": "decided", "outcome": "原案のとおり", "decided_on": ""}
        assert secretary.post(f"/council/meetings/items/{item.pk}/decide/", decided).status_code == 302
        task = {
            "text": "様式を直す",
            "item": str(item.pk),
            "body": town.chiba.code,
            "who": "",
            "due_on": "R8.6.22",
        }
        assert secretary.post(f"{here}tasks/new/", task).status_code == 302
        version = Meeting.objects.get().version
        minutes = {"minutes": "開会。\n議案を決定した。", "state": "amend", "version": str(version)}
        assert secretary.post(f"{here}minutes/", minutes).status_code == 302
        assert secretary.post(f"{here}minutes/fix/", {"version": str(version + 1)}).status_code == 302
    stored = Meeting.objects.get()
    assert (stored.state, stored.minutes_state) == ("closed", "fixed")
    assert Item.objects.get().decided_on == date(2026, 6, 21)
    with clock.at(NOW + timedelta(days=30)):
        page = body(secretary.get("/council/meetings/tasks/"))
        assert "様式を直す" in page and "期限超過" in page
        finish = f"/council/meetings/tasks/{Task.objects.get().pk}/finish/"
        assert secretary.post(finish, {"evidence": ""}).status_code == 422
        assert Task.objects.get().done_on is None
        assert secretary.post(finish, {"evidence": "第2回 別紙3"}).status_code == 302
    assert Task.objects.get().evidence == "第2回 別紙3"


def test_C08_secretary_climbs_items_by_the_page_and_sees_the_whole_way(town, secretary):
    made = {}
    for committee, day in ((town.section, date(2026, 5, 1)), (town.board, date(2026, 5, 20))):
        meeting = town.planned(committee, held_on=day, mode="person")
        made[committee.pk] = meeting
        Meeting.objects.filter(pk=meeting.pk).update(state="held")
    item = town.item(made[town.section.pk], "入札様式の統一")
    page = f"/council/meetings/{made[town.board.pk].pk}/items/climb/"
    assert "まだ上申していない議案はありません" in body(secretary.get(page))
    assert secretary.post(page, {"origins": [str(item.pk)]}).status_code == 422  # still 案 below
    assert not Climb.objects.exists()
    decide = f"/council/meetings/items/{item.pk}/decide/"
    assert secretary.post(decide, {"state": "decided", "outcome": "", "decided_on": ""}).status_code == 302
    assert secretary.post(page, {"origins": [str(item.pk)], "title": ""}).status_code == 302
    upper = Item.objects.exclude(pk=item.pk).get()
    assert (upper.title, upper.meeting_id) == ("入札様式の統一", made[town.board.pk].pk)
    way = body(secretary.get(f"/council/meetings/items/{item.pk}/"))
    assert way.index("令和8年度 第1回 電子調達部会") < way.index("令和8年度 第1回 幹事会")
    assert "この議案を開く" in way


def test_C46_print_gives_one_pdf_with_cover_agenda_and_each_paper_marked(town, secretary):
    meeting = town.planned(mode="person", name="定期総会")
    item = town.item(meeting, "令和8年度予算について")
    for title, pages in (("予算書", 2), ("内訳", 1)):
        file = SimpleUploadedFile(f"{title}.pdf", a_pdf(pages, title), "application/pdf")
        posted = {"title": title, "item": str(item.pk), "readers": "members", "file": file}
        assert secretary.post(f"/council/meetings/{meeting.pk}/papers/new/", posted).status_code == 302
    text = SimpleUploadedFile("覚え.txt", "覚え書き\n二行目".encode(), "text/plain")
    posted = {"title": "覚え書き", "item": "", "readers": "members", "file": text}
    assert secretary.post(f"/council/meetings/{meeting.pk}/papers/new/", posted).status_code == 302
    answer = secretary.get(f"/council/meetings/{meeting.pk}/print/")
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    assert len(reader.pages) == 1 + 1 + 2 + 1  # cover, the text of the whole sitting, the two of the item
    cover = words_on(reader, 0)
    for words in (
        "令和8年度 第1回 総会（定期総会）",
        "令和8年度予算について",
        "別紙1",
        "別紙2",
        "別紙3",
        "覚え書き",
    ):
        assert words.replace(" ", "") in cover, words
    assert "別紙1" in words_on(reader, 1) and "二行目" in words_on(reader, 1)
    assert "別紙2" in words_on(reader, 2)
    assert "別紙" not in words_on(reader, 3)
    assert "別紙3" in words_on(reader, 4)


def test_A32_secretary_runs_a_written_vote_by_the_pages(town, secretary, world, client_for):
    meeting = town.planned()
    item = town.item(meeting)
    call_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting)
    page = f"/council/meetings/items/{item.pk}/ballot/"
    assert secretary.post(page, {"deadline_on": "", "chair": ""}).status_code == 422
    assert secretary.post(page, {"deadline_on": "R8.5.31", "chair": ""}).status_code == 422
    assert not Ballot.objects.exists()
    assert (
        secretary.post(page, {"deadline_on": "R8.6.10", "deadline_at": "17:00", "chair": ""}).status_code
        == 302
    )
    ballot = Ballot.objects.get()
    assert ballot.deadline == DEADLINE
    here = f"/council/meetings/ballots/{ballot.pk}/"
    shown = body(secretary.get(here))
    assert shown.count("未回答") >= 7 and "投じられたとおりに残っています" in shown
    assert secretary.post(f"{here}remind/").status_code == 302
    assert ballot.reminders.count() == 7
    assert secretary.post(f"{here}remind/").status_code == 302
    assert ballot.reminders.count() == 7  # once a body and day
    votes = {f"how_{one.code}": "written" for one in town.members[:5]}
    votes |= {f"choice_{one.code}": "for" for one in town.members[:5]}
    assert secretary.post(f"{here}votes/", votes | {f"choice_{town.chiba.code}": ""}).status_code == 422
    assert not Vote.objects.exists()
    assert secretary.post(f"{here}votes/", votes).status_code == 302
    assert Vote.objects.count() == 5
    assert secretary.post(f"{here}votes/", votes).status_code == 302
    assert Vote.objects.count() == 5  # nothing differed
    assert secretary.post(f"{here}count/", {}).status_code == 409
    assert Ballot.objects.get().state == "open"
    with clock.at(DEADLINE + timedelta(seconds=1)):
        assert secretary.post(f"{here}count/", {}).status_code == 302
        shown = body(secretary.get(here))
    assert "可決" in shown and "5団体" in shown
    assert Item.objects.get(pk=item.pk).state == "decided"


def test_auditor_reads_all_and_changes_nothing(town, world, client_for, now):
    meeting = town.called()
    item = meeting.items.get()
    auditor = client_for(world.auditor)
    for path in ("", "?year=2026", f"{meeting.pk}/", f"items/{item.pk}/", "tasks/", "licences/", "prints/"):
        answer = auditor.get(f"/council/meetings/{path}")
        assert answer.status_code == 200, path
        assert "できること" not in body(answer) or "会議を準備する" not in body(answer)
    before = (Meeting.objects.get().state, Item.objects.count())
    for path, posted in (
        (f"{meeting.pk}/cancel/", {"reason": "都合"}),
        (f"{meeting.pk}/items/new/", {"title": "x", "kind": "decide", "heading": "", "rule": ""}),
        ("new/", posted_meeting(town)),
        (f"items/{item.pk}/ballot/", {"deadline_on": "R8.6.10", "chair": ""}),
    ):
        assert auditor.post(f"/council/meetings/{path}", posted).status_code == 403, path
    assert (Meeting.objects.get().state, Item.objects.count()) == before


def test_what_is_not_there_is_absent(town, secretary):
    for path in (
        "999999/", "999999/edit/", "999999/print/", "999999/attendance/", "999999/minutes/import/", "items/999999/",
        "items/999999/ballot/", "papers/999999/", "papers/999999/replace/", "tasks/999999/finish/", "ballots/999999/",
        "ballots/999999/votes/", "licences/999999/edit/", "licences/uses/999999/back/",
    ):  # fmt: skip
        assert secretary.get(f"/council/meetings/{path}").status_code == 404, path


def test_the_page_of_a_meeting_asks_as_often_for_thirty_items_as_for_one(
    town, secretary, django_assert_max_num_queries
):
    def queries(meeting):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert secretary.get(f"/council/meetings/{meeting.pk}/").status_code == 200
        return len(asked)

    meeting = town.called()
    ballot_item = meeting.items.get()
    open_ballot(actor=SECRETARY, now=clock.now(), item=ballot_item, deadline=DEADLINE)
    queries(meeting)
    few = queries(meeting)
    for number in range(29):
        item = town.item(meeting, f"議案{number}")
        if number < 5:
            file = SimpleUploadedFile(f"{number}.pdf", a_pdf(1, str(number)), "application/pdf")
            posted = {"title": f"資料{number}", "item": str(item.pk), "readers": "members", "file": file}
            assert secretary.post(f"/council/meetings/{meeting.pk}/papers/new/", posted).status_code == 302
    assert Paper.objects.count() == 5
    assert queries(meeting) == few <= 24


def test_the_list_of_a_year_pages_by_key_and_asks_as_often_for_many(town, secretary):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for number in range(55):
        town.planned(town.section, held_on=date(2026, 4, 1) + timedelta(days=number))
    with CaptureQueriesContext(connection) as asked:
        page = body(secretary.get("/council/meetings/?year=2026"))
    assert len(asked) <= 16
    assert page.count("電子調達部会</a>") == 50
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    rest = body(secretary.get(older))
    assert rest.count("電子調達部会</a>") == 5
