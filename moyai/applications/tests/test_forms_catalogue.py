"""The sample procedures: fit to publish, and each worked example comes out as it says."""

import datetime
import json
import re
from pathlib import Path

import jpholiday
import pytest

from moyai.applications.catalogue import CODES, FOLDER, document, facts, pools, version
from moyai.applications.rules import UploadFact, answer, check_edition, compile_edition, summary
from moyai.applications.rules.procedure_words import LANGUAGES, WORDS, faults_of
from moyai.ui.lint_easy import long_sentences

EXAMPLES = sorted((FOLDER / "examples").glob("*.json"))
COMPILED = {code: compile_edition(document(code)) for code in CODES}
KANJI = re.compile(r"[\u3400-\u9fff々]")
READING = re.compile(r"(?:｜[^｜《》]+|[\u3400-\u9fff々]+)《[^《》]+》")


def _office_day(day: datetime.date, count: int) -> datetime.date:
    """The count-th day that is no weekend, no holiday and not between 12-29 and 1-3."""
    while count > 0:
        day += datetime.timedelta(days=1)
        closed = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
        if day.weekday() < 5 and not closed and not jpholiday.is_holiday(day):
            count -= 1
    return day


def _run(example: dict) -> object:
    return answer(
        COMPILED[example["edition"]],
        example["answers"],
        today=datetime.date.fromisoformat(example["today"]),
        uploads={key: UploadFact(**one) for key, one in example.get("uploads", {}).items()},
        given=example.get("given"),
        office_day=_office_day,
    )


@pytest.mark.parametrize("code", CODES)
def test_sample_procedure_is_fit_to_publish_and_has_three_examples(code: str) -> None:
    assert check_edition(document(code)) == []
    assert document(code)["procedure"] == code
    own = [json.loads(one.read_text(encoding="utf-8")) for one in EXAMPLES]
    verdicts = [one["expected"]["ok"] for one in own if one["edition"] == code]
    assert len(verdicts) >= 3 and True in verdicts and False in verdicts


@pytest.mark.parametrize("code", CODES)
def test_sample_procedure_says_what_its_page_needs(code: str) -> None:
    said = facts(code)
    assert said["title"] and said["summary"] and said["section"] and said["category"] and version(code) >= 1
    assert all(constant["source"] for constant in document(code).get("constants", {}).values())
    assert bool(pools(code)) == bool(document(code).get("takes"))


@pytest.mark.parametrize("language", ["en", "ja-easy"])
@pytest.mark.parametrize("code", CODES)
def test_sample_procedure_is_whole_in_english_and_easy_japanese(code: str, language: str) -> None:
    known = document(code)["translations"]
    missing = set(known["easy"]) - set(known["en"])
    # Counters (頭, 人) have no English: the engine says the number alone.
    compiled = compile_edition(document(code), language=language)
    for paths in (missing, compiled.fallback):
        left = {path for path in paths if not path.endswith((".counter", ".unit"))}
        assert {
            path for path in left if not path.startswith("list.items.")
        } == set()  # 500 things stay Japanese


@pytest.mark.parametrize("code", CODES)
def test_every_kanji_of_an_easy_text_has_its_reading(code: str) -> None:
    easy = document(code)["translations"]["easy"]
    assert {path: text for path, text in easy.items() if KANJI.search(READING.sub("", text))} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_page_of_a_sample_procedure_is_whole_in_english_and_easy_japanese(code: str, language: str) -> None:
    said = facts(code)
    words = said["translations"][language]
    assert {name for name in WORDS if said.get(name)} == set(words)
    assert list(faults_of(said["translations"], {"section": 60, "to_prepare": 300, "elsewhere": 300})) == []
    for name, text in words.items():
        assert len(text.splitlines()) == len(said[name].splitlines()), name
        if language == "en":
            assert text.isascii(), text
        else:
            assert long_sentences(text) == [], text


def test_a_nursery_that_does_not_take_the_child_goes_when_the_birth_is_corrected() -> None:
    example = json.loads((FOLDER / "examples" / "hoiku-one.json").read_text(encoding="utf-8"))
    assert _run(example).ok
    example["answers"]["children"][0]["child_born_on"] = "2022-06-01"
    result = _run(example)
    assert result.dropped == (
        "children[0].wishes[0].baby_nursery",
        "children[0].wishes[1].baby_nursery",
    )
    assert "children[0].wishes[0].older_nursery" in result.errors


def test_a_new_price_table_is_a_new_edition_and_the_old_one_keeps_its_rate() -> None:
    example = json.loads((FOLDER / "examples" / "hojo-two.json").read_text(encoding="utf-8"))
    dearer = document("hojo")
    dearer["constants"]["share"]["value"] = 4
    later = answer(
        compile_edition(dearer),
        example["answers"],
        today=datetime.date.fromisoformat(example["today"]),
        uploads={key: UploadFact(**one) for key, one in example["uploads"].items()},
    )
    assert later.calculated["equipments[1].part_yen"] == 37_500
    assert _run(example).calculated["equipments[1].part_yen"] == 50_000
    assert compile_edition(dearer).content_hash != COMPILED["hojo"].content_hash


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_worked_example_comes_out_as_it_says(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    expected = example["expected"]
    result = _run(example)

    assert {where: one.code for where, one in result.errors.items()} == expected["errors"]
    assert result.ok is expected["ok"]
    found = {
        "answers": result.answers,
        "calculated": result.calculated,
        "dropped": sorted(result.dropped),
        "pages": list(result.pages),
        "uploads": list(result.uploads),
        "warnings": [[where, one.code] for where, one in result.warnings],
        "fee_total_yen": result.fee.total_yen if result.fee else None,
        "takes": [[one.id, one.pool, one.quantity] for one in result.takes],
        "once_key": result.once_key,
    }
    wanted = {key: value for key, value in expected.items() if key not in ("ok", "errors")}
    if "dropped" in wanted:
        wanted["dropped"] = sorted(wanted["dropped"])
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_summarised_and_no_answer_is_left_out(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    result = _run(example)
    compiled = COMPILED[example["edition"]]
    rows = [row for section in summary(compiled, result.answers) for row in section.rows]
    shown = {row.path for row in rows if row.value}

    def paths(answers: dict, before: str = "") -> list[str]:
        found = []
        for key, value in answers.items():
            found.append(before + key)
            if compiled.fields[key].kind == "group":
                for i, row in enumerate(value):
                    found += paths(row, f"{before}{key}[{i}].")
        return found

    assert set(paths(result.answers)) <= shown
    assert all(message.ja and message.en for message in result.errors.values())


def test_a_dog_counts_from_the_ninety_first_day() -> None:
    example = json.loads((FOLDER / "examples" / "dog-91-days.json").read_text(encoding="utf-8"))
    assert _run(example).ok
    example["today"] = "2026-04-09"
    example["answers"]["dogs"][0]["obtained_on"] = "2026-03-01"
    assert {path: str(one) for path, one in _run(example).errors.items()} == {
        "dogs[0].dog_born_on": "1頭目の犬：登録できるのは、生後91日以上の犬です。生年月日を確かめてください。"
    }
