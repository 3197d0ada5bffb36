"""The procedures of the catalogue, each submitted once through its pages, without any script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jpholiday
import pytest

from moyai.applications import catalogue
from tests.journeys.browser import Reader, called, count, opened_browser, rows, today_in
from tests.journeys.filler import Filler, answers_of

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser(live: Any) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.fixture
def resident(browser: Any, live: Any) -> Iterator[Reader]:
    reader = Reader(browser, live, "plain", width=375)
    yield reader
    reader.close()


def office_day(day: date) -> date:
    """The day, or the next that is no weekend, holiday or turn of the year."""
    closed = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    while day.weekday() > 4 or jpholiday.is_holiday(day) or (day.month, day.day) in closed:
        day += timedelta(days=1)
    return day


def soon(today: date, weekday: int, after: int) -> date:
    day = today + timedelta(days=after)
    return day + timedelta(days=(weekday - day.isoweekday()) % 7)


def _sodaigomi(answers: dict[str, Any], today: date) -> None:
    answers["on"] = soon(today, 3, 7).isoformat()


def _suido(answers: dict[str, Any], today: date) -> None:
    answers["start_on"] = office_day(today + timedelta(days=14)).isoformat()


def _hoiku(answers: dict[str, Any], today: date) -> None:
    ends = today.year + (today.month > 3)  # the fiscal year ends in March of
    answers["children"][0]["child_born_on"] = f"{ends - 2}-06-01"
    answers["children"][0]["wishes"][0]["visited_on"] = (today - timedelta(days=30)).isoformat()


def _risai(answers: dict[str, Any], today: date) -> None:
    answers["on"] = (today - timedelta(days=1)).isoformat()


def _hojo(answers: dict[str, Any], today: date) -> None:
    answers["works_from"] = answers["works_to"] = (today + timedelta(days=1)).isoformat()


def _nothing(answers: dict[str, Any], today: date) -> None:
    """The example's days are good on any day."""


JOURNEYS: dict[str, tuple[str, Callable[[dict[str, Any], date], None]]] = {
    "sodaigomi": ("sodaigomi-online", _sodaigomi),
    "suido": ("suido-start", _suido),
    "hoiku": ("hoiku-one", _hoiku),
    "risai": ("risai-self", _risai),
    "kenshin": ("kenshin-woman", _nothing),
    "kaiji": ("kaiji-person", _nothing),
    "hojo": ("hojo-two", _hojo),
    "wishes": ("wishes-short", _nothing),
    "council-survey": ("council-survey-used", _nothing),
    "recruit": ("recruit-nurse", _nothing),
    "event": ("event-child", _nothing),
}


@pytest.mark.parametrize("code", JOURNEYS)
def test_resident_applies_without_script(resident: Reader, live: Any, tmp_path: Path, code: str) -> None:
    name, adapted = JOURNEYS[code]
    answers = answers_of(name)
    adapted(answers, today_in(live))
    before = count(live, "applications_application")
    resident.goto(f"/chiba-shi/applications/{code}/")
    resident.at(catalogue.facts(code)["title"])
    resident.follow("申込みを始める")
    Filler(resident, catalogue.document(code), tmp_path).fill(answers)
    resident.press("この内容で申し込む")
    resident.at("申込みを受け付けました")
    assert count(live, "applications_application") == before + 1
    [(kept, status)] = rows(
        live,
        "SELECT answers, status FROM applications_application WHERE public_number = %s",
        resident.receipt_number,
    )
    assert status == ("received" if catalogue.facts(code)["needs_review"] else "completed")
    assert set(kept) >= set(answers)


def test_household_claims_its_benefit_once_with_the_confirmation_letter(
    resident: Reader, tmp_path: Path
) -> None:
    def look_up() -> None:
        resident.goto("/chiba-shi/applications/kyufu/record/")
        resident.at("確認書の番号の入力")
        resident.type("number", "1203-0041")
        resident.date("born_on", "S", 47, 11, 30)
        resident.press("次へ進む")

    look_up()
    resident.at("確認書を確かめました")
    resident.press("申込みを始める")
    answers = answers_of("kyufu-yucho")
    answers["account"]["holder"] = "タカハシ　ケン"
    assert "髙橋　健" in resident.text and "30,000円" in resident.text  # given, and not to be changed
    Filler(resident, catalogue.document("kyufu"), tmp_path).fill(answers)
    resident.press("この内容で申し込む")
    resident.at("申込みを受け付けました")
    number = resident.receipt_number
    look_up()
    resident.at("この確認書の申込みは受付済みです")
    assert number in resident.text.replace("-", "")


@pytest.fixture(scope="module")
def cookies(live: Any) -> dict[str, str]:
    found: dict[str, str] = called(live)["cookies"]
    return found


@pytest.fixture
def administrator(browser: Any, live: Any, cookies: dict[str, str]) -> Iterator[Reader]:
    reader = Reader(browser, live, "plain", cookie=cookies["administrator@chiba-shi.example"], width=1280)
    yield reader
    reader.close()


def test_form_is_built_published_and_revised_while_two_people_fill_it_in(
    browser: Any, administrator: Reader, live: Any, tmp_path: Path
) -> None:
    first, second = (Reader(browser, live, "plain", width=375) for _one in range(2))
    form = "/chiba-shi/office/procedures/wishes/form"
    answers = catalogue.example("wishes-short")["answers"] | {"why": "毎日使うから。"}
    try:
        for reader in (first, second):
            reader.goto("/chiba-shi/applications/wishes/")
            reader.follow("申込みを始める")
            Filler(reader, catalogue.document("wishes"), tmp_path).fill(answers)

        administrator.goto(f"{form}/")
        administrator.choose("kind", "text")
        administrator.type("label", "所属")
        administrator.press("項目を足す")
        administrator.goto(f"{form}/publish/")
        assert "所属" in administrator.text and "入力しています" in administrator.text
        administrator.choose("policy", "continue")
        administrator.press("様式を公開する")
        first.press("この内容で申し込む")  # on the edition they began with
        first.at("申込みを受け付けました")

        administrator.goto(f"{form}/")
        administrator.page.locator("#field-why button[value=remove-field]").click()
        administrator.goto(f"{form}/publish/")
        administrator.choose("policy", "migrate")
        administrator.press("様式を公開する")
        second.press("この内容で申し込む")
        second.at("質問の内容が新しくなりました")
        assert "所属" in second.text and "困っていること・効果" in second.text
        second.press("新しい質問で続ける")
        second.at("引き継げなかった回答")
        assert "毎日使うから。" in second.text
        second.press("確かめて次へ進む")
        assert second.control("wish").input_value() == answers["wish"]
        number = next(name for name in ("q1", "q2", "q3") if second.control(name).count())
        second.type(number, "市民課")
        second.press("次へ進む")
        second.press("この内容で申し込む")
        second.at("申込みを受け付けました")
        found = rows(
            live,
            "SELECT e.number FROM applications_application a JOIN applications_formedition e"
            " ON e.id = a.edition_id AND e.body_id = a.body_id JOIN applications_procedure p"
            " ON p.id = a.procedure_id AND p.body_id = a.body_id WHERE p.code = 'wishes' ORDER BY a.id DESC LIMIT 2",
        )
        assert [one for (one,) in found] == [3, 1]
    finally:
        first.close()
        second.close()


def test_survey_is_answered_with_the_keyboard_alone(browser: Any, live: Any, tmp_path: Path) -> None:
    reader = Reader(browser, live, "keyboard")
    reader.goto("/chiba-shi/applications/council-survey/")
    reader.follow("申込みを始める")
    Filler(reader, catalogue.document("council-survey"), tmp_path).fill(
        catalogue.example("council-survey-used")["answers"]
    )
    reader.press("この内容で申し込む")
    reader.at("申込みを受け付けました")
    reader.close()
