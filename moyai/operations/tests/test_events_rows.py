"""研修・行事・広報 (M10: A04, A20, A40, A45, A50, O14, O20–O24, O32, O40, O41, O82–O84, O124, Y12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from moyai.operations.actions import events as actions
from moyai.operations.actions import news as news_actions
from moyai.operations.figures.events import attendance_table, events_table, exchanges_table, people_table
from moyai.operations.jobs.telling import tell_of_issue
from moyai.operations.models import Attendance, Event, Exchange, Issue
from moyai.operations.queries import events as queries
from moyai.operations.tests.clone import Clone
from moyai.operations.tests.places import NOW, at, member, secretary
from moyai.tenants.public import acting_in

BY = {"actor": secretary(), "now": NOW}


def an_event(kind: str = "seminar", name: str = "勉強会", **more: Any) -> Event:
    facts = {"from_on": date(2026, 12, 4), "asks_until": at(2026, 12, 1, 17), **more}
    return actions.plan_event(**BY, kind=kind, name=name, **facts)


def past(kind: str, name: str, on: date | None, **more: Any) -> Event:
    return actions.plan_event(**BY, kind=kind, name=name, from_on=on, fiscal_year=2019, **more)


def totals(table: Any) -> dict[str, Any]:
    return {
        column.key: figure.value for column, figure in zip(table.columns, table.solved()[-1], strict=True)
    }


def test_O20_on_the_spot_and_by_video_add_up_to_the_seminar(world: Any) -> None:
    seminar = past("seminar", "情報セキュリティ技術セミナー", date(2020, 1, 30))
    actions.note_attendance(**BY, event=seminar, group="自治体関係", persons=65)
    actions.note_attendance(**BY, event=seminar, group="警察関係", persons=3)
    actions.note_attendance(
        **BY, event=seminar, group="Web会議による参加", bodies=3, persons=None, remote=True
    )
    assert totals(attendance_table(seminar))["persons"] == 68
    assert totals(people_table(2019))["persons"] == 68


@pytest.mark.parametrize(
    ("name", "kind", "on", "bodies", "persons"),
    [
        ("O32 自治体クラウド検討会", "seminar", date(2019, 12, 4), 37, 53),
        ("O40 SC勉強会", "seminar", date(2019, 6, 24), 32, 42),
        ("O41 SOC見学会", "tour", date(2019, 9, 6), 31, 42),
    ],
)
def test_O32_O40_O41_bodies_and_people_of_an_event_as_its_record_counts_them(
    world: Any, name: str, kind: str, on: date, bodies: int, persons: int
) -> None:
    actions.note_attendance(**BY, event=past(kind, name, on), bodies=bodies, persons=persons)
    table = events_table(2019)
    line = {column.key: figure.value for column, figure in zip(table.columns, table.solved()[0], strict=True)}
    assert (line["bodies"], line["persons"]) == (bodies, persons)


def test_O82_O83_O84_trainings_without_a_day_add_up_to_1037(world: Any) -> None:
    for name, group, persons in (
        ("新規採用者", "", 497),
        ("個人情報適正管理", "", 173),
        ("おでかけ研修", "8部局", 367),
    ):
        actions.note_attendance(**BY, event=past("training", name, None), group=group, persons=persons)
    table = events_table(2019, kind="training", published={("total", "persons"): 1_037})
    total = table.solved()[-1][[column.key for column in table.columns].index("persons")]
    assert (total.value, total.published, total.difference) == (1_037, 1_037, 0)


def test_O124_Y12_awards_and_press_are_kept(world: Any) -> None:
    ideas = past("workshop", "アイデアソン", None, award="優秀賞：スマート渋滞予想")
    actions.note_attendance(**BY, event=ideas, group="自治体職員", persons=20)
    actions.note_attendance(**BY, event=ideas, group="民間企業", persons=18)
    press = past("press", "共同記者発表", date(2020, 2, 1), hosts="4市1町")
    assert totals(attendance_table(ideas))["persons"] == 38
    assert Event.objects.get(pk=ideas.pk).award == "優秀賞：スマート渋滞予想"
    assert [one.event.pk for one in queries.events_of(2019)] == [press.pk, ideas.pk]  # without a day: last
    assert queries.figures_of([press])[0].persons is None  # nobody counted: —, not 0


def test_A20_A45_A50_attendance_by_member(world: Any) -> None:
    briefing = past("briefing", "監査 全体説明会", date(2019, 6, 7), until_on=date(2019, 6, 8), sessions=8)
    for body, persons in ((world.matsudo, 3), (world.chiba, 5)):
        actions.note_attendance(**BY, event=briefing, body=body, persons=persons)
    actions.note_attendance(**BY, event=briefing, body=world.chiba, persons=6)  # counted again: mended
    table = attendance_table(briefing)
    assert [row.label for row in table.rows] == ["千葉市", "松戸市", "合計"]
    assert totals(table)["persons"] == 9
    (figures,) = queries.figures_of([briefing])
    assert (figures.bodies, figures.persons) == (2, 9)


def test_O21_O22_O23_exchanges_count_by_topic_and_kind(world: Any) -> None:
    for kind, topic, count in (
        ("newsletter", "メールマガジン", 13),
        ("list", "マイナンバー制度", 4),
        ("list", "情報政策全般", 204),
        ("web", "自治体クラウド", 9),
        ("web", "セミナー", 1),
        ("web", "定例会", 1),
        ("web", "新型コロナ", 1),
    ):
        news_actions.note_exchange(**BY, kind=kind, topic=topic, fiscal_year=2019, count=count)
    table = exchanges_table(2019)
    found = {row.key: line[1].value for row, line in zip(table.rows, table.solved(), strict=True)}
    assert (found["total-newsletter"], found["total-list"], found["total-web"]) == (13, 208, 12)


def test_O21_a_newsletter_goes_once_to_every_member_and_numbers_itself(world: Any) -> None:
    from moyai.notices.public import notices_about

    issue = news_actions.issue_newsletter(**BY, name="もやい便り", title="冬の研修", text="12月4日です。")
    again = news_actions.issue_newsletter(**BY, name="もやい便り", title="続報", text="会場が変わりました。")
    assert (issue.number, again.number, issue.recipients) == (1, 2, 2)
    for body in (world.chiba, world.matsudo):
        with acting_in(body):
            for _twice in range(2):
                tell_of_issue(issue_id=issue.pk, now=NOW)
            (told,) = notices_about(issue)
        assert told.subject == "【もやい便り】第1号 冬の研修" and "12月4日です。" in told.text
    record = news_actions.issue_newsletter(
        **BY, name="もやい便り", title="昔の号", number=9, sent_on=date(2025, 4, 1), recipients=40
    )
    assert record.recipients == 40
    for wrong, refusal in (
        ({"number": 9}, news_actions.IssueKnown),
        ({"sent_on": date(2027, 1, 1)}, news_actions.SentInTheFuture),
    ):
        with pytest.raises(refusal):
            news_actions.issue_newsletter(**BY, name="もやい便り", title="x", **wrong)
    assert Issue.objects.count() == 3


def test_M10_two_who_mend_one_count_and_a_count_known_already(world: Any) -> None:
    facts = {**BY, "kind": "list", "topic": "情報政策", "fiscal_year": 2026}
    news_actions.note_exchange(**facts, count=4)
    with pytest.raises(news_actions.ExchangeKnown):
        news_actions.note_exchange(**facts, count=5)
    news_actions.note_exchange(**facts, count=6, before=4)
    with pytest.raises(news_actions.ExchangeChanged):
        news_actions.note_exchange(**facts, count=7, before=4)
    assert [row.count for row in Exchange.objects.all()] == [6]


def test_M10_a_member_signs_up_changes_and_withdraws_until_the_deadline(world: Any, client_for: Any) -> None:
    event = an_event(
        most_persons=5, from_on=NOW.date() + timedelta(days=400), asks_until=NOW + timedelta(days=399)
    )
    here = f"/chiba-shi/office/events/{event.pk}/"
    clerk = client_for(world.at_chiba.clerk)
    assert clerk.get(here).status_code == 200
    assert clerk.post(here, {"persons": "3", "section": "情報政策課"}).status_code == 302
    assert (
        clerk.post(here, {"persons": "4", "section": "情報政策課"}).status_code == 302
    )  # changed, not added
    (mine,) = Attendance.objects.filter(event=event)
    assert (mine.body, mine.persons, mine.came) == (world.chiba, 4, False)
    refused = clerk.post(here, {"persons": "2", "section": "税務課"})
    assert refused.status_code == 422 and "定員まであと1人です。" in refused.content.decode()
    assert clerk.post(here, {"persons": "0"}).status_code == 422
    other = client_for(world.at_matsudo.clerk)
    theirs = f"/matsudo-shi/office/events/{event.pk}/withdraw/{mine.pk}/"
    assert other.post(theirs).status_code == 404
    assert Attendance.objects.filter(event=event).count() == 1
    assert clerk.post(f"{here}withdraw/{mine.pk}/").status_code == 302
    assert not Attendance.objects.filter(event=event).exists()


def test_M10_late_called_off_and_attended_are_refused_and_nothing_changes(world: Any) -> None:
    event = an_event(most_persons=3)
    chiba = member(world.chiba)
    with acting_in(world.chiba):
        late = {"actor": chiba, "event": event, "persons": 1}
        with pytest.raises(actions.NotOpen):
            actions.sign_up(**late, now=at(2026, 12, 1, 17, 0, 1))
        actions.sign_up(**late, now=at(2026, 12, 1, 17))  # at the very moment it is in time
    with pytest.raises(actions.MoreThanPlaces):
        big = an_event(name="大きい会")
        with acting_in(world.chiba):
            actions.sign_up(actor=chiba, now=NOW, event=big, persons=9)
        actions.change_event(
            **BY, event=big, version=1, kind="seminar", name="大きい会", from_on=big.from_on, most_persons=8
        )
    actions.note_attendance(**BY, event=event, body=world.chiba, persons=2)
    with acting_in(world.chiba), pytest.raises(actions.CameAlready):
        actions.sign_up(actor=chiba, now=NOW, event=event, persons=1)
    actions.call_off_event(**BY, event=event, version=1, reason="台風")
    with pytest.raises(actions.EventChanged):
        actions.call_off_event(**BY, event=event, version=1, reason="二度")
    with acting_in(world.matsudo), pytest.raises(actions.CalledOff):
        actions.sign_up(actor=member(world.matsudo), now=NOW, event=event, persons=1)
    for wrong, refusal in (
        ({"from_on": None}, actions.YearMissing),
        ({"until_on": date(2026, 12, 3)}, actions.EndsEarlier),
    ):
        with pytest.raises(refusal):
            an_event(name="不可", **wrong)
    assert not Event.objects.filter(name="不可").exists()
    assert [(one.persons, one.came) for one in Attendance.objects.filter(event=event)] == [(2, True)]


def test_M10_the_last_places_are_given_once_however_many_ask_at_the_same_moment() -> None:
    found = Clone("sign_up").acts("sign_up", members=20, places=7)
    assert found == {"outcomes": {"done": 7, "event_full": 13}, "rows": 7}


def test_A04_O24_the_survey_of_an_event_is_a_procedure_of_the_member_or_of_its_host(
    world: Any, client_for: Any
) -> None:
    own = an_event(survey="visitors", from_on=NOW.date() + timedelta(days=400))
    hosted = an_event(name="主催", survey="matsudo-shi/visitors", from_on=NOW.date() + timedelta(days=400))
    clerk = client_for(world.at_chiba.clerk)
    for event, link in (
        (own, "/chiba-shi/applications/visitors/"),
        (hosted, "/matsudo-shi/applications/visitors/"),
    ):
        assert f'href="{link}"' in clerk.get(f"/chiba-shi/office/events/{event.pk}/").content.decode()


def test_M10_two_secretaries_who_change_one_event_and_the_pages(world: Any, client_for: Any) -> None:
    desk = client_for(world.secretary)
    made = desk.post(
        "/council/events/new/",
        {
            "version": "0",
            "kind": "seminar",
            "name": "新しい会",
            "from_on": "R9.2.1",
            "sessions": "1",
            "asks_on": "R9.1.20",
            "asks_at": "17:00",
        },
    )
    assert made.status_code == 302
    event = Event.objects.get(name="新しい会")
    assert (event.fiscal_year, event.asks_until) == (2026, at(2027, 1, 20, 17))
    facts = {"version": "1", "kind": "seminar", "from_on": "R9.2.1", "sessions": "1"}
    change = f"/council/events/{event.pk}/change/"
    assert desk.get(change).status_code == 200
    assert desk.post(change, facts | {"name": "甲の名"}).status_code == 302
    refused = desk.post(change, facts | {"name": "乙の名"})
    assert refused.status_code == 422 and "ほかの担当者がこの行事を変えました" in refused.content.decode()
    assert Event.objects.get(pk=event.pk).name == "甲の名"
    assert desk.post(f"/council/events/{event.pk}/attendance/", {}).status_code == 422
    assert (
        desk.post(f"/council/events/{event.pk}/attendance/", {"body": "121002", "persons": "4"}).status_code
        == 302
    )
    for path in (
        "",
        f"{event.pk}/",
        f"{event.pk}/attendance/",
        f"{event.pk}/call-off/",
        f"{event.pk}/?format=csv",
        "?format=json",
    ):
        assert desk.get(f"/council/events/{path}").status_code == 200
    assert (
        desk.post(
            "/council/events/new/", {"version": "0", "kind": "seminar", "name": "日なし", "sessions": "1"}
        ).status_code
        == 422
    )


def test_O21_the_pages_of_news(world: Any, client_for: Any, django_assert_max_num_queries: Any) -> None:
    desk = client_for(world.secretary)
    assert (
        desk.post("/council/news/issues/new/", {"name": "便り", "title": "初号", "text": "本文"}).status_code
        == 302
    )
    issue = Issue.objects.get()
    assert desk.post("/council/news/issues/new/", {"name": "便り"}).status_code == 422
    facts = {"kind": "web", "topic": "定例会", "fiscal_year": "2026", "count": "2", "month": "R8.5.10"}
    assert desk.post("/council/news/exchanges/new/", facts | {"month": "R7.5.10"}).status_code == 422
    assert desk.post("/council/news/exchanges/new/", facts).status_code == 302
    row = Exchange.objects.get()
    assert (row.month, row.count) == (date(2026, 5, 1), 2)
    mend = f"/council/news/exchanges/{row.pk}/"
    assert desk.post(mend, {"before": "2", "count": "3"}).status_code == 302
    assert desk.post(mend, {"before": "2", "count": "9"}).status_code == 422
    assert Exchange.objects.get().count == 3
    for path in ("", f"issues/{issue.pk}/", "issues/new/", "exchanges/new/", "?fiscal_year=2026&format=csv"):
        assert desk.get(f"/council/news/{path}").status_code == 200
    with django_assert_max_num_queries(12):
        desk.get("/council/news/?fiscal_year=2026")
