"""`moyai forms check` and `moyai forms answer`: form editions and answers as JSON on the command line."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

LARGEST_FILE = 10 * 1024 * 1024

# Exit codes: the input is fine; it has faults, which are printed; it could not be read at all.
FINE, FAULTY, UNREADABLE = 0, 1, 2


class UnreadableError(Exception):
    """A file that is no JSON; its words are for the person at the terminal."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `moyai forms`."""
    forms = commands.add_parser("forms", help="様式の版と回答を検査する — check form editions and answers")
    acts = forms.add_subparsers(dest="act", required=True)
    check = acts.add_parser("check", help="様式の版を検査する — check a form edition")
    check.add_argument("edition", metavar="FILE", help="様式の版（JSON）。- は標準入力")
    check.set_defaults(run=run_check, without_django=True)
    schema = acts.add_parser(
        "schema", help="様式の版のJSON Schemaを出力する — print the JSON Schema of editions"
    )
    schema.set_defaults(run=run_schema, without_django=True)
    one = acts.add_parser("answer", help="回答を検査する — check answers against a form edition")
    one.add_argument("edition", metavar="EDITION", help="様式の版（JSON）")
    one.add_argument("answers", metavar="ANSWERS", help="回答（JSON）。- は標準入力")
    one.add_argument("--today", metavar="DATE", help="申込みの日（2026-04-01 の形）。なければ今日")
    one.add_argument("--uploads", metavar="FILE", help="添付ファイルの情報（JSON）")
    one.set_defaults(run=run_answer, without_django=True)


def run_check(args: argparse.Namespace) -> int:
    """Prints {"ok", "content_hash" | "problems"}; 0 fit to publish, 1 faulty, 2 unreadable."""
    from moyai.applications.rules import check_edition, content_hash

    try:
        document = read_json(args.edition)
    except UnreadableError as error:
        return _say(error)
    problems = check_edition(document)
    if problems:
        _print({"ok": False, "problems": _problems(problems)})
        return FAULTY
    _print({"ok": True, "content_hash": content_hash(document)})
    return FINE


def run_answer(args: argparse.Namespace) -> int:
    """Prints the result of the answers; 0 nothing to correct, 1 errors, 2 unreadable or no edition."""
    from moyai.applications.rules import EditionRefused, UploadFact, answer, compile_edition

    try:
        document, answers = read_json(args.edition), read_json(args.answers)
        facts = read_json(args.uploads) if args.uploads else {}
        today = _day(args.today)
        uploads = _uploads(facts, UploadFact)
    except UnreadableError as error:
        return _say(error)
    try:
        compiled = compile_edition(document)
    except EditionRefused as refused:
        _print({"ok": False, "problems": _problems(refused.problems)})
        return _say(f"{args.edition}：様式の版に直すところが{len(refused.problems)}件あります。")
    result = answer(compiled, answers, today=today, uploads=uploads)
    _print(result.to_json())
    return FINE if result.ok else FAULTY


def run_schema(args: argparse.Namespace) -> int:
    """Prints the published schema, which stands in docs/form-edition.schema.json."""
    from moyai.applications.rules import edition_schema

    _print(edition_schema())
    return FINE


def read_json(name: str) -> Any:
    """The JSON of a file, or of standard input for "-". Raises UnreadableError with a sentence for people."""
    try:
        given = sys.stdin.buffer.read(LARGEST_FILE + 1) if name == "-" else _bytes(Path(name))
    except OSError as error:
        raise UnreadableError(f"{name}：ファイルを開けません（{error.strerror}）。") from None
    if len(given) > LARGEST_FILE:
        raise UnreadableError(f"{name}：ファイルが大きすぎます（{LARGEST_FILE // 1024 // 1024}MBまで）。")
    try:
        return json.loads(
            given.decode("utf-8-sig"),
            object_pairs_hook=_without_repeats,
            parse_constant=_no_constant,
            parse_int=_int,
        )
    except UnicodeDecodeError:
        raise UnreadableError(f"{name}：文字コードをUTF-8にしてください。") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"{name}：JSONとして読めません。{error.lineno}行目の{error.colno}文字目を確かめてください。"
        ) from None
    except RecursionError:
        raise UnreadableError(f"{name}：JSONの入れ子が深すぎます。") from None
    except _OddError as error:
        raise UnreadableError(f"{name}：{error}") from None


class _OddError(ValueError):
    """JSON that can be read in two ways, or not at all."""


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _OddError(f"「{twice[:60]}」が同じ {'{ }'} の中に2回あります。1つにしてください。")
    return made


def _no_constant(word: str) -> Any:
    raise _OddError(f"{word} はJSONの数ではありません。")


def _int(digits: str) -> int:
    if len(digits) > 100:
        raise _OddError("数の桁が多すぎます。")
    return int(digits)


def _day(text: str | None) -> datetime.date:
    if text is None:
        # The command line is an edge of its own and opens no database, whose clock the pages read.
        return datetime.datetime.now(ZoneInfo("Asia/Tokyo")).date()  # noqa: TID251
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise UnreadableError(
            f"--today：「{text[:40]}」は日付ではありません。2026-04-01 の形で書いてください。"
        ) from None


def _uploads(facts: Any, made: Any) -> dict[str, Any]:
    try:
        return {str(key): made(**one) for key, one in facts.items()}
    except (AttributeError, TypeError):
        raise UnreadableError(
            '--uploads：{"番号": {"name": …, "media_type": …, "size_bytes": …}} の形で書いてください。'
        ) from None


def _problems(problems: list[Any]) -> list[dict[str, Any]]:
    return [
        {"path": one.path, "code": one.message.code, "ja": one.message.ja, "en": one.message.en}
        for one in problems
    ]


def _print(value: Any) -> None:
    # Lone surrogates can stand in a key somebody sent; they are printed as \ud800, not as a traceback.
    text = json.dumps(value, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.flush()


def _say(words: object) -> int:
    print(words, file=sys.stderr)
    return UNREADABLE
