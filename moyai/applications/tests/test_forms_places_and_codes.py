"""Points on the map, accounts, numbers with check digits, times, long lists: what is taken, kept, shown and refused."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from moyai.applications.rules import KINDS, answer, check_edition, compile_edition, summary
from moyai.applications.tests.test_forms_answers import ITEMS, TODAY, of_kind
from moyai.applications.tests.test_forms_editions import F, calculated, edition, text

POINT = {"lat": "35.607123", "lng": "140.106345"}
ACCOUNT = {
    "bank": "0001",
    "branch": "001",
    "type": "ordinary",
    "number": "1234567",
    "holder": "ヤマダ　タロウ",
}


def kept(kind: str, value: object, **settings: Any) -> Any:
    """What is kept of a value, or the codes of what is wrong by path."""
    result = answer(of_kind(kind, **settings), {"f": value}, today=TODAY)  # type: ignore[arg-type]
    if result.errors:
        for one in result.errors.values():
            assert one.ja
            assert one.en
        return {path: one.code for path, one in result.errors.items()}
    again = answer(of_kind(kind, **settings), result.answers, today=TODAY)  # type: ignore[arg-type]
    assert (again.answers, again.errors) == (result.answers, {})
    return result.answers["f"]


def shown(kind: str, value: object, language: str = "ja", **settings: Any) -> str:
    document = edition(
        {"id": "f", "label": "項目", "kind": kind, **settings},
        lists={"items": ITEMS},
        translations={"en": {}},
    )
    compiled = compile_edition(document, language)
    answers = answer(compiled, {"f": value}, today=TODAY).answers
    return summary(compiled, answers, today=TODAY)[0].rows[0].value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (POINT, POINT),
        ({"lat": "３５．６０７１２３", "lng": "１４０．１０６３４５"}, POINT),
        ({"lat": " 35.607123° ", "lng": "140.106345度"}, POINT),
        ({"lat": 35.607123, "lng": 140.106345}, POINT),
        ({"lat": "35.6071234999", "lng": "140.1063449"}, POINT),
        ("35.607123, 140.106345", POINT),
        ("(35.607123 140.106345)", POINT),
        ({"lat": "35", "lng": 140}, {"lat": "35.000000", "lng": "140.000000"}),
        ({"lat": "140.106345", "lng": "35.607123"}, {"f.lat": "degrees_swapped"}),
        ({"lat": "51.5", "lng": "0.12"}, {"f.lat": "outside_japan"}),
        ({"lat": "-35.6", "lng": "140.1"}, {"f.lat": "outside_japan"}),
        ({"lat": "35.6"}, {"f.lng": "missing_part"}),
        ({"lat": "35.6", "lng": "東"}, {"f.lng": "not_degrees"}),
        ({"lat": "1e1", "lng": "140"}, {"f.lat": "not_degrees"}),
        ({"lat": float("nan"), "lng": float("inf")}, {"f.lat": "not_degrees", "f.lng": "not_degrees"}),
        ({**POINT, "alt": "3"}, {"f": "not_parts"}),
        ("ここ", {"f.lat": "not_degrees"}),
    ],
)
def test_C27_point_on_the_map(value: object, expected: object) -> None:
    assert kept("map_point", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ACCOUNT, ACCOUNT),
        ({**ACCOUNT, "bank": "1", "branch": "１", "number": "12-3456"}, {**ACCOUNT, "number": "0123456"}),
        ({**ACCOUNT, "type": "普通預金", "holder": "ﾔﾏﾀﾞ ﾀﾛｳ"}, ACCOUNT),
        ({**ACCOUNT, "holder": "やまだ  たろう"}, ACCOUNT),
        ({**ACCOUNT, "holder": "ｶ)ﾁﾊﾞ.ABC-1"}, {**ACCOUNT, "holder": "カ）チバ．ABC－1"}),
        (
            {"symbol": "10170", "symbol_number": "12345671", "holder": "ヤマダ　タロウ"},
            {**ACCOUNT, "bank": "9900", "branch": "018"},
        ),
        (
            {"symbol": "１０１７０-2", "symbol_number": "12-345-671", "holder": "ヤマダ　タロウ"},
            {**ACCOUNT, "bank": "9900", "branch": "018"},
        ),
        (
            {"symbol": "10170", "symbol_number": "3451", "holder": "ヤマダ　タロウ"},
            {**ACCOUNT, "bank": "9900", "branch": "018", "number": "0000345"},
        ),
        (
            {"symbol": "00190", "symbol_number": "123456", "holder": "ヤマダ　タロウ"},
            {**ACCOUNT, "bank": "9900", "branch": "019", "type": "current", "number": "0123456"},
        ),
        ({**ACCOUNT, "bank": "0002"}, {"f.bank": "bank_unknown"}),
        ({**ACCOUNT, "branch": "999"}, {"f.branch": "branch_unknown"}),
        ({**ACCOUNT, "number": "12345678"}, {"f.number": "not_code"}),
        ({**ACCOUNT, "type": "定期"}, {"f.type": "not_option"}),
        ({**ACCOUNT, "holder": "山田太郎"}, {"f.holder": "not_holder"}),
        ({**ACCOUNT, "symbol": "10170"}, {"f": "account_twice"}),
        (
            {"symbol": "10170", "symbol_number": "12345670", "holder": "ヤマダ"},
            {"f.symbol_number": "not_symbol_number"},
        ),
        ({"symbol": "10175", "symbol_number": "12345671", "holder": "ヤマダ"}, {"f.symbol": "not_symbol"}),
        ({"symbol": "10170", "symbol_number": "12345671"}, {"f.holder": "missing_part"}),
        ({"bank": "0001"}, {f"f.{part}": "missing_part" for part in ("branch", "type", "number", "holder")}),
        ({**ACCOUNT, "memo": "x"}, {"f": "not_parts"}),
    ],
)
def test_C27_account(value: object, expected: object) -> None:
    assert kept("bank_account", value) == expected


def test_branch_that_has_closed_since_does_not_spoil_a_stored_account() -> None:
    compiled = of_kind("bank_account")
    stored = {"f": {**ACCOUNT, "branch": "999"}}
    assert set(answer(compiled, stored, today=TODAY).errors) == {"f.branch"}  # type: ignore[arg-type]
    result = answer(compiled, stored, today=TODAY, uploads=None)  # type: ignore[arg-type]
    assert (result.errors, result.answers) == ({}, stored)


@pytest.mark.parametrize(
    ("holder", "kana", "same"),
    [
        ("ヤマダ　タロウ", "ヤマダ　タロウ", True),
        ("ﾔﾏﾀﾞﾀﾛｳ", "やまだ　たろう", True),
        ("キヨウコ", "キョウコ", True),
        ("オオタ　ユウキ", "オオタ・ユウキ", True),
        ("ヤマダ　タロウ", "ヤマタ　タロウ", False),
        ("カ）ABC", "カ）XYZ", False),
    ],
)
def test_holder_of_an_account_is_compared_as_banks_write_names(holder: str, kana: str, same: bool) -> None:
    compiled = compile_edition(
        edition(
            {"id": "account", "kind": "bank_account", "label": "口座"},
            text("kana"),
            checks=[
                {
                    "id": "holder",
                    "message": "口座名義が申請者と違います。",
                    "fields": ["account", "kana"],
                    "require": {"same_kana": [{"part": {"field": "account", "part": "holder"}}, {F: "kana"}]},
                }
            ],
        )
    )
    result = answer(compiled, {"account": {**ACCOUNT, "holder": holder}, "kana": kana}, today=TODAY)
    assert {path: one.ja for path, one in result.errors.items()} == (
        {} if same else {"account": "口座名義が申請者と違います。"}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7000012050002", "7000012050002"),  # 国税庁
        ("T7000012050002", "7000012050002"),
        ("７-0000-1205-0002", "7000012050002"),
        ("7000012050003", {"f": "check_digit"}),
        ("8000012050002", {"f": "check_digit"}),
        ("700001205000", {"f": "not_digits"}),
        (7000012050002, {"f": "not_text"}),
    ],
)
def test_C27_corporate_number(value: object, expected: object) -> None:
    assert kept("corporate_number", value) == expected


@pytest.mark.parametrize(
    ("settings", "right", "wrong"),
    [
        ({"digits": 8, "weights": [8, 7, 6, 5, 4, 3, 2], "modulus": 11}, "12345679", "12345670"),
        ({"digits": 5, "weights": [1, 3, 1, 3], "modulus": 10}, "49016", "49018"),
        (
            {"digits": 10, "weights": [2, 1] * 4 + [2], "modulus": 10, "split": True},
            "4992739872",
            "4992739871",
        ),
        ({"digits": 4, "weights": [1, 1, 1], "modulus": 7, "check": "remainder"}, "1236", "1235"),
    ],
)
def test_C27_number_with_a_check_digit(settings: dict[str, Any], right: str, wrong: str) -> None:
    assert kept("check_number", f" {right[:3]}-{right[3:]} ", **settings) == right
    assert kept("check_number", wrong, **settings) == {"f": "check_digit"}
    found = {
        last
        for last in "0123456789"
        if kept("check_number", right[:-1] + last, **settings) == right[:-1] + last
    }
    assert found == {right[-1]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("09:30", "09:30"),
        ("９時３０分", "09:30"),
        ("午前9時半", "09:30"),
        ("午後5時15分", "17:15"),
        ("5:15PM", "17:15"),
        ("12AM", "00:00"),
        ("正午", "12:00"),
        ("17時", "17:00"),
        ("1715", "17:15"),
        ("24:00", "24:00"),
        ("2400", "24:00"),
        ({"hour": "２４", "minute": ""}, "24:00"),
        ({"hour": 9, "minute": "5"}, "09:05"),
        ("24:01", {"f": "no_such_time"}),
        ("25:00", {"f": "no_such_time"}),
        ("9:60", {"f": "no_such_time"}),
        ("午後12時", {"f": "time_two_ways"}),
        ("午前13時", {"f": "not_time"}),
        ("午前9時PM", {"f": "not_time"}),
        ("930", {"f": "not_time"}),
        ({"minute": "30"}, {"f": "not_time"}),
        (9.5, {"f": "not_text"}),
    ],
)
def test_C27_time_of_day(value: object, expected: object) -> None:
    assert kept("time", value) == expected


def test_time_within_limits_and_steps() -> None:
    settings = {"earliest": "09:00", "latest": "17:00", "step": 30}
    assert kept("time", "17:00", **settings) == "17:00"
    assert kept("time", "17:30", **settings) == {"f": "time_range"}
    assert kept("time", "9:15", **settings) == {"f": "time_step"}


def test_times_compare_and_are_reckoned_with() -> None:
    compiled = compile_edition(
        edition(
            {"id": "start", "kind": "time", "label": "始まり"},
            {"id": "end", "kind": "time", "label": "終わり"},
            calculated("minutes", {"minutes_between": [{F: "start"}, {F: "end"}]}),
            calculated("late", {"ge": [{F: "end"}, {"time": "22:00"}]}, "yes_no"),
            checks=[
                {
                    "id": "order",
                    "message": "終わりは始まりより後の時刻にしてください。",
                    "fields": ["end", "start"],
                    "require": {"lt": [{F: "start"}, {F: "end"}]},
                }
            ],
        )
    )
    result = answer(compiled, {"start": "22:00", "end": "24:00"}, today=TODAY)
    assert (result.ok, result.calculated) == (True, {"minutes": 120, "late": True})
    assert set(answer(compiled, {"start": "10:00", "end": "9:59"}, today=TODAY).errors) == {"end"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bed", "bed"),
        ("ベッド", "bed"),
        (" ﾍﾞｯﾄﾞ ", "bed"),
        ("ベ", {"f": "not_listed"}),
        ("BED", {"f": "not_listed"}),
        (["bed"], {"f": "not_listed"}),
    ],
)
def test_C27_choice_from_a_long_list(value: object, expected: object) -> None:
    assert kept("listed", value, list="items") == expected


def test_kinds_are_shown_in_both_languages() -> None:
    assert shown("map_point", POINT) == "北緯35.607123度、東経140.106345度"
    assert shown("map_point", POINT, "en") == "35.607123, 140.106345"
    assert shown("bank_account", ACCOUNT) == "みずほ（0001）東京営業部（001）　普通　1234567　ヤマダ　タロウ"
    assert (
        shown("bank_account", ACCOUNT, "en")
        == "みずほ (0001) 東京営業部 (001), ordinary 1234567, ヤマダ　タロウ"
    )
    assert shown("corporate_number", "7000012050002") == "7-0000-1205-0002"
    assert shown("check_number", "49016", digits=5, weights=[1, 3, 1, 3], modulus=10) == "4901 6"
    assert [shown("time", one) for one in ("09:05", "12:00", "17:15", "24:00")] == [
        "午前9時5分",
        "午後0時",
        "午後5時15分",
        "24時（その日の終わり）",
    ]
    assert shown("time", "17:15", "en") == "17:15"
    assert shown("listed", "sofa", list="items") == "ソファー"


def test_every_kind_has_a_name_in_both_languages_and_no_pattern_of_an_author() -> None:
    assert len(KINDS) == 29
    for kind in KINDS.values():
        assert kind.words == kind.ja
        assert kind.words.en.isascii()
        # A14: an author can set lengths, steps and weights, never an expression that is run over answers.
        assert not {"pattern", "regex", "regexp", "format"} & kind.settings.keys()


@pytest.mark.parametrize(
    ("field", "path", "code"),
    [
        ({"kind": "listed", "list": "other"}, ".list", "e_no_list"),
        ({"kind": "listed"}, "", "e_missing_key"),
        ({"kind": "check_number", "digits": 5, "weights": [1, 2], "modulus": 11}, ".weights", "e_weights"),
        (
            {
                "kind": "check_number",
                "digits": 12,
                "weights": [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2],
                "modulus": 11,
            },
            ".weights",
            "e_individual_number",
        ),
        ({"kind": "time", "earliest": "25:00"}, ".earliest", "e_pattern"),
        ({"kind": "time", "earliest": "18:00", "latest": "09:00"}, ".earliest", "e_min_max"),
        ({"kind": "map_point", "center": {"lat": "35"}}, ".center", "e_missing_key"),
    ],
)
def test_settings_that_cannot_work_are_named(field: dict[str, Any], path: str, code: str) -> None:
    document = edition({"id": "f", "label": "項目", **field}, lists={"items": ITEMS})
    assert [(one.path, one.message.code) for one in check_edition(document)] == [
        (f"$.pages[0].fields[0]{path}", code)
    ]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2020-04-01", "2026-03-31", 6),
        ("2020-04-02", "2026-03-31", 5),
        ("2000-02-29", "2026-02-28", 26),
        ("2000-02-29", "2026-02-27", 25),
        ("2000-02-29", "2028-02-28", 28),
        ("2026-04-10", "2026-04-09", None),
        ("2026-04-10", "2026-04-10", 0),
    ],
)
def test_attack_A23_age_reached_by_the_end_of_a_day(born: str, on: str, age: int | None) -> None:
    compiled = compile_edition(
        edition(
            {"id": "born", "kind": "date", "label": "生年月日"},
            calculated("age", {"age_at_end_of": [{F: "born"}, {"date": on}]}),
        )
    )
    assert answer(compiled, {"born": born}, today=datetime.date(2026, 4, 1)).calculated.get("age") == age
