"""Answers: structure, hiding, prices, oversize and hostile values (attack cases A1–A5, A14, A15, A22), and expressions."""

import datetime
import time

import pytest

from moyai.applications.rules import KINDS, answer, compile_edition, first_open_page
from moyai.applications.tests.test_forms_editions import OPTIONS, F, calculated, choice, edition, group, text

TODAY = datetime.date(2026, 4, 10)
CHIP = {"id": "chip", "kind": "yes_no", "label": "チップ", "required": True}
CHIP_NO = {"id": "chip_no", "kind": "microchip", "label": "番号", "required": True, "show_if": {F: "chip"}}
DOGS = compile_edition(
    edition(
        text("owner", required=True),
        group(
            "dogs",
            CHIP,
            CHIP_NO,
            choice("sex"),
            calculated("yen", {"if": [{F: "chip"}, 0, 3000]}, "yen"),
            min=1,
            item="犬",
            counter="頭",
        ),
        fee={"lines": [{"id": "l", "label": "登録", "amount": {"sum": {"group": "dogs", "of": {F: "yen"}}}}]},
    )
)
GOOD = {"owner": "佐藤", "dogs": [{"chip": False}, {"chip": True, "chip_no": "392141123456789"}]}


def codes(compiled: object, answers: object, **more: object) -> dict[str, str]:
    result = answer(compiled, answers, today=TODAY, **more)  # type: ignore[arg-type]
    return {path: one.code for path, one in result.errors.items()}


def one_field(**field: object) -> object:
    return compile_edition(edition({"id": "f", "label": "項目", **field}))


# What a kind cannot do without, and what the edition around it needs.
NEEDED: dict[str, dict] = {
    "matrix": {"rows": OPTIONS, "columns": OPTIONS},
    "consent": {"text": "t"},
    "check_number": {"digits": 5, "weights": [2, 3, 4, 5], "modulus": 11},
    "listed": {"list": "items"},
    **{name: {"options": OPTIONS} for name in ("single_choice", "multiple_choice", "ranking")},
}
ITEMS = {
    "columns": {"fee": "int", "size": "text", "since": "date", "stored": "bool"},
    "rows": [
        {"value": "bed", "label": "ベッド", "fee": 1000, "size": "大", "since": "2026-04-01", "stored": True},
        {"value": "sofa", "label": "ソファー", "fee": 700, "size": "大"},
        {"value": "chair", "label": "いす", "fee": 300},
    ],
}


def of_kind(kind: str, **more: object) -> object:
    """An edition with one required field of a kind, `f`."""
    field = {"id": "f", "label": "項目", "kind": kind, "required": True, **NEEDED.get(kind, {}), **more}
    return compile_edition(edition(field, lists={"items": ITEMS}))


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


def test_rows_wait_for_the_field_that_shows_their_group_wherever_it_stands() -> None:
    compiled = compile_edition(
        edition(
            group("g", text("x", required=True), show_if={"eq": [{F: "later"}, "a"]}),
            calculated("n", {"count": {"group": "g", "where": {"is_present": "x"}}}),
            choice("later"),
        )
    )
    result = answer(compiled, {"later": "a", "g": [{"x": "1"}, {}]})
    assert (result.answers["g"], result.calculated["n"]) == ([{"x": "1"}, {}], 1)
    assert set(result.errors) == {"g[1].x"}
    result = answer(compiled, {"later": "b", "g": [{"x": "1"}, {}]})
    assert (result.answers, result.calculated["n"], result.dropped, result.errors) == (
        {"later": "b"},
        0,
        ("g",),
        {},
    )


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
    for kind in (
        "mail",
        "kana",
        "phone",
        "postal_code",
        "microchip",
        "number",
        "yen",
        "date",
        "name",
        "textarea",
        "time",
        "map_point",
        "corporate_number",
        "check_number",
        "listed",
        "bank_account",
    ):
        for posted in (evil, "ｱ" * 90_000 + "@", "1," * 40_000, "9" * 90_000, "x" + " " * 90_000 + "x"):
            assert codes(of_kind(kind), {"f": posted}), (kind, posted[:9])
        for part in ("holder", "bank", "number", "symbol", "lat", "hour"):
            assert codes(of_kind(kind), {"f": {part: evil}}), (kind, part)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"group", "explanation", "calculated"}))
def test_a15_no_kind_of_field_raises_whatever_is_sent(kind: str) -> None:
    deep: object = "x"
    for _ in range(200):
        deep = [deep]
    compiled = of_kind(kind)
    for value in (
        "x" * 1_000_000,
        [[]],
        {"a": {}},
        deep,
        float("nan"),
        float("inf"),
        1e999,
        10**400,
        -1,
        True,
        "\x00",
        "a\x00b",
        "\ud800",
        b"x",
        {"choice": [1]},
        {"lat": float("nan"), "lng": 10**400},
        {"lat": "1" * 5000, "lng": deep},
        {"hour": 1e999, "minute": "\ud800"},
        {"bank": "0001", "branch": deep, "type": [], "number": 1e999, "holder": "\x00"},
        {"symbol": "1" * 9000, "symbol_number": deep, "holder": "ヤマダ"},
        [1, 2, 3],
        ["a", "a"],
        ["x" * 10_000],
        {"year": 1, "month": "x", "day": None},
        {"year": 99999, "month": 1, "day": 1},
        "０",
        "²",
        "٣",
        "1e9",
        "\u202etxt.exe",
        {1: 2},
        object(),
        ["\ud800"],
        "9" * 5_000,
        {"postal_code": 1},
        "1/0",
        "=1+1",
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
    assert {path: one.ja for path, one in result.errors.items()} == {
        "dogs": "くり返しは3頭までです。10000頭あります。"
    }
    assert "dogs" not in result.answers
    assert time.process_time() - started < 0.1


def test_a15_rows_of_another_shape_are_refused() -> None:
    assert codes(DOGS, {**GOOD, "dogs": {"0": {}}}) == {"dogs": "not_list"}
    shifted = codes(DOGS, {**GOOD, "dogs": [1, {"chip": "x"}]})
    assert shifted == {"dogs[0]": "not_row", "dogs[0].chip": "missing_choice", "dogs[1].chip": "not_yes_no"}
    assert codes(DOGS, {"owner": "佐藤"}) == {"dogs": "too_few_rows"}


@pytest.mark.parametrize(
    "name",
    [
        "𠮷田　太郎",
        "髙橋 﨑子",
        "葛\U000e0100城",
        "辻󠄀",
        "渡邉󠄁󠄂",
        "Ana-María O’Neil",
        "ﾔﾏﾀﾞ",
        "か\u3099",
        "が",
        "ABC",
        "･･･",
        "ก็",
        "𩸽",
    ],
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
    assert (result.calculated["total"], result.calculated["most"], result.calculated["a[1].sum_a"]) == (
        900,
        900,
        0,
    )


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
        edition(
            {"id": "born", "kind": "date", "label": "日"},
            calculated("age", {"age_on": [{F: "born"}, {"date": on}]}),
        )
    )
    assert answer(compiled, {"born": born}).calculated.get("age") == age


def test_absent_operands_make_comparisons_false_and_sums_absent() -> None:
    compiled = compile_edition(
        edition(
            {"id": "n", "kind": "number", "label": "数"},
            *(
                calculated(f"c_{op}", {op: [{F: "n"}, 1]}, "yes_no")
                for op in ("eq", "ne", "lt", "le", "gt", "ge")
            ),
            calculated("plus", {"add": [{F: "n"}, 1]}),
            calculated("least", {"min": [{F: "n"}, 7]}),
            calculated("share", {"divide_floor": [{F: "n"}, {"subtract": [{F: "n"}, {F: "n"}]}]}),
        )
    )
    result = answer(compiled, {})
    assert result.calculated == {
        **{f"c_{op}": False for op in ("eq", "ne", "lt", "le", "gt", "ge")},
        "least": 7,
    }
    assert "share" not in answer(compiled, {"n": 5}).calculated
