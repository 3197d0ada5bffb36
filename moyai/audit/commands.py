"""`moyai audit verify` and `moyai audit seal`."""

from __future__ import annotations

import argparse


def add_commands(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    parser = commands.add_parser("audit", help="記録の鎖を確かめる・封をする（audit verify | seal）")
    verbs = parser.add_subparsers(required=True, metavar="verify|seal")
    verbs.add_parser("verify", help="すべての団体の記録が封のままか確かめる").set_defaults(run=_verify)
    verbs.add_parser("seal", help="今までの記録に封をする").set_defaults(run=_seal)


def _verify(args: argparse.Namespace) -> int:
    from moyai.audit.chain import verify
    from moyai.tenants.public import Body, acting_in

    faults = [("協議会", fault) for fault in verify(None)]
    for body in Body.objects.order_by("code"):
        with acting_in(body):
            faults += [(body.name, fault) for fault in verify(body)]
    for where, fault in faults:
        print(f"✖ {where}: {fault}")
    print("一致しない封があります。" if faults else "すべての封が記録と一致しました。")
    return 1 if faults else 0


def _seal(args: argparse.Namespace) -> int:
    from django.db import transaction

    from moyai.audit.chain import seal_body, seal_council
    from moyai.tenants.public import Body, acting_in, clock

    made = 0
    for body in Body.objects.order_by("code"):
        with acting_in(body) as now:
            made += seal_body(body, now) is not None
    with transaction.atomic():
        made += seal_council(clock.now()) is not None
    print(f"{made}件の封をしました。")
    return 0
