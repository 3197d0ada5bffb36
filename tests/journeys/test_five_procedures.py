"""The other four sample procedures, each submitted once through its pages, without any script."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.browser import Reader, barriers, count, opened_browser, rows, until

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser(live: Any) -> Iterator[Any]:
    with opened_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def examined() -> set[str]:
    return set()


@pytest.fixture
def resident(browser: Any, live: Any, examined: set[str]) -> Iterator[Reader]:
    """A resident without script; beside them somebody who looks at the same pages with axe."""
    reader = Reader(browser, live, "plain", width=375)
    beside = Reader(browser, live, "script", width=375)
    look = reader.looked

    def looked() -> None:
        look()
        kind = f"{reader.heading} {reader.page.locator('main form').count()}"
        if kind not in examined and not reader.page.title().startswith("エラー"):
            examined.add(kind)
            beside.context.add_cookies(reader.context.cookies())
            beside.page.goto(reader.page.url)
            assert beside.heading == reader.heading
            assert barriers(beside.page) == [], reader.page.url

    reader.looked = looked  # type: ignore[method-assign]
    yield reader
    reader.close()
    beside.close()


def picture(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def begin(reader: Reader, title: str) -> None:
    reader.goto("/chiba-shi/")
    reader.follow(title)
    reader.at(title)
    reader.follow("申込みを始める")


def attach(reader: Reader, name: str, file: Path) -> None:
    reader.control(f"file_{name}").set_input_files(file)
    reader.press("添付する")
    assert file.name in reader.text


def submit(reader: Reader, live: Any) -> int:
    """The one button; the application as it is kept: its id."""
    before = count(live, "applications_application")
    reader.at("申込内容の確認")
    reader.press("この内容で申し込む")
    reader.at("申込みを受け付けました")
    assert count(live, "applications_application") == before + 1
    number = reader.page.locator("main .mo-panel .mo-number").first.inner_text().replace("-", "")
    [(key,)] = rows(live, "SELECT id FROM applications_application WHERE public_number = %s", number)
    return int(key)


def answers(live: Any, key: int) -> dict[str, Any]:
    [(found,)] = rows(live, "SELECT answers FROM applications_application WHERE id = %s", key)
    return dict(found)


def states(live: Any, key: int) -> list[str]:
    """How the scanner judged the files of an application."""
    return [
        state
        for (state,) in rows(
            live,
            "SELECT u.state FROM applications_attachment t JOIN documents_upload u"
            " ON u.id = t.upload_id AND u.body_id = t.body_id WHERE t.application_id = %s",
            key,
        )
    ]


def test_a_dog_is_registered_with_the_certificate_attached(
    resident: Reader, live: Any, tmp_path: Path
) -> None:
    begin(resident, "犬の登録・狂犬病予防注射済票の交付申請")
    resident.at("飼い主")
    resident.choose("owner_kind", "person")
    resident.address("owner_address")
    resident.type("phone", "043-245-5111")
    resident.press("次へ進む")
    assert "質問が増えました" in resident.page.locator("body").inner_text()
    resident.type("owner_name", "髙橋　﨑子")
    resident.type("owner_kana", "ﾀｶﾊｼ ｻｷｺ")
    resident.press("次へ進む")
    resident.at("犬を飼う場所")
    resident.choose("same_place", "yes")
    resident.press("次へ進む")
    resident.at("犬")
    resident.press("犬を追加する")
    resident.at("1頭目の犬")
    resident.type("dog_name", "ポチ")
    resident.choose("breed", "shiba")
    resident.choose("birth", "known")
    resident.date("dog_born_on", "R", 7, 1, 10)
    resident.type("coat", "茶")
    resident.choose("sex", "male")
    resident.date("obtained_on", "R", 7, 3, 1)
    resident.choose("has_chip", "no")
    resident.choose("injected", "yes")
    resident.press("この内容で入力を終える")
    resident.date("injected_on", "R", 7, 4, 5)
    resident.type("vet", "中央動物病院")
    paper = tmp_path / "注射済証.jpg"
    paper.write_bytes(picture(900, 1200))
    attach(resident, "certificate", paper)
    assert resident.control("vet").input_value() == "中央動物病院"  # what was typed is still there
    resident.press("この内容で入力を終える")
    resident.at("犬")
    assert "犬（1頭）" in resident.text and "ポチ" in resident.text
    resident.press("次へ進む")
    resident.at("申込内容の確認")
    assert "3,550円" in resident.text
    key = submit(resident, live)
    kept = answers(live, key)
    assert kept["dogs"][0]["dog_name"] == "ポチ"
    assert kept["owner_kana"] == "タカハシ　サキコ"
    until(lambda: states(live, key) == ["clean"], "the certificate is examined")


def test_somebody_applies_for_the_examination_with_a_photograph(
    resident: Reader, live: Any, tmp_path: Path
) -> None:
    begin(resident, "職員採用試験の申込み")
    resident.at("試験区分")
    resident.choose("category", "upper")
    resident.date("born_on", "H", 12, 5, 5)
    resident.press("次へ進む")
    resident.at("申し込む方")
    resident.type("name", "鈴木　未来")
    resident.type("kana", "スズキ　ミク")
    resident.address("address")
    resident.type("phone", "080-1111-2222")
    resident.type("mail", "miku@resident.example")
    small, right = tmp_path / "小さい写真.jpg", tmp_path / "顔写真.jpg"
    small.write_bytes(picture(90, 120))
    right.write_bytes(picture(600, 800))
    attach(resident, "photo", small)
    resident.press("次へ進む")
    assert resident.page.title().startswith("エラー（1件）")
    assert "横480×縦640ピクセル以上" in resident.text
    resident.press("削除する")
    assert small.name not in resident.text
    attach(resident, "photo", right)
    resident.press("次へ進む")
    resident.at("学歴")
    resident.press("学校を追加する")
    resident.at("1校目の学校")
    resident.type("school_name", "千葉大学")
    resident.date("school_from", "H", 31, 4, 1)
    resident.choose("school_state", "graduated")
    resident.press("この内容で入力を終える")
    resident.date("school_to", "R", 5, 3, 25)
    resident.press("この内容で入力を終える")
    resident.at("学歴")
    resident.press("次へ進む")
    resident.at("職歴")
    resident.press("次へ進む")
    resident.at("志望動機と配慮")
    resident.type("motive", "市民の暮らしを支えたいからです。")
    resident.choose("needs_care", "no")
    resident.press("次へ進む")
    resident.at("誓約")
    resident.tick("oath")
    resident.press("次へ進む")
    key = submit(resident, live)
    kept = answers(live, key)
    assert kept["category"] == "upper" and kept["schools"][0]["school_name"] == "千葉大学"
    until(lambda: states(live, key) == ["clean"], "the photograph is examined")


def test_a_parent_applies_for_a_course_for_their_child(resident: Reader, live: Any) -> None:
    begin(resident, "親子でつくる木工教室の申込み")
    resident.at("参加日")
    resident.choose("session", "second")
    resident.press("次へ進む")
    resident.at("参加する方")
    resident.type("name", "山田　花")
    resident.type("kana", "ヤマダ　ハナ")
    resident.choose("school", "preschool")
    resident.type("phone", "090-1234-5678")
    resident.type("mail", "hana@resident.example")
    resident.press("次へ進む")
    resident.at("保護者")  # a page only children have
    resident.type("guardian_name", "山田　一郎")
    resident.tick("guardian_consent")
    resident.press("次へ進む")
    resident.at("同伴者")
    resident.press("次へ進む")
    assert "18歳以上の同伴者が必要です" in resident.text
    resident.press("同伴者を追加する")
    resident.type("companion_name", "山田　一郎")
    resident.type("companion_age", "三十八")
    resident.press("この内容で入力を終える")
    assert "年齢" in resident.page.locator(".mo-error-summary").inner_text()
    resident.type("companion_age", "３８")  # full-width figures are figures
    resident.press("この内容で入力を終える")
    resident.press("次へ進む")
    resident.at("配慮してほしいこと")
    resident.press("次へ進む")
    key = submit(resident, live)
    assert answers(live, key)["companions"][0]["companion_age"] == 38


def test_somebody_answers_the_survey_and_stays_unknown(resident: Reader, live: Any) -> None:
    begin(resident, "市民まつりのアンケート")
    resident.at("あなたについて")
    resident.choose("age_band", "a40")
    resident.choose("residence", "city")
    resident.press("次へ進む")
    resident.at("参加について")
    resident.choose("joined", "yes")
    resident.press("次へ進む")
    resident.at("満足度")
    for name, value in (
        ("program", "s7"),
        ("food", "s2"),
        ("access", "s4"),
        ("information", "s5"),
        ("staff", "s7"),
    ):
        resident.choose(f"satisfaction__{name}", value)
    resident.press("次へ進む")
    assert "質問が増えました" in resident.page.locator("body").inner_text()
    resident.type("reason", "売り切れが早かった。")
    resident.press("次へ進む")
    resident.at("よかったもの")
    for value in ("stage", "fireworks"):
        resident.choose("good", value)
    resident.press("次へ進む")
    resident.at("これからのこと")
    resident.choose("wishes__0", "music")
    resident.press("次へ進む")
    resident.at("申込内容の確認")
    assert re.search(r"飲食の出店.*不満", resident.text, re.S)
    key = submit(resident, live)
    kept = answers(live, key)
    assert kept["satisfaction"]["food"] == "s2" and kept["good"] == ["stage", "fireworks"]
    [known] = rows(live, "SELECT applicant, applicant_email FROM applications_application WHERE id = %s", key)
    assert known == ("", "")
