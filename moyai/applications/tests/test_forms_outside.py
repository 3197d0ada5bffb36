"""What comes from beside the answers: lists, given values, prefilled and locked fields, office days; and what answers
lead to: takes of places and budgets, one application for each key, fields that mean something.
"""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from moyai.applications.rules import (
    AnswerResult,
    CompiledEdition,
    Take,
    answer,
    answer_correction,
    answer_page,
    carry_over,
    check_edition,
    compile_edition,
    content_hash,
    initial_answers,
    summary,
    without_locked,
)
from moyai.applications.tests.test_forms_answers import ITEMS, TODAY
from moyai.applications.tests.test_forms_editions import F, calculated, choice, edition, group, text

NUMBER: dict[str, Any] = {"kind": "number", "label": "数"}
BULKY = edition(
    group(
        "bulky",
        {"id": "item", "kind": "listed", "label": "品目", "list": "items", "required": True},
        {"id": "many", **NUMBER, "min": 1, "max": 5, "required": True},
        calculated(
            "yen",
            {"multiply": [{"lookup": {"list": "items", "key": {F: "item"}, "column": "fee"}}, {F: "many"}]},
            "yen",
        ),
        calculated("size", {"lookup": {"list": "items", "key": {F: "item"}, "column": "size"}}, "text"),
        calculated("since", {"lookup": {"list": "items", "key": {F: "item"}, "column": "since"}}, "date"),
        calculated("name", {"lookup": {"list": "items", "key": {F: "item"}, "column": "label"}}, "text"),
        min=1,
    ),
    lists={"items": ITEMS},
    fee={"lines": [{"id": "all", "label": "計", "amount": {"sum": {"group": "bulky", "of": {F: "yen"}}}}]},
)


def test_C27_fees_are_looked_up_in_a_list_of_the_edition() -> None:
    posted = {"bulky": [{"item": "bed", "many": 2}, {"item": "いす", "many": 3}]}
    result = answer(compile_edition(BULKY), posted, today=TODAY)
    assert result.ok
    assert result.answers["bulky"][1] == {"item": "chair", "many": 3}
    assert result.fee is not None
    assert result.fee.total_yen == 2 * 1000 + 3 * 300
    assert result.calculated == {
        "bulky[0].yen": 2000,
        "bulky[0].size": "大",
        "bulky[0].since": "2026-04-01",
        "bulky[0].name": "ベッド",
        "bulky[1].yen": 900,
        "bulky[1].name": "いす",
    }


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"columns": {"fee": "yen"}}, "$.lists.items.columns.fee", "e_enum"),
        ({"columns": {"label": "text"}}, "$.lists.items.columns.label", "e_column_name"),
        ({"rows": []}, "$.lists.items.rows", "e_length"),
        ({"rows": [{"value": "a", "label": "あ"}] * 2}, "$.lists.items.rows[1].value", "e_duplicate_id"),
        ({"rows": [{"value": "a", "label": "あ", "fee": "x"}]}, "$.lists.items.rows[0].fee", "e_type"),
        ({"rows": [{"value": "a", "label": "あ", "fee": True}]}, "$.lists.items.rows[0].fee", "e_type"),
        ({"rows": [{"value": "a", "label": "あ", "since": "4月"}]}, "$.lists.items.rows[0].since", "e_type"),
        (
            {"rows": [{"value": "a", "label": "あ", "colour": 1}]},
            "$.lists.items.rows[0].colour",
            "e_no_column",
        ),
        ({"rows": [{"value": "あ", "label": "あ"}]}, "$.lists.items.rows[0].value", "e_pattern"),
        (
            {"rows": [{"value": f"a{i}", "label": "あ"} for i in range(1001)]},
            "$.lists.items.rows",
            "e_length",
        ),
    ],
)
def test_faults_of_lists_are_named(change: dict[str, Any], path: str, code: str) -> None:
    document = edition(text("a"), lists={"items": {**ITEMS, **change}})
    assert (path, code) in [(one.path, one.message.code) for one in check_edition(document)]


@pytest.mark.parametrize(
    ("expression", "result", "below", "code"),
    [
        ({"lookup": {"list": "other", "key": "a", "column": "fee"}}, "number", ".lookup.list", "e_no_list"),
        (
            {"lookup": {"list": "items", "key": "bed", "column": "x"}},
            "number",
            ".lookup.column",
            "e_no_column",
        ),
        (
            {"lookup": {"list": "items", "key": "zz", "column": "fee"}},
            "number",
            ".lookup.key",
            "e_never_equal",
        ),
        (
            {"lookup": {"list": "items", "key": 1, "column": "fee"}},
            "number",
            ".lookup.key",
            "e_expected_type",
        ),
        ({"lookup": {"list": "items", "key": "bed", "column": "size"}}, "number", "", "e_expected_type"),
        ({"given": "amount"}, "number", ".given", "e_no_given"),
        ({"join": [True]}, "text", ".join[0]", "e_expected_type"),
        ({"office_day": "x"}, "date", ".office_day", "e_expected_type"),
        ({"weekday": 3}, "number", ".weekday", "e_expected_type"),
        ({"months_between": [{"fact": "today"}]}, "number", ".months_between", "e_arguments"),
        ({"fact": "yesterday"}, "date", ".fact", "e_arguments"),
        ({"time": "24:30"}, "text", ".time", "e_not_a_time"),
        (
            {"minutes_between": [{"time": "09:00"}, "10:00"]},
            "number",
            ".minutes_between[1]",
            "e_expected_type",
        ),
        ({"same_kana": ["ア", 1]}, "yes_no", ".same_kana[1]", "e_expected_type"),
    ],
)
def test_wrong_expressions_are_named(expression: object, result: str, below: str, code: str) -> None:
    problems = check_edition(edition(calculated("c", expression, result), lists={"items": ITEMS}))
    assert [(one.path, one.message.code) for one in problems] == [
        (f"$.pages[0].fields[0].value{below}", code)
    ]
    assert all(one.message.ja and one.message.en for one in problems)


# --- given values, prefilled and locked fields -------------------------------------------------------------------

GIVEN = {
    "name": {"type": "text", "label": "世帯主", "from": "record"},
    "amount": {"type": "int", "label": "支給額", "from": "record"},
    "born_on": {"type": "date", "label": "生年月日", "from": "card"},
    "moved": {"type": "bool", "label": "転入", "from": "account"},
}
FACTS = {"name": "佐藤󠄀", "amount": 50_000, "born_on": "2000-02-29", "moved": True}
BENEFIT = edition(
    {
        "id": "name",
        "kind": "name",
        "label": "氏名",
        "required": True,
        "prefill": {"given": "name"},
        "locked": True,
    },
    {"id": "born_on", "kind": "date", "label": "生年月日", "prefill": {"given": "born_on"}, "locked": True},
    {"id": "amount", "kind": "yen", "label": "支給額", "prefill": {"given": "amount"}},
    {"id": "moved", "kind": "yes_no", "label": "転入", "prefill": {"given": "moved"}},
    text("reason", required=True, show_if={F: "moved"}, prefill={"join": [{F: "name"}, "の転入"]}),
    {"id": "day", "kind": "date", "label": "申請日", "prefill": {"fact": "today"}},
    {
        "id": "home",
        "kind": "address",
        "label": "住所",
        "postal_code": False,
        "prefill": {"address": {"prefecture": "千葉県", "city": "千葉市", "street": {"given": "name"}}},
    },
    group(
        "members",
        text("who"),
        {"id": "head", "kind": "name", "label": "世帯主", "prefill": {F: "name"}, "locked": True},
    ),
    calculated("double", {"multiply": [{"given": "amount"}, 2]}, "yen"),
    given=GIVEN,
)


def judged(posted: object, given: object = None, **more: Any) -> AnswerResult:
    return answer(
        compile_edition(BENEFIT), posted, today=TODAY, given=FACTS if given is None else given, **more
    )  # type: ignore[arg-type]


def test_C27_draft_begins_with_what_is_known() -> None:
    begun = initial_answers(compile_edition(BENEFIT), given=FACTS, today=TODAY)
    assert begun == {
        "name": "佐藤󠄀",
        "born_on": "2000-02-29",
        "amount": 50_000,
        "moved": True,
        "reason": "佐藤󠄀の転入",
        "day": "2026-04-10",
        "home": {"prefecture": "千葉県", "city": "千葉市", "street": "佐藤󠄀"},
    }
    result = judged(begun)
    assert (result.ok, result.answers, result.calculated) == (True, begun, {"double": 100_000})
    # Nothing is known: nothing is begun, and what nobody can type is missing.
    assert initial_answers(compile_edition(BENEFIT), today=None) == {}
    assert {path: one.code for path, one in judged({}, {}).errors.items()} == {"name": "missing_text"}
    # What is only offered gives way to what people type.
    assert judged({**begun, "amount": 3, "day": "2026-04-01"}).answers["amount"] == 3


def test_given_values_of_another_type_are_absent() -> None:
    wrong = {"name": 5, "amount": "50000", "born_on": "2026-02-30", "moved": 1, "other": "x"}
    assert initial_answers(compile_edition(BENEFIT), given=wrong) == {}
    assert judged({}, {"amount": True}).calculated == {}
    date = {"born_on": datetime.date(2000, 2, 29)}
    assert initial_answers(compile_edition(BENEFIT), given=date) == {"born_on": "2000-02-29"}


@pytest.mark.parametrize("posted", ["鈴木", "佐藤", ["佐藤󠄀"], 5, {"x": 1}, "\x00"])
def test_attack_A3_posted_value_of_a_locked_field_is_refused_and_the_own_one_holds(posted: object) -> None:
    result = judged({"name": posted, "moved": False, "members": [{"who": "a", "head": posted}]})
    assert {path: one.code for path, one in result.errors.items()} == {
        "name": "read_only",
        "members[0].head": "read_only",
    }
    assert result.answers["name"] == result.answers["members"][0]["head"] == "佐藤󠄀"
    # The same value, as a stored answer has it, is no attack.
    assert judged({"name": " 佐藤󠄀 ", "moved": False}).ok


def test_attack_A3_locked_value_is_refused_on_a_page_and_in_a_correction() -> None:
    compiled = compile_edition(BENEFIT)
    page = answer_page(compiled, "p", {}, {"name": "鈴木", "moved": False}, today=TODAY, given=FACTS)
    assert ({path: one.code for path, one in page.errors.items()}, page.answers["name"]) == (
        {"name": "read_only"},
        "佐藤󠄀",
    )
    stored = judged({"moved": False, "members": [{"who": "a"}, {"who": "b"}]}).answers
    assert stored["members"][1] == {"who": "b", "head": "佐藤󠄀"}

    def corrected(changes: dict[str, Any], allowed: set[str]) -> AnswerResult:
        # The register has another name by now: what was received stays.
        return answer_correction(
            compiled, stored, changes, allowed=allowed, today=TODAY, given={"name": "別人"}
        )

    result = corrected({"name": "鈴木", "members[0].head": "鈴木"}, {"name", "members"})
    assert {path: one.code for path, one in result.errors.items()} == {
        "name": "read_only",
        "members[0].head": "read_only",
    }
    assert result.answers == stored
    result = corrected({"members": [{"who": "c", "head": "鈴木"}]}, {"members"})
    assert (result.ok, result.answers["members"]) == (True, [{"who": "c", "head": "佐藤󠄀"}])


def test_stored_answers_are_shown_with_their_locked_values_without_the_register() -> None:
    compiled = compile_edition(BENEFIT)
    stored = judged({"moved": False, "members": [{"who": "a"}]}).answers
    for result in (
        answer(compiled, stored, today=TODAY, uploads=None),
        answer(compiled, stored, today=TODAY, trusted=True),
        carry_over(compiled, stored, today=TODAY)[0],
    ):
        assert (result.answers, result.errors) == (stored, {})
    words = {row.path: row.value for row in summary(compiled, stored, today=TODAY)[0].rows}
    assert (words["name"], words["members[0].head"]) == ("佐藤󠄀", "佐藤󠄀")
    assert without_locked(compiled, stored) == {"moved": False, "members": [{"who": "a"}]}


@pytest.mark.parametrize(
    ("field", "below", "code"),
    [
        ({**NUMBER, "locked": True}, ".locked", "e_locked"),
        ({**NUMBER, "prefill": {"given": "name"}}, ".prefill", "e_expected_type"),
        ({**NUMBER, "prefill": {"given": "nobody"}}, ".prefill.given", "e_no_given"),
        ({"kind": "file", "label": "x", "prefill": "a"}, "", "e_unknown_key"),
        ({"kind": "map_point", "label": "x", "prefill": "a"}, ".prefill", "e_not_offered"),
        (
            {
                "kind": "single_choice",
                "label": "x",
                "options": [{"value": "a", "label": "A"}],
                "prefill": "b",
            },
            ".prefill",
            "e_never_equal",
        ),
        ({"kind": "text", "label": "x", "prefill": {F: "f"}}, "", "e_cycle"),
        (
            {"kind": "text", "label": "x", "prefill": {F: "later"}, "show_if": {"is_present": "late"}},
            "",
            "e_cycle",
        ),
    ],
)
def test_attack_A22_prefills_that_cannot_work_are_named(field: dict[str, Any], below: str, code: str) -> None:
    document = edition(
        {"id": "f", **field},
        text("later", prefill={"join": [{F: "late"}]}),
        {"id": "late", "kind": "text", "label": "x", "show_if": {"is_present": "f"}},
        given=GIVEN,
    )
    assert (f"$.pages[0].fields[0]{below}", code) in [
        (one.path, one.message.code) for one in check_edition(document)
    ]


def test_conditions_on_the_day_or_on_given_values_count_as_reachable_and_constant_ones_do_not() -> None:
    for condition in (
        {"given": "moved"},
        {"ge": [{"fact": "today"}, {"date": "2030-01-01"}]},
        {"is_office_day": {"fact": "fiscal_year_end"}},
        {"and": [{"given": "moved"}, {"eq": [{F: "c"}, "a"]}]},
    ):
        assert check_edition(edition(choice("c"), text("t", show_if=condition), given=GIVEN)) == []
    for condition in (
        False,
        {"eq": [1, 2]},
        {"not": {"le": [1, 2]}},
        {"gt": [{"date": "2026-01-01"}, {"date": "2026-01-02"}]},
        {"and": [{"is_present": "free"}, False]},
        {"and": [{"is_present": "free"}, {"eq": [1, 2]}]},
        {"and": [{"given": "moved"}, {"not": True}]},
        {"or": [False, {"and": [{"given": "moved"}, {"lt": [2, 1]}]}]},
        {"if": [{"is_present": "free"}, False, {"eq": ["a", "b"]}]},
    ):
        document = edition(text("free"), text("t", show_if=condition), given=GIVEN)
        found = {one.message.code for one in check_edition(document)}
        assert found & {"e_unreachable", "e_never_equal"}, condition


# --- days ---------------------------------------------------------------------------------------------------------


def weekdays(day: datetime.date, number: int) -> datetime.date:
    """An office that is closed on Saturdays and Sundays."""
    while number:
        day += datetime.timedelta(days=1)
        number -= day.weekday() < 5
    return day


@pytest.mark.parametrize(
    ("expression", "result", "expected"),
    [
        ({"office_day": 1}, "date", "2026-04-13"),  # TODAY is a Friday
        ({"office_day": 3}, "date", "2026-04-15"),
        ({"office_day": 0}, "date", None),
        ({"office_day": 401}, "date", None),
        ({"office_day": 10**12}, "date", None),
        ({"is_office_day": {"fact": "today"}}, "yes_no", True),
        ({"is_office_day": {"date": "2026-04-12"}}, "yes_no", False),
        ({"is_office_day": {"date": "0001-01-01"}}, "yes_no", False),
        ({"weekday": {"fact": "today"}}, "number", 5),
        ({"weekday": {"date": "2026-04-12"}}, "number", 7),
        ({"year_of": {"fact": "today"}}, "number", 2026),
        ({"fact": "fiscal_year_start"}, "date", "2026-04-01"),
        ({"fact": "fiscal_year_end"}, "date", "2027-03-31"),
        ({"months_between": [{"date": "2026-04-10"}, {"date": "2026-05-09"}]}, "number", 1),
        ({"months_between": [{"date": "2026-04-10"}, {"date": "2026-05-10"}]}, "number", 2),
        ({"months_between": [{"date": "2026-04-10"}, {"date": "2026-04-10"}]}, "number", 1),
        ({"months_between": [{"date": "2026-01-31"}, {"date": "2026-02-28"}]}, "number", 1),
        ({"months_between": [{"date": "2026-01-31"}, {"date": "2026-03-01"}]}, "number", 2),
        ({"months_between": [{"date": "2026-04-01"}, {"date": "2027-03-31"}]}, "number", 12),
        ({"months_between": [{"date": "2026-04-10"}, {"date": "2026-04-09"}]}, "number", None),
        (
            {"join": ["a", 5, {"date": "2026-04-01"}, {F: "x"}, {"time": "09:00"}]},
            "text",
            "a52026-04-0109:00",
        ),
        ({"join": [{F: "x"}]}, "text", None),
    ],
)
def test_days_months_and_joined_texts(expression: object, result: str, expected: object) -> None:
    compiled = compile_edition(edition(text("x"), calculated("c", expression, result)))
    assert answer(compiled, {}, today=TODAY, office_day=weekdays).calculated.get("c") == expected


def test_attack_A23_fiscal_year_turns_on_the_first_of_april() -> None:
    compiled = compile_edition(edition(text("x"), calculated("c", {"fact": "fiscal_year_end"}, "date")))
    for day, end in (
        ("2026-03-31", "2026-03-31"),
        ("2026-04-01", "2027-03-31"),
        ("2028-02-29", "2028-03-31"),
    ):
        assert answer(compiled, {}, today=datetime.date.fromisoformat(day)).calculated == {"c": end}


def test_without_a_day_or_a_calendar_nothing_is_reckoned() -> None:
    def broken(day: datetime.date, number: int) -> datetime.date:
        raise OverflowError

    compiled = compile_edition(edition(text("x"), calculated("c", {"office_day": 2}, "date")))
    assert answer(compiled, {}, today=TODAY).calculated == {}
    assert answer(compiled, {}, office_day=weekdays).calculated == {}
    assert answer(compiled, {}, today=TODAY, office_day=broken).calculated == {}


def test_attack_A22_texts_that_join_each_other_stay_bounded() -> None:
    links = [calculated(f"c{i}", {"join": [{F: f"c{i - 1}" if i else "x"}] * 2}, "text") for i in range(60)]
    result = answer(compile_edition(edition(text("x"), *links)), {"x": "あ"}, today=TODAY)
    assert len(result.calculated["c59"]) == 20_000


# --- takes, once, roles ----------------------------------------------------------------------------------------------

COURSE: dict[str, Any] = edition(
    choice("session", seats=True),
    {"id": "party", **NUMBER, "max": 9},
    text("born"),
    takes=[
        {
            "id": "seat",
            "label": "席",
            "pool": {"join": ["day-", {F: "session"}]},
            "quantity": {"add": [1, {F: "party"}]},
        },
        {
            "id": "lunch",
            "label": "弁当",
            "pool": "lunch",
            "quantity": {F: "party"},
            "show_if": {"eq": [{F: "session"}, "b"]},
        },
    ],
    once={"key": {"join": [{F: "born"}, {F: "session"}]}, "message": "もう申し込んでいます。"},
)


def test_C27_answers_say_what_they_take_and_what_they_are_the_only_one_of() -> None:
    compiled = compile_edition(COURSE)
    result = answer(compiled, {"session": "b", "party": 2, "born": "x"}, today=TODAY)
    assert result.takes == (Take("seat", "席", "day-b", 3), Take("lunch", "弁当", "lunch", 2))
    assert result.once_key == "xb"
    assert (compiled.has_takes, compiled.once_message) == (True, "もう申し込んでいます。")
    # Hidden, nothing or less than nothing is not taken; without an answer there is no key.
    assert answer(compiled, {"session": "a", "party": 0}, today=TODAY).takes == (
        Take("seat", "席", "day-a", 1),
    )
    assert answer(compiled, {"session": "b", "party": 0}, today=TODAY).takes == (
        Take("seat", "席", "day-b", 1),
    )
    result = answer(compiled, {}, today=TODAY)
    assert (result.takes, result.once_key) == ((), None)
    assert result.to_json()["takes"] == []
    plain = compile_edition(edition(text("x")))
    assert (plain.has_takes, plain.once_message, answer(plain, {}).takes) == (False, "", ())


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        (
            {"takes": [{"id": "a", "label": "A", "pool": 1, "quantity": 1}]},
            "$.takes[0].pool",
            "e_expected_type",
        ),
        (
            {"takes": [{"id": "a", "label": "A", "pool": "p", "quantity": "1"}]},
            "$.takes[0].quantity",
            "e_expected_type",
        ),
        (
            {"takes": [{"id": "a", "label": "A", "pool": "p", "quantity": 1}] * 2},
            "$.takes[1].id",
            "e_duplicate_id",
        ),
        (
            {"takes": [{"id": "a", "label": "A", "pool": {F: "row"}, "quantity": 1}]},
            "$.takes[0].pool.field",
            "e_out_of_scope",
        ),
        ({"once": {"key": 5, "message": "m"}}, "$.once.key", "e_expected_type"),
        ({"once": {"key": "x"}}, "$.once", "e_missing_key"),
        ({"signature": {"name": "t", "address": "t"}}, "$.signature.address", "e_applicant"),
        ({"signature": {"name": "row"}}, "$.signature.name", "e_applicant"),
        ({"blind": ["t", "nobody"]}, "$.blind[1]", "e_no_field"),
        ({"given": {"a": {"type": "money", "label": "A", "from": "card"}}}, "$.given.a.type", "e_enum"),
        ({"given": {"a": {"type": "int", "label": "A", "from": "web"}}}, "$.given.a.from", "e_enum"),
    ],
)
def test_clauses_that_cannot_work_are_named(more: dict[str, Any], path: str, code: str) -> None:
    problems = check_edition(edition(text("t"), group("g", text("row")), **more))
    assert (path, code) in [(one.path, one.message.code) for one in problems]


def test_edition_says_which_answers_are_signed_for_and_which_are_blind() -> None:
    compiled: CompiledEdition = compile_edition(
        edition(
            {"id": "n", "kind": "name", "label": "氏名"},
            {"id": "b", "kind": "date", "label": "生年月日"},
            {"id": "a", "kind": "address", "label": "住所"},
            signature={"name": "n", "born_on": "b", "address": "a"},
            blind=["n", "a"],
            given=GIVEN,
        )
    )
    assert dict(compiled.signature) == {"name": "n", "born_on": "b", "address": "a"}
    assert compiled.blind == ("n", "a")
    amount = compiled.given["amount"]
    assert (amount.name, amount.type, amount.label, amount.source) == ("amount", "int", "支給額", "record")


def test_document_of_yesterday_compiles_and_hashes_as_it_did() -> None:
    document = edition(
        text("a", required=True),
        choice("c", look="select", label="選択", options=[{"value": "a", "label": "A"}]),
        constants={},
    )
    known = "217d988e462cd6ef80d66be2ce43ba17ffb5037a234b66c9575e984013dbfe0a"
    assert content_hash(document) == known
    for language in ("ja", "en", "ja-easy"):
        assert compile_edition(document, language).content_hash == known
