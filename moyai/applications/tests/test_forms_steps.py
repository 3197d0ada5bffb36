"""One page at a time, the way between pages, corrections of named fields, moving to another edition, summaries."""

import datetime
import json

import pytest

from moyai.applications.catalogue import FOLDER, document
from moyai.applications.rules import (
    CompiledEdition,
    UploadFact,
    answer,
    answer_correction,
    answer_page,
    carry_over,
    compile_edition,
    diff,
    field_at,
    next_page,
    page_of,
    person,
    previous_page,
    summary,
)
from moyai.applications.tests.test_forms_editions import F, edition, group, text

TODAY = datetime.date(2026, 4, 10)


@pytest.fixture(scope="module")
def dog() -> CompiledEdition:
    return compile_edition(document("dog"))


@pytest.fixture(scope="module")
def stored(dog: CompiledEdition) -> dict:
    example = json.loads((FOLDER / "examples" / "dog-deemed.json").read_text(encoding="utf-8"))
    uploads = {key: UploadFact(**one) for key, one in example["uploads"].items()}
    return answer(dog, example["answers"], today=TODAY, uploads=uploads).answers


def test_resident_walks_past_the_pages_that_do_not_concern_them() -> None:
    survey = compile_edition(document("survey"))
    first = answer_page(survey, "about", {}, {"age_band": "a30", "residence": "city"})
    assert first.ok
    second = answer_page(survey, "experience", first.answers, {"joined": "ない"})
    assert next_page(survey, "experience", second) == "wishes"
    assert previous_page(survey, "wishes", second) == "experience"
    assert next_page(survey, "wishes", second) is None
    assert previous_page(survey, None, second) == "wishes"
    assert next_page(survey, None, second) == "about"
    assert previous_page(survey, "about", second) is None


def test_page_reports_its_own_errors_only_and_keeps_what_is_right() -> None:
    survey = compile_edition(document("survey"))
    result = answer_page(survey, "about", {"joined": True}, {"age_band": "a30", "residence": "moon"})
    assert {path: str(one) for path, one in result.errors.items()} == {
        "residence": "住んでいるところは一覧の中から選んでください。"
    }
    assert result.answers == {"age_band": "a30", "joined": True}


def test_changed_answer_says_which_later_answers_it_drops() -> None:
    survey = compile_edition(document("survey"))
    stored = {"age_band": "a30", "residence": "city", "joined": True, "good": ["stage"], "opinion": "よい"}
    result = answer_page(survey, "experience", stored, {"joined": False})
    assert result.ok
    assert result.dropped == ("good",)
    assert "good" not in result.answers
    assert stored["good"] == ["stage"]


def test_box_that_was_unticked_is_no_longer_answered() -> None:
    event = compile_edition(document("event"))
    result = answer_page(event, "care", {"care": ["sign"], "care_detail": "手話"}, {})
    assert "care" not in result.answers


def test_page_refuses_fields_of_other_pages_and_unknown_pages() -> None:
    survey = compile_edition(document("survey"))
    posted = {"age_band": "a30", "residence": "city", "joined": True, "zz": 1}
    result = answer_page(survey, "about", {}, posted)
    assert {path: one.code for path, one in result.errors.items()} == {
        "joined": "unknown_field",
        "zz": "unknown_field",
    }
    assert "joined" not in result.answers
    assert [one.code for one in answer_page(survey, "nowhere", {}, {}).errors.values()] == ["unknown_page"]
    assert [one.code for one in answer_page(survey, "about", {}, ["x"]).errors.values()] == [
        "not_answers",
        "missing_choice",
        "missing_choice",
    ]


def test_applicant_corrects_the_named_field_only(dog: CompiledEdition, stored: dict) -> None:
    before = json.dumps(stored)
    result = answer_correction(
        dog,
        stored,
        {"dogs[0].chip_no": "392141999999999"},
        allowed=["dogs[0].chip_no"],
        today=TODAY,
        uploads=None,
    )
    assert result.ok
    assert [
        (one.path, one.old, one.new, one.page_id) for one in diff(dog, stored, result.answers, today=TODAY)
    ] == [("dogs[0].chip_no", "392 1411 2345 6789", "392 1419 9999 9999", "dogs")]
    assert json.dumps(stored) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dogs[1].coat": "白"}, "not_asked"),
        ({"dogs": []}, "not_asked"),
        ({"dogs[0].chip_no.x": "1"}, "unknown_path"),
        ({"dogs[7].chip_no": "1"}, "unknown_path"),
        ({"dogs[0][1]": "1"}, "unknown_path"),
        ({"__class__": "1"}, "unknown_path"),
        ({"": "1"}, "unknown_path"),
    ],
)
def test_applicant_cannot_change_what_was_not_asked_for(
    dog: CompiledEdition, stored: dict, changes: dict, code: str
) -> None:
    result = answer_correction(
        dog, stored, changes, allowed=["dogs[0]", "dogs[7]"], today=TODAY, uploads=None
    )
    assert [one.code for one in result.errors.values()] == [code]
    assert result.answers == stored


def test_correction_that_makes_another_question_necessary_says_so(dog: CompiledEdition, stored: dict) -> None:
    result = answer_correction(
        dog, stored, {"dogs[1].has_chip": True}, allowed=["dogs[1].has_chip"], today=TODAY, uploads=None
    )
    assert {path: one.code for path, one in result.errors.items()} == {
        "dogs[1].chip_no": "missing_text",
        "dogs[1].chip_registered": "missing_choice",
    }


def test_hiding_a_row_frees_its_file(dog: CompiledEdition, stored: dict) -> None:
    assert answer(dog, stored, today=TODAY, uploads=None).uploads == ("c1",)
    without = {**stored, "dogs": stored["dogs"][1:]}
    result = answer(dog, without, today=TODAY, uploads=None)
    assert result.uploads == ()
    assert result.fee is not None
    assert result.fee.total_yen == 3000


def test_summary_reads_as_people_wrote_it(dog: CompiledEdition, stored: dict) -> None:
    rows = {
        row.path: row
        for section in summary(
            dog,
            stored,
            today=TODAY,
            wareki=lambda day: f"R{day.year - 2018}",
            uploads={"c1": UploadFact("済証.heic", "image/heic", 1)},
        )
        for row in section.rows
    }
    assert rows["phone"].value == "043-245-5111"
    assert rows["owner_address"].value == "〒260-0013　千葉県千葉市中央区中央1-2-3"
    assert rows["dogs"].value == "2頭"
    assert rows["dogs[0].dog_born_on"].value == "R7"
    assert rows["dogs[0].certificate"].value == "済証.heic"
    assert rows["dogs[0].dog_yen"].value == "550円"
    assert rows["dogs[0].dog_yen"].calculated
    assert [mark.ja for mark in rows["dogs[1].coat"].rows] == ["2頭目の犬"]
    assert rows["mail"].value == ""
    assert "corporation_name" not in rows


def test_paths_lead_to_their_fields(dog: CompiledEdition) -> None:
    for path, label in [
        ("dogs[3].coat", "毛色"),
        ("dogs", "犬"),
        ("dogs[0]", "犬"),
        ("owner_address.street", "飼い主の住所"),
    ]:
        field = field_at(dog, path)
        assert field is not None
        assert field.label == label
    for path in (
        "coat",
        "dogs.coat",
        "dogs[0].owner_name",
        "phone[0]",
        "x",
        "dogs[0].coat.x.y",
        "dogs[a].coat",
        "dogs[0]coat",
    ):
        assert field_at(dog, path) is None, path
    assert page_of(dog, "dogs[0].coat") == "dogs"
    assert page_of(dog, "") is None


def test_applicant_is_whoever_the_edition_names(dog: CompiledEdition) -> None:
    assert person(dog, {"corporation_name": "犬の会", "phone": "+81432455111"}) == {
        "name": "犬の会",
        "phone": "+81432455111",
    }


def test_draft_moves_to_a_new_edition_and_says_what_it_lost() -> None:
    old = {"a": "x", "gone": "y", "n": "12", "g": [{"b": "1", "c": "2"}]}
    new = compile_edition(
        edition(
            text("a"),
            {"id": "n", "kind": "number", "label": "数", "max": 5},
            group("g", text("b")),
            text("e", required=True),
            text("h", show_if={F: "yes"}),
            {"id": "yes", "kind": "yes_no", "label": "有無"},
        )
    )
    result, lost = carry_over(new, old)
    assert result.answers == {"a": "x", "g": [{"b": "1"}]}
    assert sorted(lost) == ["g[0].c", "gone", "n"]
    assert result.errors["e"].code == "missing_text"
