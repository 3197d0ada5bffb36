"""Answers: attack cases A1–A5, A14, A15, A22 of the facts page, and each kind of field with what it takes and refuses."""

import datetime
import time

import pytest

from moyai.applications.rules import KINDS, UploadFact, answer, compile_edition, first_open_page
from moyai.applications.tests.test_forms_editions import OPTIONS, F, calculated, choice, edition, group, text

TODAY = datetime.date(2026, 4, 10)
CHIP = {"id": "chip", "kind": "yes_no", "label": "チップ", "required": True}
CHIP_NO = {"id": "chip_no", "kind": "microchip", "label": "番号", "required": True, "show_if": {F: "chip"}}
DOGS = compile_edition(
    edition(
        text("owner", required=True),
        group("dogs", CHIP, CHIP_NO, choice("sex"), calculated("yen", {"if": [{F: "chip"}, 0, 3000]}, "yen"), min=1, item="犬", counter="頭"),
        fee={"lines": [{"id": "l", "label": "登録", "amount": {"sum": {"group": "dogs", "of": {F: "yen"}}}}]},
    )
)
GOOD = {"owner": "佐藤", "dogs": [{"chip": False}, {"chip": True, "chip_no": "392141123456789"}]}


def codes(compiled: object, answers: object, **more: object) -> dict[str, str]:
    result = answer(compiled, answers, today=TODAY, **more)  # type: ignore[arg-type]
    return {path: one.code for path, one in result.errors.items()}


def one_field(**field: object) -> object:
    return compile_edition(edition({"id": "f", "label": "項目", **field}))


def taken(value: object, *, uploads: dict | None = None, read_date: object = None, **field: object) -> object:
    result = answer(one_field(**field), {"f": value}, today=TODAY, uploads=uploads or {}, read_date=read_date)  # type: ignore[arg-type]
    if result.errors:
        return {path: one.code for path, one in result.errors.items()}
    return result.answers.get("f")


def test_a1_stranger_cannot_post_a_field_the_edition_does_not_have() -> None:
    posted = {**GOOD, "is_admin": True, "dogs": [{**GOOD["dogs"][0], "fee": 0}, GOOD["dogs"][1]]}
    result = answer(DOGS, posted, today=TODAY)
    assert {path: one.ja for path, one in result.errors.items()} == {
        "is_admin": "「is_admin」という項目はこの様式にありません。取り除いてください。",
        "dogs[0].fee": "1頭目の犬：「fee」という項目はこの様式にありません。取り除いてください。",
    }
    assert result.answers == GOOD
    many = codes(DOGS, {**GOOD, **{f"x{i}": 1 for i in range(10_000)}})
    assert len(many) == 21
    assert many[""] == "too_many_unknown"


def test_a2_value_for_a_hidden_field_is_absent() -> None:
    result = answer(DOGS, {**GOOD, "dogs": [{"chip": False, "chip_no": "392141123456789"}]}, today=TODAY)
    assert result.ok
    assert result.answers["dogs"] == [{"chip": False}]
    assert result.dropped == ("dogs[0].chip_no",)
    # Hidden for want of the answer that shows it, even when what was sent for that answer is wrong.
    result = answer(DOGS, {**GOOD, "dogs": [{"chip": "maybe", "chip_no": "392141123456789"}]}, today=TODAY)
    assert {path: one.code for path, one in result.errors.items()} == {"dogs[0].chip": "not_yes_no"}
    assert result.answers["dogs"] == [{}]


def test_a2_hiding_goes_on_down_the_chain() -> None:
    compiled = compile_edition(
        edition(
            {"id": "c", "kind": "text", "label": "c", "show_if": {"is_present": "b"}},
            {"id": "b", "kind": "text", "label": "b", "show_if": {"is_present": "a"}},
            {"id": "a", "kind": "text", "label": "a"},
            calculated("n", {"add": [{"size": {F: "c"}}, 0]}),
        )
    )
    result = answer(compiled, {"b": "x", "c": "yyy"}, today=TODAY)
    assert (result.answers, sorted(result.dropped), result.calculated) == ({}, ["b", "c"], {"n": 0})
    assert answer(compiled, {"a": "1", "b": "x", "c": "yyy"}, today=TODAY).calculated == {"n": 3}


def test_a3_price_that_was_posted_is_refused_and_the_own_one_holds() -> None:
    result = answer(DOGS, {**GOOD, "dogs": [{"chip": False, "yen": 0}]}, today=TODAY)
    assert {path: one.ja for path, one in result.errors.items()} == {
        "dogs[0].yen": "1頭目の犬：計算は自動で決まるため、入力できません。取り除いてください。"
    }
    assert result.calculated == {"dogs[0].yen": 3000}
    assert result.fee is not None
    assert result.fee.total_yen == 3000


def test_a4_option_outside_the_list_is_refused_also_inside_a_row() -> None:
    for value in ("z", 1, True, ["a"], {"choice": "a", "text": "x"}, {"choice": "z"}, {"x": 1}, "A"):
        posted = {**GOOD, "dogs": [{"chip": False, "sex": value}]}
        result = answer(DOGS, posted, today=TODAY)
        assert {path: one.code for path, one in result.errors.items()} == {"dogs[0].sex": "not_option"}, value
        assert result.answers["dogs"] == [{"chip": False}]


def test_a5_skipped_step_is_found_at_submission() -> None:
    made = edition(text("a", required=True))
    made["pages"].append({"id": "second", "title": "2", "fields": [text("b", required=True)]})
    compiled = compile_edition(made)
    result = answer(compiled, {"a": "x"}, today=TODAY)
    assert {path: one.ja for path, one in result.errors.items()} == {"b": "項目bを入力してください。"}
    assert first_open_page(compiled, result) == "second"


def test_a14_no_pattern_of_an_author_runs_and_long_input_ends_soon() -> None:
    evil = "a" * 50_000 + "!"
    started = time.process_time()
    for kind in ("mail", "kana", "phone", "postal_code", "microchip", "number", "yen", "date", "name", "textarea"):
        assert taken(evil, kind=kind) is not None
        assert isinstance(taken("ｱ" * 90_000 + "@", kind=kind), dict)
        assert isinstance(taken("1," * 40_000, kind=kind), (dict, str))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"group", "explanation", "calculated"}))
def test_a15_no_kind_of_field_raises_whatever_is_sent(kind: str) -> None:
    more: dict = {"options": OPTIONS} if "options" in KINDS[kind].settings else {}
    if kind == "matrix":
        more = {"rows": OPTIONS, "columns": OPTIONS}
    if kind == "consent":
        more = {"text": "t"}
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    compiled = one_field(kind=kind, required=True, **more)
    for value in (
        "x" * 1_000_000, [[]], {"a": {}}, deep, float("nan"), float("inf"), 1e999, 10**400, -1, True, "\x00", "a\x00b", "\ud800",
        b"x", {"choice": [1]}, [1, 2, 3], ["a", "a"], ["x" * 10_000], {"year": 1, "month": "x", "day": None},
        {"year": 99999, "month": 1, "day": 1}, "０", "²", "٣", "1e9", "\u202etxt.exe", {1: 2}, object(), ["\ud800"],
        "9" * 5_000, {"postal_code": 1}, "1/0", "=1+1",
    ):
        result = answer(compiled, {"f": value}, today=TODAY)  # type: ignore[arg-type]
        for message in result.errors.values():
            assert message.ja.endswith("。")
            assert message.en
        again = answer(compiled, result.answers, today=TODAY, uploads=None)  # type: ignore[arg-type]
        assert again.answers == result.answers


@pytest.mark.parametrize("answers", [None, 1, "x", [], [{}], True, float("nan")])
def test_a15_answers_that_are_no_object_are_refused_in_words(answers: object) -> None:
    assert codes(DOGS, answers)[""] == "not_answers"


def test_a15_ten_thousand_rows_are_refused_by_their_number_alone() -> None:
    started = time.process_time()
    result = answer(DOGS, {"owner": "佐藤", "dogs": [{"chip": "x"}] * 10_000}, today=TODAY)
    assert {path: one.ja for path, one in result.errors.items()} == {"dogs": "くり返しは3頭までです。10000頭あります。"}
    assert "dogs" not in result.answers
    assert time.process_time() - started < 0.1


def test_a15_rows_of_another_shape_are_refused() -> None:
    assert codes(DOGS, {**GOOD, "dogs": {"0": {}}}) == {"dogs": "not_list"}
    assert codes(DOGS, {**GOOD, "dogs": [1, {"chip": False}]}) == {"dogs[0]": "not_row"}
    assert codes(DOGS, {"owner": "佐藤"}) == {"dogs": "too_few_rows"}


@pytest.mark.parametrize(
    "name",
    ["𠮷田　太郎", "髙橋 﨑子", "葛\U000e0100城", "辻󠄀", "渡邉󠄁󠄂", "Ana-María O’Neil", "ﾔﾏﾀﾞ", "か\u3099", "が", "ABC", "･･･", "ก็", "𩸽"],
)
def test_a15_name_is_kept_byte_for_byte(name: str) -> None:
    assert taken(f"　{name} \n".rstrip("\n"), kind="name") == name
    assert str(taken(name, kind="name")).encode() == name.encode()


def test_a22_edition_made_to_grow_without_end_stays_bounded() -> None:
    links = [calculated("c0", 10**12)]
    links += [calculated(f"c{i}", {"multiply": [{F: f"c{i - 1}"}] * 50}) for i in range(1, 90)]
    compiled = compile_edition(edition(*links, text("a")))
    result = answer(compiled, {}, today=TODAY)
    assert result.calculated["c89"] == 10**15


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ({"kind": "kana"}, "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ"),
        ({"kind": "kana"}, "やまだ　ヴぃ・ー", "ヤマダ　ヴィ・ー"),
        ({"kind": "kana"}, "山田", {"f": "not_kana"}),
        ({"kind": "kana"}, "Yamada", {"f": "not_kana"}),
        ({"kind": "phone"}, "（０４３）２４５―５１１１", "+81432455111"),
        ({"kind": "phone"}, "+81 43 245 5111", "+81432455111"),
        ({"kind": "phone"}, "090ー1234ー5678", "+819012345678"),
        ({"kind": "phone"}, "043-245", {"f": "not_phone"}),
        ({"kind": "phone"}, "0432455111 内線3", {"f": "not_phone"}),
        ({"kind": "mail"}, " Ｔａｒｏ＠Example.JP ", "Taro@example.jp"),
        ({"kind": "mail"}, "a@b", {"f": "not_mail"}),
        ({"kind": "mail"}, "a@b.jp\nBcc: c@d.jp", {"f": "control_characters"}),
        ({"kind": "postal_code"}, "〒２６０−００１３", "2600013"),
        ({"kind": "postal_code"}, "26000130", {"f": "not_postal_code"}),
        ({"kind": "microchip"}, "３９２-1411 23456789", "392141123456789"),
        ({"kind": "microchip"}, "39214112345678", {"f": "not_digits"}),
        ({"kind": "number", "min": 1, "max": 10}, "１０", 10),
        ({"kind": "number", "min": 1, "max": 10}, 0, {"f": "range"}),
        ({"kind": "number", "min": 1, "max": 10}, "3.0", {"f": "not_whole"}),
        ({"kind": "number", "min": 1, "max": 10}, 3.0, {"f": "not_whole"}),
        ({"kind": "number", "min": 1, "max": 10}, True, {"f": "not_whole"}),
        ({"kind": "number", "min": 10, "max": 90, "step": 20}, 50, 50),
        ({"kind": "number", "min": 10, "max": 90, "step": 20}, 40, {"f": "step"}),
        ({"kind": "number"}, "1,234", 1234),
        ({"kind": "number"}, "12,34", {"f": "not_whole"}),
        ({"kind": "yen"}, "￥１２，３４５円", 12345),
        ({"kind": "yen"}, "3万5千円", 35000),
        ({"kind": "yen"}, "1億2万", 100020000),
        ({"kind": "yen", "min": -5000}, "△1,000", -1000),
        ({"kind": "yen"}, "1.5円", {"f": "not_yen"}),
        ({"kind": "yen"}, "万", {"f": "not_yen"}),
        ({"kind": "date"}, "2024-02-29", "2024-02-29"),
        ({"kind": "date"}, "2026-02-29", {"f": "no_such_day"}),
        ({"kind": "date"}, "2026-13-01", {"f.month": "no_such_month"}),
        ({"kind": "date"}, {"year": "2026", "month": "４", "day": 1}, "2026-04-01"),
        ({"kind": "date"}, "令和8年4月1日", {"f": "not_date"}),
        ({"kind": "date", "latest": {"fact": "today"}}, "2026-04-11", {"f": "too_late"}),
        ({"kind": "date", "earliest": {"add_days": [{"fact": "today"}, 3]}}, "2026-04-12", {"f": "too_early"}),
        ({"kind": "text", "max_length": 3}, "𠮷󠄀𠮷󠄀𠮷󠄀", "𠮷󠄀𠮷󠄀𠮷󠄀"),
        ({"kind": "text", "max_length": 3}, "あいうえ", {"f": "too_long"}),
        ({"kind": "text", "min_length": 3}, "あい", {"f": "too_short"}),
        ({"kind": "text"}, "a\tb", {"f": "control_characters"}),
        ({"kind": "textarea"}, "a\r\nb\rc", "a\nb\nc"),
        ({"kind": "textarea", "max_length": 2}, "👨‍👩‍👧👍🏽", "👨‍👩‍👧👍🏽"),
        ({"kind": "yes_no", "yes_label": "あり"}, "あり", True),
        ({"kind": "yes_no"}, "0", False),
        ({"kind": "consent", "text": "t"}, False, {"f": "missing_consent"}),
        ({"kind": "consent", "text": "t", "required": False}, "false", None),
        ({"kind": "multiple_choice", "options": OPTIONS}, ["b", "a"], ["a", "b"]),
        ({"kind": "multiple_choice", "options": OPTIONS}, "b", ["b"]),
        ({"kind": "multiple_choice", "options": OPTIONS, "max_count": 1}, ["b", "a"], {"f": "too_many_chosen"}),
        ({"kind": "multiple_choice", "options": OPTIONS}, ["b", "b"], {"f": "chosen_twice"}),
        ({"kind": "ranking", "options": OPTIONS}, ["b", "a"], ["b", "a"]),
        ({"kind": "ranking", "options": OPTIONS}, ["b"], {"f": "too_few_chosen"}),
        ({"kind": "matrix", "rows": OPTIONS, "columns": OPTIONS, "required": True}, {"a": "b"}, {"f.b": "missing_part_choice"}),
        ({"kind": "matrix", "rows": OPTIONS, "columns": OPTIONS}, {"a": "b", "b": ""}, {"a": "b"}),
        ({"kind": "address"}, {"prefecture": "千葉", "city": "市", "street": "1", "postal_code": "1"}, {"f.postal_code": "not_postal_code", "f.prefecture": "not_prefecture"}),
        ({"kind": "address", "postal_code": False}, {"prefecture": "千葉県", "city": "松戸市", "street": "1", "building": " "}, {"prefecture": "千葉県", "city": "松戸市", "street": "1"}),
    ],
)
def test_kind_of_field_takes_what_people_write(field: dict, value: object, kept: object) -> None:
    assert taken(value, **field) == kept


def test_dates_that_are_not_iso_go_to_the_reader_of_the_page() -> None:
    assert taken("令和8年4月1日", kind="date", read_date=lambda text: "2026-04-01") == "2026-04-01"
    assert taken({"era": "R", "year": "8", "month": "4", "day": "1"}, kind="date", read_date=lambda text: "2026-04-01") == "2026-04-01"
    assert taken("26/4/1", kind="date", read_date=lambda text: None) == {"f": "not_date"}


@pytest.mark.parametrize(
    ("field", "ids", "outcome"),
    [
        ({"kind": "file"}, ["mine"], ["mine"]),
        ({"kind": "file"}, "mine", ["mine"]),
        ({"kind": "file"}, ["theirs"], {"f": "file_unknown"}),
        ({"kind": "file"}, ["../../etc/passwd"], {"f": "file_unknown"}),
        ({"kind": "file"}, ["mine", "pic"], {"f": "too_many_files"}),
        ({"kind": "file", "max_count": 2}, ["mine", "mine"], {"f": "chosen_twice"}),
        ({"kind": "file", "max_count": 3, "min_count": 2}, ["mine"], {"f": "too_few_files"}),
        ({"kind": "file", "max_bytes": 2000}, ["mine"], {"f": "file_too_big"}),
        ({"kind": "file", "accept": ["image/png"]}, ["mine"], {"f": "file_type"}),
        ({"kind": "file"}, ["bad"], {"f": "file_refused"}),
        ({"kind": "photo"}, ["pic"], ["pic"]),
        ({"kind": "photo"}, ["mine"], {"f": "file_type"}),
        ({"kind": "photo", "min_width_px": 481}, ["pic"], {"f": "photo_too_small"}),
        ({"kind": "photo", "shape": {"width": 3, "height": 4}}, ["pic"], ["pic"]),
        ({"kind": "photo", "shape": {"width": 4, "height": 3}}, ["pic"], {"f": "photo_shape"}),
        ({"kind": "photo"}, ["nopic"], {"f": "photo_unreadable"}),
    ],
)
def test_upload_is_taken_by_its_facts(field: dict, ids: object, outcome: object) -> None:
    uploads = {
        "mine": UploadFact("a.pdf", "application/pdf", 5000),
        "bad": UploadFact("b.pdf", "application/pdf", 5000, refused=True),
        "pic": UploadFact("c.jpg", "image/jpeg", 5000, 480, 640),
        "nopic": UploadFact("d.jpg", "image/jpeg", 5000),
    }
    assert taken(ids, uploads=uploads, **field) == outcome


def test_slip_in_a_mail_domain_is_a_warning_only() -> None:
    result = answer(one_field(kind="mail"), {"f": "a@gmail.con"}, today=TODAY)  # type: ignore[arg-type]
    assert result.ok
    assert [(path, one.ja) for path, one in result.warnings] == [
        ("f", "項目は a@gmail.com ではありませんか。違っていれば直してください。")
    ]


def test_required_either_phone_or_mail_is_no_cycle() -> None:
    compiled = compile_edition(
        edition(
            {"id": "phone", "kind": "phone", "label": "電話", "required": {"not": {"is_present": "mail"}}},
            {"id": "mail", "kind": "mail", "label": "メール", "required": {"not": {"is_present": "phone"}}},
        )
    )
    assert codes(compiled, {}) == {"phone": "missing_text", "mail": "missing_text"}
    assert codes(compiled, {"mail": "a@b.jp"}) == {}
    assert codes(compiled, {"mail": "a@"}) == {"phone": "missing_text", "mail": "not_mail"}
    assert answer(compiled, {"mail": "a@b.jp"}).required == {"mail"}


def test_groups_three_deep_count_their_own_and_outer_rows() -> None:
    compiled = compile_edition(
        edition(
            {"id": "rate", "kind": "number", "label": "単価"},
            group(
                "a",
                group(
                    "b",
                    group(
                        "c",
                        {"id": "n", "kind": "number", "label": "数"},
                        text("why", required=True, show_if={"gt": [{F: "n"}, {F: "limit"}]}),
                        calculated("cost", {"multiply": [{F: "n"}, {F: "rate"}]}, "yen"),
                    ),
                    {"id": "limit", "kind": "number", "label": "上限"},
                    calculated("sum_b", {"sum": {"group": "c", "of": {F: "cost"}}}, "yen"),
                ),
                calculated("sum_a", {"sum": {"group": "b", "of": {F: "sum_b"}}}, "yen"),
            ),
            calculated("total", {"sum": {"group": "a", "of": {F: "sum_a"}}}, "yen"),
            calculated("most", {"greatest": {"group": "a", "of": {F: "sum_a"}}}, "yen"),
        )
    )
    row = {"limit": 2, "c": [{"n": 1, "why": "隠れる"}, {"n": 3}]}
    result = answer(compiled, {"rate": 100, "a": [{"b": [row, {"limit": 9, "c": [{"n": 5}]}]}, {}]})
    assert {path: one.ja for path, one in result.errors.items()} == {
        "a[0].b[0].c[1].why": "1件目のくり返しの1件目のくり返しの2件目のくり返し：項目whyを入力してください。"
    }
    assert result.dropped == ("a[0].b[0].c[0].why",)
    assert (result.calculated["total"], result.calculated["most"], result.calculated["a[1].sum_a"]) == (900, 900, 0)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2000-02-29", "2026-02-28", 25),
        ("2000-02-29", "2026-03-01", 26),
        ("2000-04-01", "2026-04-01", 26),
        ("2000-04-02", "2026-04-01", 25),
        ("2026-04-02", "2026-04-01", None),
    ],
)
def test_age_on_a_day(born: str, on: str, age: int | None) -> None:
    compiled = compile_edition(
        edition({"id": "born", "kind": "date", "label": "日"}, calculated("age", {"age_on": [{F: "born"}, {"date": on}]}))
    )
    assert answer(compiled, {"born": born}).calculated.get("age") == age


def test_absent_operands_make_comparisons_false_and_sums_absent() -> None:
    compiled = compile_edition(
        edition(
            {"id": "n", "kind": "number", "label": "数"},
            *(calculated(f"c_{op}", {op: [{F: "n"}, 1]}, "yes_no") for op in ("eq", "ne", "lt", "le", "gt", "ge")),
            calculated("plus", {"add": [{F: "n"}, 1]}),
            calculated("least", {"min": [{F: "n"}, 7]}),
            calculated("share", {"divide_floor": [{F: "n"}, {"subtract": [{F: "n"}, {F: "n"}]}]}),
        )
    )
    result = answer(compiled, {})
    assert result.calculated == {**{f"c_{op}": False for op in ("eq", "ne", "lt", "le", "gt", "ge")}, "least": 7}
    assert "share" not in answer(compiled, {"n": 5}).calculated
