"""An edition in other languages: its own texts, the engine's words and messages; and no field for 個人番号 in any."""

from __future__ import annotations

import re
from typing import Any

import pytest

from moyai.applications.rules import (
    KINDS,
    Message,
    answer,
    check_edition,
    compile_edition,
    edition_schema,
    summary,
)
from moyai.applications.rules.messages import TEXTS
from moyai.applications.tests.test_forms_answers import ITEMS, TODAY
from moyai.applications.tests.test_forms_editions import F, edition, group, text

JAPANESE = re.compile("[\u3041-\u30fe\u4e00-\u9fff]")
YES: dict[str, Any] = {"kind": "yes_no", "label": "有無"}
OPTIONS = [
    {"value": "s", "label": "小", "hint": "5kgまで"},
    {"value": "o", "label": "他", "other_text": True},
]
DOCUMENT = edition(
    {"id": "owner", "kind": "name", "label": "氏名", "hint": "戸籍のとおりに", "required": True},
    {"id": "home", "kind": "address", "label": "住所"},
    {"id": "born", "kind": "date", "label": "生年月日", "latest": {"fact": "today"}},
    {"id": "fee", "kind": "yen", "label": "金額"},
    {"id": "many", "kind": "number", "label": "通数", "unit": "通", "max": 3},
    {"id": "ok", "kind": "consent", "label": "同意", "text": "読みました", "required": False},
    {"id": "note", "kind": "explanation", "text": "説明です。"},
    {"id": "file", "kind": "file", "label": "書類", "accept": ["text/plain"]},
    {"id": "item", "kind": "listed", "label": "品目", "list": "items"},
    {"id": "when", "kind": "time", "label": "時刻"},
    {"id": "rank", "kind": "ranking", "label": "順", "options": [{"value": "a", "label": "甲"}]},
    {
        "id": "grid",
        "kind": "matrix",
        "label": "表",
        "rows": [{"value": "r", "label": "行"}],
        "columns": [{"value": "c", "label": "列"}],
    },
    group(
        "dogs",
        {"id": "chip", **YES, "required": True},
        {"id": "size", "kind": "single_choice", "label": "大きさ", "options": OPTIONS},
        label="犬",
        item="犬",
        counter="頭",
        max=2,
    ),
    lists={"items": ITEMS},
    given={"amount": {"type": "int", "label": "支給額", "from": "record"}},
    checks=[{"id": "c1", "message": "多すぎます。", "fields": ["many"], "require": {"lt": [{F: "many"}, 3]}}],
    fee={"lines": [{"id": "l", "label": "手数料", "amount": 300}]},
    takes=[{"id": "t", "label": "席", "pool": "p", "quantity": 1}],
    once={"key": {F: "owner"}, "message": "もう申し込んでいます。"},
    intro="案内です。",
)
DOCUMENT["pages"][0]["intro"] = "頁の案内です。"
ENGLISH = {
    "title": "Dogs",
    "intro": "About dogs.",
    "page.p.title": "Page",
    "page.p.intro": "About this page.",
    "field.owner.label": "Name",
    "field.owner.hint": "As registered",
    "field.home.label": "Home",
    "field.born.label": "Date of birth",
    "field.fee.label": "Amount",
    "field.many.label": "Copies",
    "field.many.unit": "copies",
    "field.ok.label": "Consent",
    "field.ok.text": "I have read it",
    "field.note.text": "An explanation.",
    "field.file.label": "Paper",
    "field.item.label": "Item",
    "field.when.label": "Time",
    "field.rank.label": "Order",
    "field.rank.option.a": "First one",
    "field.grid.label": "Grid",
    "field.grid.row.r": "Row",
    "field.grid.column.c": "Column",
    "field.dogs.label": "Dogs",
    "field.dogs.item": "dog",
    "field.dogs.counter": "dogs",
    "field.chip.label": "Chip",
    "field.size.label": "Size",
    "field.size.option.s": "Small",
    "field.size.option.s.hint": "up to 5 kg",
    "field.size.option.o": "Other",
    "list.items.bed": "Bed",
    "list.items.sofa": "Sofa",
    "list.items.chair": "Chair",
    "check.c1": "Too many.",
    "fee.l": "Fee",
    "take.t": "Seat",
    "given.amount": "Amount granted",
    "once": "You have applied already.",
}
BOTH = {
    **DOCUMENT,
    "translations": {"en": ENGLISH, "easy": {"title": "犬《いぬ》", "field.owner.label": "名前《なまえ》"}},
}
GOOD: dict[str, Any] = {
    "owner": "Sato",
    "fee": 1200,
    "many": 2,
    "ok": True,
    "item": "Bed",
    "when": "17:15",
    "rank": ["a"],
    "grid": {"r": "c"},
    "dogs": [{"chip": True, "size": {"choice": "o", "text": "big"}}, {"chip": False, "size": "s"}],
}


def test_C27_form_in_english_has_no_japanese_left_but_what_people_typed() -> None:
    compiled = compile_edition(BOTH, "en")
    assert (compiled.language, compiled.languages, compiled.fallback) == (
        "en",
        ("ja", "en", "ja-easy"),
        frozenset(),
    )
    assert (compiled.title, compiled.intro, compiled.once_message) == (
        "Dogs",
        "About dogs.",
        "You have applied already.",
    )
    result = answer(compiled, GOOD, today=TODAY)
    assert (result.ok, result.answers["item"]) == (True, "bed")
    assert result.fee is not None
    assert (result.fee.lines[0].label, result.takes[0].label) == ("Fee", "Seat")
    (section,) = summary(compiled, result.answers, today=TODAY)
    assert {(row.path, row.label, row.value) for row in section.rows if row.value} == {
        ("owner", "Name", "Sato"),
        ("fee", "Amount", "1,200 yen"),
        ("many", "Copies", "2 copies"),
        ("ok", "Consent", "I agree"),
        ("item", "Item", "Bed"),
        ("when", "Time", "17:15"),
        ("rank", "Order", "1. First one"),
        ("grid", "Grid", "Row: Column"),
        ("dogs", "Dogs", "2"),
        ("dogs[0].chip", "Chip", "Yes"),
        ("dogs[0].size", "Size", "Other (big)"),
        ("dogs[1].chip", "Chip", "No"),
        ("dogs[1].size", "Size", "Small"),
    }
    assert [mark.en for row in section.rows for mark in row.rows][:1] == ["dog 1"]


def test_C27_messages_are_english_to_the_last_word() -> None:
    wrong: dict[str, Any] = {
        "home": {"prefecture": "x"},
        "born": "2030-01-01",
        "fee": "x",
        "many": 3,
        "file": ["u"],
        "item": "x",
        "when": "x",
        "rank": ["z"],
        "grid": {"r": "z"},
        "dogs": [{}, {"chip": "?", "size": "o"}, {"chip": True}],
        "nobody": 1,
    }
    compiled = compile_edition(BOTH, "en")
    messages = list(answer(compiled, wrong, today=TODAY).errors.values())
    messages += answer(
        compiled, {**wrong, "dogs": [{}, {"chip": "?", "size": "o"}]}, today=TODAY
    ).errors.values()
    assert len(messages) > 15
    for message in messages:
        assert not JAPANESE.search(message.en), message.en
        assert JAPANESE.search(message.ja) or message.code == "check"
    said = {
        path: one.en for path, one in answer(compiled, {**wrong, "dogs": [{}]}, today=TODAY).errors.items()
    }
    assert said["home.city"] == "Enter city, town or village of Home."
    assert said["born"] == "Date of birth must be on or before 10 April 2026."
    assert said["dogs[0].chip"] == "dog 1: Choose Chip."
    assert said["many"] == "Too many."


def test_what_is_not_translated_stays_japanese_and_is_named() -> None:
    compiled = compile_edition(BOTH, "ja-easy")
    assert (compiled.title, compiled.fields["owner"].label, compiled.fields["home"].label) == (
        "犬《いぬ》",
        "名前《なまえ》",
        "住所",
    )
    assert (compiled.lang("title"), compiled.lang("field.home.label")) == ("", "ja")
    assert compiled.fallback == frozenset(ENGLISH) - {"title", "field.owner.label"}
    marked = compile_edition(BOTH, "ja-easy", words=lambda text: f"<{text}>")
    assert (marked.title, marked.fields["home"].label) == ("<犬《いぬ》>", "住所")
    plain = compile_edition(BOTH)
    assert (plain.language, plain.title, plain.fallback) == ("ja", "様式", frozenset())
    assert summary(plain, GOOD, today=TODAY)[0].rows[-1].value == "小"


def test_answers_and_conditions_are_the_same_in_every_language() -> None:
    results = [
        answer(compile_edition(BOTH, one), GOOD | {"item": "bed"}, today=TODAY)
        for one in ("ja", "en", "ja-easy")
    ]
    assert all(one.answers == results[0].answers and one.visible == results[0].visible for one in results)


@pytest.mark.parametrize(
    "path",
    [
        "titel",
        "page.q.title",
        "page.p.hint",
        "field.nobody.label",
        "field.home.item",
        "field.size.option.z",
        "field.size.option.o.hint",
        "field.grid.option.r",
        "list.items.desk",
        "list.other.bed",
        "check.c2",
        "fee.x",
        "take.x",
        "field.owner",
        "",
    ],
)
def test_translations_of_nothing_are_named(path: str) -> None:
    document = {**DOCUMENT, "translations": {"en": {path: "x"}}}
    assert [(one.path, one.message.code) for one in check_edition(document)] == [
        (f"$.translations.en.{path}", "e_no_text")
    ]


@pytest.mark.parametrize(
    ("field", "below"),
    [
        (text("a", label="個人番号"), ".label"),
        (text("a", label="個 人 番 号"), ".label"),
        (text("a", label="ﾏｲﾅﾝﾊﾞｰ（12桁）"), ".label"),
        (text("a", label="まいなんばー"), ".label"),
        (text("a", label="Ｍｙ　Ｎｕｍｂｅｒ"), ".label"),
        (text("a", label="Individual-Number"), ".label"),
        (text("a", label="マイナンバーカードの番号"), ".label"),
        (text("a", hint="個人番号を書いてください。"), ".hint"),
        (text("a", hint="マイナンバーは書かないでください。ない方は個人番号を書いてください。"), ".hint"),
        ({"id": "a", "kind": "number", "label": "番号", "hint": "マイナンバー12桁"}, ".hint"),
        ({"id": "a", "kind": "microchip", "label": "マイナンバー"}, ".label"),
        ({"id": "a", "kind": "corporate_number", "label": "法人番号または個人番号"}, ".label"),
        (
            {
                "id": "a",
                "kind": "single_choice",
                "label": "確認",
                "options": [{"value": "n", "label": "個人番号", "other_text": True}],
            },
            ".options[0].label",
        ),
        (group("g", text("a", label="世帯員の個人番号")), ".fields[0].label"),
    ],
)
def test_C27_no_field_lets_people_type_their_individual_number(field: dict[str, Any], below: str) -> None:
    assert [(one.path, one.message.code) for one in check_edition(edition(field))] == [
        (f"$.pages[0].fields[0]{below}", "e_individual_number")
    ]


def test_C27_nor_does_a_translation() -> None:
    for key, words in (
        ("en", "Individual Number"),
        ("en", "My Number"),
        ("easy", "マイナンバーの数字《すうじ》"),
    ):
        for path in ("field.owner.label", "field.owner.hint"):
            document = {**DOCUMENT, "translations": {key: {path: words}}}
            assert [(one.path, one.message.code) for one in check_edition(document)] == [
                (f"$.translations.{key}.{path}", "e_individual_number")
            ]


@pytest.mark.parametrize(
    "field",
    [
        {"id": "a", **YES, "label": "個人番号の記載"},
        {"id": "a", "kind": "file", "label": "マイナンバーカードの写し"},
        text("a", label="マイナンバーカードの有効期限"),
        text("a", label="備考", hint="個人番号は書かないでください。"),
        text("a", label="備考", hint="マイナンバーの記入は不要です。"),
        {"id": "a", "kind": "explanation", "text": "個人番号は使いません。"},
        {
            "id": "a",
            "kind": "single_choice",
            "label": "書類",
            "options": [{"value": "c", "label": "個人番号カード"}],
        },
    ],
)
def test_what_does_not_ask_for_the_number_is_taken(field: dict[str, Any]) -> None:
    assert check_edition(edition(field)) == []


def test_every_sentence_and_name_of_the_engine_is_there_in_english() -> None:
    for code, (ja, en) in TEXTS.items():
        assert JAPANESE.search(ja) or code == "check"
        assert not JAPANESE.search(en), code
        assert set(re.findall(r"{(\w+)}", en)) <= set(re.findall(r"{(\w+)}", ja)), code
    for kind in KINDS.values():
        assert not JAPANESE.search(kind.words.en)
        assert edition_schema()["$defs"][f"field_{kind.name}"]["description"] == kind.en


def test_faults_of_editions_are_told_in_english_too() -> None:
    broken = edition(
        {"id": "A!", "kind": "text", "label": ""},
        {"id": "b", "kind": "number", "label": 5, "min": True, "max": "x"},
        {"id": "c", "kind": "none"},
        colour=1,
    )
    faults = [one.message for one in check_edition(broken)]
    faults += [
        one.message
        for one in check_edition(
            edition(
                text(
                    "x",
                    show_if={
                        "and": [{"eq": [{F: "x"}, 5]}, {"age_on": [1]}, {"in": [1]}, {"if": [1]}, {"size": 5}]
                    },
                ),
                text("y", show_if={"and": []}, required={"sum": {}}),
            )
        )
    ]
    assert len(faults) > 12
    for fault in faults:
        assert isinstance(fault, Message)
        assert not JAPANESE.search(fault.en), fault.en
