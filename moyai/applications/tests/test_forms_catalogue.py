"""The sample procedures: fit to publish, and each worked example comes out as it says."""

import datetime
import json
from pathlib import Path

import pytest

from moyai.applications.catalogue import CODES, FOLDER, document
from moyai.applications.rules import UploadFact, answer, check_edition, compile_edition, summary

EXAMPLES = sorted((FOLDER / "examples").glob("*.json"))
COMPILED = {code: compile_edition(document(code)) for code in CODES}


def _run(example: dict) -> object:
    return answer(
        COMPILED[example["edition"]],
        example["answers"],
        today=datetime.date.fromisoformat(example["today"]),
        uploads={key: UploadFact(**one) for key, one in example.get("uploads", {}).items()},
    )


@pytest.mark.parametrize("code", CODES)
def test_sample_procedure_is_fit_to_publish_and_has_three_examples(code: str) -> None:
    assert check_edition(document(code)) == []
    assert document(code)["procedure"] == code
    assert len([one for one in EXAMPLES if one.name.startswith(f"{code}-")]) >= 3


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
