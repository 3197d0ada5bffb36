"""moyai draw — check a published draw at the command line, with the very file that is handed out."""

from __future__ import annotations

import argparse
from typing import Any


def add_commands(commands: Any) -> None:
    parser = commands.add_parser("draw", help="公開された抽選を確かめる (verify)")
    kinds = parser.add_subparsers(required=True, metavar="verify")
    verify = kinds.add_parser("verify", help="名簿、根、順番、当選を計算し直して比べる")
    verify.add_argument(
        "folder", metavar="FOLDER", help="公表された一式のフォルダーかZIP、または証明 proof.json"
    )
    verify.set_defaults(run=verify_draw)


def verify_draw(options: argparse.Namespace) -> int:
    from moyai.draws.verify_draw import main

    return main([options.folder])
