"""Editions: every fault is found and named, whatever is sent; the published schema is the one in docs/."""

import copy
import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from moyai.applications.catalogue import CODES, document
from moyai.applications.rules import (
    KINDS,
    EditionRefused,
    check_edition,
    compile_edition,
    content_hash,
    diff_editions,
    edition_schema,
)

OPTIONS = [{"value": "a", "label": "あ"}, {"value": "b", "label": "い"}]


def edition(*fields: dict, **more: object) -> dict:
    pages = [{"id": "p", "title": "ページ", "fields": list(fields)}]
    return {"schema_version": 1, "procedure": "x", "title": "様式", "pages": pages, **more}


def text(name: str, **more: object) -> dict:
    return {"id": name, "kind": "text", "label": f"項目{name}", **more}


def choice(name: str, **more: object) -> dict:
    return {"id": name, "kind": "single_choice", "label": "選択", "options": OPTIONS, **more}


def group(name: str, *fields: dict, **more: object) -> dict:
    return {"id": name, "kind": "group", "label": "くり返し", "max": 3, "fields": list(fields), **more}


def calculated(name: str, value: object, result: str = "number") -> dict:
    return {"id": name, "kind": "calculated", "label": "計算", "result": result, "value": value}


YES = {"id": "yes", "kind": "yes_no", "label": "有無"}
F = "field"
FAULTS = [
    # what the document is, where the fault is found, and which it is
    ("not an object", [1], "$", "e_not_object"),
    ("no pages", {"schema_version": 1, "procedure": "x", "title": "T"}, "$", "e_missing_key"),
    ("a setting nobody knows", edition(text("a", colour="red")), "$.pages[0].fields[0]", "e_unknown_key"),
    (
        "a kind nobody knows",
        edition({**text("a"), "kind": "eval"}),
        "$.pages[0].fields[0].kind",
        "e_unknown_kind",
    ),
    ("a regex of the author", edition(text("a", pattern="(a+)+$")), "$.pages[0].fields[0]", "e_unknown_key"),
    ("a wrong type", edition(text("a", max_length="5")), "$.pages[0].fields[0].max_length", "e_type"),
    ("an id that is no id", edition(text("A b")), "$.pages[0].fields[0].id", "e_pattern"),
    ("an id twice", edition(text("a"), text("a")), "$.pages[0].fields[1].id", "e_duplicate_id"),
    (
        "an id twice, inside",
        edition(text("a"), group("g", text("a"))),
        "$.pages[0].fields[1].fields[0].id",
        "e_duplicate_id",
    ),
    (
        "an option twice",
        edition({**choice("a"), "options": [*OPTIONS, OPTIONS[0]]}),
        "$.pages[0].fields[0].options[2].value",
        "e_duplicate_id",
    ),
    (
        "four groups deep",
        edition(group("a", group("b", group("c", group("d", text("e")))))),
        "$.pages[0].fields[0].fields[0].fields[0].fields[0]",
        "e_group_depth",
    ),
    (
        "min over max",
        edition({"id": "n", "kind": "number", "label": "数", "min": 5, "max": 1}),
        "$.pages[0].fields[0].min",
        "e_min_max",
    ),
    (
        "more to choose than there is",
        edition({"id": "n", "kind": "multiple_choice", "label": "選択", "options": OPTIONS, "max_count": 3}),
        "$.pages[0].fields[0].max_count",
        "e_too_many_chosen",
    ),
    (
        "an unknown operator",
        edition(text("a", show_if={"eval": "1"})),
        "$.pages[0].fields[0].show_if",
        "e_unknown_operator",
    ),
    (
        "two operators",
        edition(text("a", show_if={"not": True, "and": [True]})),
        "$.pages[0].fields[0].show_if",
        "e_expression",
    ),
    ("no expression", edition(text("a", show_if=None)), "$.pages[0].fields[0].show_if", "e_expression"),
    (
        "a field that is not there",
        edition(text("a", show_if={F: "zz"})),
        "$.pages[0].fields[0].show_if.field",
        "e_no_field",
    ),
    (
        "text as condition",
        edition(text("a"), text("b", show_if={F: "a"})),
        "$.pages[0].fields[1].show_if",
        "e_expected_type",
    ),
    (
        "text against number",
        edition(text("a"), text("b", show_if={"eq": [{F: "a"}, 1]})),
        "$.pages[0].fields[1].show_if.eq",
        "e_different_types",
    ),
    (
        "an option that is not there",
        edition(choice("a"), text("b", show_if={"eq": [{F: "a"}, "z"]})),
        "$.pages[0].fields[1].show_if.eq",
        "e_never_equal",
    ),
    (
        "options that are not there",
        edition(choice("a"), text("b", show_if={"in": [{F: "a"}, ["a", "z"]]})),
        "$.pages[0].fields[1].show_if.in[1]",
        "e_never_equal",
    ),
    (
        "order of texts",
        edition(text("a"), text("b", show_if={"lt": [{F: "a"}, "z"]})),
        "$.pages[0].fields[1].show_if.lt[0]",
        "e_expected_type",
    ),
    (
        "too few operands",
        edition(text("a", show_if={"eq": [1]})),
        "$.pages[0].fields[0].show_if.eq",
        "e_arguments",
    ),
    (
        "no such day",
        edition(text("a", show_if={"eq": [{"date": "2026-02-30"}, {"fact": "today"}]})),
        "$.pages[0].fields[0].show_if.eq[0].date",
        "e_not_a_date",
    ),
    (
        "an unknown fact",
        edition(text("a", show_if={"eq": [{"fact": "password"}, {"fact": "today"}]})),
        "$.pages[0].fields[0].show_if.eq[0].fact",
        "e_arguments",
    ),
    (
        "no constant",
        edition(calculated("a", {"constant": "price"})),
        "$.pages[0].fields[0].value.constant",
        "e_no_constant",
    ),
    (
        "inside from outside",
        edition(group("g", YES), text("b", show_if={F: "yes"})),
        "$.pages[0].fields[1].show_if.field",
        "e_out_of_scope",
    ),
    (
        "a count over no group",
        edition(text("a"), calculated("b", {"count": {"group": "a"}})),
        "$.pages[0].fields[1].value.count.group",
        "e_no_group",
    ),
    (
        "a sum of text",
        edition(group("g", text("a")), calculated("b", {"sum": {"group": "g", "of": {F: "a"}}})),
        "$.pages[0].fields[1].value.sum.of",
        "e_expected_type",
    ),
    (
        "a calculation of another type",
        edition(calculated("a", "x")),
        "$.pages[0].fields[0].value",
        "e_expected_type",
    ),
    ("a field on itself", edition(text("a", show_if={"is_present": "a"})), "$.pages[0].fields[0]", "e_cycle"),
    (
        "a circle of three",
        edition(calculated("a", {F: "b"}), calculated("b", {F: "c"}), calculated("c", {F: "a"})),
        "$.pages[0].fields[0]",
        "e_cycle",
    ),
    (
        "an expression twenty deep",
        edition(text("a", show_if=eval("{'not':" * 20 + "True" + "}" * 20))),
        None,
        "e_expression_deep",
    ),
    (
        "never shown: false",
        edition(text("a", show_if=False)),
        "$.pages[0].fields[0].show_if",
        "e_unreachable",
    ),
    (
        "never shown: both",
        edition(choice("a"), text("b", show_if={"and": [{"eq": [{F: "a"}, "a"]}, {"eq": [{F: "a"}, "b"]}]})),
        "$.pages[0].fields[1].show_if",
        "e_unreachable",
    ),
    (
        "never shown: depends on hidden",
        edition(
            choice("a"),
            {**choice("c"), "show_if": {"eq": [{F: "a"}, "a"]}},
            text("b", show_if={"and": [{"eq": [{F: "a"}, "b"]}, {"is_present": "c"}]}),
        ),
        "$.pages[0].fields[2].show_if",
        "e_unreachable",
    ),
    (
        "個人番号 typed in",
        edition(text("a", label="個人 番号")),
        "$.pages[0].fields[0].label",
        "e_individual_number",
    ),
    (
        "マイナンバー as number",
        edition({"id": "n", "kind": "number", "label": "マイナンバー（12桁）"}),
        "$.pages[0].fields[0].label",
        "e_individual_number",
    ),
    (
        "a fee of text",
        edition(text("a"), fee={"lines": [{"id": "l", "label": "手数料", "amount": {F: "a"}}]}),
        "$.fee.lines[0].amount",
        "e_expected_type",
    ),
    (
        "a fee of nothing",
        edition(text("a"), fee={"lines": [{"id": "l", "label": "手数料"}]}),
        "$.fee.lines[0]",
        "e_fee_line",
    ),
    (
        "a check of nothing",
        edition(text("a"), checks=[{"id": "c", "message": "m", "require": True, "fields": ["z"]}]),
        "$.checks[0].fields[0]",
        "e_no_field",
    ),
    (
        "a check in the wrong rows",
        edition(
            text("a"),
            group("g", text("b")),
            checks=[{"id": "c", "message": "m", "require": True, "fields": ["b"]}],
        ),
        "$.checks[0].fields[0]",
        "e_check_fields",
    ),
    (
        "an applicant's name in a number",
        edition({"id": "n", "kind": "number", "label": "数"}, applicant={"name": "n"}),
        "$.applicant.name",
        "e_applicant",
    ),
    ("a fraction", edition(text("a", max_length=1.5)), "$.pages[0].fields[0].max_length", "e_float"),
    ("not a number", edition(text("a", max_length=math.nan)), "$.pages[0].fields[0].max_length", "e_float"),
    ("infinity", edition(calculated("a", math.inf)), "$.pages[0].fields[0].value", "e_float"),
    (
        "a number beyond reason",
        edition(calculated("a", 10**40)),
        "$.pages[0].fields[0].value",
        "e_big_number",
    ),
    ("NUL in a label", edition(text("a", label="a\x00b")), "$.pages[0].fields[0].label", "e_bad_text"),
    ("half a character", edition(text("a", label="\ud800")), "$.pages[0].fields[0].label", "e_bad_text"),
    (
        "a label of a megabyte",
        edition(text("a", label="あ" * 1_000_000)),
        "$.pages[0].fields[0].label",
        "e_long_text",
    ),
    (
        "a million values",
        edition(text("a", hint=["x"] * 1_000_000)),
        "$.pages[0].fields[0].hint",
        "e_too_big",
    ),
    ("not JSON", edition(text("a", label={1, 2})), "$.pages[0].fields[0].label", "e_not_json"),
]


@pytest.mark.parametrize(
    ("made", "where", "code"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_fault_of_an_edition_is_named_with_its_place(made: object, where: str | None, code: str) -> None:
    problems = check_edition(made)
    found = {(problem.path, problem.message.code) for problem in problems}
    if where is None:
        assert code in {one for _, one in found}
    else:
        assert (where, code) in found
    for problem in problems:
        assert problem.message.ja
        assert problem.message.en
    with pytest.raises(EditionRefused):
        compile_edition(made)  # type: ignore[arg-type]


def test_condition_on_a_later_page_is_refused_but_not_on_the_same() -> None:
    made = edition(text("a", show_if={"is_present": "b"}), text("b"))
    assert check_edition(made) == []
    made["pages"].append({"id": "q", "title": "次", "fields": [text("c")]})
    made["pages"][0]["fields"][0]["show_if"] = {"is_present": "c"}
    assert [(one.path, one.message.code) for one in check_edition(made)] == [
        ("$.pages[0].fields[0].show_if.is_present", "e_later_page")
    ]
    made["pages"][0]["fields"][0].pop("show_if")
    made["pages"][1]["show_if"] = {"is_present": "c"}
    assert [one.message.code for one in check_edition(made)] == ["e_later_page"]


def test_field_that_contradicts_the_condition_of_its_page_is_never_shown() -> None:
    made = edition(choice("a"))
    later = text("b", show_if={"eq": [{F: "a"}, "b"]})
    made["pages"].append(
        {"id": "q", "title": "次", "show_if": {"eq": [{F: "a"}, "a"]}, "fields": [text("c"), later]}
    )
    assert [(one.path, one.message.code) for one in check_edition(made)] == [
        ("$.pages[1].fields[1].show_if", "e_unreachable")
    ]
    later["show_if"] = {"ne": [{F: "a"}, "b"]}
    assert check_edition(made) == []


@pytest.mark.parametrize("depth", [200, 5_000])
def test_document_nested_without_end_is_refused(depth: int) -> None:
    deep: object = True
    for _ in range(depth):
        deep = {"not": deep}
    assert [one.message.code for one in check_edition(edition(text("a", show_if=deep)))] == ["e_too_deep"]
    endless: list = []
    endless.append(endless)
    assert [one.message.code for one in check_edition(edition(text("a", hint=endless)))] == ["e_too_deep"]


def test_long_chain_of_calculations_is_put_in_order_without_recursion() -> None:
    links = [calculated(f"c{i}", {"add": [{F: f"c{i + 1}"}, 1]}) for i in range(99)]
    pages = [
        {
            "id": f"p{k}",
            "title": "P",
            "fields": [
                {
                    **one,
                    "id": f"{one['id']}_{k}",
                    "value": json.loads(json.dumps(one["value"]).replace('"}', f'_{k}"}}')),
                }
                for one in links
            ]
            + [calculated(f"c99_{k}", 1)],
        }
        for k in range(20)
    ]
    made = {"schema_version": 1, "procedure": "x", "title": "T", "pages": pages}
    assert check_edition(made) == []


def test_published_schema_is_current_and_fits_the_samples() -> None:
    published = Path(__file__).parents[3] / "docs" / "form-edition.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == edition_schema()
    Draft202012Validator.check_schema(edition_schema())
    validator = Draft202012Validator(edition_schema())
    for code in CODES:
        assert list(validator.iter_errors(document(code))) == []
    assert {f"field_{name}" for name in KINDS} <= set(edition_schema()["$defs"])


def test_whatever_the_published_schema_refuses_the_check_refuses_too() -> None:
    validator = Draft202012Validator(edition_schema())
    for name, made, *_ in FAULTS:
        if name in ("not JSON", "a million values", "a label of a megabyte"):
            continue
        if not validator.is_valid(made):
            assert check_edition(made), name


def _places(value: object, path: tuple = ()) -> list[tuple]:
    found = [path]
    if isinstance(value, dict):
        for key in value:
            found += _places(value[key], (*path, key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            found += _places(one, (*path, i))
    return found


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.builds(list),
    st.builds(dict),
    st.just({"field": "name"}),
    st.just({"and": []}),
    st.just({"sum": {"group": "dogs"}}),
    st.just([[]]),
    st.just({"if": [1]}),
).map(copy.deepcopy)  # what one example puts into another piece must not stay in it for the next


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CODES), st.data())
def test_edition_with_anything_anywhere_is_judged_and_never_raises(code: str, data: st.DataObject) -> None:
    made = document(code)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_places(made)[1:] or [("title",)]))
        place = made
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = data.draw(JUNK)
    problems = check_edition(made)
    if not problems:
        assert compile_edition(made).content_hash == content_hash(made)
    for problem in problems:
        assert problem.path.startswith("$")
        assert str(problem)


def test_hash_names_the_content_and_not_its_order() -> None:
    made = document("dog")
    turned = json.loads(json.dumps(dict(reversed(list(made.items())))))
    assert content_hash(turned) == content_hash(made)
    changed = copy.deepcopy(made)
    changed["constants"]["tag_yen"]["value"] = 551
    assert content_hash(changed) != content_hash(made)
    assert len(content_hash(made)) == 64


def test_difference_of_two_editions_names_the_fields() -> None:
    old = compile_edition(edition(text("a"), text("b"), text("c")))
    new = compile_edition(edition(text("a"), text("b", required=True), text("d")))
    assert [(one.id, one.what) for one in diff_editions(old, new)] == [
        ("b", "changed"),
        ("d", "added"),
        ("c", "removed"),
    ]
