"""The last seat of a course, its waiting list, and a deadline that passes while somebody fills in; without script."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from moyai.applications import catalogue
from tests.journeys.browser import Reader, opened_browser, rows, until
from tests.journeys.filler import Filler

pytestmark = pytest.mark.journey

COURSE = "親子でつくる木工教室の申込み"
FIRST, SECOND = "第1回 5月9日（土）午前10時から", "第2回 5月16日（土）午前10時から"
SEND = "この内容で申し込む"
SECONDS = 25  # until the deadline of the journey: enough to press one button on a busy machine

People = Callable[[], Reader]


@pytest.fixture(scope="module")
def browser(live: Any) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def people(browser: Any, live: Any) -> Iterator[People]:
    """people() opens one more window of somebody with an empty past."""
    readers: list[Reader] = []

    def made() -> Reader:
        readers.append(Reader(browser, live, "plain", width=375))
        return readers[-1]

    yield made
    for reader in readers:
        reader.close()


@pytest.fixture(scope="module")
def change(live: Any) -> Callable[..., None]:
    """The installation's rows changed from outside, as its owner."""

    def run(statement: str, *values: Any) -> None:
        with psycopg.connect(live.database_url) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

    return run


POOL = (
    "FROM applications_pool p JOIN applications_procedure q ON q.id = p.procedure_id AND q.body_id = p.body_id"
    " JOIN tenants_body b ON b.id = p.body_id WHERE b.slug = 'chiba-shi' AND q.code = 'event' AND p.key = %s"
)


def place(live: Any, key: str) -> tuple[int, int]:
    """Capacity of a session, and what is taken of it."""
    [(capacity, taken)] = rows(live, f"SELECT p.capacity, p.taken {POOL}", key)
    counted = "SELECT coalesce(sum(t.quantity), 0) FROM applications_taking t WHERE t.state IN"
    [(held,)] = rows(
        live,
        f"{counted} ('held', 'taken', 'offered') AND (t.body_id, t.pool_id) = (SELECT p.body_id, p.id {POOL})",
        key,
    )
    assert held == taken  # the sum says what the rows say
    return int(capacity), int(taken)


@pytest.fixture
def one_left(live: Any, change: Callable[..., None]) -> Callable[..., None]:
    """one_left(hold=…, waiting=…): the first session has one seat and is run by these rules."""

    def made(*, hold: int, waiting: bool) -> None:
        change(
            "UPDATE applications_pool SET capacity = taken + 1, hold_minutes = %s, waiting_list = %s"
            f" WHERE (body_id, id) = (SELECT p.body_id, p.id {POOL})",
            hold,
            waiting,
            "first",
        )

    return made


def answers(name: str, session: str = "first") -> dict[str, Any]:
    given = copy.deepcopy(catalogue.example("event-alone")["answers"])
    return {**given, "session": session, "name": name}


def filled_in(reader: Reader, name: str, folder: Path, session: str = "first") -> None:
    """From the procedure's own page to the check page."""
    reader.goto("/chiba-shi/applications/event/")
    reader.follow("申込みを始める")
    Filler(reader, catalogue.document("event"), folder).fill(answers(name, session))


def sent(reader: Reader) -> tuple[str, str]:
    reader.press(SEND)
    reader.at("申込みを受け付けました")
    number, secret = reader.page.locator("main .mo-panel .mo-number").all_inner_texts()
    return number, secret


def applications_of(live: Any, name: str) -> int:
    return int(rows(live, "SELECT count(*) FROM applications_application WHERE applicant = %s", name)[0][0])


# -- the last seat -------------------------------------------------------------------------------------------------------
def test_the_first_to_send_gets_the_last_seat_and_the_other_goes_to_another_day(
    people: People, live: Any, one_left: Callable[..., None], tmp_path: Path
) -> None:
    """Nothing is held while filling in: both stand before the button, one seat is left."""
    one_left(hold=0, waiting=False)
    capacity, taken = place(live, "first")
    _capacity, elsewhere = place(live, "second")
    quick, slow = people(), people()
    filled_in(quick, "早川　早苗", tmp_path)
    filled_in(slow, "遅井　遼", tmp_path)
    assert "満員" not in slow.text
    sent(quick)
    assert place(live, "first") == (capacity, capacity) == (capacity, taken + 1)

    slow.press(SEND)
    slow.at("申込内容の確認")
    assert f"「{FIRST}」は満員です。" in slow.text
    assert f"空きがある枠：{SECOND}（残り" in slow.text
    assert "遅井　遼" in slow.text and "hana@example.jp" in slow.text  # nothing typed is lost
    assert slow.page.get_by_role("button", name=SEND).count() == 0
    assert applications_of(live, "遅井　遼") == 0 and place(live, "first") == (capacity, capacity)

    slow.follow("修正する：参加日")
    slow.at("参加日")
    assert slow.control("session", "first").is_checked() and "満員" in slow.text
    slow.choose("session", "second")
    slow.press("変更を保存する")
    slow.at("申込内容の確認")
    assert "満員" not in slow.text
    sent(slow)
    assert applications_of(live, "早川　早苗") == applications_of(live, "遅井　遼") == 1
    assert place(live, "first") == (capacity, capacity)
    assert place(live, "second")[1] == elsewhere + 1


def test_who_chose_the_seat_first_holds_it_while_filling_in_and_the_other_is_told_at_once(
    people: People, live: Any, one_left: Callable[..., None], change: Callable[..., None], tmp_path: Path
) -> None:
    one_left(hold=15, waiting=False)
    capacity, _taken = place(live, "first")
    holder, other = people(), people()
    for reader in (holder, other):  # both look at the question while the seat is free
        reader.goto("/chiba-shi/applications/event/")
        reader.follow("申込みを始める")
        reader.at("参加日")
        assert f"{FIRST}：残り1" in reader.text
    holder.choose("session", "first")
    holder.press("次へ進む")
    holder.at("参加する方")
    assert place(live, "first") == (capacity, capacity)  # held from the choice on

    other.choose("session", "first")
    other.press("次へ進む")
    other.at("参加日")
    body = other.page.locator("body").inner_text()
    assert f"「{FIRST}」は満員です。" in body and f"空きがある枠：{SECOND}（残り" in body
    assert other.control("session", "first").is_checked()
    other.choose("session", "second")
    other.press("次へ進む")
    other.at("参加する方")

    given = answers("仮押さえ　薫")
    Filler(holder, catalogue.document("event"), tmp_path).fill(given)
    sent(holder)
    assert applications_of(live, "仮押さえ　薫") == 1
    assert place(live, "first") == (capacity, capacity)


def test_a_seat_held_too_long_goes_to_the_next_and_the_first_is_told(
    people: People, live: Any, one_left: Callable[..., None], change: Callable[..., None], tmp_path: Path
) -> None:
    one_left(hold=15, waiting=False)
    capacity, _taken = place(live, "first")
    sleeper, quick = people(), people()
    filled_in(sleeper, "眠井　宏", tmp_path)
    change("UPDATE applications_taking SET until = now() - interval '1 second' WHERE state = 'held'")
    filled_in(quick, "次田　次郎", tmp_path)
    sent(quick)
    sleeper.press(SEND)
    sleeper.at("申込内容の確認")
    assert f"「{FIRST}」は満員です。" in sleeper.text and "眠井　宏" in sleeper.text
    assert applications_of(live, "眠井　宏") == 0 and applications_of(live, "次田　次郎") == 1
    assert place(live, "first") == (capacity, capacity)


def asked(reader: Reader, number: str, secret: str) -> None:
    """申込内容の照会."""
    reader.goto("/chiba-shi/inquiry/")
    reader.type("number", number)
    reader.type("secret", secret)
    reader.press("照会する")
    reader.at("申込みの状況")


def test_who_waits_is_told_before_sending_is_offered_the_seat_given_up_and_takes_it(
    people: People, live: Any, one_left: Callable[..., None], tmp_path: Path
) -> None:
    one_left(hold=15, waiting=True)
    capacity, _taken = place(live, "first")
    holder, waiter, third = people(), people(), people()
    filled_in(holder, "一番　一子", tmp_path)
    assert "補欠" not in holder.text  # the seat is held for her
    filled_in(waiter, "二番　二郎", tmp_path)
    assert f"「{FIRST}」は満員です。このまま申し込むと補欠になり" in waiter.text
    assert f"空きがある枠：{SECOND}（残り" in waiter.text
    first_number, first_secret = sent(holder)
    number, secret = sent(waiter)
    assert "補欠 1番目" in waiter.text
    filled_in(third, "三番　三輪", tmp_path)
    third_number, third_secret = sent(third)
    assert "補欠 2番目" in third.text
    assert place(live, "first") == (capacity, capacity)

    asked(holder, first_number, first_secret)
    holder.follow("参加を取り消す")
    holder.at("参加の取消し")
    holder.press("参加を取り消す")
    holder.at("申込みの状況")
    assert place(live, "first") == (capacity, capacity)  # it is kept for who is asked

    asked(third, third_number, third_secret)
    assert "補欠 1番目" in third.text and third.page.get_by_role("button", name="枠を確保する").count() == 0
    asked(waiter, number, secret)
    assert "枠が空きました。" in waiter.text and "までにお返事ください。" in waiter.text
    waiter.press("枠を確保する")
    waiter.at("申込みの状況")
    assert "枠を確保しました。" in waiter.page.locator("body").inner_text()
    assert "確保" in waiter.text and waiter.page.get_by_role("button", name="枠を確保する").count() == 0
    found = rows(
        live,
        "SELECT a.applicant, t.state FROM applications_taking t JOIN applications_application a"
        " ON a.id = t.application_id AND a.body_id = t.body_id WHERE a.applicant LIKE '_番　%%' ORDER BY a.id",
    )
    assert found == [("一番　一子", "released"), ("二番　二郎", "taken"), ("三番　三輪", "waiting")]
    assert place(live, "first") == (capacity, capacity)
    told = rows(
        live,
        "SELECT m.kind FROM notices_message m JOIN applications_application a"
        " ON a.id = m.about_id AND a.body_id = m.body_id"
        " WHERE m.about_kind = 'applications.application' AND a.public_number = %s ORDER BY m.id",
        number.replace("-", ""),
    )
    assert ("applications.place_offered",) in told


# -- the deadline ----------------------------------------------------------------------------------------------------------
def wareki(moment: datetime) -> str:
    """令和8年11月21日（土）午後5時15分 — as people write the instant."""
    at = moment.astimezone(ZoneInfo("Asia/Tokyo"))
    half = "午前" if at.hour < 12 else "午後"
    weekday = "月火水木金土日"[at.weekday()]
    minute = f"{at.minute}分" if at.minute else ""
    return f"令和{at.year - 2018}年{at.month}月{at.day}日（{weekday}）{half}{at.hour % 12}時{minute}"


def test_the_deadline_passes_while_somebody_fills_in_and_the_answers_stay(
    people: People, live: Any, change: Callable[..., None], tmp_path: Path
) -> None:
    """The clock is the installation's own: who presses before the instant is in, who presses after it is not."""
    document = catalogue.document("wishes")
    given = catalogue.example("wishes-short")["answers"]
    wish = "図書館を午後8時まで開けてほしい。"
    in_time, late, never = people(), people(), people()
    for reader in (in_time, late):
        reader.goto("/chiba-shi/applications/wishes/")
        reader.follow("申込みを始める")
        Filler(reader, document, tmp_path).fill({**given, "wish": wish})
    before = rows(live, "SELECT count(*) FROM applications_application")[0][0]
    change(
        "UPDATE applications_procedure SET closes_at = date_trunc('second', clock_timestamp())"
        f" + interval '{SECONDS} seconds' WHERE code = 'wishes'"
        " AND body_id = (SELECT id FROM tenants_body WHERE slug = 'chiba-shi')"
    )
    [(closes,)] = rows(
        live,
        "SELECT q.closes_at FROM applications_procedure q JOIN tenants_body b ON b.id = q.body_id"
        " WHERE b.slug = 'chiba-shi' AND q.code = 'wishes'",
    )
    sent(in_time)
    [(received,)] = rows(live, "SELECT received_at FROM applications_application ORDER BY id DESC LIMIT 1")
    assert received < closes
    until(
        lambda: bool(rows(live, "SELECT clock_timestamp() >= %s::timestamptz", closes)[0][0]),
        "the deadline passes",
        seconds=SECONDS + 10,
    )

    late.press(SEND)
    late.at("申込内容の確認")
    assert f"受付は{wareki(closes)}に終わりました。入力した内容は保存してあります。" in late.text
    assert wish in late.text and late.page.get_by_role("button", name=SEND).count() == 0
    check = late.page.url
    late.goto(check)  # opened again, the answers are there: they can be read, copied and printed
    assert wish in late.text
    late.page.emulate_media(media="print")
    assert late.page.get_by_text(wish).is_visible()
    late.page.emulate_media(media="screen")
    after = rows(live, "SELECT count(*) FROM applications_application")[0][0]
    assert after == before + 1
    kept = rows(
        live,
        "SELECT d.answers->>'wish' FROM applications_draft d JOIN applications_procedure q"
        " ON q.id = d.procedure_id AND q.body_id = d.body_id"
        " WHERE q.code = 'wishes' AND d.application_id IS NULL",
    )
    assert kept == [(wish,)]

    never.goto("/chiba-shi/applications/wishes/")
    assert "受付終了" in never.text
    assert never.page.locator("main a", has_text="申込みを始める").count() == 0
    never.goto("/chiba-shi/applications/wishes/new/")  # a link kept from before
    assert never.page.url.endswith("/applications/wishes/")
    assert rows(live, "SELECT count(*) FROM applications_application")[0][0] == after
