"""moyai rule: the same rules at the command line; whatever is wrong is said in Japanese with exit code 2."""

from __future__ import annotations

import argparse
import io
import json
import sys
from types import SimpleNamespace

import pytest

from moyai.rulebook.commands import add_commands
from moyai.rulebook.registry import all_rules


def run(monkeypatch: pytest.MonkeyPatch, *words: str, given: bytes = b"") -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    options = parser.parse_args(["rule", *words])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
    return int(options.run(options))


def test_an_operator_lists_every_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.name for rule in all_rules()]
    assert run(monkeypatch, "list", "--json") == 0
    assert [rule["name"] for rule in json.loads(capsys.readouterr().out)] == [
        rule.name for rule in all_rules()
    ]


def test_an_operator_reads_one_rule(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "show", "age") == 0
    out = capsys.readouterr().out
    for word in ("満年齢 / Age", "年齢計算ニ関する法律", "born_on  生年月日（必須）", "1902-12-22", "→ 17"):
        assert word in out


def test_an_operator_works_out_a_case(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = b'{"born_on": "2008-02-29", "as_of": "2026-03-01"}'
    assert run(monkeypatch, "run", "age", "--on", "R8.4.1", given=case) == 0
    quote = json.loads(capsys.readouterr().out)
    assert (quote["result"], quote["on"], quote["version"]["label"]) == (18, "2026-04-01", "1902-12-22")
    assert [step["label"] for step in quote["steps"]][-1] == "満年齢"


def test_without_a_day_the_rule_of_today_is_worked_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], world: object
) -> None:
    from datetime import UTC, datetime

    from moyai.tenants.public import clock

    with clock.at(datetime(2026, 3, 31, 15, 30, tzinfo=UTC)):
        assert run(monkeypatch, "run", "age", given=b'{"born_on": "2008-02-29", "as_of": "2026-03-01"}') == 0
    assert json.loads(capsys.readouterr().out)["on"] == "2026-04-01"


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (
            ("run", "age", "--on", "2026-04-01"),
            b"{",
            "JSONとして読めません。1行目の2文字目を確かめてください。",
        ),
        (("run", "age", "--on", "2026-04-01"), b"", "中身がありません。JSONを渡してください。"),
        (
            ("run", "age", "--on", "2026-04-01"),
            b"x" * 100_000,
            "大きすぎます。64キロバイトまでにしてください。",
        ),
        (
            ("run", "age", "--on", "2026-04-01"),
            b"[]",
            "case: 項目と値の組（JSONのオブジェクト）にしてください。",
        ),
        (
            ("run", "age", "--on", "2026-04-01"),
            b'{"born_on": 1}',
            "born_on: 生年月日は文字で入力してください。",
        ),
        (("run", "age", "--on", "2026-04-01"), b'{"born_on": 1}', "as_of: いつの年齢かを入力してください。"),
        (("run", "age", "--on", "8/4/1"), b"{}", "--on: 年が2通りに読めます。"),
        (
            ("run", "age", "--on", "1900-01-01"),
            b'{"born_on": "1890-01-01", "as_of": "1895-01-01"}',
            "1900-01-01に有効な版がありません。",
        ),
        (("run", "nothing", "--on", "2026-04-01"), b"{}", "「nothing」という規則はありません。"),
        (("show", "nothing"), b"", "「nothing」という規則はありません。"),
    ],
)
def test_an_operator_is_told_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    given: bytes,
    said: str,
) -> None:
    assert run(monkeypatch, *words, given=given) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
