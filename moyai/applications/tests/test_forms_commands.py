"""`moyai forms`: JSON in, JSON out, a sentence when it cannot be read, never a traceback."""

import argparse
import json
from pathlib import Path

import pytest

from moyai.applications import commands_forms
from moyai.applications.catalogue import CODES, FOLDER, document


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands_forms.add_commands(parser.add_subparsers(required=True))
    options = parser.parse_args(["forms", *arguments])
    return int(options.run(options))


@pytest.mark.parametrize("code", CODES)
def test_operator_checks_a_sample(code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = tmp_path / "edition.json"
    whole.write_text(json.dumps(document(code)), encoding="utf-8")
    assert run("check", str(whole)) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["ok"] is True
    assert len(shown["content_hash"]) == 64


def test_operator_sees_every_fault_with_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "edition.json"
    file.write_text('{"schema_version": 1, "procedure": "x", "title": "", "pages": []}', encoding="utf-8")
    assert run("check", str(file)) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [(one["path"], one["code"]) for one in shown["problems"]] == [
        ("$.pages", "e_length"),
        ("$.title", "e_length"),
    ]


def test_operator_answers_a_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(
        '{"age_band":"a30","residence":"city","joined":false,"good":["stage"],"zz":1}', encoding="utf-8"
    )
    assert run("answer", str(FOLDER / "survey.json"), str(answers), "--today", "2026-04-10") == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["errors"]["zz"]["ja"] == "「zz」という項目はこの様式にありません。取り除いてください。"
    assert shown["dropped"] == ["good"]
    assert shown["answers"] == {"age_band": "a30", "residence": "city", "joined": False}
    answers.write_text('\ufeff{"age_band":"a30","residence":"city","joined":false}', encoding="utf-8")
    assert run("answer", str(FOLDER / "survey.json"), str(answers)) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_operator_gives_the_facts_of_uploads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = json.loads((FOLDER / "examples" / "dog-first.json").read_text(encoding="utf-8"))
    answers, uploads = tmp_path / "answers.json", tmp_path / "uploads.json"
    answers.write_text(json.dumps(example["answers"]), encoding="utf-8")
    uploads.write_text(json.dumps(example["uploads"]), encoding="utf-8")
    arguments = ("answer", str(FOLDER / "dog.json"), str(answers), "--today", "2026-04-10")
    assert run(*arguments, "--uploads", str(uploads)) == 0
    assert json.loads(capsys.readouterr().out)["fee"]["total_yen"] == 3550
    assert run(*arguments) == 1
    assert json.loads(capsys.readouterr().out)["errors"]["dogs[0].certificate"]["code"] == "file_unknown"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "JSONとして読めません。1行目の2文字目"),
        (b'{"a": NaN}', "NaN はJSONの数ではありません"),
        (b'{"a": -Infinity}', "-Infinity はJSONの数ではありません"),
        (b'{"a": 1, "a": 2}', "「a」が同じ"),
        (b'{"a": ' + b"9" * 5000 + b"}", "数の桁が多すぎます"),
        (b'{"a": "\x82\xa0"}', "文字コードをUTF-8にしてください"),
        (b"[" * 100_000, "入れ子が深すぎます"),
        (b" " * (10 * 1024 * 1024 + 1), "大きすぎます"),
        (b"", "JSONとして読めません"),
    ],
)
def test_unreadable_file_is_a_sentence_and_code_2(
    content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(content)
    for arguments in (
        ("check", str(file)),
        ("answer", str(FOLDER / "dog.json"), str(file)),
        ("answer", str(file), str(file)),
    ):
        assert run(*arguments) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert words in shown.err
        assert "Traceback" not in shown.err


def test_missing_file_bad_date_and_bad_uploads_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("{}", encoding="utf-8")
    dog = str(FOLDER / "dog.json")
    for arguments, words in (
        (("check", str(tmp_path / "none.json")), "ファイルを開けません"),
        (("check", str(tmp_path)), "ファイルを開けません"),
        (("answer", dog, str(empty), "--today", "R8.4.1"), "「R8.4.1」は日付ではありません"),
        (("answer", dog, str(empty), "--uploads", str(FOLDER / "dog.json")), "--uploads"),
        (("answer", str(empty), str(empty)), "様式の版に直すところが4件あります"),
    ):
        assert run(*arguments) == 2
        assert words in capsys.readouterr().err


def test_hostile_key_is_printed_and_not_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"\\ud800": 1, "a\\u0000b": 2}', encoding="utf-8")
    assert run("answer", str(FOLDER / "survey.json"), str(file)) == 1
    assert "unknown_field" in capsys.readouterr().out


def test_schema_command_prints_what_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert capsys.readouterr().out == (
        Path(__file__).parents[3] / "docs" / "form-edition.schema.json"
    ).read_text(encoding="utf-8")
