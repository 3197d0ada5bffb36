"""The builder can make whatever the catalogue uses: each part, through its form, comes out as it went in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.applications import catalogue
from moyai.applications.building import comparing, formulas, places, rules, shape, sheets
from moyai.applications.building import settings as field_settings
from moyai.applications.forms.building import FieldPartForm, PagePartForm
from moyai.applications.forms.building_lists import ListForm, list_as_csv
from moyai.applications.forms.building_trials import PeopleForm, TestForm
from moyai.applications.forms.rules import RULES
from moyai.applications.rules import KINDS, check_edition

EXPRESSIONS = ("show_if", "value", "earliest", "latest", "prefill", "require", "amount", "unit_yen", "quantity", "pool", "key")  # fmt: skip


def expressions(part: Any) -> Iterator[Any]:
    """Every expression of a document."""
    if isinstance(part, list):
        for one in part:
            yield from expressions(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if (key in EXPRESSIONS and (key != "value" or part.get("kind") == "calculated")) or (
                key == "required" and isinstance(value, dict)
            ):
                yield value
            elif key in ("pages", "fields", "checks", "fee", "lines", "takes", "once"):
                yield from expressions(value)


def posted(form: Any) -> QueryDict:
    """What a browser posts of a form nobody changed."""
    data = QueryDict(mutable=True)
    for name in form.fields:
        value = form[name].value()
        if isinstance(value, list):
            data.setlist(name, [str(one) for one in value])
        elif value is True:
            data[name] = "on"
        elif value is not None and value is not False:
            data[name] = str(value)
    return data


@pytest.mark.parametrize("code", catalogue.CODES)
def test_every_expression_of_a_sample_is_written_in_words_and_read_back(code: str) -> None:
    document = catalogue.document(code)
    for expression in expressions(document):
        words = formulas.write(expression, document)
        assert "｛" not in words
        assert formulas.read(words, document) == expression, words


@pytest.mark.parametrize("code", catalogue.CODES)
def test_every_page_and_field_of_a_sample_survives_its_own_form(code: str) -> None:
    document = catalogue.document(code)
    changed = document
    for page in document["pages"]:
        form = PagePartForm(posted(PagePartForm(document=document, page=page)), document=document, page=page)
        assert form.is_valid(), form.errors
        changed = shape.change_page(changed, page_id=page["id"], facts=form.facts())
    for field in shape.fields_of(document):
        shown = FieldPartForm(document=document, field=field, place="")
        data = posted(shown)
        data["place"] = f"page:{document['pages'][0]['id']}"
        form = FieldPartForm(data, document=document, field=field, place="")
        assert form.is_valid(), (field["id"], form.errors)
        changed = shape.change_field(changed, field_id=field["id"], facts=form.facts())
    assert _without_defaults(changed) == _without_defaults(document)


def _without_defaults(document: dict[str, Any]) -> dict[str, Any]:
    """`required` said or not said is the same where it is what is usual."""
    for field in shape.fields_of(document):
        usual = field["kind"] == "consent"
        if field.get("required", usual) is usual:
            field.pop("required", None)
        if field.get("min") == 0 and field["kind"] == "group":
            field.pop("min")
    return document


@pytest.mark.parametrize("code", catalogue.CODES)
def test_every_rule_of_a_sample_survives_its_own_form(code: str) -> None:
    document = catalogue.document(code)
    changed = document
    for what, form_class in RULES.items():
        for name, rule in rules.rules_of(document, what):
            shown = form_class(document=document, one=rule, name=name)
            form = form_class(posted(shown), document=document, one=rule, name=name)
            assert form.is_valid(), (what, name, form.errors)
            changed = rules.put_rule(changed, what, name, form.facts())
    for name, one in document.get("lists", {}).items():
        form = ListForm(QueryDict(mutable=True) | {"name": name, "table": list_as_csv(one)})
        assert form.is_valid(), form.errors
        changed = rules.put_rule(changed, "lists", name, form.cleaned_data["found"])
    people = PeopleForm(posted(PeopleForm(document=document)), document=document)
    assert people.is_valid(), people.errors
    people.put_into(changed)
    assert changed == document
    assert comparing.differences(document, changed) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_field_of_any_kind_can_be_shown_set_and_published(kind: str) -> None:
    document = shape.add_page(shape.blank(code="x-y", title="試し"), title="ページ")
    document = rules.put_rule(
        document, "lists", "list1", {"columns": {}, "rows": [{"value": "a", "label": "あ"}]}
    )
    field = field_settings.starting(kind, label="質問", given={})
    if kind == "group":
        field["fields"][0]["id"] = "inner"
    document = shape.add_field(document, place="page:page1", field=field)
    shown = FieldPartForm(document=document, field=shape.field_of(document, "q1"), place="page:page1")
    form = FieldPartForm(
        posted(shown), document=document, field=shape.field_of(document, "q1"), place="page:page1"
    )
    assert form.is_valid(), form.errors
    document = shape.change_field(document, field_id="q1", facts=form.facts())
    assert check_edition(document) == []


def test_tests_are_joined_one_after_the_other() -> None:
    document = catalogue.document("juminhyo")
    condition: Any = None
    for joined, asked, how, answer in (
        ("and", "requester", "＝", "代理人"),
        ("and", "copies", "≧", "3"),
        ("or", "show_domicile", "＝", "はい"),
        ("and", "submit_to", "答えがある", ""),
    ):
        data = QueryDict(mutable=True) | {"joined": joined, "asked": asked, "how": how, "answer": answer}
        form = TestForm(data, document=document)
        assert form.is_valid(), form.errors
        condition = form.joined_to(condition)
    assert formulas.write(condition, document) == (
        "(「請求する方」 ＝ 『代理人』 かつ 「通数」 ≧ 3 または 「本籍と筆頭者の記載」 ＝ はい)"
        " かつ 答えがある(「提出先」)"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("「ない項目」＝1", "field"),
        ("「通数」＝", "end"),
        ("【ない定数】", "constant"),
        ("合計(「通数」)", "arguments"),
        ("何か(1)", "function"),
        ("「通数」 ＝ 1 2", "rest"),
        ("「通数", "unreadable"),
        ("｛[1｝", "json"),
        ("(" * 200 + "1" + ")" * 200, "deep"),
        ("1＋" * 3000 + "1", "long"),
        ("9999999999999999", "number"),
    ],
)
def test_formula_that_cannot_be_read_says_why(text: str, code: str) -> None:
    with pytest.raises(formulas.FormulaWrong) as wrong:
        formulas.read(text, catalogue.document("juminhyo"))
    assert wrong.value.code == code


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="「」【】『』｛｝()＝≧かつまたは通数123＋－×÷, 合計年齢もし\n", max_size=60))
def test_whatever_is_typed_as_a_formula_is_read_or_refused(text: str) -> None:
    document = catalogue.document("juminhyo")
    try:
        node = formulas.read(text, document)
    except formulas.FormulaWrong:
        return
    assert formulas.read(formulas.write(node, document), document) == node


def test_problem_leads_to_the_part_it_is_about() -> None:
    document = catalogue.document("hoiku")
    document["pages"][1]["fields"][0]["fields"][4]["fields"][4]["fields"][1]["min"] = "x"
    document["checks"][0]["message"] = ""
    found = {places.part_at(document, problem.path) for problem in check_edition(document)}
    assert found == {("field", "hours"), ("checks", "guardian_there")}


def test_differences_name_what_was_added_taken_out_changed_and_moved() -> None:
    before = catalogue.document("juminhyo")
    after = shape.remove_field(before, field_id="submit_to")
    after = shape.change_field(after, field_id="copies", facts={"max": 5})
    after = shape.add_field(after, place="page:copies", field={"kind": "text", "label": "備考"})
    after = shape.shift_field(after, field_id="kana", by=-1)
    after["constants"]["copy_yen"]["value"] = 350
    found = {
        (one.what, one.part, one.name, one.setting): (one.before, one.after)
        for one in comparing.differences(before, after)
    }
    assert found[("changed", "field", "通数", "max")] == ("10", "5")
    assert found[("added", "field", "備考", "")] == ("", "1行の文字")
    assert found[("removed", "field", "提出先", "")] == ("1行の文字", "")
    assert found[("changed", "constants", "住民票の写し 1通", "value")] == ("300", "350")
    assert any(key[0] == "moved" for key in found)


ROWS = [
    ["ページ", "種類", "質問", "必須", "選択肢", "条件", "補足"],
    ["利用する方", "氏名", "氏名", "○", "", "", ""],
    ["利用の内容", "1つ選択", "車両の種類", "○", "自転車／原動機付自転車", "", ""],
    ["", "1行の文字", "標識番号", "○", "", "車両の種類＝原動機付自転車", "ナンバープレートの番号"],
]


def test_sheet_becomes_a_form_that_can_be_published() -> None:
    made = sheets.form_of(ROWS, code="bicycle", title="駐輪場")
    assert made.errors == []
    assert check_edition(made.document) == []
    assert [page["title"] for page in made.document["pages"]] == ["利用する方", "利用の内容"]
    assert shape.field_of(made.document, "q3")["show_if"] == {"eq": [{"field": "q2"}, "o2"]}


def test_sheet_with_faults_names_each_row_and_column() -> None:
    faulty = [
        *ROWS,
        ["", "なにか", "x", "", "", "", ""],
        ["", "1つ選択", "色", "たぶん", "", "", ""],
        ["", "1行の文字", "", "", "", "", ""],
        ["", "1行の文字", "番号", "", "赤／青", "ない項目＝1", ""],
    ]
    found = [(one.row, one.column, one.code) for one in sheets.form_of(faulty, code="x", title="x").errors]
    assert found == [
        (5, "種類", "no_kind"),
        (6, "必須", "not_yes_no"),
        (6, "選択肢", "no_options"),
        (7, "質問", "no_label"),
        (8, "選択肢", "needless_options"),
        (8, "条件", "no_condition"),
    ]
