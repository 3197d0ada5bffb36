"""What strangers send and hostile authors write (attack cases A14, A15, A22, A23): bounded, named, nothing raised."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

import pytest

from moyai.applications.rules import (
    KINDS,
    answer,
    answer_correction,
    answer_page,
    carry_over,
    check_edition,
    compile_edition,
    diff,
    field_at,
    summary,
)
from moyai.applications.tests.test_forms_answers import TODAY, of_kind
from moyai.applications.tests.test_forms_editions import F, calculated, edition, group, text

NESTED = compile_edition(
    edition(
        group(
            "a",
            group("b", group("c", text("t"), {"id": "n", "kind": "number", "label": "数"}, max=200), max=200),
            max=200,
        ),
        {"id": "flat", "kind": "group", "label": "行", "max": 200, "fields": [text("x", required=True)]},
        calculated(
            "total",
            {
                "sum": {
                    "group": "a",
                    "of": {"sum": {"group": "b", "of": {"sum": {"group": "c", "of": {F: "n"}}}}},
                }
            },
        ),
    )
)


def nested(levels: int, leaf: object = "x") -> object:
    deep: object = leaf
    for i in range(levels):
        deep = [deep] if i % 2 else {"a": deep}
    return deep


def test_attack_A15_ten_thousand_rows_are_refused_as_one() -> None:
    started = time.process_time()
    result = answer(NESTED, {"flat": [{"x": "y"}] * 10_000}, today=TODAY)
    assert {path: one.code for path, one in result.errors.items()} == {"flat": "too_many_rows"}
    assert result.answers == {}
    result = answer(NESTED, {"flat": [{}] * 200}, today=TODAY)
    assert len(result.errors) == 200  # as many as fit are judged one by one
    # 8,000,000 rows in a megabyte and a half of JSON.
    bomb = {"a": [{"b": [{"c": [{}] * 200}] * 200}] * 200}
    result = answer(NESTED, bomb, today=TODAY)
    assert {one.code for one in result.errors.values()} == {"too_many_rows_in_all"}
    assert (
        sum(len(inner["c"]) for row in result.answers["a"] for inner in row.get("b", []) if "c" in inner)
        <= 5_000
    )
    assert time.process_time() - started < 3


def test_sums_go_through_groups_three_deep() -> None:
    rows = [{"b": [{"c": [{"n": 1}, {"n": 2}]}, {"c": []}]}, {"b": [{"c": [{"n": 4}, {"t": "x"}]}]}, {}]
    result = answer(NESTED, {"a": rows}, today=TODAY)
    assert (result.ok, result.calculated) == (True, {"total": 7})


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"group", "explanation", "calculated"}))
def test_attack_A15_deep_json_in_any_field_is_refused_wherever_it_is_sent(kind: str) -> None:
    compiled = of_kind(kind)
    for deep in (
        nested(200),
        nested(200, {"f": 1}),
        [nested(150)],
        {"lat": nested(150), "bank": nested(150)},
    ):
        for result in (
            answer(compiled, {"f": deep}, today=TODAY),  # type: ignore[arg-type]
            answer_page(compiled, "p", {}, {"f": deep}, today=TODAY),  # type: ignore[arg-type]
            answer_correction(compiled, {}, {"f": deep}, allowed={"f"}, today=TODAY),  # type: ignore[arg-type]
            carry_over(compiled, {"f": deep}, today=TODAY)[0],  # type: ignore[arg-type]
        ):
            assert result.errors
            assert "f" not in result.answers
    # What an old edition stored and this one would not take is shown as it stands.
    assert summary(compiled, {"f": nested(50)}, today=TODAY)[0].rows[0].value  # type: ignore[arg-type]
    assert diff(compiled, {"f": nested(50)}, {}, today=TODAY)  # type: ignore[arg-type]


def test_attack_A15_answers_that_are_deep_themselves_end_soon() -> None:
    deep = nested(90_000)  # more than the stack of any interpreter
    for result in (
        answer(NESTED, deep, today=TODAY),
        answer(NESTED, {"a": deep, "flat": [deep]}, today=TODAY),
        answer_correction(NESTED, {}, {"flat": deep}, allowed={"flat"}, today=TODAY),
        answer_page(NESTED, "p", {}, {"flat": deep}, today=TODAY),
    ):
        assert result.errors
        assert json.dumps(result.to_json())
    while deep not in ("x",):  # taken apart by hand: the interpreter would do it with its stack
        deep = deep[0] if isinstance(deep, list) else deep["a"]  # type: ignore[index]


NAMES = ["𠮷田", "髙橋", "山﨑", "渡邉󠄂", "葛󠄀城", "辻󠄁", "﨑󠄀𠮟る", "Nguyễn Văn Á", "李·明", "ハﾟ", "か゚"]


@pytest.mark.parametrize("name", NAMES)
def test_attack_A15_rare_characters_are_kept_exactly(name: str) -> None:
    compiled = compile_edition(
        edition(
            {"id": "name", "kind": "name", "label": "氏名"},
            text("text"),
            {"id": "area", "kind": "textarea", "label": "理由"},
            {"id": "home", "kind": "address", "label": "住所", "postal_code": False},
            {
                "id": "c",
                "kind": "single_choice",
                "label": "選択",
                "options": [{"value": "o", "label": "他", "other_text": True}],
            },
            group("g", text("inner")),
            once={
                "key": {"join": [{F: "name"}, {"part": {"field": "home", "part": "street"}}]},
                "message": "m",
            },
        )
    )
    posted = {
        "name": name,
        "text": name,
        "area": f"{name}\n{name}",
        "home": {"prefecture": "千葉県", "city": name, "street": name},
        "c": {"choice": "o", "text": name},
        "g": [{"inner": name}],
    }
    result = answer(compiled, posted, today=TODAY)
    assert (result.errors, result.answers, result.once_key) == ({}, posted, name + name)
    assert json.loads(json.dumps(result.answers)) == posted
    assert [row.value for row in summary(compiled, posted, today=TODAY)[0].rows][:2] == [name, name]


@pytest.mark.parametrize(
    "value", ["\x00", "a\x00b", "\ud800", "a\udfffb", "\u202egnp.exe", "a\x1b[31m", "\ufffe"]
)
def test_attack_A15_characters_that_cannot_be_shown_are_refused_everywhere(value: str) -> None:
    for kind in ("text", "textarea", "name", "kana", "mail", "listed", "time", "corporate_number"):
        assert set(answer(of_kind(kind), {"f": value}, today=TODAY).errors) == {"f"}, kind  # type: ignore[arg-type]
    posted = {"prefecture": "千葉県", "city": value, "street": value, "postal_code": "2600013"}
    found = answer(of_kind("address"), {"f": posted}, today=TODAY).errors  # type: ignore[arg-type]
    assert set(found) == {"f.city", "f.street"}
    for message in found.values():
        assert value not in message.ja
    assert {one.message.code for one in check_edition(edition(text("a", label=f"題{value}")))} == {
        "e_bad_text"
    }


def test_attack_A15_numbers_beyond_numbers() -> None:
    for text_of_json in ('{"f": NaN}', '{"f": 1e999}', '{"f": -1e999}', '{"f": 1' + "0" * 4000 + "}"):
        posted = json.loads(text_of_json)
        for kind in (
            "number",
            "yen",
            "time",
            "map_point",
            "bank_account",
            "date",
            "text",
            "corporate_number",
        ):
            result = answer(of_kind(kind), posted, today=TODAY)  # type: ignore[arg-type]
            assert list(result.errors)
            assert all(message.ja and message.en for message in result.errors.values())


def test_attack_A15_a_megabyte_of_text_is_refused_soon_and_never_repeated() -> None:
    started = time.process_time()
    for kind in sorted(set(KINDS) - {"group", "explanation", "calculated"}):
        for value in ("あ" * 1_000_000, "1" * 1_000_000, "-" * 1_000_000, "（" * 1_000_000, "ｶﾞ" * 500_000):
            result = answer(of_kind(kind), {"f": value}, today=TODAY)  # type: ignore[arg-type]
            assert result.errors
            assert len(str(result.to_json())) < 5_000
    assert time.process_time() - started < 5


# --- hostile documents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "show_if",
        "required",
        "prefill",
        "takes",
        "once",
        "lists",
        "given",
        "translations",
        "blind",
        "signature",
    ],
)
def test_attack_A22_deep_documents_are_refused_at_every_door(place: str) -> None:
    for depth in (61, 200, 50_000):
        deep = nested(depth)
        if place in ("show_if", "required", "prefill"):
            document = edition(text("a", **{place: deep}))
        else:
            document = edition(text("a"), **{place: deep})
        problems = check_edition(document)
        assert problems
        assert all(one.message.ja and len(one.path) < 10_000 for one in problems)
        while not isinstance(deep, str):
            deep = deep[0] if isinstance(deep, list) else deep["a"]  # type: ignore[index]


def test_attack_A22_expressions_stop_at_their_depth() -> None:
    for operator, leaf in (("not", True), ("weekday", {"fact": "today"}), ("size", "x")):
        made: Any = leaf
        for _ in range(40):
            made = {operator: made}
        codes = {one.message.code for one in check_edition(edition(text("a", show_if=made)))}
        assert "e_expression_deep" in codes


def test_attack_A22_widest_document_is_judged_in_seconds() -> None:
    flags = [{"id": f"y{i}", "kind": "yes_no", "label": "有無"} for i in range(6)]
    wide = {"and": [{"or": [{F: f"y{k % 6}"}, {"not": {F: f"y{(k + 1) % 6}"}}]} for k in range(50)]}
    pages = [{"id": "first", "title": "1", "fields": flags}]
    pages += [
        {"id": f"p{i}", "title": "P", "fields": [text(f"f{i}x{k}", show_if=wide) for k in range(15)]}
        for i in range(6)
    ]
    rows = [{"value": f"v{i}", "label": f"品目{i}", "fee": i} for i in range(1_000)]
    document = {
        "schema_version": 1,
        "procedure": "x",
        "title": "T",
        "pages": pages,
        "lists": {f"l{i}": {"columns": {"fee": "int"}, "rows": rows} for i in range(4)},
        "translations": {"en": {f"list.l0.v{i}": f"Item {i}" for i in range(1_000)}},
    }
    started = time.process_time()
    assert check_edition(document) == []
    assert time.process_time() - started < 6


@pytest.mark.parametrize(
    "path", ["a" * 5_000, "a." * 3_000, "flat[99999999999]", "flat[-1]", "a[0]" * 50, "\x00", "﹫"]
)
def test_paths_of_strangers_lead_nowhere(path: str) -> None:
    assert field_at(NESTED, path) is None
    result = answer_correction(NESTED, {}, {path: "x"}, allowed={path}, today=TODAY)
    assert [one.code for one in result.errors.values()] == ["unknown_path"]


# --- clock -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("2019-04-30", "2019-04-30"),
        ("2019-05-01", "2019-05-01"),
        ("1989-01-07", "1989-01-07"),
        ("1989-01-08", "1989-01-08"),
        ("1873-01-01", "1873-01-01"),
        ("1872-12-31", None),
        ("2000-02-29", "2000-02-29"),
        ("1900-02-29", None),
        ("2199-12-31", "2199-12-31"),
        ("2200-01-01", None),
        ("0000-01-01", None),
        ("2026-06-31", None),
        ({"year": "２０２４", "month": "2", "day": "29"}, "2024-02-29"),
        ({"year": "2023", "month": "2", "day": "29"}, None),
    ],
)
def test_attack_A23_edges_of_eras_and_of_the_calendar(value: object, kept: str | None) -> None:
    result = answer(of_kind("date"), {"f": value}, today=TODAY)  # type: ignore[arg-type]
    assert result.answers.get("f") == kept
    assert result.ok is (kept is not None)


@pytest.mark.parametrize(
    ("on", "age"),
    [("2027-02-28", 26), ("2027-03-01", 27), ("2028-02-28", 27), ("2028-02-29", 28), ("2000-02-28", None)],
)
def test_attack_A23_age_of_those_born_on_the_29th_of_february(on: str, age: int | None) -> None:
    compiled = compile_edition(
        edition(
            {"id": "b", "kind": "date", "label": "生年月日"},
            calculated("age", {"age_on": [{F: "b"}, {"fact": "today"}]}),
        )
    )
    result = answer(compiled, {"b": "2000-02-29"}, today=datetime.date.fromisoformat(on))
    assert result.calculated.get("age") == age


def test_attack_A23_a_day_may_end_at_24_but_not_begin_again() -> None:
    compiled = compile_edition(
        edition(
            {"id": "t", "kind": "time", "label": "時刻"},
            calculated("last", {"eq": [{F: "t"}, {"time": "24:00"}]}, "yes_no"),
        )
    )
    assert answer(compiled, {"t": "２４：００"}).calculated == {"last": True}
    assert answer(compiled, {"t": "0:00"}).calculated == {"last": False}
    assert set(answer(compiled, {"t": "24:01"}).errors) == {"t"}
