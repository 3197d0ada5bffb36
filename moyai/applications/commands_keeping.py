"""`moyai applications forget`: what 保存期間 lets go, by body; deleting itself is proposed and approved by people."""

from __future__ import annotations

import argparse
import json
from datetime import date


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `moyai applications forget --preview`."""
    parser = commands.add_parser("applications", help="電子申請 — applications")
    acts = parser.add_subparsers(dest="act", required=True)
    forget = acts.add_parser("forget", help="保存期間の終わった申請 — applications kept no longer")
    forget.add_argument(
        "--preview", action="store_true", required=True, help="見込みだけを表示する — show what would go"
    )
    forget.add_argument("--body", metavar="CODE", help="団体コード。なければすべて")
    forget.add_argument("--before", metavar="DATE", help="この日より前に満了（2026-04-01の形）。なければ今日")
    forget.set_defaults(run=run_preview)


def run_preview(args: argparse.Namespace) -> int:
    """Prints one JSON object per body: what goes and what stays, by procedure. Changes nothing."""
    from moyai.applications.queries.keeping import preview, procedure_titles
    from moyai.tenants.public import Actor, Body, acting_in, clock

    try:
        asked = date.fromisoformat(args.before) if args.before else None
    except ValueError:
        print(f"{args.before}：日付として読み取れません。2026-04-01 の形で書いてください。")
        return 1
    bodies = Body.objects.order_by("code")
    if args.body:
        bodies = bodies.filter(code=args.body)
        if not bodies:
            print(f"{args.body}：この団体はありません。")
            return 1
    for body in bodies:
        with acting_in(body) as now:
            actor = Actor.system(body)
            before = asked or clock.today(now)
            seen = preview(actor=actor, now=now, before=before).as_json(procedure_titles(actor=actor))
        print(json.dumps({"body": body.code, "before": before.isoformat(), **seen}, ensure_ascii=False))
    return 0
