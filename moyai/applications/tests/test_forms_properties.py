"""Random editions and random answers: nothing raises, nothing hidden is kept, every injected fault is found."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    EditionRefused,
    UploadFact,
    answer,
    answer_page,
    check_edition,
    compile_edition,
    diff,
    initial_answers,
    summary,
)
from moyai.applications.tests.test_forms_answers import ITEMS

TODAY = datetime.date(2026, 4, 10)
OPTIONS = [
    {"value": "a", "label": "あ"},
    {"value": "b", "label": "い"},
    {"value": "c", "label": "う", "other_text": True},
]
PLAIN = [{"value": "a", "label": "あ"}, {"value": "b", "label": "い"}]
UPLOADS = {"u1": UploadFact("a.pdf", "application/pdf", 100)}

# kind: its settings, values it takes, values it refuses
KINDS: dict[str, tuple[dict[str, Any], list[Any], list[Any]]] = {
    "text": ({"max_length": 5}, ["あ", "𠮷󠄀", " x "], ["あいうえおか", 5, "\x00", ["x"]]),
    "name": ({}, ["佐藤"], ["a\x1bb", {"x": 1}]),
    "number": ({"min": 0, "max": 9}, [0, "５", 9], [10, "x", 1.5, True]),
    "yen": ({}, ["1,000円"], ["円", -1]),
    "date": ({}, ["2020-02-29"], ["2021-02-29", "x", 20200229]),
    "yes_no": ({}, [True, False, "はい"], ["maybe", 1]),
    "single_choice": ({"options": OPTIONS}, ["a", "b", {"choice": "c", "text": "x"}], ["z", "c", ["a"]]),
    "multiple_choice": (
        {"options": OPTIONS, "max_count": 2},
        [["a"], ["b", "a"]],
        [["z"], ["a", "b", {"choice": "c", "text": "x"}]],
    ),
    "matrix": (
        {"rows": PLAIN, "columns": PLAIN, "every_row": False},
        [{"a": "b"}, {"a": "a", "b": "b"}],
        [{"z": "a"}, {"a": "z"}, "a"],
    ),
    "ranking": ({"options": PLAIN, "min_count": 1}, [["b"], ["b", "a"]], [["a", "a"], "a"]),
    "microchip": ({}, ["392141123456789"], ["39214112345678"]),
    "file": ({}, [["u1"]], [["u2"], 5]),
    "mail": ({}, ["a@b.jp"], ["a@", "b"]),
    "kana": ({}, ["ヤマダ　タロウ"], ["山田"]),
    "phone": ({}, ["+81432455111"], ["043"]),
    "address": (
        {},
        [{"postal_code": "2600013", "prefecture": "千葉県", "city": "千葉市", "street": "中央1-1"}],
        [{"prefecture": "千葉"}, "千葉県", {"x": 1}],
    ),
    "time": ({}, ["09:30", "24:00"], ["24:30", {"hour": 1.5}]),
    "map_point": (
        {},
        [{"lat": "35.607123", "lng": "140.106345"}],
        [{"lat": "140.1", "lng": "35.6"}, {"lat": "35.6"}, "x"],
    ),
    "bank_account": (
        {},
        [{"bank": "0001", "branch": "001", "type": "savings", "number": "0000012", "holder": "ア"}],
        [
            {"bank": "0002", "branch": "001", "type": "savings", "number": "1", "holder": "ア"},
            {"bank": "0001"},
            "x",
        ],
    ),
    "corporate_number": ({}, ["7000012050002"], ["7000012050003", 7000012050002]),
    "check_number": ({"digits": 5, "weights": [1, 3, 1, 3], "modulus": 10}, ["49016"], ["49017", "4901"]),
    "listed": ({"list": "items"}, ["bed", "いす"], ["desk", ["bed"]]),
}
# What is kept exactly as it is given.
KEPT = {
    kind: [one for one in KINDS[kind][1] if one not in ("５", " x ", "はい", "1,000円", "いす", ["b", "a"])]
    for kind in KINDS
}
KEPT |= {"yen": [1000], "multiple_choice": [["a"], ["a", "b"]], "ranking": [["b", "a"], ["b"]]}
GIVEN = {
    "word": {"type": "text", "label": "言葉", "from": "record"},
    "number": {"type": "int", "label": "数", "from": "parent"},
    "flag": {"type": "bool", "label": "有無", "from": "account"},
}
FACTS = {"word": "あ", "number": 3, "flag": True}
FEES = {row["value"]: row["fee"] for row in ITEMS["rows"]}
OFFERS = {"text": "word", "name": "word", "number": "number", "yen": "number", "yes_no": "flag"}


def _condition(draw: st.DrawFn, known: dict[str, str], inside: dict[str, dict[str, str]]) -> Any:
    """A condition on fields declared before, in a language small enough for the test's own reading of it below.

    `inside` are the fields of each group, for conditions that look over its rows.
    """
    name = draw(st.sampled_from(sorted(known)))
    made: Any = {"is_present": name}
    if known[name] == "single_choice":
        made = {"eq": [{"field": name}, draw(st.sampled_from(["a", "b", "c"]))]}
    elif known[name] == "yes_no":
        made = {"field": name}
    elif known[name] == "number":
        made = {"ge": [{"field": name}, draw(st.integers(0, 9))]}
    elif known[name] == "multiple_choice":
        made = {"includes": [{"field": name}, "a"]}
    elif known[name] == "group":
        made = {"gt": [{"count": {"group": name}}, draw(st.integers(0, 1))]}
        if inside.get(name) and draw(st.booleans()):
            quantifier = draw(st.sampled_from(["any_row", "every_row"]))
            made = {quantifier: {"group": name, "where": _condition(draw, inside[name], inside)}}
    elif known[name] == "time":
        made = {"ge": [{"field": name}, {"time": "12:00"}]}
    elif known[name] == "listed":
        made = {"ge": [{"lookup": {"list": "items", "key": {"field": name}, "column": "fee"}}, 500]}
    how = draw(st.sampled_from(["plain", "plain", "not", "and", "or"]))
    if how == "not":
        return {"not": made}
    if how in ("and", "or"):
        return {how: [made, {"is_present": draw(st.sampled_from(sorted(known)))}]}
    return made


@st.composite
def editions(draw: st.DrawFn) -> dict[str, Any]:
    counter = iter(range(1000))
    inside: dict[str, dict[str, str]] = {}

    def fields(known: dict[str, str], depth: int) -> list[dict[str, Any]]:
        made = []
        for _ in range(draw(st.integers(1, 4 if depth else 6))):
            kind = draw(st.sampled_from([*KINDS, "calculated", *["group"] * 10] if depth < 3 else [*KINDS]))
            name = f"f{next(counter)}"
            one: dict[str, Any] = {"id": name, "kind": kind, "label": f"項目{name}"}
            if kind == "group":
                within = dict(known)
                one |= {"max": 3, "min": draw(st.integers(0, 1)), "fields": fields(within, depth + 1)}
                inside[name] = {key: value for key, value in within.items() if key not in known}
            elif kind == "calculated":
                numbers = [
                    {"field": key} for key, known_kind in known.items() if known_kind in ("number", "yen")
                ]
                groups = [
                    {"count": {"group": key}} for key, known_kind in known.items() if known_kind == "group"
                ]
                one |= {"result": "number", "value": {"add": [1, *numbers, *groups]}}
            else:
                one |= KINDS[kind][0]
                one["required"] = draw(st.booleans())
                if kind in OFFERS and draw(st.integers(0, 3)) == 0:
                    one |= {"prefill": {"given": OFFERS[kind]}, "locked": draw(st.booleans())}
            if known and draw(st.integers(0, 2)) == 0:
                one["show_if"] = _condition(draw, known, inside)
            if kind != "calculated":
                known[name] = kind
            made.append(one)
        return made

    known: dict[str, str] = {}
    pages = []
    for i in range(draw(st.integers(1, 3))):
        page: dict[str, Any] = {"id": f"p{i}", "title": "P"}
        if known and draw(st.booleans()):
            page["show_if"] = _condition(draw, known, inside)
        page["fields"] = fields(known, 0)
        pages.append(page)
    made = {"schema_version": 1, "procedure": "x", "title": "T", "pages": pages}
    numbers = [key for key, kind in known.items() if kind == "number"]
    if numbers:
        made["takes"] = [{"id": "t", "label": "席", "pool": "p", "quantity": {"field": numbers[0]}}]
        made["once"] = {"key": {"join": [{"field": numbers[0]}]}, "message": "一度だけです。"}
    return made | {"given": GIVEN, "lists": {"items": ITEMS}}


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["a", "u1", "はい", "2020-02-29"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(["a", "choice", "f1"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def answers_for(
    draw: st.DrawFn, fields: list[dict[str, Any]], *, junk: bool, kept: bool = False
) -> dict[str, Any]:
    """Answers to fields; of locked ones only among junk; `kept`: each in the form in which it is kept."""
    made: dict[str, Any] = {}
    for one in fields:
        if one["kind"] == "calculated" or (one.get("locked") and not junk):
            continue
        if junk and draw(st.integers(0, 5)) == 0:
            made[one["id"]] = draw(JUNK)
        elif one["kind"] == "group":
            made[one["id"]] = [
                answers_for(draw, one["fields"], junk=junk, kept=kept) for _ in range(draw(st.integers(1, 3)))
            ]
        elif junk and draw(st.integers(0, 2)) == 0:
            made[one["id"]] = draw(st.sampled_from(KINDS[one["kind"]][2]))
        elif not junk or draw(st.integers(0, 3)):
            made[one["id"]] = draw(
                st.sampled_from((KEPT if kept else {k: v[1] for k, v in KINDS.items()})[one["kind"]])
            )
    return made


def _all_fields(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for page in document["pages"] for one in page["fields"]]


def compiled_or_none(document: dict[str, Any]) -> CompiledEdition | None:
    problems = check_edition(document)
    # What the generator can get wrong is only that a condition contradicts another.
    assert {one.message.code for one in problems} <= {"e_unreachable"}, problems
    try:
        return compile_edition(document)
    except EditionRefused as refused:
        assert refused.problems
        return None


def judge(compiled: CompiledEdition, answers: Any) -> AnswerResult:
    return answer(compiled, answers, today=TODAY, uploads=UPLOADS, given=FACTS)


def holds(node: Any, scopes: list[dict[str, Any]]) -> bool:
    """The test's own reading of a condition over kept answers, by another road than the engine's."""

    def value(name: str) -> Any:
        return next((scope[name] for scope in reversed(scopes) if name in scope), None)

    ((op, args),) = node.items()
    if op == "not":
        return not holds(args, scopes)
    if op == "and":
        return all(holds(one, scopes) for one in args)
    if op == "or":
        return any(holds(one, scopes) for one in args)
    if op == "is_present":
        return value(args) is not None
    if op == "field":
        return value(args) is True
    if op in ("any_row", "every_row"):
        rows = value(args["group"]) or []
        over = any if op == "any_row" else all
        return over(holds(args["where"], [*scopes, row]) for row in rows)
    if op == "gt":
        return len(value(args[0]["count"]["group"]) or []) > args[1]
    if op == "ge" and "lookup" in args[0]:
        chosen = value(args[0]["lookup"]["key"]["field"])
        return chosen is not None and FEES[chosen] >= args[1]
    found = value(args[0]["field"])
    if op == "ge" and isinstance(args[1], dict):
        return found is not None and found >= args[1]["time"]
    if op == "ge":
        return found is not None and found >= args[1]
    if op == "eq":
        return (found["choice"] if isinstance(found, dict) else found) == args[1]
    assert op == "includes"
    return any((one["choice"] if isinstance(one, dict) else one) == args[1] for one in found or [])


def assert_only_shown_is_kept(
    fields: list[dict[str, Any]], scopes: list[dict[str, Any]], path: str, visible: frozenset[str]
) -> None:
    for one in fields:
        shown = "show_if" not in one or holds(one["show_if"], scopes)
        assert (path + one["id"] in visible) is shown, path + one["id"]
        assert shown or one["id"] not in scopes[-1]
        if one["kind"] == "group":
            for i, row in enumerate(scopes[-1].get(one["id"], [])):
                assert_only_shown_is_kept(one["fields"], [*scopes, row], f"{path}{one['id']}[{i}].", visible)


@settings(max_examples=60, deadline=None)
@given(editions(), st.data())
def test_nothing_raises_nothing_hidden_is_kept_and_a_second_pass_changes_nothing(
    document: dict[str, Any], data: st.DataObject
) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    answers = data.draw(st.composite(lambda draw: answers_for(draw, _all_fields(document), junk=True))())
    before = copy.deepcopy(answers)
    result = judge(compiled, answers)
    assert repr(answers) == repr(before)

    for page in document["pages"]:
        shown = "show_if" not in page or holds(page["show_if"], [result.answers])
        assert (page["id"] in result.pages) is shown
        if shown:
            assert_only_shown_is_kept(page["fields"], [result.answers], "", result.visible)
        else:
            assert not any(one["id"] in result.answers for one in page["fields"])

    again = judge(compiled, result.answers)
    assert (again.answers, again.pages, again.uploads, again.dropped) == (
        result.answers,
        result.pages,
        result.uploads,
        (),
    )
    if result.ok:
        assert again.ok
        assert (again.calculated, again.visible, again.required) == (
            result.calculated,
            result.visible,
            result.required,
        )
        assert diff(compiled, result.answers, again.answers) == ()
    shown_rows = {
        row.path for section in summary(compiled, result.answers, today=TODAY) for row in section.rows
    }
    assert shown_rows >= {path for path in result.visible if path in result.answers}
    for message in (*result.errors.values(), *(one for _, one in result.warnings)):
        assert message.ja
        assert message.en


@settings(max_examples=60, deadline=None)
@given(editions(), st.data())
def test_order_of_posting_changes_nothing(document: dict[str, Any], data: st.DataObject) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    answers = data.draw(st.composite(lambda draw: answers_for(draw, _all_fields(document), junk=True))())

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return [turned(one) for one in value] if isinstance(value, list) else value

    one = judge(compiled, answers)
    other = judge(compiled, turned(answers))
    assert other.calculated == one.calculated
    assert other.answers == one.answers
    assert {path: message.code for path, message in other.errors.items()} == {
        path: message.code for path, message in one.errors.items()
    }


@settings(max_examples=70, deadline=None)
@given(editions(), st.data())
def test_every_injected_fault_is_found_at_its_place(document: dict[str, Any], data: st.DataObject) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    answers = data.draw(st.composite(lambda draw: answers_for(draw, _all_fields(document), junk=False))())
    clean = judge(compiled, answers)
    assert clean.ok, clean.errors

    def places(
        fields: list[dict[str, Any]], scope: dict[str, Any], path: str
    ) -> list[tuple[dict[str, Any], dict[str, Any], str]]:
        found = []
        for one in fields:
            if one["kind"] == "group":
                for i, row in enumerate(scope.get(one["id"], [])):
                    found += places(one["fields"], row, f"{path}{one['id']}[{i}].")
            elif one["kind"] in KINDS and not one.get("locked") and path + one["id"] in clean.visible:
                found.append((one, scope, path + one["id"]))
        return found

    candidates = places(_all_fields(document), answers, "")
    if not candidates:
        return
    one, scope, path = data.draw(st.sampled_from(candidates))
    scope[one["id"]] = data.draw(st.sampled_from(KINDS[one["kind"]][2]))
    result = judge(compiled, answers)
    assert any(where == path or where.startswith(f"{path}.") for where in result.errors), (path, scope)


@settings(max_examples=70, deadline=None)
@given(editions(), st.data())
def test_every_faultless_answer_is_kept_unaltered_and_locked_ones_are_the_given_ones(
    document: dict[str, Any], data: st.DataObject
) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    answers = data.draw(
        st.composite(lambda draw: answers_for(draw, _all_fields(document), junk=False, kept=True))()
    )
    result = judge(compiled, answers)
    assert result.ok, result.errors

    def compare(fields: list[dict[str, Any]], given: dict[str, Any], kept: dict[str, Any], path: str) -> None:
        for one in fields:
            name, here = one["id"], path + one["id"]
            if here not in result.visible or one["kind"] == "calculated":
                assert name not in kept
            elif one.get("locked"):
                assert kept[name] == FACTS[OFFERS[one["kind"]]]
            elif one["kind"] == "group":
                assert len(kept[name]) == len(given[name])
                for i, row in enumerate(given[name]):
                    compare(one["fields"], row, kept[name][i], f"{here}[{i}].")
            else:
                assert kept[name] == given[name]

    compare(_all_fields(document), answers, result.answers, "")
    assert (result.once_key is None) == (
        not result.takes or result.takes[0].quantity <= 0
    ) or result.once_key == "0"


@settings(max_examples=60, deadline=None)
@given(editions())
def test_draft_begins_with_answers_that_hold(document: dict[str, Any]) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    begun = initial_answers(compiled, today=TODAY, given=FACTS)
    result = judge(compiled, begun)
    assert result.answers == begun
    assert {one.code[:7] for one in result.errors.values()} <= {"missing", "too_few"}
    assert answer(compiled, begun, today=TODAY, uploads=None).answers == begun  # without what was given


@settings(max_examples=60, deadline=None)
@given(editions(), st.data())
def test_page_by_page_comes_to_the_same_as_all_at_once(document: dict[str, Any], data: st.DataObject) -> None:
    compiled = compiled_or_none(document)
    if compiled is None:
        return
    answers = data.draw(st.composite(lambda draw: answers_for(draw, _all_fields(document), junk=False))())
    stored: dict[str, Any] = {}
    for page in document["pages"]:
        own = {one["id"] for one in page["fields"]}
        result = answer_page(
            compiled,
            page["id"],
            stored,
            {key: value for key, value in answers.items() if key in own},
            today=TODAY,
            uploads=UPLOADS,
            given=FACTS,
        )
        assert result.ok, result.errors
        stored = result.answers
    assert stored == judge(compiled, answers).answers
