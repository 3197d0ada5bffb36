"""moyai rule — the published rules at the command line."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

WRONG_INPUT = 2


def add_commands(commands: Any) -> None:
    parser = commands.add_parser("rule", help="規則を見る、計算する (list, show, run)")
    kinds = parser.add_subparsers(required=True, metavar="list|show|run")

    listing = kinds.add_parser("list", help="規則の一覧")
    listing.add_argument("--json", action="store_true", help="JSONで出力する")
    listing.set_defaults(run=list_rules)

    show = kinds.add_parser("show", help="1つの規則の根拠、版、計算例")
    show.add_argument("name", metavar="NAME", help="規則の名前")
    show.add_argument("--json", action="store_true", help="JSONで出力する")
    show.set_defaults(run=show_rule)

    run = kinds.add_parser("run", help="標準入力のJSONを規則で計算し、段階とともにJSONで出力する")
    run.add_argument("name", metavar="NAME", help="規則の名前")
    run.add_argument("--on", metavar="DATE", help="適用する日（R8.4.1、2026-04-01など。なければ今日）")
    run.add_argument("--body", metavar="CODE", help="全国地方公共団体コード6桁（団体ごとの定めがあるとき）")
    run.set_defaults(run=run_rule)


def list_rules(options: argparse.Namespace) -> int:
    from moyai.rulebook.registry import all_rules
    from moyai.rulebook.words import rule_json

    if options.json:
        return _print_json([rule_json(rule) for rule in all_rules()])
    width = max((len(rule.name) for rule in all_rules()), default=0)
    for rule in all_rules():
        print(f"{rule.name:<{width}}  {rule.title[0]}（{rule.source}）")
    return 0


def show_rule(options: argparse.Namespace) -> int:
    from moyai.rulebook.registry import find_rule
    from moyai.rulebook.rules import RulebookError
    from moyai.rulebook.words import rule_json

    try:
        rule = find_rule(options.name)
    except RulebookError as error:
        return _refuse(error)
    if options.json:
        return _print_json(rule_json(rule))
    print(f"{rule.name}  {rule.title[0]} / {rule.title[1]}\n\n{rule.text}\n\n根拠: {rule.source}\n\n入力:")
    for name, part in rule.input["properties"].items():
        need = (
            "必須" if name in rule.input.get("required", []) else f"なければ {_compact(part.get('default'))}"
        )
        print(f"  {name}  {part['title']}（{need}）")
    print("\n版:")
    for version in rule.versions:
        print(f"  {version.label} から {version.until_on or ''}  {version.source}".rstrip())
        for name, value in version.parameters.items():
            print(f"    {name}  {rule.terms[name][0]} = {_compact(value)}")
    print("\n計算例:")
    for example in rule_json(rule)["examples"]:  # type: ignore[attr-defined]
        place = f" --body {example['body']}" if example["body"] else ""
        print(
            f"  {_compact(example['case'])} --on {example['on']}{place} → {_compact(example['result'])} {example['note']}".rstrip()
        )
    return 0


def run_rule(options: argparse.Namespace) -> int:
    from moyai.rulebook.intake import LARGEST_BYTES, read_json
    from moyai.rulebook.registry import find_rule
    from moyai.rulebook.rules import RulebookError

    try:
        rule = find_rule(options.name)
        on = _day(options.on)
        if on is None:
            return WRONG_INPUT
        # One byte more than allowed, so that an endless input is refused and not read.
        case = read_json(sys.stdin.buffer.read(LARGEST_BYTES + 1))
        quote = rule.work_out(case, on=on, body_code=options.body)
    except RulebookError as error:
        return _refuse(error)
    return _print_json(quote.as_json())


def _day(given: str | None) -> date | None:
    """The day asked for, or today; None after saying why it cannot be read."""
    from moyai.calendars.public import DateRefused, parse_date
    from moyai.tenants.public import clock

    if given is None:
        return clock.today(clock.now())
    try:
        return parse_date(given).on
    except DateRefused as refused:
        print(f"--on: {refused}", file=sys.stderr)
        return None


def _refuse(error: Any) -> int:
    from moyai.rulebook.words import error_json

    said: Any = error_json(error)["error"]
    print(said["message"], file=sys.stderr)
    for path, text in said["fields"].items():
        print(f"  {path}: {text}", file=sys.stderr)
    return WRONG_INPUT


def _print_json(value: Any) -> int:
    print(json.dumps(value, ensure_ascii=False, indent=2))
    return 0


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
